"""What is said in a terminal, written down as a transcript that the tests' player can play."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from routing.calendar import HANOI
from storage.records import Officer

CODE = re.compile(r"\bHN-[0-9A-Z]{4}-[0-9A-Z]{3}\b")


class Recording:
    """A file that grows with the conversation, so that a process that is killed leaves what was said until then.

    A citizen's conversation plays as it is when it was new; an officer's needs the same cases before it (`@file …`).
    """

    def __init__(self, path: Path) -> None:
        """Begins the file anew. Raises OSError when it cannot be written."""
        self._path = path
        self._speaker = "dân"
        self._codes: list[str] = []
        path.write_text("@reader shipped\n", encoding="utf-8")

    def joins(self, officer: Officer) -> None:
        """From now on this officer speaks; what the welcome said is not played again."""
        name = officer.name or "Lan"
        self._speaker = f"cán bộ {name}"
        self._path.write_text(f"@reader shipped\n@invite {officer.agency} {officer.role} {name}\n", encoding="utf-8")

    def hears(self, line: str, at: datetime) -> None:
        """A line that was typed, with its time: the words of an answer often depend on it."""
        before = at.astimezone(HANOI).replace(microsecond=0) - timedelta(seconds=1)  # the player adds one by itself
        self._write(f"@now {before.isoformat()}", f"{self._speaker}: {self._with_marks(line)}")

    def says(self, shown: Iterable[str]) -> None:
        """What the bot answered. An empty line would be skipped by the player: a gap stands for it."""
        for text in shown:
            self._codes += [code for code in dict.fromkeys(CODE.findall(text)) if code not in self._codes]
            self._write(re.sub(r"^\s*$", "…", self._with_marks(text), flags=re.MULTILINE))

    def remarks(self, words: str) -> None:
        """A note that nobody said."""
        self._write(f"# {words}")

    def _with_marks(self, text: str) -> str:
        """Codes are drawn by lot: the player's own stand in their places."""
        for number, code in enumerate(self._codes, 1):
            text = text.replace(code, f"CODE{number}")
        return text

    def _write(self, *lines: str) -> None:
        with self._path.open("a", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
