"""Two cases about the same thing become one: the later one follows the main one."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import ensure_legal, move, remark
from bot.casework.notify import case_say, tell_person
from bot.casework.permissions import ensure_may_see, ensure_may_work_on
from storage.records import Case, CaseId, CaseStatus, Officer


def merge_cases(ctx: Context, officer: Officer, case_id: CaseId, main_id: CaseId, why: str = "") -> Case:
    """Merges a case into `main`; its author and followers follow the main one. Returns the merged. Raises Refused."""
    case, main = ctx.tx.cases.lock(case_id), ctx.tx.cases.lock(main_id)
    ensure_may_work_on(officer, case)
    ensure_may_see(ctx, officer, main)
    ensure_may_work_on(officer, main)
    ensure_legal(case, CaseStatus.MERGED)
    if case.id == main.id or not main.is_open or main.status is CaseStatus.DISPUTED:
        raise Refused("refused.merge_into", code=case.code, main=main.code)
    if case.citizen != main.citizen and (case.private or main.private or case.about_official or main.about_official):
        raise Refused("refused.merge_private", code=case.code, main=main.code)
    by = officer.actor
    merged = move(ctx, case, CaseStatus.MERGED, "merged", by, why.strip() or None, {"main": main.id}, main_case=main.id)
    newcomers = [case.citizen, *ctx.tx.followers.of(case.id)]
    joined = sum(1 for person in newcomers if person != main.citizen and ctx.tx.followers.add(main.id, person))
    remark(ctx, main, "joined", by, facts={"merged": case.id, "n": joined}, supporters=main.supporters + joined)
    for person in newcomers:
        tell_person(ctx, merged, person, case_say("push.merged", main=main.code))
    return merged
