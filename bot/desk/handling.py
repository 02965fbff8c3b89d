"""Working on a case: each command asks for what it lacks, calls one use case, and shows what came of it."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.accept_case import accept_case
from bot.casework.approve_move import ask_approval
from bot.casework.ask_citizen import ask_citizen, ensure_askable
from bot.casework.context import Refused
from bot.casework.digests import waiting_for
from bot.casework.escalate_case import ensure_escalatable, escalate_case
from bot.casework.extend_case import ensure_extendable, extend_case
from bot.casework.facts import agency_name
from bot.casework.flag_pictures import hints_of_answer
from bot.casework.keep_promise import keep_promise
from bot.casework.lifecycle import ensure_legal
from bot.casework.notify import desk_button
from bot.casework.permissions import ensure_may_work_on, may_work_on
from bot.casework.record_difficulty import ensure_open, record_difficulty
from bot.casework.reject_case import ELSEWHERE, reject_case
from bot.casework.resolve_case import Answer, judge_reply, promise_in, resolve_case
from bot.casework.return_case import ensure_passed_up, return_case
from bot.casework.transfer_case import ensure_transferable, transfer_case
from bot.casework.undo_move import undo_move
from bot.desk.act import Act, Ask, done
from bot.desk.cards import card, line_label, short
from bot.desk.choosing import Question, asked_again, choose_agency
from bot.dialogue.message import Button, Say, Words
from bot.dialogue.wishes import plain, says_no, says_yes
from bot.reports.places import map_of
from nlp.normalize import fold
from nlp.reply_quality import Verdict
from storage.records import Case, CaseCode, CaseStatus, FileStatus, Purpose, Urgency

TO_WHOM = Question("desk.ask_agency", "desk.ask_agency_again")
REPLACED = "rewritten"
"""The slot whose answer stands in place of the words written before."""
OVERRIDE = "override"
"""Why an answer that was called generic shall go out as it is; empty while it is asked."""
PROMISE = "promise"
MORE = "more"
WHERE_TO = "elsewhere"
UNTIL = "until"
YES, NO = "yes", "no"
CONFIRMED, REWRITE = ("dung, cam ket ngay nay",), ("viet lai", "sua", "sua lai")
"""What else is typed for the two: their labels, and words like them."""
A_SENTENCE = 4
"""Fewer words than these are no answer written anew."""
OFFERED = 6
ANSWERABLE = (CaseStatus.ACCEPTED, CaseStatus.WAITING_CITIZEN)
USES = {
    CaseStatus.ACCEPTED: ("xong", "hoi", "ghichu"),
    CaseStatus.WAITING_CITIZEN: ("xong", "ghichu"),
    CaseStatus.RECEIVED: ("xong", "ghichu"),
}
"""What words without a command may be meant for, by status."""


def show_case(act: Act) -> tuple[Say, ...]:
    """/xem: the card, with a map for whoever may see the exact place."""
    case = act.need_case()
    return (replace(card(act.ctx, act.officer, case), drawing=map_of(act.officer, case)),)


def accept(act: Act) -> tuple[Say, ...]:
    """/nhan: takes a case; the parent agency takes an escalated one over."""
    case = accept_case(act.ctx, act.officer, act.need_case().id)
    said = Say(Words("desk.accepted", {"code": case.code, "due_at": case.due_at}))
    return (said, card(act.ctx, act.officer, case))


def ask(act: Act) -> tuple[Say, ...]:
    """/hoi: a question to the citizen; the clock pauses."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_askable(act.ctx, case)
    question = act.need_words("desk.ask_question", code=case.code)
    asked = ask_citizen(act.ctx, act.officer, case.id, question)
    return undoable("desk.asked", asked, due_at=asked.due_at)


def transfer(act: Act) -> tuple[Say, ...]:
    """/chuyen CODE AGENCY REASON: to another agency; names are found as people type them."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_transferable(case)
    agency, said = choose_agency(act, TO_WHOM, code=case.code)
    name = agency_name(act.ctx, agency)
    reasons = act.ctx.config.reasons.transfer
    why = said or act.need("why", "desk.ask_transfer_reason", reasons, code=case.code, agency=name)
    try:
        moved = transfer_case(act.ctx, act.officer, case.id, agency, why)
    except Refused as refusal:
        return put_before_leads(refusal, act, case, "chuyen", why, name, to=agency)
    if moved.status is CaseStatus.TRIAGE:
        return undoable("desk.transferred_desk", moved)
    return undoable("desk.transferred", moved, agency=name)


def resolve(act: Act) -> tuple[Say, ...]:
    """/xong: words and proof; what is missing is asked for, what came before is kept."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    act = with_more(settle_promise(act, "desk.ask_answer", case), case)
    if case.status is CaseStatus.RECEIVED:
        take = ((desk_button(case, "take"),),)
        raise Ask("desk.take_first", Say(Words("desk.take_first", {"code": case.code}), take), words=act.words)
    ensure_legal(case, CaseStatus.RESOLVED)
    text = act.need_words("desk.ask_answer_photo" if act.files else "desk.ask_answer", code=case.code)
    answer = Answer(text, act.files, _justification(act, case), bool(act.memo.get(PROMISE)))
    try:
        resolved = resolve_case(act.ctx, act.officer, case.id, answer)
    except Refused as refusal:
        raise follow_up(refusal, act, case) from refusal
    hints = tuple(Words(f"flag.{hint}") for hint in hints_of_answer(act.ctx, resolved))
    args = {"answer": short(text, 300), "hints": ("", *hints) if hints else ""}
    return undoable("desk.resolved", resolved, files=_with_files(act, resolved), **args)


def _justification(act: Act, case: Case) -> str | None:
    return act.need(OVERRIDE, "desk.ask_override", code=case.code) if OVERRIDE in act.memo else None


def _with_files(act: Act, case: Case) -> Words | str:
    """How many files of proof the citizen gets to see with this answer."""
    proof = act.ctx.tx.files.of_case(case.id, Purpose.PROOF)
    n = sum(1 for f in proof if f.round == case.round and f.status is FileStatus.READY)
    return Words("desk.with_files", {"n": n}) if n else ""


def reject(act: Act) -> tuple[Say, ...]:
    """/tuchoi: reason, words, where to go instead."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_legal(case, CaseStatus.REJECTED)
    act = settle_promise(act, "desk.ask_reject_words", case)
    options = tuple(act.ctx.config.reasons.reject.items())
    reason = act.choose("reason", "desk.ask_reject_reason", options, code=case.code)
    text = act.need_words("desk.ask_reject_words", code=case.code)
    elsewhere = str(act.memo.get(WHERE_TO) or "")
    answer = Answer(text, act.files, _justification(act, case), bool(act.memo.get(PROMISE)))
    try:
        rejected = reject_case(act.ctx, act.officer, case.id, reason, elsewhere, answer)
    except Refused as refusal:
        words, label = f"{text}{ELSEWHERE}{elsewhere}", act.ctx.config.reasons.reject[reason]
        facts = {"reason": reason, "files": list(answer.files), "override": answer.override}
        return put_before_leads(refusal, act, case, "tuchoi", words, label, **facts)
    args = {"answer": short(text, 300), "elsewhere": short(elsewhere, 200)}
    return undoable("desk.rejected", rejected, files=_with_files(act, rejected), **args)


def settle_promise(act: Act, ask: str, case: Case) -> Act:
    """What was said to the question about a promised date: a yes, a wish to rewrite, or the answer written anew."""
    said = str(act.memo.get(PROMISE) or "").strip()
    memo = {name: value for name, value in act.memo.items() if name != PROMISE}
    meant, folded = plain(said).strip(" .!"), fold(said).strip(" .!")
    if not said or says_yes(meant) or folded in CONFIRMED:
        return act
    if says_no(meant) or folded in REWRITE:
        raise Ask(ask, words="", drop=(PROMISE,), code=case.code)
    return replace(act, words=said if len(said.split()) >= A_SENTENCE else act.words, memo=memo)


def with_more(act: Act, case: Case) -> Act:
    """Words written while proof was awaited: added, or in place of ones that said nothing; a few are no answer."""
    more = str(act.memo.get(MORE) or "").strip()
    if len(more.split()) < A_SENTENCE or fold(more) in fold(act.words):
        return act
    said_nothing = judge_reply(case, act.words, 1).verdict is Verdict.GENERIC
    return replace(act, words=more if said_nothing else f"{act.words}\n{more}")


def follow_up(refusal: Refused, act: Act, case: Case) -> Exception:
    """A refusal that the next message can mend becomes a question; what was written for it is kept."""
    words = Words(refusal.key, refusal.args_for_words)
    rewrite = Button(f"pick:{REPLACED}", Words("desk.promise_no"))
    if refusal.key == "refused.confirm_promise":
        rows = ((Button(f"pick:{YES}", Words("desk.promise_yes")),), (Button(f"pick:{NO}", rewrite.label),))
        return Ask(refusal.key, Say(words, rows), slot=PROMISE, words=act.words, drop=(PROMISE,))
    if refusal.key == "refused.generic":
        justify = Button(f"justify:{case.code}", Words("desk.justify"))
        return Ask(refusal.key, Say(words, ((rewrite,), (justify,))), slot=REPLACED, words=act.words)
    if refusal.key == "refused.proof_coming":
        return Ask(refusal.key, Say(words), words=act.words, waits=True)
    if refusal.key.startswith("refused.proof"):
        return Ask(refusal.key, Say(words, asks_photos=True), slot=MORE, words=act.words, drop=(MORE,))
    if refusal.key == "refused.elsewhere":
        return Ask("desk.ask_elsewhere", slot=WHERE_TO, words=act.words, code=case.code)
    if refusal.key == "refused.extend_date":
        return Ask(refusal.key, Say(words), slot=UNTIL, words=act.words, drop=(UNTIL,))
    if refusal.key in ("refused.empty_answer", "refused.name_earlier"):
        return Ask(refusal.key, Say(words), words=act.words)
    return refusal


def take_words(act: Act) -> tuple[Say, ...]:
    """Words or pictures without a command: what they are for is asked; nothing of them is lost meanwhile."""
    case = act.case
    if case is not None and may_work_on(act.officer, case):
        uses = [use for use in USES.get(case.status, ("ghichu",)) if act.words or use != "hoi"]
        rows = tuple((Button(f"use:{use} {case.code}", Words(f"desk.use_{use}")),) for use in uses)
        args = {"code": case.code, "words": short(act.words, 80), "n": len(act.files)}
        return (Say(Words(_loose_key(act), args), rows),)
    mine = [c for c in waiting_for(act.ctx, act.officer) if c.officer == act.officer.id and c.status in ANSWERABLE]
    if not mine:
        return done("desk.loose_nothing" if act.files else "desk.not_understood")
    rows = tuple((Button(f"use:xong {c.code}", line_label(act.ctx, c)),) for c in mine[:OFFERED])
    key = "desk.loose_which" if act.files else "desk.loose_words_which"
    return (Say(Words(key, {"n": len(act.files)}), rows),)


def _loose_key(act: Act) -> str:
    if not act.files:
        return "desk.loose_words"
    return "desk.loose" if act.words else "desk.loose_photos"


def extend(act: Act) -> tuple[Say, ...]:
    """/giahan: cause, new date, and words if there are any."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_extendable(act.ctx, case)
    cause = act.choose("cause", "desk.ask_extend_cause", tuple(act.ctx.config.reasons.extend.items()), code=case.code)
    said = str(act.memo.get(UNTIL) or act.words)
    # "đến" makes a bare date a promise, which is what a new date is.
    found = promise_in(act.ctx, f"sẽ xong trước ngày {said}", act.ctx.now) or promise_in(act.ctx, said, act.ctx.now)
    words = act.words if act.memo.get(UNTIL) else ""
    if found is None:
        question = Words("desk.ask_extend_date", {"code": case.code, "due_at": case.due_at})
        is_date = not any(map(str.isalpha, said))
        unclear = said if is_date or act.memo.get(UNTIL) else ""
        raise Ask(question.key, Say(asked_again(unclear, question)), slot=UNTIL, words="" if is_date else None)
    try:
        extended = extend_case(act.ctx, act.officer, case.id, cause, found[0], words)
    except Refused as refusal:
        detail = f"{found[0]:%d/%m/%Y} – {act.ctx.config.reasons.extend[cause]}"
        facts = {"cause": cause, "until": found[0].isoformat()}
        return put_before_leads(refusal, replace(act, words=words), case, "giahan", words, detail, **facts)
    return undoable("desk.extended", extended, due_at=extended.due_at)


def escalate(act: Act) -> tuple[Say, ...]:
    """/vuottham: up to the parent agency, with a proposal."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_escalatable(act.ctx, case)
    proposal = act.need_words("desk.ask_proposal", code=case.code)
    try:
        escalated = escalate_case(act.ctx, act.officer, case.id, proposal)
    except Refused as refusal:
        return put_before_leads(refusal, act, case, "vuottham", proposal, "")
    return undoable("desk.escalated", escalated, agency=agency_name(act.ctx, escalated.parent))


def put_before_leads(
    refusal: Refused, act: Act, case: Case, what: str, words: str, detail: str, **facts: object
) -> tuple[Say, ...]:
    """A move that lacks but a lead's word is put before the unit's leads. Raises what follows any other refusal."""
    if refusal.key != "refused.needs_approval":
        raise follow_up(refusal, act, case) from refusal
    ask_approval(act.ctx, act.officer, case.id, what, words, detail, facts)
    return done("desk.wished", code=case.code, what=Words(f"desk.can.{what}"))


def give_back(act: Act) -> tuple[Say, ...]:
    """/tralai: the parent agency returns an escalated case with an instruction."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_passed_up(case)
    instruction = act.need_words("desk.ask_instruction", code=case.code)
    returned = return_case(act.ctx, act.officer, case.id, instruction)
    return undoable("desk.returned", returned, agency=agency_name(act.ctx, returned.agency))


def note_difficulty(act: Act) -> tuple[Say, ...]:
    """/vuongmac: cause, needed from whom, words."""
    case = act.need_case()
    ensure_may_work_on(act.officer, case)
    ensure_open(case)
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
    try:
        kept = keep_promise(act.ctx, act.officer, case.id, words, act.files)
    except Refused as refusal:
        raise follow_up(refusal, act, case) from refusal
    return done("desk.kept", code=kept.code)


def take_back(act: Act) -> tuple[Say, ...]:
    """/hoantac: the last step, within a minute."""
    if act.case is None:
        raise act.ask_code()
    case = undo_move(act.ctx, act.officer, act.case.id)
    return (Say(Words("desk.undone", {"code": case.code})), card(act.ctx, act.officer, case))


def undoable(key: str, case: Case, **args: object) -> tuple[Say, ...]:
    """What was done, with the way back while there is one."""
    rows: tuple[tuple[Button, ...], ...] = ()
    if case.urgency is not Urgency.KHAN:
        rows = ((Button(f"undo:{CaseCode(case.code)}", Words("desk.undo")),),)
    return (Say(Words(key, {"code": case.code, **args}), rows),)
