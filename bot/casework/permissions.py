"""Who may do what: asked by every use case, never by an edge."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from storage.records import AgencyId, Case, CaseStatus, Citizen, Officer, OfficerId, Role


def ensure_active(officer: Officer) -> None:
    """Raises Refused for somebody not confirmed yet, or revoked."""
    if officer.revoked_at is not None:
        raise Refused("refused.revoked")
    if officer.confirmed_at is None:
        raise Refused("refused.unconfirmed")


def responsible(case: Case) -> AgencyId | None:
    """The agency that must act now: the parent while it decides on an escalation, else the holder."""
    return case.parent if case.status is CaseStatus.ESCALATED else case.agency


def may_work_on(officer: Officer, case: Case) -> bool:
    """The agency that must act now works on it; the triage desk on what lies there."""
    if not officer.is_active or officer.role is Role.ADMIN:
        return False
    if officer.role is Role.TRIAGE and case.status is CaseStatus.TRIAGE:
        return True
    return responsible(case) == officer.agency


def may_assign(officer: Officer, case: Case) -> bool:
    """A lead of the agency gives its cases to anybody in it; an officer only passes on what is their own."""
    if not may_work_on(officer, case):
        return False
    return officer.role is not Role.OFFICER or case.officer in (None, officer.id)


def ensure_may_assign(officer: Officer, case: Case) -> None:
    ensure_may_work_on(officer, case)
    if not may_assign(officer, case):
        raise Refused("refused.lead_only", code=case.code)


def leads_of(ctx: Context, agency: AgencyId | None) -> tuple[Officer, ...]:
    """The leads of a unit; of none there are none."""
    return tuple(o for o in ctx.tx.officers.of_agency(agency) if o.role is Role.LEAD) if agency is not None else ()


def needs_approval(ctx: Context, officer: Officer, what: str) -> bool:
    """Whether config wants a lead's word for this move of an officer; a unit without a lead decides by itself."""
    if what not in ctx.config.approvals or officer.role is not Role.OFFICER:
        return False
    return bool(leads_of(ctx, officer.agency))


def ensure_approved(ctx: Context, officer: Officer, case: Case, what: str, approved_by: OfficerId | None) -> None:
    """Raises Refused for a move that a lead must approve and has not."""
    if approved_by is None and needs_approval(ctx, officer, what):
        raise Refused("refused.needs_approval", code=case.code)


def approval(approved_by: OfficerId | None) -> dict[str, str]:
    """What the event of an approved move says of it."""
    return {"approved_by": approved_by} if approved_by is not None else {}


def ensure_may_review(officer: Officer, case: Case) -> None:
    """A reviewer judges, but never an answer of their own."""
    ensure_role(officer, Role.REVIEWER)
    if case.officer == officer.id:
        raise Refused("refused.own_answer", code=case.code)


def may_see(ctx: Context, officer: Officer, case: Case) -> bool:
    """Holders, co-handlers, parent, triage, reviewers and administrators see a case (masked where not theirs)."""
    if not officer.is_active:
        return False
    if officer.role in (Role.TRIAGE, Role.REVIEWER, Role.ADMIN):
        return True
    if case.about_official and officer.agency not in (case.agency, responsible(case)):
        return False
    return officer.agency in _concerned(ctx, case)


def may_see_person(officer: Officer, case: Case) -> bool:
    """Name, phone and exact words: whoever holds the case; never the author of a complaint about an official."""
    if case.about_official and officer.role is not Role.REVIEWER:
        return False
    return may_work_on(officer, case) or officer.role is Role.REVIEWER


def ensure_may_work_on(officer: Officer, case: Case) -> None:
    ensure_active(officer)
    if not may_work_on(officer, case):
        raise Refused("refused.not_yours", code=case.code)


def ensure_may_see(ctx: Context, officer: Officer, case: Case) -> None:
    """Raises Refused: who never had to do with a case does not learn that it exists; who passed it on knows it."""
    ensure_active(officer)
    if not may_see(ctx, officer, case):
        passed_on = any(officer.agency == event.facts.get("from") for event in ctx.tx.events.of(case.id))
        raise Refused("refused.passed_on" if passed_on else "refused.unknown_case", code=case.code)


def ensure_role(officer: Officer, *roles: Role) -> None:
    ensure_active(officer)
    if officer.role not in roles:
        raise Refused("refused.role")


def may_talk(officer: Officer) -> bool:
    """Whoever speaks with citizens beside any case, under the name of a thread."""
    return officer.is_active and officer.role in (Role.TRIAGE, Role.ADMIN)


def ensure_may_talk(officer: Officer) -> None:
    ensure_active(officer)
    if not may_talk(officer):
        raise Refused("refused.role")


def may_count(officer: Officer, agency: AgencyId | None) -> bool:
    """Figures: a lead those of the own unit; the city office and administrators those of any, and of the whole city."""
    if not officer.is_active:
        return False
    return officer.role in (Role.REVIEWER, Role.ADMIN) or (officer.role is Role.LEAD and agency == officer.agency)


def ensure_may_count(officer: Officer, agency: AgencyId | None) -> None:
    ensure_active(officer)
    if not may_count(officer, agency):
        raise Refused("refused.figures")


def ensure_own(citizen: Citizen, case: Case) -> None:
    """Raises Refused in the same words as for a code that does not exist: nothing can be found out by trying."""
    if case.citizen != citizen.id:
        raise Refused("answer.unknown")


def _concerned(ctx: Context, case: Case) -> frozenset[AgencyId | None]:
    return frozenset({case.agency, case.executor, case.parent, *case.co_handling})
