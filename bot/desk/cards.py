"""Cards and lists for staff: facts first."""

from __future__ import annotations

from datetime import datetime

from bot.casework.context import Context
from bot.casework.facts import facts_of
from bot.casework.permissions import may_see_person, may_work_on
from bot.dialogue.message import Button, Say, Words, raw
from storage.records import Case, CaseStatus, FileStatus, Officer, OfficerId, Role

HISTORY = 8


def line(ctx: Context, case: Case) -> Words:
    """One line of a queue."""
    late = case.due_at is not None and case.due_at < ctx.now
    mark = "desk.mark_urgent" if case.urgency == "khan" else "desk.mark_late" if late else "desk.mark_none"
    return Words("desk.line", {**facts_of(ctx, case), "mark": Words(mark), "text": short(case.masked or case.text, 60)})


def card(ctx: Context, officer: Officer, case: Case) -> Say:
    """A case with everything that this officer may see of it, and what can be done next."""
    sees_person = may_see_person(officer, case)
    citizen = ctx.tx.citizens.get(case.citizen)
    person = Words("desk.person", {"name": citizen.name or "–", "phone": citizen.phone or "–"})
    history = tuple(
        Words("desk.event", {"at": e.at, "what": Words(f"event.{e.kind}"), "who": _who(ctx, e.by), "why": _cut(e.why)})
        for e in ctx.tx.events.of(case.id)[-HISTORY:]
    )
    answers = tuple(raw(f"– {question}: {answer}") for question, answer in case.answers.items())
    args = {
        **facts_of(ctx, case),
        "text": case.text if sees_person else case.masked,
        "place": (case.place_words or "") if sees_person else "",
        "point": f"{case.point.lat:.6f}, {case.point.lon:.6f}" if case.point and sees_person else "–",
        "person": person if sees_person else Words("desk.person_hidden"),
        "answers": answers,
        "flags": tuple(Words(f"flag.{flag}") for flag in case.flags),
        "history": history,
    }
    pictures = tuple(f.id for f in ctx.tx.files.of_case(case.id) if f.status is FileStatus.READY)[:10]
    return Say(Words("desk.card", args), buttons(officer, case), pictures, slot=f"case{case.code}")


def buttons(officer: Officer, case: Case) -> tuple[tuple[Button, ...], ...]:
    """The next steps that this officer may take; rights are asked again when one is pressed."""
    if not may_work_on(officer, case):
        return ()
    code = case.code
    offers: list[tuple[str, str]] = []
    match case.status:
        case CaseStatus.RECEIVED:
            offers = [("take", "desk.take"), ("transfer", "desk.transfer"), ("reject", "desk.reject")]
        case CaseStatus.ACCEPTED:
            offers = [("resolve", "desk.resolve"), ("ask", "desk.ask"), ("transfer", "desk.transfer")]
            offers += [("extend", "desk.extend"), ("reject", "desk.reject")]
        case CaseStatus.WAITING_CITIZEN:
            offers = [("resolve", "desk.resolve")]
        case CaseStatus.TRIAGE if officer.role is Role.TRIAGE:
            offers = [("triage", "desk.triage"), ("reject", "desk.reject")]
        case _:
            offers = []
    made = [Button(f"{press}:{code}", Words(label)) for press, label in offers]
    return tuple(tuple(made[i : i + 2]) for i in range(0, len(made), 2))


def short(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[:limit].rsplit(" ", 1)[0] + " …"


def due_words(due_at: datetime | None) -> str | datetime:
    return due_at if due_at is not None else "–"


def _who(ctx: Context, by: str) -> Words:
    kind, _, who = by.partition(":")
    if kind == "officer":
        officer = ctx.tx.officers.get(OfficerId(who))
        return raw(officer.name or officer.role.value)
    return Words(f"desk.by_{kind}")


def _cut(why: str | None) -> str:
    return f": {short(why, 120)}" if why else ""
