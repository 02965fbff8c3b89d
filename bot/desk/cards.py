"""Cards and lists for staff: facts first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bot.casework.approve_move import Awaited, awaited
from bot.casework.ask_citizen import ensure_askable
from bot.casework.assign_case import ASSIGNABLE
from bot.casework.ban_citizen import BANNERS
from bot.casework.context import Context, Refused
from bot.casework.escalate_case import ensure_escalatable
from bot.casework.extend_case import ensure_extendable
from bot.casework.facts import category_label, facts_of, masked_words, officer_at_work, officer_label, ward_name
from bot.casework.keep_promise import open_promise
from bot.casework.lift_ban import JUDGES
from bot.casework.notify import desk_button
from bot.casework.permissions import may_assign, may_see_person, may_work_on
from bot.casework.transfer_case import ensure_transferable
from bot.dialogue.message import Button, Say, Words, first_words, in_pairs, raw
from bot.dialogue.slots.slot import shorten
from nlp.normalize import fold
from routing.calendar import HANOI
from storage.records import Case, CaseStatus, Event, FileStatus, Officer, PersonId, Role, Urgency

HISTORY = 8
LINE = 60
"""Characters of what a case tells, in a queue."""
SHOWN_ELSEWHERE = frozenset({"noted", "flagged", "difficulty"})
"""Events whose content stands above the history."""
ABUSE = frozenset({"abuse", "spam"})
"""Flags that may be ground for a ban; a person decides."""
OTHERS = 3
SIMILAR_DAYS = 90

OFFERS: Mapping[CaseStatus, tuple[str, ...]] = {
    CaseStatus.TRIAGE: ("triage", "transfer", "reject"),
    CaseStatus.RECEIVED: ("take", "transfer", "escalate", "reject"),
    CaseStatus.ACCEPTED: ("resolve", "ask", "transfer", "extend", "escalate", "reject", "template"),
    CaseStatus.WAITING_CITIZEN: ("resolve", "transfer", "reject", "template"),
    CaseStatus.ESCALATED: ("take_over", "return", "reject"),
}
"""What may be pressed on a case that waits for this officer."""
UNREACHED = frozenset({"blocked", "closed", "spent", "knocked"})
"""Why a message waits for the next contact; another reason is a refusal for good."""
PRESSED = {"take_over": "take", "keep_late": "keep"}
"""Labels whose press is another's: taking an escalated case over is accepting it."""


def line(ctx: Context, case: Case) -> Words:
    """One line of a queue."""
    late = case.due_at is not None and case.due_at < ctx.now
    mark = "desk.mark_urgent" if case.urgency == "khan" else "desk.mark_late" if late else "desk.mark_none"
    return Words("desk.line", {**facts_of(ctx, case), "mark": Words(mark), "text": first_words(case.code, LINE)})


def line_label(ctx: Context, case: Case) -> Words:
    """A case on a button: code, topic, ward."""
    return Words(
        "desk.case_label", {"code": case.code, "category": category_label(ctx, case.category), "ward": _ward(ctx, case)}
    )


def _ward(ctx: Context, case: Case) -> str:
    return f" · {ward_name(ctx, case)}" if case.ward_code is not None else ""


def card(ctx: Context, officer: Officer, case: Case) -> Say:
    """A case with everything that this officer may see of it, and what can be done next."""
    events = ctx.tx.events.of(case.id)
    waiting = awaited(ctx, events) if may_work_on(officer, case) else None
    told = (*_told(ctx, officer, case), *_awaited(waiting), *_beside(ctx, officer, case))
    lines = (*_head(ctx, officer, case), "", *told, "", *_history(ctx, officer, case, events))
    pictures = tuple(f.id for f in ctx.tx.files.of_case(case.id) if f.status is FileStatus.READY)[:10]
    words = Words("desk.card", {"code": case.code, "lines": lines})
    return Say(words, buttons(ctx, officer, case, waiting), pictures, slot=f"case{case.code}")


def _head(ctx: Context, officer: Officer, case: Case) -> Iterator[Words]:
    """Which case, who holds it and until when, where it is and who sent it."""
    facts = facts_of(ctx, case)
    mark = "desk.mark_urgent" if case.urgency is Urgency.KHAN else "desk.mark_none"
    again = Words("desk.card_round", {"round": case.round}) if case.round > 1 else ""
    yield Words("desk.card_head", {**facts, "mark": Words(mark), "again": again})
    at_work = officer_at_work(ctx, case)
    name = ctx.tx.officers.get(at_work).name if at_work is not None else ""
    yield Words("desk.card_holder", {"agency": facts["agency"], "name": f" – {name}" if name else ""})
    if case.due_at is not None and case.is_open:
        yield due_line(ctx, case)
    if case.promised_at is not None:
        is_missed = case.is_open and case.promised_at < ctx.now
        name = "desk.card_promise_over" if is_missed else "desk.card_promised"
        yield Words(name, {"promised_at": case.promised_at})
    place = _place(ctx, officer, case)
    if place:
        yield Words("desk.card_place", {"place": place})
    if not may_see_person(officer, case):
        yield Words("desk.person_hidden")
        return
    if case.point is not None:
        yield Words("desk.card_point", {"point": f"{case.point.lat:.6f}, {case.point.lon:.6f}"})
    citizen = ctx.tx.citizens.get(case.citizen)
    given = " · ".join(part for part in (citizen.name, citizen.phone) if part)
    yield Words("desk.person", {"person": given}) if given else Words("desk.person_unknown")
    if case.on_behalf:
        yield Words("desk.person_behalf", {"person": case.on_behalf})


def due_line(ctx: Context, case: Case) -> Words:
    """Until when the next step is due, or since when it is late."""
    is_late = case.due_at is not None and case.due_at < ctx.now
    is_paused = case.status is CaseStatus.WAITING_CITIZEN
    key = "desk.card_paused" if is_paused else "desk.card_late" if is_late else "desk.card_due"
    return Words(key, {"due_at": case.due_at})


def _place(ctx: Context, officer: Officer, case: Case) -> str:
    ward = ward_name(ctx, case)
    words = case.place_words if may_see_person(officer, case) else None
    if not words:
        return ward
    return words if fold(ward) in fold(words) or not ward else f"{words} ({ward})"


def _told(ctx: Context, officer: Officer, case: Case) -> Iterator[Words]:
    """What the citizen said, and what else is known."""
    sees_person = may_see_person(officer, case)
    yield raw(case.text if sees_person else case.masked)
    for question, answer in case.answers.items():
        yield raw(f"– {question}: {answer if sees_person else masked_words(answer)}")
    if case.supporters:
        yield Words("desk.card_supporters", {"n": case.supporters})
    if case.about_official:
        yield Words("flag.about_official")
    yield from (Words(f"flag.{flag}") for flag in case.flags)
    if officer.role in JUDGES and (ban := ctx.tx.bans.active(case.citizen, ctx.now)) is not None:
        yield Words("desk.card_banned", {"until": ban.until_at})
    yield from _unreached(ctx, case)


def _history(ctx: Context, officer: Officer, case: Case, events: Sequence[Event]) -> Iterator[Words]:
    """The last steps; words of whoever is not known to this officer have their personal data masked."""
    yield Words("desk.card_history")
    shown = [e for e in events if e.kind not in SHOWN_ELSEWHERE]
    for event in shown[-HISTORY:]:
        why = event.why if event.kind != "filed" else None
        if why and not may_see_person(officer, case):
            why = masked_words(why)
        at = f"{event.at.astimezone(HANOI):%d/%m %H:%M}"
        args = {"at": at, "what": Words(f"event.{event.kind}"), "who": _who(ctx, event.by), "why": _cut(why)}
        yield Words("desk.event", args)


def _unreached(ctx: Context, case: Case) -> tuple[Words, ...]:
    """That the citizen has not been told, and why: somebody may have to telephone."""
    missed = ctx.tx.outbox.unreached(case.id, PersonId(case.citizen))
    if not missed:
        return ()
    why = Words(f"unreached.{missed[-1].parked if missed[-1].parked in UNREACHED else 'refused'}")
    return (Words("desk.unreached", {"n": len(missed), "why": why}),)


def _awaited(waiting: Awaited | None) -> Iterator[Words]:
    """What a lead's word is waited for."""
    if waiting is not None:
        asked, by = waiting
        what, detail = Words(f"desk.can.{asked.facts['what']}"), asked.facts.get("detail")
        args = {"what": what, "detail": f" – {detail}" if detail else "", "name": by.name}
        yield Words("desk.awaited", {**args, "words": short(asked.why or "", 120)})


def _beside(ctx: Context, officer: Officer, case: Case) -> tuple[Words, ...]:
    """What else is known: promise, difficulties, notes, similar cases, the author's other cases (masked)."""
    lines: list[Words] = []
    for promise in ctx.tx.promises.of(case.id):
        if promise.kept_at is None:
            name = "desk.promise_line" if promise.missed_at is None else "desk.promise_missed"
            lines.append(Words(name, {"due": f"{promise.due_on:%d/%m/%Y}", "words": promise.words}))
    if may_work_on(officer, case) or officer.role in (Role.REVIEWER, Role.TRIAGE):
        causes = ctx.config.reasons.difficulty
        for held_up in ctx.tx.difficulties.of(case.id):
            if held_up.ended_at is None:
                args = {"cause": causes.get(held_up.cause, held_up.cause), "from_whom": held_up.needed_from}
                lines.append(Words("desk.difficulty_line", args))
        for note in ctx.tx.notes.of(case.id)[-OTHERS:]:
            who = officer_label(ctx.tx.officers.get(note.by))
            lines.append(Words("desk.note_line", {"who": who, "words": short(note.text, 200)}))
    if case.ward_code is not None:
        since = ctx.now - timedelta(days=SIMILAR_DAYS)
        near = ctx.tx.cases.similar(case.ward_code, case.category, since, 3 * OTHERS)
        codes = [c.code for c in near if c.id != case.id and not c.private and not c.status.is_final][:OTHERS]
        if codes:
            lines.append(Words("desk.similar", {"codes": ", ".join(codes)}))
    if may_see_person(officer, case):
        others = [c for c in ctx.tx.cases.of_citizen(case.citizen, limit=OTHERS + 1) if c.id != case.id][:OTHERS]
        if others:
            said = " · ".join(f"{c.code} {short(c.masked, 40)}" for c in others)
            lines.append(Words("desk.others", {"lines": said}))
    return tuple(lines)


def buttons(ctx: Context, officer: Officer, case: Case, waiting: Awaited | None) -> tuple[tuple[Button, ...], ...]:
    """The next steps that this officer may take now; rights are asked again when one is pressed.

    `waiting`: what waits for a lead's word.
    """
    if officer.role is Role.REVIEWER and case.status is CaseStatus.DISPUTED:
        return ((desk_button(case, "review"),),)
    if not may_work_on(officer, case):
        return _ban_button(officer, case)
    offers = [offer for offer in OFFERS.get(case.status, ()) if _is_possible(ctx, case, offer)]
    if case.status is CaseStatus.TRIAGE and officer.role is not Role.TRIAGE:
        offers = []
    promise = open_promise(ctx, case)
    if promise is not None and not case.status.is_final:
        offers.append("keep" if promise.missed_at is None else "keep_late")
    if case.status in ASSIGNABLE and may_assign(officer, case) and officer.role is Role.LEAD:
        offers.append("assign")
    if officer.role is Role.LEAD and waiting is not None:
        offers = ["approve", "decline", *offers]
    made = [Button(f"{PRESSED.get(press, press)}:{case.code}", Words(f"desk.{press}")) for press in offers]
    return (*in_pairs(made), *_ban_button(officer, case))


def _is_possible(ctx: Context, case: Case, offer: str) -> bool:
    """Whether this case still allows the step: questions and extensions run out, a named agency passes nothing on."""
    try:
        match offer:
            case "transfer":
                ensure_transferable(case)
            case "ask":
                ensure_askable(ctx, case)
            case "extend":
                ensure_extendable(ctx, case)
            case "escalate":
                ensure_escalatable(ctx, case)
    except Refused:
        return False
    return True


def _ban_button(officer: Officer, case: Case) -> tuple[tuple[Button, ...], ...]:
    """On a case flagged for abuse whoever may ban is offered it."""
    may_ban = officer.is_active and officer.role in BANNERS
    return ((desk_button(case, "ban"),),) if may_ban and ABUSE & set(case.flags) else ()


def short(text: str, limit: int) -> str:
    """A text on one line, cut."""
    return shorten(" ".join(text.split()), limit)


def _who(ctx: Context, by: str) -> Words:
    officer = ctx.tx.officers.behind(by)
    if officer is not None:
        return officer_label(officer)
    return Words(f"desk.by_{by.partition(':')[0]}")


def _cut(why: str | None) -> str:
    return f": {short(why, 120)}" if why else ""
