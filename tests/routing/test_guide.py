"""Every command of the administrator's guide is run, in order, and says what the guide shows."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.routing.conftest import REPOSITORY, SHIPPED

GUIDE = REPOSITORY / "docs" / "vi" / "quan-tri-config.md"
ELISION = "…"


def prepare(folder: Path) -> None:
    """The files that the guide speaks of."""
    text = SHIPPED.read_text(encoding="utf-8")
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    for old, new in (
        ("  accept_hours: 8\n", "  accept_hour: 8\n"),
        ("  officials: thanh-tra-tp", "  officials: thanh-tra"),
        ("when: {category: cay_xanh, road: city}", "when: {category: cay_canh, road: city}"),
        ("        to: pa05\n", "        to: pa06\n"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "hong.yaml").write_text(text, encoding="utf-8")
    case = '{"category": "chieu_sang", "ward_code": "00070", "text": "đèn đường không sáng"}\n'
    other = '{"category": "dien", "ward_code": "00070", "text": "mất điện"}\n'
    (folder / "vu-viec.jsonl").write_text(case + other, encoding="utf-8")
    table = re.search(r"```csv\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert table
    (folder / "sua.csv").write_text(table.group(1), encoding="utf-8")


def shown_commands() -> list[tuple[str, str]]:
    """Each command of the guide with the output below it."""
    pairs: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            pairs.append((command, output))
    return pairs


def steady(output: str) -> list[str]:
    """Without what changes with every edit of the file: versions, line numbers and counts."""
    output = re.sub(r"\b(?:[0-9a-f]{16}|[0-9a-f]{12})\b", "VERSION", output)
    output = re.sub(r"\d\d:\d\d [^,\d]+, \d\d/\d\d/\d{4}  \S+", "AT BY", output)
    output = re.sub(r"(\.yaml:)\d+", r"\1LINE", output)
    output = re.sub(r"^ +\d+ ", "  N ", output, flags=re.MULTILINE)
    return [
        re.sub(r"\b\d+ (vụ việc|điều|mục|cơ quan|quy tắc|lĩnh vực|giữ)", r"N \1", line) for line in output.splitlines()
    ]


def agrees(shown: list[str], said: list[str]) -> bool:
    """Whether what is said is what is shown, where an elided line stands for any number of lines."""
    if not shown:
        return not said
    if shown[0].strip() == ELISION:
        return any(agrees(shown[1:], said[at:]) for at in range(len(said) + 1))
    if not said or not (shown[0] == said[0] or (shown[0].endswith(ELISION) and said[0].startswith(shown[0][:-1]))):
        return False
    return agrees(shown[1:], said[1:])


def test_every_command_of_the_guide_says_what_the_guide_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG_FILE", "DATABASE_URL", "KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    commands = shown_commands()
    assert len(commands) >= 25
    for command, output in commands:
        program, *arguments = shlex.split(command)
        if program == "cp":
            shutil.copy(*arguments)
            continue
        assert program == "phananh"
        said = CliRunner().invoke(app, arguments)
        assert said.exception is None or isinstance(said.exception, SystemExit), (command, said.exception)
        assert agrees(steady(output), steady(said.output)), f"{command}\n--- shown\n{output}\n--- said\n{said.output}"


def test_the_guide_names_every_section_of_the_file() -> None:
    sections = re.findall(r"^([a-z_]+):", SHIPPED.read_text(encoding="utf-8"), re.MULTILINE)
    guide = GUIDE.read_text(encoding="utf-8")
    assert [section for section in sections if f"`{section}`" not in guide and section != "city"] == []


def test_the_pictures_of_the_guide_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", GUIDE.read_text(encoding="utf-8"))
    assert len(pictures) >= 2
    assert [each for each in pictures if not (GUIDE.parent / each).is_file()] == []
