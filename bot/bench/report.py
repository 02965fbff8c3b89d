"""What was found: a table for people, JSON for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from bot.bench.goals import Finding, Found, Goal
from bot.bench.stage import Sizes

MACHINE = {
    "processor": "Bộ xử lý",
    "load": "Tải của máy",
    "system": "Hệ điều hành",
    "python": "Python",
    "sqlite": "SQLite",
    "aiogram": "aiogram",
    "aiohttp": "aiohttp",
    "sqlalchemy": "SQLAlchemy",
    "underthesea": "underthesea",
    "shapely": "shapely",
    "psycopg": "psycopg",
    "fdatasync_us": "Một lần fdatasync (µs)",
}


def table(found: Sequence[Found], sizes: Sizes) -> Table:
    """One line a goal: reached or not, by the lower quartile; quartiles; of what it was made."""
    shown = Table("", "Phần", "Đo gì", "Mục tiêu", "Dưới", "Giữa", "Trên", "Chi tiết", title=f"{sizes.rounds} vòng")
    for each in sorted(found, key=_order):
        if isinstance(each, Finding):
            quartiles = (_figure(value) for value in (each.spread.lower, each.spread.median, each.spread.upper))
            mark = "[green]✓[/]" if each.is_met else "[red]✗[/]"
            shown.add_row(mark, each.goal.part, each.goal.what, bound(each.goal), *quartiles, escape(each.note))
        else:
            shown.add_row("–", each.part, "[dim]bỏ qua[/]", "", "", "", "", escape(each.why))
    return shown


def line(each: Found) -> str:
    """What was just found, while the rest is still being measured."""
    if not isinstance(each, Finding):
        return f"– {each.part}: bỏ qua, {escape(each.why)}"
    mark = "[green]✓[/]" if each.is_met else "[red]✗[/]"
    return f"{mark} {each.goal.part} {each.goal.what}: {_figure(each.spread.lower)} ({bound(each.goal)})"


def bound(goal: Goal) -> str:
    """ "≤ 1,5 lần"."""
    return f"{goal.side} {_figure(goal.bound)} {goal.unit}".rstrip()


def verdict(found: Sequence[Found]) -> str:
    """One sentence on the whole."""
    measured = [each for each in found if isinstance(each, Finding)]
    missed = [f"{each.goal.part} ({each.goal.name})" for each in measured if not each.is_met]
    said = f"Đạt {len(measured) - len(missed)} trên {len(measured)} mục tiêu, xét theo tứ phân vị dưới."
    return f"{said} Chưa đạt: {', '.join(missed)}." if missed else said


def as_json(machine: Mapping[str, str], found: Sequence[Found], sizes: Sizes, quick: bool) -> dict[str, Any]:
    """Everything that was measured, every round of it."""
    findings, skipped = [], []
    for each in sorted(found, key=_order):
        if not isinstance(each, Finding):
            skipped.append({"part": each.part, "why": each.why})
            continue
        findings.append(
            {
                "part": each.goal.part,
                "name": each.goal.name,
                "what": each.goal.what,
                "side": each.goal.side.value,
                "bound": each.goal.bound,
                "stretch": each.goal.stretch,
                "unit": each.goal.unit,
                "met": each.is_met,
                "lower": each.spread.lower,
                "median": each.spread.median,
                "upper": each.spread.upper,
                "rounds": list(each.values),
                "note": each.note,
            }
        )
    return {
        "machine": dict(machine),
        "quick": quick,
        "rounds": sizes.rounds,
        "cases": sizes.cases,
        "findings": findings,
        "skipped": skipped,
    }


def _order(each: Found) -> int:
    return int((each.goal.part if isinstance(each, Finding) else each.part)[1:])


def _figure(value: float) -> str:
    """Three digits that count, as Vietnamese writes them: 1.234 and 0,0123."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    said = f"{value:,.{digits}f}"
    said = said.rstrip("0").rstrip(".") if "." in said else said
    return said.translate(str.maketrans(",.", ".,"))
