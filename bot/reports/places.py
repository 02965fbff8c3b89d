"""The place of a case on a map: who may see it is asked when the picture is drawn, and the place is kept nowhere."""

from __future__ import annotations

from bot.casework.context import Context
from bot.casework.permissions import may_see, may_see_person
from bot.dialogue.message import Drawing, Words
from bot.reports.painter import CASE_MAP
from storage.records import Case, CaseId, Officer


def map_of(officer: Officer, case: Case) -> Words | None:
    """The map to go with a case's card; None where this officer may not see the point, or there is none."""
    if case.point is None or not may_see_person(officer, case):
        return None
    title = Words("figures.map", {"code": case.code})
    return Words(CASE_MAP, {"case": case.id, "title": title, "north": Words("figures.north")})


def placed(ctx: Context, channel: str, chat: str, drawing: Drawing | None) -> Drawing | None:
    """A drawing with what its reader may see now put in: a map gets its point, or is none. Others stay as they are."""
    if drawing is None or drawing.key != CASE_MAP:
        return drawing
    known = ctx.tx.chats.get(channel, chat)
    case = ctx.tx.cases.get(CaseId(str(drawing.args["case"])))
    if known is None or known.officer is None or case.point is None:
        return None
    officer = ctx.tx.officers.get(known.officer)
    if not (may_see(ctx, officer, case) and may_see_person(officer, case)):
        return None
    point = {"lat": case.point.lat, "lon": case.point.lon, "ward": case.ward_code or ""}
    return Drawing(drawing.key, {**drawing.args, **point})
