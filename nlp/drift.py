"""What people put right: which categories are confused in use, and whether the model drifts from what is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp.examples import Example
from nlp.reader import Reader


@dataclass(frozen=True, slots=True)
class Correction:
    """A masked text whose category people decided: what it `was` taken for, who decided (citizen, officer, triage)."""

    text: str
    was: str
    category: str
    source: str
    at: datetime

    def as_example(self) -> Example:
        """The same as a sentence to learn from."""
        return Example(self.text, self.category, author="corrections", voice=self.source)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of decisions. Shares are 0 to 1; `right_now` is what the model in use today makes of these texts,
    `unknown` the share of their words that it has never seen, `unsure` how often it would abstain."""

    month: str
    decisions: int
    changed: int
    right_now: float
    unsure: float
    unknown: float


def confusion(corrections: Sequence[Correction], most: int = 20) -> list[tuple[str, str, int]]:
    """The most frequent changes as (taken for, decided, how often)."""
    changes = Counter((each.was, each.category) for each in corrections if each.was != each.category)
    return [(was, became, count) for (was, became), count in changes.most_common(most)]


def months(corrections: Sequence[Correction], reader: Reader) -> list[Month]:
    """Every month with decisions, oldest first."""
    by_month: dict[str, list[Correction]] = defaultdict(list)
    for each in corrections:
        by_month[each.at.strftime("%Y-%m")].append(each)
    return [_month(name, by_month[name], reader) for name in sorted(by_month)]


def _month(name: str, members: Sequence[Correction], reader: Reader) -> Month:
    readings = [reader.read(each.text) for each in members]
    right = sum(reading.category == each.category for reading, each in zip(readings, members, strict=True))
    strange, words = map(sum, zip(*(reader.strange_words(each.text) for each in members), strict=True))
    return Month(
        month=name,
        decisions=len(members),
        changed=sum(each.was != each.category for each in members),
        right_now=round(right / len(members), 3),
        unsure=round(sum(reading.abstain for reading in readings) / len(members), 3),
        unknown=round(strange / words, 3) if words else 0.0,
    )
