"""The triage desk decides what is unclear: category, place, agency; each decision is a labelled example."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.casework.announce_case import announce_case
from bot.casework.context import Context, Refused
from bot.casework.decision import as_decided
from bot.casework.facts import masked_words
from bot.casework.lifecycle import move, no_such_move
from bot.casework.notify import case_say, tell_citizen
from bot.casework.permissions import ensure_may_work_on, ensure_role
from nlp.normalize import fold
from routing.config import Agency
from routing.decide import Ask, Decision, decide
from storage.records import AgencyId, Case, CaseId, CaseStatus, Example, Officer, Role


@dataclass(frozen=True, slots=True)
class Triage:
    """What the desk decides: the category, and where given the agency, the place, and the words of a recording."""

    category: str
    agency: AgencyId | None = None
    ward_code: str | None = None
    words: str = ""
    why: str = ""


def triage_case(ctx: Context, officer: Officer, case_id: CaseId, triage: Triage) -> Case:
    """Sends the case to the agency that the rules name for the category, or to the one named. Raises Refused."""
    case = ctx.tx.cases.lock(case_id)
    ensure_role(officer, Role.TRIAGE)
    ensure_may_work_on(officer, case)
    ensure_at_desk(case)
    if triage.category not in ctx.config.categories:
        raise Refused("refused.unknown_category", category=triage.category)
    completed = _completed(case, triage)
    decision = propose(ctx, completed, triage.category)
    to = triage.agency or AgencyId(decision.agency)
    agency = ctx.working_agency(to)
    if to == ctx.triage:
        raise Refused("refused.triage_needs_agency", code=case.code)
    if "voice_only" in case.flags and not triage.words.strip():
        raise Refused("refused.listen_first", code=case.code)
    moved = move(
        ctx,
        completed,
        CaseStatus.RECEIVED,
        "triaged",
        by=officer.actor,
        why=triage.why.strip() or None,
        facts={"category": triage.category, "was": case.category, "to": to, "rule": decision.rule},
        **_routed(ctx, case, triage, decision, agency),
    )
    text = moved.masked or masked_words(moved.text)
    if text:
        ctx.tx.examples.add(Example(case.id, text, triage.category, case.category, "triage", ctx.now))
    tell_citizen(ctx, moved, case_say("push.triaged"), undoable=True)
    announce_case(ctx, moved, undoable=True)
    return moved


def ensure_at_desk(case: Case) -> None:
    """Raises Refused unless the case lies at the triage desk."""
    if case.status is not CaseStatus.TRIAGE:
        raise no_such_move(case, CaseStatus.RECEIVED)


def propose(ctx: Context, case: Case, category: str) -> Decision:
    """What the rules say of this case in a category."""
    ask = Ask(
        category=category,
        sub=None,
        ward_code=case.ward_code,
        urgency=case.urgency.value,
        text=f"{case.text}\n{' '.join(case.answers.values())}",
        about_official=case.about_official,
        at=ctx.now,
    )
    return decide(ctx.config, ask)


def _completed(case: Case, triage: Triage) -> Case:
    """The case with what the desk heard in a recording and found out about the place."""
    ward_code = triage.ward_code or case.ward_code
    if not triage.words.strip():
        return replace(case, ward_code=ward_code)
    text = f"{case.text}\n{triage.words.strip()}".strip()
    masked = masked_words(text)
    flags = tuple(flag for flag in case.flags if flag != "voice_only")
    return replace(case, ward_code=ward_code, text=text, masked=masked, folded=fold(masked), flags=flags)


def _routed(ctx: Context, case: Case, triage: Triage, decision: Decision, agency: Agency) -> dict[str, Any]:
    """What changes: all that the rules say, but for whom the desk puts in the place of their agency."""
    another: dict[str, Any] = {
        "agency": AgencyId(agency.id),
        "parent": AgencyId(agency.parent) if agency.parent else None,
        "executor": None,
        "co_handling": (),
        "because": (triage.why.strip() or "Đầu mối điều phối giao",),
    }
    return {
        **as_decided(decision, case.urgency),
        **({} if agency.id == decision.agency else another),
        "category": triage.category,
        "officer": None,
        # After too many transfers the desk has the last word: the agency that it names keeps the case.
        "may_transfer": case.transfers <= ctx.config.limits.transfers_before_triage,
    }
