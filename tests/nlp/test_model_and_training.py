"""What the model stands on: the corpus, the folds, the exchange of models, the score that only rises, the commands."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from nlp.calibrate import folds_by_author
from nlp.classify import MODEL, Thresholds, load_model
from nlp.evaluate import evaluate
from nlp.examples import Example, near_duplicate_share, near_duplicates, read_corpus, read_examples
from nlp.lexicon import shipped_lexicon, situations
from nlp.noise import noisy_copy, strip_accents
from nlp.reader import Reader
from nlp.reading import Scope, Urgency
from nlp.replace import Comparison, install, previous, roll_back, set_apart
from tests.nlp.conftest import part_of

HERE = Path(__file__).parent
DEVELOPMENT = HERE / "development.jsonl"
FLOOR = json.loads((HERE / "floor.json").read_text("utf-8"))


def test_every_row_of_the_corpus_carries_known_codes() -> None:
    topics = set(shipped_lexicon().topics)
    for example in read_corpus():
        assert example.text.strip()
        assert example.urgency in {urgency.value for urgency in Urgency}
        assert example.scope in {scope.value for scope in Scope}
        if example.scope == "in_scope":
            assert set(example.accepted) <= topics


def test_every_category_has_words_and_situations() -> None:
    topics = shipped_lexicon().topics
    assert len(topics) == 25
    assert {code for _, code in situations()} == set(topics)


def test_near_duplicates_are_found_and_others_are_not() -> None:
    texts = ["Rác chất đống đầu ngõ 5 cả tuần", "rac chat dong dau ngo 6 ca tuan", "Đèn đường tắt tối om"]
    assert near_duplicates(texts) == [(0, 1)]


@pytest.mark.slow
def test_fewer_than_one_in_a_hundred_sentences_is_a_near_duplicate() -> None:
    assert near_duplicate_share([example.text for example in read_corpus()]) < 0.01


def test_the_development_test_is_the_one_whose_hash_was_committed() -> None:
    said = (HERE / "development.sha256").read_text("utf-8").split()[0]
    assert hashlib.sha256(DEVELOPMENT.read_bytes()).hexdigest() == said


def test_no_development_text_is_in_the_corpus() -> None:
    """Messages of three words or fewer ("song yếu quá") may coincide: people write them alike."""
    learned = {strip_accents(example.text).lower() for example in read_corpus()}
    longer = [e.text for e in read_examples(DEVELOPMENT) if len(e.text.split()) > 3]
    assert not [text for text in longer if strip_accents(text).lower() in learned]


def test_the_development_scores_do_not_fall_below_the_floor(reader: Reader) -> None:
    measured = evaluate(reader, read_examples(DEVELOPMENT))
    for copy, floors in FLOOR["topics"].items():
        for name, floor in floors.items():
            assert getattr(measured.topics[copy], name) >= floor, f"{name}, {copy}"
    for name, floor in FLOOR["side"].items():
        value = getattr(measured.side["clean"], name)
        assert value is not None
        assert value >= floor, name
    turned_away = measured.side["clean"].turned_away
    assert turned_away is not None
    assert turned_away <= FLOOR["turned_away_at_most"]
    assert measured.topics["clean"].top1 > max(measured.baselines.values())


def test_an_author_is_never_on_both_sides_of_a_fold() -> None:
    examples = [Example(f"câu {n}", "khac", author=f"a{n % 7}", voice=f"v{n}") for n in range(70)]
    folds = folds_by_author(examples, at_most=5)
    assert sorted(at for held in folds for at in held) == list(range(70))
    for held in folds:
        inside = {examples[at].author for at in held}
        assert inside.isdisjoint({e.author for at, e in enumerate(examples) if at not in set(held)})


def test_noise_is_the_same_every_time() -> None:
    assert noisy_copy("Đường ngập không đi được", "một") == noisy_copy("Đường ngập không đi được", "một")


def test_corrections_set_apart_are_never_learned() -> None:
    corrections = [Example(f"sửa {n}", "khac") for n in range(200)]
    learned, tested = set_apart(corrections)
    assert tested
    assert not {e.text for e in learned} & {e.text for e in tested}
    assert set_apart(corrections) == (learned, tested)


@pytest.mark.parametrize(
    ("old", "new", "better"),
    [
        (None, (0.1, None), True),
        ((0.8, None), (0.81, None), True),
        ((0.8, None), (0.8, None), False),
        ((0.8, 0.5), (0.79, 0.7), True),
        ((0.8, 0.5), (0.7, 0.9), False),
    ],
)
def test_a_model_replaces_another_only_when_better(
    old: tuple[float, float | None] | None, new: tuple[float, float | None], better: bool
) -> None:
    assert Comparison(old, new).better is better


def test_the_model_before_can_be_brought_back(tmp_path: Path) -> None:
    path = tmp_path / "reading.bin"
    first = part_of(load_model(MODEL))
    second = replace(first, thresholds=Thresholds(propose=0.123))
    install(first, path)
    install(second, path)
    assert load_model(path).thresholds.propose == 0.123
    assert previous(path).exists()
    assert roll_back(path)
    assert load_model(path).thresholds == first.thresholds
    assert roll_back(path)
    assert load_model(path).thresholds.propose == 0.123


def test_there_is_nothing_to_bring_back_at_first(tmp_path: Path) -> None:
    assert not roll_back(tmp_path / "reading.bin")


def _run(*arguments: str, given: str | None = None) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, list(arguments), input=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_read_answers_one_row_for_each_row_in_order() -> None:
    given = "\n".join(json.dumps({"text": text}) for text in ("rác thải đầu ngõ", "", "cháy nhà cứu với"))
    rows = _run("read", "--jsonl", "-", given=given)
    assert len(rows) == 3
    assert set(rows[0]) >= {
        "category", "candidates", "abstain", "second", "further", "urgent", "urgency", "danger", "scope", "abuse",
        "spam", "personal_data",
    }  # fmt: skip
    assert rows[0]["category"] == "moi_truong_rac_thai"
    assert rows[2]["urgent"] is True


@pytest.mark.parametrize(
    ("asked", "left_out"), [(("read", "rác đầu ngõ"), "từ khoá"), (("promise", "mai xong ạ"), "lịch làm việc")]
)
def test_a_broken_configuration_is_told_and_left_out(
    asked: tuple[str, str], left_out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "config.yaml"
    broken.write_text("categories: [", encoding="utf-8")
    monkeypatch.setenv("CONFIG_FILE", str(broken))
    result = CliRunner().invoke(app, list(asked))
    assert result.exit_code == 0
    assert result.stderr.startswith(f"Bỏ qua {left_out} trong {broken}")
    assert json.loads(result.stdout)


def test_check_reply_and_promise_answer_rows(tmp_path: Path) -> None:
    replies = _run("check-reply", "--jsonl", str(HERE / "replies.jsonl"))
    assert {row["verdict"] for row in replies} == {"generic", "specific"}
    given = json.dumps({"sent_at": "2026-08-05T09:00:00+07:00", "reply": "Sẽ xong trước 12/8"})
    assert _run("promise", "--jsonl", "-", given=given) == [{"due": "2026-08-12", "words": "12/8"}]


@pytest.mark.parametrize(
    ("command", "row"),
    [
        ("promise", {"sent_at": "hôm qua", "reply": "trước 5/12"}),
        ("check-reply", {"reply": "đã dọn", "attachments": "nhiều"}),
    ],
)
def test_a_row_that_cannot_be_answered_is_named_and_ends_the_run(command: str, row: dict[str, str]) -> None:
    result = CliRunner().invoke(app, [command, "--jsonl", "-"], input=json.dumps(row))
    assert result.exit_code == 2
    assert "dòng 1" in result.stderr
    assert result.stdout == ""


def test_eval_measures_a_file_of_labels(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [
        {"text": "rác đầy ngõ", "label": "moi_truong_rac_thai"},
        {"text": "cống tắc", "label": "khac", "alt_labels": ["thoat_nuoc_ngap_ung"]},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    (measured,) = _run("eval", str(file), "--json")
    topics = measured["topics"]
    assert isinstance(topics, dict)
    assert topics["clean"]["rows"] == 2
    assert topics["clean"]["top1"] == 1.0
    assert set(topics) == {"clean", "stripped", "noisy"}


@pytest.mark.parametrize("typed", ["eval", "train --corrections", "train --development"])
def test_a_file_of_other_things_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rows.jsonl").write_text('{"text": "rác đầy ngõ"}\nKính gửi Uỷ ban', "utf-8")
    Path("rows").mkdir()
    for file, words in (("rows.jsonl", "rows.jsonl:2"), ("rows", "Không đọc hoặc ghi được rows")):
        result = CliRunner().invoke(app, [*typed.split(), file])
        assert (result.exit_code, type(result.exception)) == (2, SystemExit), repr(result.exception)
        assert words in result.stderr


def test_what_alone_is_english_is_held_out_by_voice() -> None:
    """Held out by author nothing in English would be left to learn from."""
    told = [Example(f"câu chuyện số {n}", "khac", scope="in_scope", author=f"a{n % 6}") for n in range(60)]
    voices = [
        Example(f"the street light number {n} is broken", "khac", scope="in_scope", author="abroad", voice=f"v{n % 3}")
        for n in range(9)
    ]
    examples = [*told, *voices]
    folds = folds_by_author(examples, at_most=4)
    assert any(
        {examples[at].voice for at in held if examples[at].author == "abroad"} not in (set(), {"v0", "v1", "v2"})
        for held in folds
    )
