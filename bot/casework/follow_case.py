"""A neighbour follows a case instead of filing it again: one more voice, and the same news; until they have enough."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import remark
from storage.records import Case, CaseId, Citizen


def follow_case(ctx: Context, citizen: Citizen, case_id: CaseId) -> Case:
    """Counts a supporter once. Private cases cannot be followed. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    if case.private or not case.is_open:
        raise Refused("answer.unknown")
    if case.citizen == citizen.id or not ctx.tx.followers.add(case.id, citizen.id):
        return case
    return remark(ctx, case, "followed", citizen.actor, supporters=case.supporters + 1)


def unfollow_case(ctx: Context, citizen: Citizen, case_id: CaseId) -> Case:
    """One voice fewer, and no more news for this person. Raises Refused for a case that they do not follow."""
    case = ctx.tx.cases.lock(case_id)
    if not ctx.tx.followers.remove(case.id, citizen.id):
        raise Refused("track.not_followed")
    return remark(ctx, case, "unfollowed", citizen.actor, supporters=case.supporters - 1)
