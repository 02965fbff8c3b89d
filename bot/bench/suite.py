"""Every part by its name, in the order in which they are measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from bot.bench.claiming import batches
from bot.bench.goals import Found, Skipped
from bot.bench.growth import growth
from bot.bench.intake import alone, channel_and_step, many_at_once
from bot.bench.outbound import at_full_speed
from bot.bench.reading import place_and_rule, whole_reading
from bot.bench.stage import Stage
from bot.bench.starting import cold
from bot.bench.storm import storm
from bot.bench.sweeping import due, idle
from bot.bench.writing import in_groups

PARTS: dict[str, Callable[[Stage], Iterator[Found]]] = {
    "P1": many_at_once,
    "P2": alone,
    "P3": whole_reading,
    "P4": place_and_rule,
    "P5": channel_and_step,
    "P6": in_groups,
    "P7": idle,
    "P9": growth,  # before P8, which changes the large city
    "P8": due,
    "P10": batches,
    "P11": storm,
    "P12": at_full_speed,
    "P13": cold,
}


class UnknownPart(Exception):
    """There is no part of this name."""


def chosen(only: str) -> list[str]:
    """The parts named in "P1,P7" in any case, all when it is empty, in the order of measuring. Raises UnknownPart."""
    wanted = {name.strip().upper() for name in only.split(",") if name.strip()}
    if unknown := sorted(wanted - PARTS.keys()):
        raise UnknownPart(unknown[0])
    return [name for name in PARTS if not wanted or name in wanted]


def measure(stage: Stage, names: Iterable[str], begin: Callable[[str], None]) -> Iterator[Found]:
    """Measures part by part; `begin` is told before each. A part that fails is skipped, with the reason."""
    for name in names:
        begin(name)
        try:
            yield from PARTS[name](stage)
        except Exception as fault:
            yield Skipped(name, f"hỏng giữa chừng: {type(fault).__name__}: {fault}")
