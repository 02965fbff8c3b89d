"""Rules that can never be used, because those before them take every case that they would take."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any, NamedTuple

from routing.config.model import OfficeHours, Road, Rule
from routing.keywords import Phrasebook
from routing.wording import split_words

URGENCIES = ("khan", "phuc_tap", "binh_thuong")
MOST_POINTS = 20_000
"""Kinds of case looked at for one rule; one that could take more is taken to be of use."""


class Idle(NamedTuple):
    """A written rule that is never reached: its place, and the earlier rules that leave it nothing."""

    at: int
    rule: Rule
    earlier: tuple[Rule, ...]


class _Point(NamedTuple):
    """One kind of case, as far as the rules can tell cases apart; empty is whatever no rule names."""

    category: str
    sub: str
    ward: str
    road: Road | None
    urgency: str
    hours: OfficeHours
    words: str


def idle_rules(rules: tuple[Rule, ...]) -> Iterator[Idle]:
    """The written rules that earlier ones forestall, alone or together. The moment of filing is always known."""
    for at, rule in enumerate(rules):
        if not rule.written:
            return
        before = [each for each in rules[:at] if _may_meet(each, rule)]
        if before and (earlier := _forestalling(before, rule)):
            yield Idle(at, rule, earlier)


def _forestalling(before: list[Rule], rule: Rule) -> tuple[Rule, ...]:
    """The first of the earlier rules for each kind of case that the rule takes; none when one kind is left to it."""
    axes = _axes(before, rule)
    if prod(map(len, axes)) > MOST_POINTS:
        return ()
    found: dict[str, Rule] = {}
    for each in product(*axes):
        point = _Point(*each)
        first = next((earlier for earlier in before if _holds(earlier, point)), None)
        if first is None:
            return ()
        found[first.id] = first
    return tuple(found.values())


def _axes(before: list[Rule], rule: Rule) -> tuple[tuple[Any, ...], ...]:
    """The values of each part of a _Point that the rules tell apart."""
    when = rule.when
    named = [earlier.when for earlier in before]
    return (
        when.category or ("", *{code for each in named for code in each.category}),
        when.sub or ("", *{code for each in named for code in each.sub}),
        tuple(when.ward) or ("", *{code for each in named for code in each.ward}),
        (when.road,) if when.road else (Road.CITY, Road.LOCAL, None),
        when.urgency or URGENCIES,
        (when.hours,) if when.hours else tuple(OfficeHours),
        when.words or ("",),
    )


def _holds(rule: Rule, point: _Point) -> bool:
    when = rule.when
    lists = (
        (when.category, point.category),
        (when.sub, point.sub),
        (when.ward, point.ward),
        (when.urgency, point.urgency),
    )
    if any(wanted and said not in wanted for wanted, said in lists):
        return False
    if when.road not in (None, point.road) or when.hours not in (None, point.hours):
        return False
    return not when.words or bool(Phrasebook({"": when.words}).find(split_words(point.words)))


def _may_meet(earlier: Rule, rule: Rule) -> bool:
    first, second = earlier.when, rule.when
    if bool(first.about_official) is not bool(second.about_official):
        return False
    return not (first.category and second.category) or not set(first.category).isdisjoint(second.category)
