"""The statistics of a period as charts: the finding as a title, the same numbers in words, and what is to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bot.casework.context import Context
from bot.casework.facts import agency_name, category_label
from bot.dialogue.message import Words, raw
from bot.reports.pages import page_of
from bot.reports.painter import BARS, COLUMNS
from bot.reports.statistics import Statistics, Tally
from storage.records import AgencyId

ROWS = 8
"""Bars on one picture."""
FEW = 5
"""Of fewer cases a share says little: such agencies stand last."""


class View(StrEnum):
    """What a chart is about; the value is what people type, folded."""

    FLOW = "nhan ket qua"
    ON_TIME = "dung han"
    RATING = "hai long"
    TOPICS = "linh vuc"


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart in words and as a drawing; without a drawing there is nothing to count yet."""

    words: Words
    drawing: Words | None = None
    has_more: bool = False


def chart_of(ctx: Context, made: Statistics, view: View, number: int = 1) -> Chart:
    """The chart of a view; `number`: which page, where there are more bars than one picture holds."""
    match view:
        case View.FLOW:
            return _flow(ctx, made)
        case View.RATING:
            return _rating(ctx, made)
        case View.ON_TIME:
            return _on_time(ctx, made, number)
        case View.TOPICS:
            return _topics(ctx, made, number)


def name_of_scope(ctx: Context, agency: AgencyId | None) -> str:
    """The agency, or the city."""
    return agency_name(ctx, agency) if agency is not None else ctx.config.city


def day(on: date) -> str:
    """ "02/11"."""
    return f"{on:%d/%m}"


def percent(share: float) -> int:
    """Whole per cent, but never 100 for a little less, nor 0 for a little more than none."""
    return min(99, max(1, round(share * 100))) if 0 < share < 1 else round(share * 100)


def _flow(ctx: Context, made: Statistics) -> Chart:
    total = made.total
    if not total:
        return _nothing(ctx, made)
    key = (
        "more_in"
        if total["received"] > total.answered
        else "more_out"
        if total.answered > total["received"]
        else "even"
    )
    title = Words(f"figures.flow_{key}", {"received": total["received"], "answered": total.answered})
    lines = [
        Words("figures.flow_line", {"label": _part(made, part), **_numbers(tally)})
        for part, tally in enumerate(made.by_part)
        if tally["received"] or tally.answered or tally["late"]
    ]
    summary = Words("figures.flow_total", _numbers(total))
    series = (
        (Words("figures.received"), [tally["received"] for tally in made.by_part]),
        (Words("figures.answered"), [tally.answered for tally in made.by_part]),
        (Words("figures.late"), [tally["late"] for tally in made.by_part]),
    )
    return _chart(ctx, made, title, (summary, *lines), COLUMNS, labels=_labels(made), series=series)


def _rating(ctx: Context, made: Statistics) -> Chart:
    total = made.total
    if not total.rated:
        return _nothing(ctx, made)
    title = Words("figures.rating_title", {"share": percent(total.satisfied_share), **_numbers(total)})
    lines = [
        Words("figures.rating_line", {"label": _part(made, part), **_numbers(tally)})
        for part, tally in enumerate(made.by_part)
        if tally.rated
    ]
    series = (
        (Words("figures.dissatisfied"), [tally["dissatisfied"] for tally in made.by_part]),
        (Words("figures.satisfied"), [tally["satisfied"] for tally in made.by_part]),
    )
    return _chart(ctx, made, title, lines, COLUMNS, labels=_labels(made), series=series)


def _on_time(ctx: Context, made: Statistics, number: int) -> Chart:
    """By agency; the figures of one agency by category. Where it is worst comes first."""
    ranked = sorted(
        ((name, tally) for name, tally in _named(ctx, made) if tally["judged"]),
        key=lambda each: (each[1]["judged"] < FEW, each[1].on_time_share, -each[1]["judged"]),
    )
    if not ranked:
        return _nothing(ctx, made)
    least, total = ranked[0][1].on_time_share, made.total
    worst = [name for name, tally in ranked if tally.on_time_share == least and tally["judged"] >= FEW] or [
        ranked[0][0]
    ]
    which = "agencies" if made.agency is None else "categories"
    named = worst[0] if len(worst) == 1 else Words(f"figures.{which}", {"n": len(worst)})
    args = {"share": percent(total.on_time_share), "name": named, "least": percent(least)}
    key = "all" if total["on_time"] == total["judged"] else "worst" if len(worst) < len(ranked) else "title"
    title = Words(f"figures.on_time_{key}", {**args, **_numbers(total)})
    page = page_of(ranked, number, ROWS)
    lines = [
        Words("figures.on_time_line", {"name": name, "share": percent(tally.on_time_share), **_numbers(tally)})
        for name, tally in page.shown
    ]
    rows = tuple(
        (
            name,
            tally.on_time_share,
            f"{percent(tally.on_time_share)}% ({tally['on_time']}/{tally['judged']})",
            key == "worst" and name in worst,
        )
        for name, tally in page.shown
    )
    return _chart(ctx, made, title, lines, BARS, has_more=not page.is_last, rows=rows)


def _topics(ctx: Context, made: Statistics, number: int) -> Chart:
    received = made.total["received"]
    named = ((category_label(ctx, code), tally["received"]) for code, tally in made.by_category.items())
    ranked = sorted(((name, n) for name, n in named if n), key=lambda each: -each[1])
    if not ranked:
        return _nothing(ctx, made)
    first, most = ranked[0]
    title = Words("figures.topics_title", {"name": first, "n": most, "received": received})
    page = page_of(ranked, number, ROWS)
    lines = [
        Words("figures.topics_line", {"name": name, "n": n, "share": percent(n / received)}) for name, n in page.shown
    ]
    rows = tuple((name, n / most, f"{n} ({percent(n / received)}%)", name == first) for name, n in page.shown)
    return _chart(ctx, made, title, lines, BARS, has_more=not page.is_last, rows=rows)


def _chart(
    ctx: Context,
    made: Statistics,
    title: Words,
    lines: Iterable[Words],
    key: str,
    has_more: bool = False,
    **drawn: Any,
) -> Chart:
    note = _note(ctx, made)
    words = Words("figures.message", {"title": title, "note": note, "lines": tuple(lines)})
    return Chart(words, Words(key, {"title": title, "note": note, **drawn}), has_more)


def _nothing(ctx: Context, made: Statistics) -> Chart:
    return Chart(Words("figures.nothing", {"note": _note(ctx, made)}))


def _note(ctx: Context, made: Statistics) -> Words:
    return Words(
        "figures.note",
        {
            "who": name_of_scope(ctx, made.agency),
            "period": Words(f"figures.period.{made.period.name.lower()}"),
            "first": day(made.first),
            "last": f"{made.last:%d/%m/%Y}",
        },
    )


def _part(made: Statistics, part: int) -> Words:
    key = "on_day" if made.period.days_a_part == 1 else "from_day"
    return Words(f"figures.{key}", {"day": day(made.begins(part))})


def _labels(made: Statistics) -> tuple[str, ...]:
    return tuple(day(made.begins(part)) for part in range(made.period.parts))


def _named(ctx: Context, made: Statistics) -> Iterator[tuple[Words, Tally]]:
    if made.agency is None:
        yield from ((raw(agency_name(ctx, AgencyId(a))), tally) for a, tally in made.by_agency.items())
    else:
        yield from ((category_label(ctx, code), tally) for code, tally in made.by_category.items())


def _numbers(tally: Tally) -> Mapping[str, int]:
    names = ("received", "done", "refused", "late", "on_time", "judged", "satisfied", "dissatisfied")
    return {**{name: tally[name] for name in names}, "answered": tally.answered, "rated": tally.rated}
