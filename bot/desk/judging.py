"""The reviewers' and the triage desk's commands, and filing for somebody on the telephone."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.facts import agency_name, category_label, facts_of, reasons_of
from bot.casework.file_for_someone import Caller, file_for_someone
from bot.casework.flag_pictures import hints_of_answer
from bot.casework.lifecycle import standing
from bot.casework.permissions import ensure_role
from bot.casework.review_rating import review_rating, start_review
from bot.casework.show_case import ANSWERS
from bot.casework.triage_case import Triage, ensure_at_desk, propose, triage_case
from bot.desk.act import Act, Ask, done
from bot.desk.cards import due_line, short
from bot.desk.choosing import LIKELY, asked_again, choose_agency, choose_category, choose_ward, likely_categories
from bot.desk.handling import TO_WHOM, undoable
from bot.desk.queues import show_queue
from bot.dialogue.message import Button, Say, Words
from bot.dialogue.slots.names import is_nameless
from bot.dialogue.slots.person import phone_number
from bot.dialogue.wishes import bare, declines, plain
from storage.records import AgencyId, Case, FileKind, FileStatus, Purpose, Rating, Role

CHANNELS = tuple((name, Words(f"desk.came_{name}")) for name in ("phone", "counter"))
CONSENTED = (("yes", Words("desk.for_consented")),)
NONE = ("-", "–")
"""Said for a name or a number that is not given."""
UPHELD = "upheld"
NOT_UPHELD = "not_upheld"
VERDICT = "verdict"
VERDICTS = {
    **{UPHELD: UPHELD, "dung": UPHELD, "phan anh dung": UPHELD},
    **{NOT_UPHELD: NOT_UPHELD, "dat": NOT_UPHELD, "ket qua dat": NOT_UPHELD},
}
"""What is pressed or typed at the card for each."""


def review(act: Act) -> tuple[Say, ...]:
    """/rasoat: result and proof beside the complaint; then the verdict, the reason, words to the citizen."""
    ensure_role(act.officer, Role.REVIEWER)
    if act.case is None:
        return show_queue(act)
    case = act.need_case()
    rating = start_review(act.ctx, act.officer, case.id)
    said = str(act.memo.get(VERDICT) or act.words)
    verdict = VERDICTS.get(bare(plain(said).strip(" .!")))
    if verdict is None:
        asks = _ask_again(case, said) if said else _review_card(act, case, rating)
        raise Ask("desk.review_card", asks, slot=VERDICT, words="", drop=(VERDICT,))
    reason = rating.reason
    if verdict == UPHELD and reason is None:
        reason = act.choose(
            "reason", "desk.ask_review_reason", tuple(act.ctx.config.reasons.low_rating.items()), code=case.code
        )
    words = act.need("words", "desk.ask_verdict", code=case.code, verdict=Words(f"desk.{verdict}"))
    judged = review_rating(act.ctx, act.officer, case.id, verdict == UPHELD, words, reason)
    return done(f"desk.judged_{verdict}", code=judged.code)


def _ask_again(case: Case, said: str) -> Say:
    """After words that are no verdict."""
    return Say(asked_again(said, Words("desk.ask_review", {"code": case.code})), _verdicts(case))


def _verdicts(case: Case) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        (Button(f"review:{case.code}:{verdict}", Words(f"desk.{verdict}")),) for verdict in (UPHELD, NOT_UPHELD)
    )


def _review_card(act: Act, case: Case, rating: Rating) -> Say:
    files = act.ctx.tx.files.of_case(case.id)
    ready = [f for f in files if f.status is FileStatus.READY and f.kind is FileKind.PHOTO]
    before = [f.id for f in ready if f.purpose is Purpose.COMPLAINT][:3]
    after = [f.id for f in ready if f.purpose is Purpose.PROOF and f.round == case.round][:3]
    reasons = act.ctx.config.reasons.low_rating
    args = {
        **facts_of(act.ctx, case),
        "due": due_line(act.ctx, case),
        "text": case.text,
        "answer": case.answer or "",
        "level": rating.level,
        "reason": reasons.get(rating.reason or "", "–"),
        "words": rating.words or "–",
        "override": (case.override if _is_overruled(act, case) else None) or "–",
        "before": len(before),
        "after": len(after),
        "hints": ("", *(Words(f"flag.{flag}") for flag in (*case.flags, *hints_of_answer(act.ctx, case)))),
    }
    return Say(Words("desk.review_card", args), _verdicts(case), (*before, *after))


def _is_overruled(act: Act, case: Case) -> bool:
    """Whether the answer that stands was justified by its officer, and not only one of an earlier round."""
    answers = [e for e in standing(act.ctx.tx.events.of(case.id)) if e.kind in ANSWERS]
    return bool(answers and answers[-1].facts.get("override"))


def triage(act: Act) -> tuple[Say, ...]:
    """/phanloai CODE [đơn vị, lý do]: the reader's top three with the rule's reasons, then the decision."""
    ensure_role(act.officer, Role.TRIAGE)
    if act.case is None:
        return show_queue(act)
    case = act.need_case()
    ensure_at_desk(case)
    words = act.need("heard", "desk.ask_heard", code=case.code) if "voice_only" in case.flags else ""
    ward_code = case.ward_code or choose_ward(act, "ward", "desk.ask_case_ward", _told(case, words), code=case.code)
    placed = replace(case, ward_code=ward_code)
    category = choose_category(act, "category", *_proposals(act, placed, words))
    to, why = None, ""
    if act.words or act.memo.get("agency") or AgencyId(propose(act.ctx, placed, category).agency) == act.ctx.triage:
        to, why = choose_agency(act, TO_WHOM, code=case.code)
    moved = triage_case(act.ctx, act.officer, case.id, Triage(category, to, ward_code, words, why))
    return undoable("desk.triaged", moved, agency=agency_name(act.ctx, moved.agency), because=reasons_of(moved))


def _proposals(act: Act, case: Case, words: str) -> tuple[tuple[str, ...], Words]:
    """The likeliest categories, and a question that says of each where the rules would send the case, and why."""
    first = act.ctx.tx.events.of(case.id)[0].facts.get("candidates", ())
    told = _told(case, words)
    likely = (*likely_categories(act, words), *first)[:LIKELY] or likely_categories(act, told)
    lines = []
    for code in dict.fromkeys(code for code in likely if code in act.ctx.config.categories):
        decision = propose(act.ctx, case, code)
        args = {
            "category": category_label(act.ctx, code),
            "agency": agency_name(act.ctx, AgencyId(decision.agency)),
            "because": "; ".join(decision.because),
        }
        lines.append(Words("desk.proposal", args))
    ask = Words("desk.ask_category", {"code": case.code, "text": short(told, 300), "lines": tuple(lines)})
    return tuple(likely), ask


def _told(case: Case, words: str) -> str:
    return words or case.masked or case.text


def file_for(act: Act) -> tuple[Say, ...]:
    """/nhapho: consent, channel, name, telephone, words, category, ward; each asked in turn."""
    ensure_role(act.officer, Role.OFFICER, Role.LEAD, Role.TRIAGE)
    channel = act.choose("channel", "desk.for_channel", CHANNELS)
    act.choose("consent", "desk.for_consent", CONSENTED)
    name = act.need("name", "desk.for_name")
    phone = act.need("phone", "desk.for_phone")
    number = phone_number(phone)
    if number is None and not _is_not_given(phone):
        raise Ask("desk.for_phone", Say(asked_again(phone, Words("desk.for_phone"))), slot="phone", drop=("phone",))
    text = act.need("text", "desk.for_text")
    category = choose_category(act, "category", likely_categories(act, text), Words("desk.for_category"))
    ward_code = choose_ward(act, "ward", "desk.ask_ward", text)
    caller = Caller("" if _is_not_given(name) or is_nameless(name) else name, number or "", consented=True)
    case = file_for_someone(act.ctx, act.officer, caller, channel, text, category, ward_code)
    args = {"code": case.code, "agency": agency_name(act.ctx, case.agency), "promised_at": case.promised_at}
    return done("desk.filed_for", **args)


def _is_not_given(said: str) -> bool:
    return said in NONE or declines(plain(said))
