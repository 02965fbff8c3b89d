"""Where config demands it, a unit's lead approves what an officer wants to do; the move is then that officer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.casework.context import Context, Refused
from bot.casework.escalate_case import escalate_case
from bot.casework.extend_case import extend_case
from bot.casework.lifecycle import remark
from bot.casework.notify import case_say, desk_button, tell_officers
from bot.casework.permissions import ensure_may_work_on, ensure_role, leads_of
from bot.casework.reject_case import ELSEWHERE, reject_case
from bot.casework.resolve_case import Answer
from bot.casework.transfer_case import transfer_case
from bot.dialogue.message import Words
from storage.records import AgencyId, Case, CaseId, Event, FileId, Officer, OfficerId, Role

ASKED = "approval_asked"
ENDS = frozenset({"approval_declined", "extended", ASKED})
Awaited = tuple[Event, Officer]
"""What was asked for, and who asked."""


def ask_approval(
    ctx: Context, officer: Officer, case_id: CaseId, what: str, words: str, detail: str, facts: Mapping[str, Any]
) -> Case:
    """Puts a move before the leads: `what` is its code in config, `facts` what it needs besides the words. Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    noted = remark(ctx, case, ASKED, officer.actor, why=words, facts={"what": what, "detail": detail, **facts})
    buttons = (
        (desk_button(case, "approve"), desk_button(case, "decline")),
        (desk_button(case, "open"),),
    )
    wanted = Words(f"desk.can.{what}")
    say = case_say("push.approval_asked", *buttons, name=officer.name, what=wanted, words=words, detail=detail)
    tell_officers(ctx, noted, leads_of(ctx, officer.agency), say)
    return noted


def approve_move(ctx: Context, lead: Officer, case_id: CaseId) -> Case:
    """Does what was asked for, in the name of whoever asked. Raises Refused, also for what is illegal meanwhile."""
    case, asked, officer = _asked(ctx, lead, case_id)
    moved = _do(ctx, officer, case, asked, lead.id)
    tell_officers(ctx, moved, (officer,), case_say("push.approved", what=Words(f"desk.can.{asked.facts['what']}")))
    return moved


def decline_move(ctx: Context, lead: Officer, case_id: CaseId, why: str) -> Case:
    """The case stays as it is; the officer is told why. Raises Refused without words."""
    case, asked, officer = _asked(ctx, lead, case_id)
    if not why.strip():
        raise Refused("refused.decline_why", code=case.code)
    noted = remark(ctx, case, "approval_declined", lead.actor, why=why.strip())
    look = (desk_button(case, "open"),)
    say = case_say("push.declined", look, what=Words(f"desk.can.{asked.facts['what']}"), words=why.strip())
    tell_officers(ctx, noted, (officer,), say)
    return noted


def _asked(ctx: Context, lead: Officer, case_id: CaseId) -> tuple[Case, Event, Officer]:
    """The case, what was asked for, and who asked. Raises Refused when nothing waits for a lead's word."""
    case = ctx.tx.cases.lock(case_id)
    ensure_role(lead, Role.LEAD)
    ensure_may_work_on(lead, case)
    waiting = awaited(ctx, ctx.tx.events.of(case.id))
    if waiting is None:
        raise Refused("refused.no_wish", code=case.code)
    return case, *waiting


def awaited(ctx: Context, events: Sequence[Event]) -> Awaited | None:
    """What was last asked for if nothing has happened to the case of these events since."""
    for event in reversed(events):
        if event.kind == ASKED and (officer := ctx.tx.officers.behind(event.by)) is not None:
            return event, officer
        if event.kind in ENDS or event.was is not event.now:
            break
    return None


def _do(ctx: Context, officer: Officer, case: Case, asked: Event, by: OfficerId) -> Case:
    words, facts = asked.why or "", asked.facts
    match facts["what"]:
        case "chuyen":
            return transfer_case(ctx, officer, case.id, AgencyId(facts["to"]), words, approved_by=by)
        case "vuottham":
            return escalate_case(ctx, officer, case.id, words, approved_by=by)
        case "giahan":
            until = date.fromisoformat(facts["until"])
            return extend_case(ctx, officer, case.id, facts["cause"], until, words, approved_by=by)
        case _:
            text, _, elsewhere = words.rpartition(ELSEWHERE)
            files = tuple(FileId(f) for f in facts["files"])
            answer = Answer(text, files, facts["override"] or None, promise_confirmed=True)
            return reject_case(ctx, officer, case.id, facts["reason"], elsewhere, answer, approved_by=by)
