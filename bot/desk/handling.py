"""Working on a case: each command asks for what it lacks, calls one use case, and shows what came of it."""

from __future__ import annotations

from bot.casework.accept_case import accept_case
from bot.casework.ask_citizen import ask_citizen
from bot.casework.context import Refused
from bot.casework.escalate_case import escalate_case
from bot.casework.extend_case import extend_case
from bot.casework.facts import agency_name
from bot.casework.keep_promise import keep_promise
from bot.casework.permissions import ensure_may_work_on
from bot.casework.record_difficulty import record_difficulty
from bot.casework.reject_case import reject_case
from bot.casework.resolve_case import Answer, promise_in, resolve_case
from bot.casework.return_case import return_case
from bot.casework.transfer_case import transfer_case
from bot.casework.undo_move import undo_move
from bot.desk.act import Act, Ask, done
from bot.desk.cards import card
from bot.dialogue.message import Button, Say, Words
from nlp.normalize import fold
from storage.records import AgencyId, Case, CaseCode, CaseStatus, Urgency


def show_case(act: Act) -> tuple[Say, ...]:
    """/xem: the card."""
    return (card(act.ctx, act.officer, act.need_case()),)


def accept(act: Act) -> tuple[Say, ...]:
    """/nhan: takes a case; the parent agency takes an escalated one over."""
    case = accept_case(act.ctx, act.officer, act.need_case().id)
    said = Say(Words("desk.accepted", {"code": case.code, "due_at": case.due_at}))
    return (said, card(act.ctx, act.officer, case))


def ask(act: Act) -> tuple[Say, ...]:
    """/hoi: a question to the citizen; the clock pauses."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    question = act.need_words("desk.ask_question", code=case.code)
    asked = ask_citizen(act.ctx, act.officer, case.id, question)
    return undoable("desk.asked", asked, due_at=asked.due_at)


def transfer(act: Act) -> tuple[Say, ...]:
    """/chuyen CODE AGENCY REASON: to another agency; names are found as people type them."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    said = act.need_words("desk.ask_agency", code=case.code)
    agency, why = find_agency(act, said)
    if agency is None:
        again = Say(Words("desk.ask_agency_again", {"code": case.code, "words": said}))
        raise Ask("desk.ask_agency_again", again, forget=True)
    name = agency_name(act.ctx, AgencyId(agency))
    if not why:
        raise Ask("desk.ask_transfer_reason", code=case.code, agency=name)
    moved = transfer_case(act.ctx, act.officer, case.id, AgencyId(agency), why)
    if moved.status is CaseStatus.TRIAGE:
        return undoable("desk.transferred_desk", moved)
    return undoable("desk.transferred", moved, agency=name)


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
    ensure_may_work_on(act.officer, case)
    text = act.need_words("desk.ask_answer", code=case.code)
    answer = Answer(text, act.files, act.memo.get("override"), bool(act.memo.get("promise")))
    try:
        resolved = resolve_case(act.ctx, act.officer, case.id, answer)
    except Refused as refusal:
        raise follow_up(refusal, str(case.code)) from refusal
    return undoable("desk.resolved", resolved)


def reject(act: Act) -> tuple[Say, ...]:
    """/tuchoi: reason, words, where to go instead."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    options = tuple(act.ctx.config.reasons.reject.items())
    reason = act.choose("reason", "desk.ask_reject_reason", options, code=case.code)
    text = act.need_words("desk.ask_reject_words", code=case.code)
    elsewhere = act.need("elsewhere", "desk.ask_elsewhere", code=case.code)
    answer = Answer(text, act.files, act.memo.get("override"), bool(act.memo.get("promise")))
    try:
        rejected = reject_case(act.ctx, act.officer, case.id, reason, elsewhere, answer)
    except Refused as refusal:
        raise follow_up(refusal, str(case.code)) from refusal
    return undoable("desk.rejected", rejected)


def follow_up(refusal: Refused, code: str) -> Exception:
    """A refusal that the next message can mend becomes a question."""
    words = Words(refusal.key, refusal.args_for_words)
    rewrite = Button(f"rewrite:{code}", Words("desk.promise_no"))
    if refusal.key == "refused.confirm_promise":
        yes = Button(f"promise:{code}", Words("desk.promise_yes"))
        return Ask(refusal.key, Say(words, ((yes,), (rewrite,))))
    if refusal.key == "refused.proof_coming":
        return Ask(refusal.key, Say(words, ((Button(f"again:{code}", Words("desk.again")),),)))
    if refusal.key.startswith("refused.proof"):
        return Ask(refusal.key, Say(words, asks_photos=True))
    if refusal.key == "refused.generic":
        return Ask(refusal.key, Say(words, ((rewrite,),)))
    if refusal.key in ("refused.empty_answer", "refused.name_earlier"):
        return Ask(refusal.key, Say(words))
    return refusal


def extend(act: Act) -> tuple[Say, ...]:
    """/giahan: cause, new date, and words if there are any."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    cause = act.choose("cause", "desk.ask_extend_cause", tuple(act.ctx.config.reasons.extend.items()), code=case.code)
    said = str(act.memo.get("until") or act.words)
    # "đến" makes a bare date a promise, which is what a new date is.
    found = promise_in(act.ctx, f"sẽ xong trước ngày {said}", act.ctx.now) or promise_in(act.ctx, said, act.ctx.now)
    if found is None:
        raise Ask("desk.ask_extend_date", slot="until", code=case.code, due_at=case.due_at)
    words = act.words if act.memo.get("until") else ""
    extended = extend_case(act.ctx, act.officer, case.id, cause, found[0], words)
    return undoable("desk.extended", extended, due_at=extended.due_at)


def escalate(act: Act) -> tuple[Say, ...]:
    """/vuottham: up to the parent agency, with a proposal."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    proposal = act.need_words("desk.ask_proposal", code=case.code)
    escalated = escalate_case(act.ctx, act.officer, case.id, proposal)
    return undoable("desk.escalated", escalated, agency=agency_name(act.ctx, escalated.parent))


def give_back(act: Act) -> tuple[Say, ...]:
    """/tralai: the parent agency returns an escalated case with an instruction."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    instruction = act.need_words("desk.ask_instruction", code=case.code)
    returned = return_case(act.ctx, act.officer, case.id, instruction)
    return undoable("desk.returned", returned, agency=agency_name(act.ctx, returned.agency))


def note_difficulty(act: Act) -> tuple[Say, ...]:
    """/vuongmac: cause, needed from whom, words."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    options = tuple(act.ctx.config.reasons.difficulty.items())
    cause = act.choose("cause", "desk.ask_difficulty", options, code=case.code)
    needed_from = act.need("from", "desk.ask_needed_from", code=case.code)
    record_difficulty(act.ctx, act.officer, case.id, cause, needed_from, act.words)
    return done("desk.difficulty_noted", code=case.code)


def keep(act: Act) -> tuple[Say, ...]:
    """/giuhen: a promised date is kept."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    words = act.need_words("desk.ask_kept", code=case.code)
    kept = keep_promise(act.ctx, act.officer, case.id, words, act.files)
    return done("desk.kept", code=kept.code)


def take_back(act: Act) -> tuple[Say, ...]:
    """/hoantac: the last step, within a minute."""
    if act.case is None:
        raise Ask("desk.ask_code")
    # After a transfer the case is no longer seen from here; whose step it was is what counts.
    case = undo_move(act.ctx, act.officer, act.case.id)
    return (Say(Words("desk.undone", {"code": case.code})), card(act.ctx, act.officer, case))


def undoable(key: str, case: Case, **args: object) -> tuple[Say, ...]:
    """What was done, with the way back while there is one."""
    rows: tuple[tuple[Button, ...], ...] = ()
    if case.urgency is not Urgency.KHAN:
        rows = ((Button(f"undo:{CaseCode(case.code)}", Words("desk.undo")),),)
    return (Say(Words(key, {"code": case.code, **args}), rows),)
