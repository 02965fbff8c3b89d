"""One message held two problems: the second becomes a case of its own, linked to the first."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.facts import ward_name
from bot.casework.file_case import Complaint, file_one, where_of
from bot.casework.lifecycle import remark
from bot.casework.notify import case_say, tell_person
from bot.casework.permissions import ensure_may_work_on
from bot.dialogue.session import Draft
from storage.records import Case, CaseId, CaseStatus, Officer


def split_case(ctx: Context, officer: Officer, case_id: CaseId, category: str, words: str) -> Case:
    """Files `words`, the part about the second problem, at the same place; returns the new case. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_may_work_on(officer, case)
    ensure_splittable(case)
    if category not in ctx.config.categories:
        raise Refused("refused.unknown_category", category=category)
    if not words.strip():
        raise Refused("refused.split_words", code=case.code)
    citizen = ctx.tx.citizens.get(case.citizen)
    draft = Draft(
        text=words.strip(), category=category, where=where_of(case, ward_name(ctx, case)), private=case.private
    )
    by = officer.actor
    fresh = file_one(ctx, citizen, Complaint(draft, case.channel), category, case.urgency, case.id, by)
    fresh = replace(fresh, about_official=case.about_official)
    ctx.tx.cases.save(fresh)
    remark(ctx, case, "split", by, facts={"into": fresh.id, "category": category}, linked_case=fresh.id)
    tell_person(ctx, fresh, case.citizen, case_say("push.split", first=case.code))
    return fresh


def ensure_splittable(case: Case) -> None:
    """Raises Refused once the case was answered."""
    if not case.is_open or case.status is CaseStatus.DISPUTED:
        raise Refused("refused.final", code=case.code)
