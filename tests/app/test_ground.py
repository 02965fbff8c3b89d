"""The ground that a newcomer stands on: what is installed is pinned, and what the README tells to type works."""

from __future__ import annotations

import pkgutil
import re
import shlex
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.testing import CliRunner

from bot.cli import app

ROOT = Path(__file__).parent.parent.parent
TYPED = re.findall(
    r"^    \.venv/bin/phananh (.+?)(?:\s{2,}#.*)?$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
)


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split("\n")
    pinned = [line.split("#")[0].strip() for line in lines]
    return {canonicalize_name(name): version for name, _, version in (p.partition("==") for p in pinned if p)}


def needed(name: str, extras: frozenset[str], seen: dict[str, str]) -> dict[str, str]:
    """Everything that a distribution needs on this machine, and what that needs, with the versions installed."""
    for written in distribution(name).requires or ():
        each = Requirement(written)
        is_meant = each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras | {""})
        key = canonicalize_name(each.name)
        if not is_meant or key in seen:
            continue
        try:
            seen[key] = distribution(each.name).version
        except PackageNotFoundError:
            continue  # for another system or version of Python
        needed(each.name, frozenset(each.extras), seen)
    return seen


def test_everything_that_is_installed_is_pinned_to_the_version_tested_here() -> None:
    found = needed("phananh", frozenset({"train", "test"}), {})
    assert len(found) > 60
    assert {name: version for name, version in found.items() if pins().get(name) != version} == {}


def test_nothing_is_pinned_that_nobody_needs() -> None:
    assert pins().keys() - needed("phananh", frozenset({"train", "test"}), {}).keys() == set()


def test_what_the_readme_tells_to_type_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of “Try it”, in its order, in a folder where nobody has been yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONFIG_FILE", str(ROOT / "config.yaml"))
    assert len(TYPED) >= 7
    code = ""
    for line in TYPED:
        words = [code if word == "CODE" else word for word in shlex.split(line)]
        done = CliRunner().invoke(app, words, input="/viec\n" if "officer" in words else "alo\n")
        assert done.exit_code == 0, (line, done.output, done.exception)
        assert done.stdout.strip(), line
        code = done.stdout.strip() if words[0] == "invite" else code


def test_every_place_that_the_documents_speak_of_is_there() -> None:
    """Paths between back quotes in the README and the guide for contributors."""
    for document in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for path in re.findall(r"`((?:bot|nlp|routing|storage|tests|docs|\.ci)/[\w./-]*)`", text):
            assert (ROOT / path).exists(), (document, path)


GLOSSARY = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "CONTEXT.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| term ")
]


def test_a_word_of_the_glossary_has_one_meaning() -> None:
    terms = [term.strip() for row in GLOSSARY for term in row[0].split(",")]
    assert len(terms) > 40
    assert sorted(terms) == sorted(set(terms))


@pytest.mark.parametrize("where", sorted({name for row in GLOSSARY for name in re.findall(r"`([^`]+)`", row[-1])}))
def test_what_the_glossary_points_to_is_there(where: str) -> None:
    """A file; else a module or a name in one; a bare name is a record's."""
    if "/" in where or where == "config.yaml":
        assert (ROOT / where).exists()
    else:
        assert pkgutil.resolve_name(where if where[0].islower() else f"storage.records:{where}")
