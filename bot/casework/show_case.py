"""What a citizen sees of cases: the own list, one case with its history, and why it went where it went."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.facts import facts_of
from bot.dialogue.flows.rate import level_buttons
from bot.dialogue.message import Button, Say, Words, raw
from storage.codes import check_code
from storage.records import Case, CaseStatus, Citizen, Event, FileStatus

PAGE = 5
SHOWN_EVENTS = 12
TOLD = frozenset(
    {
        "filed",
        "accepted",
        "asked",
        "answered",
        "transferred",
        "escalated",
        "resolved",
        "rejected",
        "extended",
        "rated",
        "reopened",
        "closed",
        "withdrawn",
        "merged",
        "reviewed",
        "returned",
        "added",
    }
)
"""Kinds of event that the citizen is shown; reminders and internal remarks are not among them."""


def case_list(ctx: Context, citizen: Citizen, page: int) -> tuple[Say, ...]:
    """A page of the citizen's cases, newest first, each with its state and who holds it."""
    cases = ctx.tx.cases.of_citizen(citizen.id, open_only=False, limit=PAGE + 1, offset=page * PAGE)
    if not cases:
        return (Say(Words("track.none")),)
    lines = tuple(Words("track.line", facts_of(ctx, case)) for case in cases[:PAGE])
    rows = [(Button(f"case:{case.code}", raw(str(case.code))),) for case in cases[:PAGE]]
    if len(cases) > PAGE:
        rows.append((Button(f"do:cuatoi {page + 1}", Words("more")),))
    return (Say(Words("track.list", {"lines": lines}), tuple(rows)),)


def case_page(ctx: Context, citizen: Citizen, code: str, digits: str = "") -> tuple[Say, ...]:
    """One case with its history and pictures. Raises Refused for a code that is not this person's."""
    case = own_case(ctx, citizen, code, digits)
    events = [e for e in ctx.tx.events.of(case.id) if e.kind in TOLD][-SHOWN_EVENTS:]
    history = tuple(
        Words("track.event", {"at": e.at, "what": Words(f"event.{e.kind}"), "why": _why(e)}) for e in events
    )
    pictures = tuple(f.id for f in ctx.tx.files.of_case(case.id) if f.status is FileStatus.READY)[:10]
    words = Words("track.case", {**facts_of(ctx, case), "text": case.text, "history": history})
    return (Say(words, _buttons(ctx, case), pictures),)


def explain_case(ctx: Context, citizen: Citizen, code: str) -> tuple[Say, ...]:
    """Rule, evidence and configuration version behind the agency. Raises Refused."""
    case = own_case(ctx, citizen, code, "")
    reasons = tuple(raw(f"• {reason}") for reason in case.because)
    facts = {**facts_of(ctx, case), "because": reasons, "rule": case.rule, "version": case.config_version[:8]}
    return (Say(Words("track.because", facts)),)


def own_case(ctx: Context, citizen: Citizen, code: str, digits: str) -> Case:
    """The citizen's own or followed case; with the last four digits of its phone also another's. Raises Refused."""
    checked = check_code(code)
    case = ctx.tx.cases.by_code(checked) if checked else None
    if case is None:
        raise Refused("track.not_found")
    if case.citizen == citizen.id or citizen.id in ctx.tx.followers.of(case.id):
        return case
    if digits and ctx.tx.rates.hit(citizen.id, "look_up", ctx.now, 3600) <= LOOK_UPS_AN_HOUR:
        phone = ctx.tx.citizens.get(case.citizen).phone
        if phone is not None and len(digits) == 4 and phone.endswith(digits):
            return case
    raise Refused("track.not_found")


LOOK_UPS_AN_HOUR = 5


def _why(event: Event) -> str:
    return (
        f": {event.why}"
        if event.why and event.kind in ("asked", "answered", "resolved", "rejected", "extended")
        else ""
    )


def _buttons(ctx: Context, case: Case) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = []
    if case.is_open:
        rows.append((Button(f"say:{case.code}", Words("track.add")),))
    rated = ctx.tx.ratings.get(case.id, case.round)
    if case.status in (CaseStatus.RESOLVED, CaseStatus.REJECTED) or (
        case.status is CaseStatus.CLOSED and rated is None
    ):
        rows += level_buttons(case.code, case.round)
    rows.append((Button(f"do:visao {case.code}", Words("track.why")),))
    return tuple(rows)
