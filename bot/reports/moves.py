"""The rehearsal of a changed configuration as a chart: who would hand how many cases to whom."""

from __future__ import annotations

from bot.casework.context import Context
from bot.casework.facts import agency_name
from bot.dialogue.message import Words
from bot.reports.painter import BARS
from routing.rehearse import Rehearsal
from storage.records import AgencyId

ROWS = 6


def moves_of(ctx: Context, outcome: Rehearsal) -> Words | None:
    """The largest moves, as bars of how many cases; None when no case would move."""
    if not outcome.moved:
        return None
    pairs = list(outcome.by_pair.items())[:ROWS]
    most = pairs[0][1]
    rows = tuple(
        (Words("figures.move", {"old": _name(ctx, old), "new": _name(ctx, new)}), n / most, str(n), False)
        for (old, new), n in pairs
    )
    title = Words("figures.moves_title", {"moved": len(outcome.moved), "cases": outcome.cases})
    hidden = len(outcome.by_pair) - len(pairs)
    note = Words("figures.moves_more", {"n": hidden}) if hidden else Words("figures.moves_note")
    return Words(BARS, {"title": title, "note": note, "rows": rows})


def _name(ctx: Context, agency: str) -> str:
    return agency_name(ctx, AgencyId(agency))
