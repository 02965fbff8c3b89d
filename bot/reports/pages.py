"""The pages of a long list: which one words ask for, and what stands on it. All are counted from 1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
NAMED = re.compile(r"(?:(?P<rest>.*) )?trang (?P<page>\d{1,3})|(?P<alone>\d{1,3})", re.ASCII)
"""Behind "trang" at the end, or all that is said: the number in "ngõ 7" is something to look for."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What stands on one page of a list."""

    shown: Sequence[T]
    number: int
    first: int
    """Place in the whole list of what stands first on the page."""
    is_last: bool


def page_of(items: Sequence[T], number: int, size: int) -> Page[T]:
    """A page of so many; the nearest one for a number that the list does not reach."""
    last = max(1, -(-len(items) // size))
    number = min(max(1, number), last)
    before = (number - 1) * size
    return Page(items[before : before + size], number, before + 1, number == last)


def page_in(words: str) -> tuple[str, int]:
    """Folded words without the page that they ask for, and its number: the first when they ask for none."""
    found = NAMED.fullmatch(words.strip())
    return (found["rest"] or "", int(found["page"] or found["alone"])) if found else (words.strip(), 1)
