"""A follower says whether the matter is done or still there: told beside the result, never a rating."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import remark
from bot.casework.notify import case_say, desk_button, tell_officers
from storage.records import Case, CaseId, CaseStatus, Citizen

ANSWERED = frozenset({CaseStatus.RESOLVED, CaseStatus.CLOSED, CaseStatus.DISPUTED})


def second_case(ctx: Context, citizen: Citizen, case_id: CaseId, is_done: bool) -> Case:
    """Once a person and round; "still there" is told to the reviewers. Raises Refused for a stranger."""
    case = ctx.tx.cases.lock(case_id)
    if citizen.id not in ctx.tx.followers.of(case.id) or case.status not in ANSWERED:
        raise Refused("answer.unknown")
    by = citizen.actor
    earlier = [e for e in ctx.tx.events.of(case.id) if e.kind == "seconded" and e.by == by]
    if any(e.facts.get("round") == case.round for e in earlier):
        return case
    noted = remark(ctx, case, "seconded", by, facts={"round": case.round, "done": is_done})
    if not is_done:
        button = (desk_button(case, "open"),)
        tell_officers(ctx, noted, ctx.tx.officers.of_agency(ctx.reviewer), case_say("push.still_there", button))
    return noted
