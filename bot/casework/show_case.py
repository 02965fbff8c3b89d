"""What a citizen sees of cases: the own list, one case with its history, and why it went where it went."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.facts import facts_of, holder, reasons_of
from bot.casework.lifecycle import LEGAL, standing
from bot.dialogue.flows.rate import level_buttons
from bot.dialogue.message import Button, Say, Words, raw
from bot.dialogue.slots.slot import shorten
from storage.codes import check_code
from storage.records import Case, CaseStatus, Citizen, Event, FileStatus, Purpose

PAGE = 5
SHOWN_EVENTS = 8
SHOWN_FILES = 10
SHOWN_TEXT = 500
SHOWN_PLACE = 120
SHOWN_WORDS = 60
SHOWN_ANSWER = 300
"""Cut so that a whole page stays within 2,000 characters, the least that a channel takes (Zalo)."""
ANSWERS = frozenset({"resolved", "rejected"})
WITH_WORDS = frozenset({"asked", "answered", "added", "resolved", "rejected", "extended", "withdrawn", "reopened"})
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
    """A page of the citizen's cases, newest first, then those they follow, each with its state and who holds it."""
    cases = ctx.tx.cases.of_citizen(citizen.id, limit=PAGE + 1, offset=page * PAGE)
    followed = [ctx.tx.cases.get(c) for c in ctx.tx.followers.of_citizen(citizen.id)] if page == 0 else []
    if not cases and not followed:
        return case_list(ctx, citizen, 0) if page else (Say(Words("track.none")),)
    lines = tuple(Words("track.line", facts_of(ctx, case)) for case in cases[:PAGE])
    lines += tuple(Words("track.line_followed", facts_of(ctx, case)) for case in followed[-PAGE:])
    rows = [(Button(f"case:{case.code}", raw(str(case.code))),) for case in (*cases[:PAGE], *followed[-PAGE:])]
    if len(cases) > PAGE:
        rows.append((Button(f"do:cuatoi {page + 1}", Words("more")),))
    if page:
        rows.append((Button(f"do:cuatoi {page - 1}", Words("track.newer")),))
    return (Say(Words("track.list", {"lines": lines}), tuple(rows)),)


def case_page(ctx: Context, citizen: Citizen, code: str, digits: str = "") -> tuple[Say, ...]:
    """One case with its history and pictures. Raises Refused for a code that is not this person's.

    Who only follows it sees masked words and the office's own photos, never what its author sent.
    """
    case = own_case(ctx, citizen, code, digits)
    is_follower = case.citizen != citizen.id and not digits
    events = [e for e in standing(ctx.tx.events.of(case.id)) if e.kind in TOLD][-SHOWN_EVENTS:]
    answered = max((e.seq for e in events if e.kind in ANSWERS), default=0)
    kinds = ANSWERS | {"extended"} if is_follower else WITH_WORDS
    history = tuple(
        Words("track.event", {"at": e.at, "what": Words(f"event.{e.kind}"), "why": _why(e, kinds, answered)})
        for e in events
    )
    files = ctx.tx.files.of_case(case.id, Purpose.PROOF if is_follower else None)
    files = tuple(f for f in files if f.status is FileStatus.READY and f.purpose is not Purpose.NOTE)
    pictures = tuple(f.id for f in files)[-SHOWN_FILES:]
    text = shorten(case.masked if is_follower else case.text, SHOWN_TEXT) or Words("track.voice")
    rows = _buttons(ctx, case) if case.citizen == citizen.id else _buttons_of_follower(case) if is_follower else ()
    facts = facts_of(ctx, case)
    if case.place_words and not is_follower and case.place_words.casefold() != str(facts["ward"]).casefold():
        facts["ward"] = Words("track.place", {"words": shorten(case.place_words, SHOWN_PLACE), "ward": facts["ward"]})
    words = Words("track.case", {**facts, "text": text, "reach": _reach(ctx, case), "history": history})
    return (Say(words, rows, pictures),)


def explain_case(ctx: Context, citizen: Citizen, code: str) -> tuple[Say, ...]:
    """Rule, evidence and configuration version behind the agency. Raises Refused."""
    case = own_case(ctx, citizen, code, "")
    facts = {**facts_of(ctx, case), "because": reasons_of(case), "rule": case.rule, "version": case.config_version[:8]}
    return (Say(Words("track.because", facts)),)


def own_case(ctx: Context, citizen: Citizen, code: str, digits: str) -> Case:
    """The citizen's own or followed case; with the last four digits of its phone also another's. Raises Refused."""
    checked = check_code(code)
    if checked is None:
        raise Refused("track.mistyped")
    case = ctx.tx.cases.by_code(checked)
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


def _reach(ctx: Context, case: Case) -> Words | str:
    """The telephone of who holds it, when somebody has verified the number."""
    agency = ctx.agency(holder(ctx, case)) if case.is_open else None
    phone = agency.contact.public_phone if agency else None
    return Words("track.reach", {"phone": phone}) if phone else ""


def _why(event: Event, kinds: frozenset[str], answered: int) -> str:
    """The words of an event; the last answer at some length, the others as a reminder."""
    if not event.why or event.kind not in kinds:
        return ""
    return f": {shorten(event.why, SHOWN_ANSWER if event.seq == answered else SHOWN_WORDS)}"


def _buttons_of_follower(case: Case) -> tuple[tuple[Button, ...], ...]:
    return ((Button(f"do:thoitheodoi {case.code}", Words("track.unfollow")),),)


def _buttons(ctx: Context, case: Case) -> tuple[tuple[Button, ...], ...]:
    """What the owner may do with it now."""
    rows: list[tuple[Button, ...]] = []
    if case.is_open:
        rows.append((Button(f"say:{case.code}", Words("track.add")),))
    if case.status is CaseStatus.CLOSED and case.due_at is not None and case.due_at > ctx.now:
        rows.append((Button(f"reopen:{case.code}", Words("track.reopen")),))
    rated = ctx.tx.ratings.get(case.id, case.round)
    is_changeable = rated is None or rated.review_started_at is None
    if case.status in (CaseStatus.RESOLVED, CaseStatus.REJECTED) or (
        case.status is CaseStatus.CLOSED and rated is None
    ):
        rows += level_buttons(case.code, case.round) if is_changeable else ()
    rows.append((Button(f"do:visao {case.code}", Words("track.why")),))
    if CaseStatus.WITHDRAWN in LEGAL[case.status]:
        rows.append((Button(f"drop:{case.code}", Words("track.withdraw")),))
    return tuple(rows)
