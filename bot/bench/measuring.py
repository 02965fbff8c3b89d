"""Ours and an anchor measured alternately in one run: what a loaded machine takes from one it takes from the other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Clock = Callable[[], float]
Timed = Callable[[], float]
"""Does its work once and returns the seconds that one piece of it took."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Quartiles of the rounds."""

    lower: float
    median: float
    upper: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """Seconds of ours and of the anchor, round by round."""

    ours: tuple[float, ...]
    anchor: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours : anchor, round by round."""
        return tuple(ours / anchor for ours, anchor in zip(self.ours, self.anchor, strict=True))


def spread(values: Sequence[float]) -> Spread:
    """Quartiles, linear between the nearest two values; of one value that value thrice. Raises ValueError for none."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(lower, median, upper)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed. Raises IndexError for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def timed(work: Callable[[], object], pieces: int = 1, clock: Clock = time.perf_counter) -> Timed:
    """A work of so many pieces under a clock."""

    def once() -> float:
        began = clock()
        work()
        return (clock() - began) / pieces

    return once


def watched(work: Callable[[], object], pieces: int, used: list[float]) -> Timed:
    """A work of so many pieces by the wall clock; `used` gets the processor seconds of a piece, which waiting hides."""

    def once() -> float:
        began = time.process_time()
        seconds = timed(work, pieces)()
        used.append((time.process_time() - began) / pieces)
        return seconds

    return once


def many(work: Callable[[], object], times: int) -> Callable[[], None]:
    """A work done so many times."""

    def together() -> None:
        for _ in range(times):
            work()

    return together


def alternately(ours: Timed, anchor: Timed, rounds: int) -> Pairs:
    """So many rounds of both, whoever went second going first in the next; a round before them is not counted."""
    ours()
    anchor()
    mine: list[float] = []
    theirs: list[float] = []
    for number in range(rounds):
        if number % 2:
            theirs.append(anchor())
            mine.append(ours())
        else:
            mine.append(ours())
            theirs.append(anchor())
    return Pairs(tuple(mine), tuple(theirs))
