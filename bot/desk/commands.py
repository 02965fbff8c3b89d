"""The desk's everyday commands: each asks for what it needs, calls one use case, and shows the card."""

from __future__ import annotations

from bot.casework.accept_case import accept_case
from bot.casework.ask_citizen import ask_citizen
from bot.casework.context import Refused
from bot.casework.facts import agency_name
from bot.casework.resolve_case import Answer, resolve_case
from bot.casework.transfer_case import transfer_case
from bot.desk.act import Act, Ask, Command, done
from bot.desk.cards import card, line
from bot.dialogue.message import Button, Say, Words, raw
from nlp.normalize import fold
from storage.records import AgencyId, CaseStatus, Role

PAGE = 8
WORKED_ON = (CaseStatus.RECEIVED, CaseStatus.ACCEPTED, CaseStatus.WAITING_CITIZEN, CaseStatus.ESCALATED)


def show_queue(act: Act) -> tuple[Say, ...]:
    """/viec: the queue by urgency and deadline, paged."""
    page = int(act.words) if act.words.isdigit() else 0
    statuses: tuple[CaseStatus, ...] = WORKED_ON
    if act.officer.role is Role.TRIAGE:
        statuses = (CaseStatus.TRIAGE,)
    elif act.officer.role is Role.REVIEWER:
        statuses = (CaseStatus.DISPUTED,)
    agency = None if act.officer.role in (Role.TRIAGE, Role.REVIEWER, Role.ADMIN) else act.officer.agency
    cases = act.ctx.tx.cases.queue(agency=agency, statuses=statuses, limit=PAGE + 1, offset=page * PAGE)
    if not cases:
        return done("desk.queue_empty")
    total = act.ctx.tx.cases.count(agency=agency, statuses=statuses)
    rows = [(Button(f"open:{case.code}", raw(str(case.code))),) for case in cases[:PAGE]]
    if len(cases) > PAGE:
        rows.append((Button(f"do:viec {page + 1}", Words("more")),))
    lines = tuple(line(act.ctx, case) for case in cases[:PAGE])
    return (Say(Words("desk.queue", {"n": total, "lines": lines}), tuple(rows)),)


def show_case(act: Act) -> tuple[Say, ...]:
    """/xem: the card."""
    return (card(act.ctx, act.officer, act.need_case()),)


def accept(act: Act) -> tuple[Say, ...]:
    """/nhan."""
    case = accept_case(act.ctx, act.officer, act.need_case().id)
    return (Say(Words("desk.accepted", {"code": case.code, "due_at": case.due_at})), card(act.ctx, act.officer, case))


def ask(act: Act) -> tuple[Say, ...]:
    """/hoi: a question to the citizen; the clock pauses."""
    case = act.need_case()
    question = act.need_words("desk.ask_question", code=case.code)
    asked = ask_citizen(act.ctx, act.officer, case.id, question)
    return done("desk.asked", code=asked.code, due_at=asked.due_at)


def transfer(act: Act) -> tuple[Say, ...]:
    """/chuyen CODE AGENCY REASON: to another agency; names are found as people type them."""
    case = act.need_case()
    said = act.need_words("desk.ask_agency", code=case.code)
    agency, why = find_agency(act, said)
    if agency is None:
        raise Ask("desk.ask_agency_again", code=case.code, words=said)
    if not why:
        raise Ask("desk.ask_transfer_reason", code=case.code, agency=agency_name(act.ctx, AgencyId(agency)), words=said)
    moved = transfer_case(act.ctx, act.officer, case.id, AgencyId(agency), why)
    return done("desk.transferred", code=moved.code, agency=agency_name(act.ctx, AgencyId(agency)))


def find_agency(act: Act, said: str) -> tuple[str | None, str]:
    """The agency at the beginning of the words, by id or name, and the words after it."""
    folded = fold(said)
    best: tuple[int, str] | None = None
    for agency_id, agency in act.ctx.config.agencies.items():
        for name in (agency_id, agency.name, agency.short_name):
            wanted = fold(name)
            if wanted and (
                folded == wanted or folded.startswith((wanted + " ", wanted + ",", wanted + ":", wanted + "\n"))
            ):
                best = max(best or (0, ""), (len(wanted), str(agency_id)))
    if best is None:
        return None, ""
    # Folding keeps the length of the words, so that the reason begins right behind the name.
    return best[1], said[best[0] :].strip(" ,:;-\n")


def resolve(act: Act) -> tuple[Say, ...]:
    """/xong: words and proof; what is missing is asked for, what came before is kept."""
    case = act.need_case()
    text = act.need_words("desk.ask_answer", code=case.code)
    answer = Answer(text, act.files, act.memo.get("override"), bool(act.memo.get("promise")))
    try:
        resolved = resolve_case(act.ctx, act.officer, case.id, answer)
    except Refused as refusal:
        raise _follow_up(refusal, str(case.code)) from refusal
    return done("desk.resolved", code=resolved.code)


def _follow_up(refusal: Refused, code: str) -> Exception:
    """A refusal that the next message can mend becomes a question."""
    words = Words(refusal.key, refusal.args_for_words)
    if refusal.key == "refused.confirm_promise":
        yes = Button(f"promise:{code}", Words("desk.promise_yes"))
        return Ask(refusal.key, Say(words, ((yes,), (Button(f"rewrite:{code}", Words("desk.promise_no")),))))
    if refusal.key.startswith("refused.proof"):
        return Ask(refusal.key, Say(words, asks_photos=True))
    if refusal.key in ("refused.generic", "refused.empty_answer"):
        return Ask(refusal.key, Say(words))
    return refusal


COMMANDS: dict[str, Command] = {
    "viec": show_queue,
    "xem": show_case,
    "nhan": accept,
    "hoi": ask,
    "chuyen": transfer,
    "xong": resolve,
}
"""Name without slash -> what it does."""

PRESSES: dict[str, str] = {
    "open": "xem",
    "take": "nhan",
    "ask": "hoi",
    "transfer": "chuyen",
    "resolve": "xong",
}
"""First part of a button's press -> command."""
