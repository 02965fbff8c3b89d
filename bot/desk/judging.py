"""The reviewers' and the triage desk's commands, and filing for somebody on the telephone."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.facts import agency_name, facts_of
from bot.casework.file_for_someone import Caller, file_for_someone
from bot.casework.permissions import ensure_role
from bot.casework.review_rating import review_rating, start_review
from bot.casework.triage_case import Triage, propose, triage_case
from bot.desk.act import Act, Ask, done
from bot.desk.handling import find_agency, undoable
from bot.desk.queues import show_queue
from bot.desk.sharing import choose_category
from bot.dialogue.message import Button, Say, Words, raw
from nlp.normalize import fold
from storage.records import AgencyId, Case, FileKind, FileStatus, Purpose, Rating, Role

UPHELD = "upheld"
NOT_UPHELD = "not_upheld"


def review(act: Act) -> tuple[Say, ...]:
    """/rasoat: result and proof beside the complaint; then the verdict, the reason, words to the citizen."""
    ensure_role(act.officer, Role.REVIEWER)
    if act.case is None:
        return show_queue(act)
    case = act.need_case()
    rating = start_review(act.ctx, act.officer, case.id)
    verdict = str(act.memo.get("verdict") or "")
    if verdict not in (UPHELD, NOT_UPHELD):
        raise Ask("desk.review_card", _review_card(act, case, rating), slot="verdict")
    reason = rating.reason
    if verdict == UPHELD and reason is None:
        reason = act.choose(
            "reason", "desk.ask_review_reason", tuple(act.ctx.config.reasons.low_rating.items()), code=case.code
        )
    words = act.need("words", "desk.ask_verdict", code=case.code)
    judged = review_rating(act.ctx, act.officer, case.id, verdict == UPHELD, words, reason)
    return done(f"desk.judged_{verdict}", code=judged.code)


def _review_card(act: Act, case: Case, rating: Rating) -> Say:
    files = act.ctx.tx.files.of_case(case.id)
    ready = [f for f in files if f.status is FileStatus.READY and f.kind is FileKind.PHOTO]
    before = [f.id for f in ready if f.purpose is Purpose.COMPLAINT][:3]
    after = [f.id for f in ready if f.purpose is Purpose.PROOF and f.round == case.round][:3]
    reasons = act.ctx.config.reasons.low_rating
    args = {
        **facts_of(act.ctx, case),
        "text": case.text,
        "answer": case.answer or "",
        "level": rating.level,
        "reason": reasons.get(rating.reason or "", "–"),
        "words": rating.words or "–",
        "override": case.override or "–",
        "before": len(before),
        "after": len(after),
    }
    buttons = (
        (Button(f"pick:{UPHELD}", Words("desk.upheld")),),
        (Button(f"pick:{NOT_UPHELD}", Words("desk.not_upheld")),),
    )
    return Say(Words("desk.review_card", args), buttons, (*before, *after))


def triage(act: Act) -> tuple[Say, ...]:
    """/phanloai CODE [đơn vị, lý do]: the reader's top three, the rule's agency, then the decision."""
    ensure_role(act.officer, Role.TRIAGE)
    if act.case is None:
        return show_queue(act)
    case = act.need_case()
    words = ""
    if "voice_only" in case.flags:
        words = act.need("heard", "desk.ask_heard", code=case.code)
    category = choose_category(
        act, "category", "desk.ask_category", words or case.masked or case.text, _candidates(act, case), code=case.code
    )
    ward_code = case.ward_code or _ward(act, "ward", "desk.ask_ward", code=case.code)
    agency, why = find_agency(act, act.words) if act.words else (None, "")
    decision = Triage(category, AgencyId(agency) if agency else None, ward_code, words, why or act.words)
    if agency is None and AgencyId(propose(act.ctx, case_at(case, ward_code), category).agency) == act.ctx.triage:
        raise Ask("desk.ask_triage_agency", code=case.code, forget=True)
    moved = triage_case(act.ctx, act.officer, case.id, decision)
    return undoable("desk.triaged", moved, agency=agency_name(act.ctx, moved.agency), because=tuple(_reasons(moved)))


def case_at(case: Case, ward_code: str | None) -> Case:
    """The case as if it were in that ward."""
    return replace(case, ward_code=ward_code)


def _candidates(act: Act, case: Case) -> tuple[str, ...]:
    """What the reader proposed when the case was filed."""
    first = act.ctx.tx.events.of(case.id)[0]
    return tuple(first.facts.get("candidates", ()))


def _reasons(case: Case) -> list[Words]:
    return [raw(f"• {reason}") for reason in case.because]


def _ward(act: Act, slot: str, key: str, **args: object) -> str | None:
    """A ward by its name as people type it; "không rõ" leaves it open. Raises Ask."""
    said = fold(act.need(slot, key, **args))
    if said in ("khong ro", "khong", "chua ro", "-"):
        return None
    found = []
    for agency in act.ctx.config.agencies.values():
        if agency.ward_code is None or not str(agency.id).startswith("ubnd-"):
            continue
        name = fold(agency.short_name).removeprefix("ubnd ")
        if said in (name, name.removeprefix("phuong ").removeprefix("xa "), agency.ward_code):
            found.append(agency.ward_code)
    if len(found) != 1:
        raise Ask(key, Say(Words(key, args)), slot=slot, forget=True)
    return found[0]


def file_for(act: Act) -> tuple[Say, ...]:
    """/nhapho: consent, channel, name, telephone, words, category, ward; each asked in turn."""
    ensure_role(act.officer, Role.OFFICER, Role.LEAD, Role.TRIAGE)
    channel = act.choose("channel", "desk.for_channel", (("phone", "Điện thoại"), ("counter", "Tại quầy")))
    act.choose("consent", "desk.for_consent", (("yes", "Đã đọc và được đồng ý"),))
    name = act.need("name", "desk.for_name")
    phone = act.need("phone", "desk.for_phone")
    text = act.need("text", "desk.for_text")
    category = choose_category(act, "category", "desk.for_category", text)
    ward_code = _ward(act, "ward", "desk.ask_ward", code="")
    digits = "".join(c for c in phone if c.isdigit())
    caller = Caller("" if name == "-" else name, digits if len(digits) >= 9 else "", consented=True)
    case = file_for_someone(act.ctx, act.officer, caller, channel, text, category, ward_code)
    args = {"code": case.code, "agency": agency_name(act.ctx, case.agency), "promised_at": case.promised_at}
    return done("desk.filed_for", **args)
