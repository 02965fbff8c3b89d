"""A demonstration month, and the figures of any database."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import DbOption, moment, opened, stop
from bot.dialogue.message import Say

if TYPE_CHECKING:
    from bot.dialogue.texts import Texts
    from bot.reports.charts import Chart
    from storage.store import Transaction


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    demo = typer.Typer(help="Dữ liệu mẫu để xem thử.", no_args_is_help=True)
    demo.command("month")(month)
    app.add_typer(demo, name="demo")
    demo.callback()(_demo)
    app.command("figures")(figures)


def _demo() -> None:
    """Dữ liệu mẫu để xem thử."""


def month(
    db: Annotated[str, typer.Option(help="cơ sở dữ liệu mới, ví dụ sqlite:///var/mau.db")],
    cases: Annotated[int, typer.Option(help="số phản ánh", min=1)] = 2000,
    seed: Annotated[int, typer.Option(help="cùng số này cho cùng một tháng")] = 1,
) -> None:
    """Một tháng của thành phố trong vài phút: 40 cán bộ, đủ tính nết, đồng hồ chạy nhanh."""
    from rich.progress import Progress

    from bot.cli.month import Month

    with opened(db) as service:
        if service.store.read_now(lambda tx: tx.citizens.count()) > 0:
            stop("Cơ sở dữ liệu này đã có người dùng; xin chỉ một cơ sở dữ liệu mới.")
        life = Month(service.store, service.current_config(), service.files, cases, seed)
        with Progress() as progress:
            bar = progress.add_task("Một tháng", total=1.0)
            for share in life.run():
                progress.update(bar, completed=share)
    print(f"Xong: {cases} phản ánh; {life.refusals} thao tác bị chặn vì sai quy tắc hoặc thiếu chứng minh.")


def figures(
    db: DbOption = "",
    agency: Annotated[str, typer.Option(help="chỉ một đơn vị")] = "",
    now: Annotated[str, typer.Option(help="thời điểm, ví dụ 2026-12-12T09:00+07:00")] = "",
    chart: Annotated[Path | None, typer.Option(help="vẽ thêm biểu đồ vào tệp PNG này")] = None,
    period: Annotated[str, typer.Option(help="kỳ của biểu đồ: 7 ngày, 4 tuần hoặc 13 tuần")] = "4 tuần",
    view: Annotated[str, typer.Option(help="nhận kết quả, đúng hạn, hài lòng hoặc lĩnh vực")] = "nhận kết quả",
) -> None:
    """In số liệu: tiếp nhận, xong, từ chối, quá hạn, hài lòng, chưa hài lòng và vì sao, đang vướng mắc gì."""
    from rich.console import Console
    from rich.table import Table

    from bot.casework.context import Context
    from bot.reports.charts import View, chart_of
    from bot.reports.difficulties import held_up_by
    from bot.reports.figures import figures as count
    from bot.reports.statistics import Period, statistics
    from nlp.normalize import fold
    from storage.records import AgencyId

    try:
        wanted, seen = Period(fold(period)), View(fold(view))
    except ValueError:
        stop("Kỳ: 7 ngày, 4 tuần, 13 tuần. Biểu đồ: nhận kết quả, đúng hạn, hài lòng, lĩnh vực.")
    asked_at = moment(now)
    with opened(db) as service:
        config = service.current_config()
        at = asked_at or service.clock()
        unit = AgencyId(agency) if agency else None
        found, causes = service.store.read_now(
            lambda tx: (count(ctx := Context(tx, config, at), unit), held_up_by(ctx, unit))
        )
        if chart is not None:

            def drawn(tx: Transaction) -> Chart:
                ctx = Context(tx, config, at)
                return chart_of(ctx, statistics(ctx, wanted, unit), seen)

            _draw(service.texts, service.store.read_now(drawn), chart)
    table = Table("Số liệu", "Số")
    values = asdict(found)
    for name, label in LABELS.items():
        table.add_row(label, str(values[name]))
    for reason, n in found.why.items():
        table.add_row(f"  – {config.reasons.low_rating.get(reason, reason)}", str(n))
    table.add_row("Vướng mắc chưa gỡ", str(sum(causes.values())))
    for cause, n in causes.items():
        table.add_row(f"  – {config.reasons.difficulty.get(cause, cause)}", str(n))
    Console().print(table)


def _draw(texts: Texts, chart: Chart, file: Path) -> None:
    """The picture into a file, and its words above the table; without anything to count there are only words."""
    from bot.reports.painter import Painter

    shown = texts.put(Say(chart.words, drawing=chart.drawing), "console", "")
    if shown.drawing is not None:
        file.write_bytes(Painter().paint(shown.drawing))
    print(shown.text)


LABELS = {
    "received": "Tiếp nhận",
    "done": "Đã xong",
    "refused": "Từ chối",
    "open": "Đang xử lý",
    "overdue": "Đang quá hạn",
    "was_overdue": "Từng quá hạn",
    "satisfied": "Hài lòng",
    "dissatisfied": "Chưa hài lòng",
    "upheld": "Rà soát: người dân đúng",
}
