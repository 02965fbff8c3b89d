"""A utility or contractor without an account answers by a link: single-use, valid 14 days, with pictures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import remark
from bot.casework.notify import case_say, desk_button, tell_office
from bot.casework.permissions import ensure_may_work_on
from storage.records import Case, CaseId, CaseStatus, FileId, Note, Officer, OfficerId, Purpose

KIND = "answer"
VALID_FOR = timedelta(days=14)
WORKED_ON = frozenset({CaseStatus.RECEIVED, CaseStatus.ACCEPTED, CaseStatus.WAITING_CITIZEN, CaseStatus.ESCALATED})


@dataclass(frozen=True, slots=True)
class Link:
    """A fresh link: its token is shown once, only its hash is stored."""

    token: str
    expires_at: datetime


def link_case(ctx: Context, officer: Officer, case_id: CaseId, to: str) -> Link:
    """Makes a link for `to`, a firm or person without an account. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    ensure_linkable(case)
    if not to.strip():
        raise Refused("refused.link_to", code=case.code)
    token = ctx.tx.new_id()
    expires_at = ctx.now + VALID_FOR
    ctx.tx.links.add(token_hash(token), KIND, case.id, officer.id, expires_at)
    remark(ctx, case, "linked", officer.actor, why=to.strip(), facts={"expires_at": expires_at.isoformat()})
    return Link(token, expires_at)


def ensure_linkable(case: Case) -> None:
    """Raises Refused when nobody may answer it now."""
    if case.status not in WORKED_ON:
        raise Refused("refused.link_now", code=case.code)


def linked_case(ctx: Context, token: str) -> Case:
    """What the link opens: for showing masked words, place and deadline. Raises Refused when it is no longer good."""
    found = ctx.tx.links.get(token_hash(token), KIND, ctx.now)
    case = ctx.tx.cases.get(CaseId(found[0])) if found else None
    if case is None or case.status not in WORKED_ON:
        raise Refused("refused.link_expired")
    return case


def answer_externally(ctx: Context, token: str, who: str, text: str, files: tuple[FileId, ...] = ()) -> Case:
    """Takes the answer once: words become a note, pictures proof of this round; the office decides. Raises Refused."""
    case = linked_case(ctx, token)
    if not text.strip():
        raise Refused("refused.empty_answer")
    taken = ctx.tx.links.take(token_hash(token), KIND, ctx.now)
    if taken is None:
        raise Refused("refused.link_expired")
    case, asker = ctx.tx.cases.lock(case.id), OfficerId(taken[1])
    number = len(ctx.tx.notes.of(case.id)) + 1
    signed = f"{who.strip()}: {text.strip()}" if who.strip() else text.strip()
    ctx.tx.notes.add(Note(case.id, number, ctx.now, asker, signed))
    for file in files:
        stored = ctx.tx.files.get(file)
        ctx.tx.files.save(replace(stored, case=case.id, purpose=Purpose.PROOF, round=case.round))
    facts = {"number": number, "files": list(files)}
    answered = remark(ctx, case, "answered_outside", f"link:{asker}", facts=facts)
    button = (desk_button(case, "open"), desk_button(case, "resolve"))
    tell_office(ctx, answered, case_say("push.answered_outside", button, words=signed, photos=len(files)))
    return answered


def token_hash(token: str) -> str:
    """What is stored in place of a token of 128 random bits."""
    return hashlib.sha256(token.strip().encode()).hexdigest()
