"""What is wrong in a configuration file, said so that an administrator can mend it without a programmer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from routing.keywords import fold


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: file, line (from 1; 0 when the whole file is meant), key with dots, and words in Vietnamese."""

    file: str
    line: int
    key: str
    message: str
    expected: str = ""
    nearest: str | None = None

    def __str__(self) -> str:
        key = f"{self.key}: " if self.key else ""
        where = f"{self.file}:{self.line}" if self.line else self.file
        words = f"{where}: {key}{self.message}"
        if self.expected:
            words += f" — cần: {self.expected}"
        if self.nearest:
            words += f" (có phải “{self.nearest}”?)"
        return words


class ConfigFaults(Exception):
    """The configuration cannot be used; `faults` holds every mistake found, in the order of the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line)))
        super().__init__("\n".join(map(str, self.faults)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, blind to accents and case, or None when nothing comes near."""
    by_folded = {fold(each): each for each in known}
    found = get_close_matches(fold(word), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def near_code(code: str, known: Iterable[str]) -> str | None:
    """The one known code that differs in a single place; None when there are several, for digits are no words."""
    near = [
        each for each in known if len(each) == len(code) and sum(a != b for a, b in zip(each, code, strict=True)) == 1
    ]
    return near[0] if len(near) == 1 else None


def listed(words: Iterable[str], most: int = 12) -> str:
    """A short list for people: "a, b, c" and how many more."""
    every = list(words)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} … (còn {len(every) - most})"
