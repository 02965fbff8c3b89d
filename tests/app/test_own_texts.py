"""An agency puts its own sentences in place of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.casework.own_texts import own_text_faults
from bot.cli import app
from bot.dialogue.message import Words
from bot.dialogue.texts import Texts, load_texts
from routing.config import parse

SHIPPED = (Path(__file__).parents[2] / "config.yaml").read_text(encoding="utf-8")


def faults(own: str) -> list[str]:
    return list(own_text_faults(parse(SHIPPED.replace("texts: {}", f"texts:\n  {own}"))))


def test_an_own_sentence_is_said_in_vietnamese_only() -> None:
    texts = Texts({"vi": {"hello": "Xin chào {name}"}, "en": {"hello": "Hello {name}"}})
    texts.take_own({"hello": "Chào {name}, đây là Thành phố."})
    assert texts.say(Words("hello", {"name": "Mai"})) == "Chào Mai, đây là Thành phố."
    assert texts.say(Words("hello", {"name": "Mai"}), "en") == "Hello Mai"
    texts.take_own({})
    assert texts.say(Words("hello", {"name": "Mai"})) == "Xin chào Mai"


def test_a_sentence_that_wants_what_is_not_given_is_never_said() -> None:
    texts = Texts({"vi": {"hello": "Xin chào {name}"}})
    texts.take_own({"hello": "Chào {ten}", "nothing": "…"})
    assert texts.say(Words("hello", {"name": "Mai"})) == "Xin chào Mai"


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("track.wy: Vì sao?", "không có câu “track.wy”, có phải “track.why”?"),
        ("desk.dropped: Bỏ {gi}", "câu “desk.dropped” không có chỗ điền gi"),
        ('desk.dropped: "Bỏ {"', "câu “desk.dropped” không có chỗ điền"),
    ],
)
def test_faults_are_named(own: str, words: str) -> None:
    (fault,) = faults(own)
    assert words in fault


def test_a_fault_is_told_at_its_line_to_whoever_checks_the_file(tmp_path: Path) -> None:
    text = SHIPPED.replace("texts: {}", "texts:\n  track.why: Vì sao?\n  track.wy: Vì sao?")
    (tmp_path / "moi.yaml").write_text(text, encoding="utf-8")
    said = CliRunner().invoke(app, ["config", "check", str(tmp_path / "moi.yaml")])
    line = text[: text.index("  track.wy")].count("\n") + 1
    assert said.exit_code == 2
    assert f"moi.yaml:{line}: texts.track.wy: không có câu “track.wy”, có phải “track.why”?" in said.output


def test_the_example_in_the_file_names_a_sentence_that_there_is() -> None:
    named = re.findall(r"^#   ([a-z_]+\.[a-z_]+): ", SHIPPED, re.MULTILINE)
    assert named == ["home.welcome"]
    assert set(named) <= load_texts().keys()
