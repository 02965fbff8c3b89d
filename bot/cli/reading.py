"""What the service understands, in a terminal: read a text, check a reply, find a promise, evaluate, train."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.corrections import stored_corrections
from bot.cli.terminal import DbOption, configured_file, rows, stop

if TYPE_CHECKING:
    from nlp.classify import Model
    from nlp.examples import Example
    from nlp.reader import Reader
    from nlp.reading import Reading
    from routing.config import Config

DEVELOPMENT = Path("tests/nlp/development.jsonl")

JsonlOption = Annotated[
    Path | None, typer.Option("--jsonl", help="tệp JSON Lines, mỗi dòng một đối tượng; - là đầu vào chuẩn")
]
ModelOption = Annotated[Path | None, typer.Option("--model", help="tệp mô hình thay cho tệp đi kèm")]
ReportOption = Annotated[Path | None, typer.Option(help="viết báo cáo Markdown vào tệp này")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("read")(read)
    app.command("check-reply")(check_reply)
    app.command("promise")(promise)
    app.command("eval")(eval_)
    app.command("train")(train)


def read(
    text: Annotated[str | None, typer.Argument(help="một tin nhắn")] = None,
    jsonl: JsonlOption = None,
    model: ModelOption = None,
) -> None:
    """Đọc tin nhắn: lĩnh vực, mức khẩn, nguy hiểm, phạm vi, dữ liệu cá nhân."""
    reader = _reader(model)
    _answer_rows(text, jsonl, "text", lambda row: reading_row(reader.read(str(row.get("text") or ""))))


def check_reply(
    reply: Annotated[str | None, typer.Argument(help="câu trả lời của cơ quan")] = None,
    complaint: Annotated[str, typer.Option(help="phản ánh được trả lời")] = "",
    attachments: Annotated[int, typer.Option(help="số ảnh, văn bản kèm theo")] = 0,
    jsonl: JsonlOption = None,
) -> None:
    """Câu trả lời cụ thể hay chung chung, và vì sao."""
    from nlp.reply_quality import check_reply as check

    def answer(row: Mapping[str, Any]) -> dict[str, Any]:
        told = str(row.get("complaint") or complaint)
        verdict = check(told, str(row.get("reply") or ""), int(row.get("attachments") or attachments))
        return {"verdict": verdict.verdict.value, "why": verdict.why}

    _answer_rows(reply, jsonl, "reply", answer)


def promise(
    reply: Annotated[str | None, typer.Argument(help="câu trả lời của cơ quan")] = None,
    sent_at: Annotated[str | None, typer.Option(help="lúc gửi, dạng ISO 8601; mặc định bây giờ")] = None,
    jsonl: JsonlOption = None,
) -> None:
    """Ngày mà câu trả lời hứa với người dân."""
    from nlp.promises import find_promise

    config = _configuration("lịch làm việc")
    is_working_day = config.calendar.is_working_day if config else None

    def answer(row: Mapping[str, Any]) -> dict[str, Any]:
        said = str(row.get("sent_at") or sent_at or "")
        at = datetime.fromisoformat(said) if said else datetime.now().astimezone()
        found = find_promise(str(row.get("reply") or ""), at, is_working_day)
        return {"due": found.due.isoformat(), "words": found.words} if found else {"due": None, "words": None}

    _answer_rows(reply, jsonl, "reply", answer)


def eval_(
    file: Annotated[Path | None, typer.Argument(help="tệp {text, label, alt_labels}; mặc định tệp thử đi kèm")] = None,
    model: ModelOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="in JSON thay cho bảng")] = False,
    report: ReportOption = None,
) -> None:
    """Đo độ đúng trên một tệp có nhãn, cạnh các mốc đơn giản."""
    from nlp.evaluate import evaluate
    from nlp.report import as_rows, write_report

    path = file or DEVELOPMENT
    if not path.exists():
        stop(f"không có tệp {path}")
    examples = _examples(path)
    reader = _reader(model)
    evaluation = evaluate(reader, examples)
    if report:
        write_report(report, path, evaluation, examples, reader)
    sys.stdout.write(json.dumps(as_rows(evaluation), ensure_ascii=False) + "\n" if as_json else _tables(evaluation))


def train(
    corrections: Annotated[Path | None, typer.Option(help="thêm một tệp sửa nhãn {text, category}")] = None,
    db: DbOption = "",
    model: ModelOption = None,
    development: Annotated[Path, typer.Option(help="tệp thử để so với mô hình đang dùng")] = DEVELOPMENT,
    report: ReportOption = None,
    rollback: Annotated[bool, typer.Option("--rollback", help="quay lại mô hình trước")] = False,
) -> None:
    """Huấn luyện lại từ kho câu và các lần sửa nhãn đã lưu; chỉ thay mô hình đang dùng khi tốt hơn."""
    from nlp.classify import MODEL
    from nlp.replace import compare, install, roll_back

    path = model or MODEL
    if rollback:
        if not roll_back(path):
            stop("không có mô hình trước để quay lại")
        _tell("Đã quay lại mô hình trước.")
        return
    tested_on = _examples(development) if development.exists() else []
    learned, apart = _corrections(corrections, db)
    _tell(f"Sửa nhãn: {len(learned)} câu để học, {len(apart)} câu để riêng mà thử.")
    fresh = _fit(learned)
    compared = compare(fresh, path, tested_on, apart)
    _tell(f"Đang dùng: {compared.old}; mới: {compared.new} (đúng ngay lần đầu: tệp thử, sửa nhãn để riêng)")
    if compared.better:
        install(fresh, path)
    _tell("Đã thay mô hình." if compared.better else "Giữ mô hình đang dùng: bản mới không tốt hơn.")
    if report:
        eval_(development, model, False, report)


def reading_row(reading: Reading) -> dict[str, Any]:
    """One row of `phananh read`: codes and offsets only."""
    return {
        "category": reading.category,
        "candidates": [{"category": c.category, "probability": c.probability} for c in reading.candidates],
        "abstain": reading.abstain,
        "second": next(iter(reading.further), None),
        "further": list(reading.further),
        "urgent": reading.urgent,
        "urgency": reading.urgency.value,
        "danger": {"hotline": reading.danger.hotline, "why": reading.danger.why} if reading.danger else None,
        "scope": reading.scope.value,
        "abuse": reading.abuse,
        "spam": reading.spam,
        "about_official": reading.about_official,
        "personal_data": [{"kind": s.kind, "start": s.start, "end": s.end} for s in reading.personal_data],
    }


def _answer_rows(
    text: str | None, jsonl: Path | None, key: str, answer: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> None:
    """One JSON object a row on standard output, in order, and nothing else there."""
    if jsonl is None and text is None:
        stop("cần một câu, hoặc --jsonl TỆP")
    asked: Iterable[Mapping[str, Any]] = [{key: text}] if jsonl is None else rows(jsonl)
    for number, row in enumerate(asked, 1):
        try:
            answered = answer(row)
        except (ValueError, TypeError) as error:
            stop(f"dòng {number}: {error}")
        sys.stdout.write(json.dumps(answered, ensure_ascii=False) + "\n")


def _reader(model: Path | None) -> Reader:
    from nlp.reader import Reader

    config = _configuration("từ khoá")
    keywords = {str(code): category.keywords for code, category in config.categories.items()} if config else None
    reader = Reader.load(model, keywords)
    if reader.degraded:
        _tell(f"Không dùng được mô hình: {reader.degraded}. Chỉ đoán theo từ khoá.")
    return reader


def _configuration(wanted: str) -> Config | None:
    """The configuration, when there is a sound one; else what is `wanted` of it is left out, which is told."""
    file = configured_file()
    if not file.exists():
        return None
    try:
        from routing.config import load

        return load(file)
    except Exception as fault:  # reading needs no configuration; `phananh config check` names what is wrong with it
        _tell(f"Bỏ qua {wanted} trong {file}: {type(fault).__name__}")
        return None


def _examples(path: Path, author: str = "") -> list[Example]:
    """The rows of a file; one that holds anything else ends with words."""
    from nlp.examples import read_examples

    try:
        return read_examples(path, author)
    except ValueError as fault:
        stop(f"cần mỗi dòng một đối tượng JSON có text: {fault}")


def _corrections(path: Path | None, db: str) -> tuple[list[Example], list[Example]]:
    """Stored corrections and those of the file: what to learn from, and what to be tested on."""
    from nlp.replace import set_apart

    stored = [each.as_example() for each in stored_corrections(db)]
    return set_apart([*stored, *(_examples(path, "corrections") if path else [])])


def _fit(corrections: list[Example]) -> Model:
    """A calibrated model from corpus and corrections, with progress on standard error."""
    from nlp.calibrate import answers_out_of_fold, calibrated, folds_by_author
    from nlp.examples import read_corpus

    try:
        from nlp.train import STEPS, Recipe, copies_of, fit_model
    except ImportError:
        stop("cần scikit-learn để huấn luyện: .venv/bin/pip install -e '.[train]'")
    examples = [*read_corpus(), *corrections]
    recipe = Recipe()
    models = len(folds_by_author(examples)) + 1
    with _progress(f"{len(examples)} câu", models * STEPS) as step:
        answers = answers_out_of_fold(examples, lambda rows: fit_model(rows, recipe, step), copies_of)
        return calibrated(fit_model(examples, recipe, step), answers)


@contextmanager
def _progress(what: str, steps: int) -> Iterator[Callable[[str], None]]:
    """A bar on standard error; each call says which step begins."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=steps)
        begun = iter(range(steps))
        yield lambda name: progress.update(task, description=f"{what} · {name}", completed=next(begun, steps))
        progress.update(task, completed=steps)


def _tables(evaluation: Any) -> str:
    """The evaluation as text tables."""
    from rich.console import Console

    from nlp.report import tables

    console = Console(width=110, force_terminal=False)
    with console.capture() as captured:
        for table in tables(evaluation):
            console.print(table)
    return captured.get()


def _tell(words: str) -> None:
    typer.echo(words, err=True)
