"""What the documents tell somebody to type, to open or to look at is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
HOUSE = ("bot", "nlp", "routing", "storage", "tests", "docs", ".ci")
NOT_OURS = {"TMPDIR", "PATH"}


def typed_in(text: str) -> Iterator[list[str]]:
    """The words behind each "phananh" that is typed: in a line of a listing, or between back quotes."""
    listed = re.findall(r"^    (?:\$ )?(?:\S*/)?phananh (.+?)(?:\s{2,}.*)?$", text, re.MULTILINE)
    quoted = re.findall(r"`(?:\S*/)?phananh ([^`]+)`", text)
    for line in (*listed, *quoted):
        yield re.sub(r'"[^"]*"', "WORDS", line).split()


def missing_in(words: list[str]) -> str | None:
    """The first command or option that `phananh` does not have."""
    command = typer.main.get_command(app)
    rest = list(words)
    while (commands := getattr(command, "commands", None)) and rest and not rest[0].startswith("-"):
        if any(each not in commands for each in rest[0].split("|")):
            return " ".join(words)
        command = commands[rest.pop(0).split("|")[0]]
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return next((word for word in rest if word.startswith("--") and word.split("=")[0] not in options), None)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_speaks_of_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert [words for words in typed_in(text) if missing_in(words)] == []
    links = [link for link in re.findall(r"\]\(([^)#\s]+)\)", text) if not link.startswith("http")]
    assert [link for link in links if not (document.parent / link).exists()] == []
    paths = re.findall(r"`([\w.-]+(?:/[\w.-]+)+)`", text)
    ours = [path for path in paths if path.split("/")[0] in HOUSE and not re.search("[A-Z]{4}", path)]
    assert [path for path in ours if not (ROOT / path).exists()] == []
    settings = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)[`=]", text)) - NOT_OURS
    assert [name for name in settings if name.lower() not in Settings.model_fields] == []


def test_the_documents_tell_to_type_much() -> None:
    typed = [words for document in DOCUMENTS for words in typed_in(document.read_text(encoding="utf-8"))]
    assert len(typed) > 30
    assert missing_in(["config", "chekc"]) == "config chekc"
    assert missing_in(["figures", "--charts"]) == "--charts"


def test_the_example_of_settings_names_every_setting() -> None:
    named = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_a_setting_that_is_left_empty_is_not_in_use(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(re.sub(r"^# ([A-Z_]+=).*", r"\1", example, flags=re.MULTILINE), encoding="utf-8")
    assert Settings(_env_file=tmp_path / ".env") == Settings(_env_file=None)
