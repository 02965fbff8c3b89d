"""The triage desk decides what is unclear: category, place, agency; each decision is a labelled example."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.casework.announce_case import announce_case
from bot.casework.context import Context, Refused
from bot.casework.facts import masked_words
from bot.casework.file_case import handle_hours
from bot.casework.lifecycle import move
from bot.casework.notify import case_say, tell_citizen
from bot.casework.permissions import ensure_may_work_on, ensure_role
from nlp.normalize import fold
from routing.decide import Ask, Decision, decide
from storage.records import AgencyId, Case, CaseId, CaseStatus, Example, Officer, Role, Urgency


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
    if case.status is not CaseStatus.TRIAGE:
        raise Refused("refused.move", code=case.code, was=case.status.value, to=CaseStatus.RECEIVED.value)
    if triage.category not in ctx.config.categories:
        raise Refused("refused.unknown_category", category=triage.category)
    completed = _completed(case, triage)
    decision = propose(ctx, completed, triage.category)
    to = triage.agency or AgencyId(decision.agency)
    agency = ctx.agency(to)
    if agency is None or agency.closed:
        raise Refused("refused.unknown_agency", agency=to)
    if to == ctx.triage:
        raise Refused("refused.triage_needs_agency", code=case.code)
    if "voice_only" in case.flags and not triage.words.strip():
        raise Refused("refused.listen_first", code=case.code)
    is_as_decided = to == AgencyId(decision.agency)
    moved = move(
        ctx,
        completed,
        CaseStatus.RECEIVED,
        "triaged",
        by=officer.actor,
        why=triage.why.strip() or None,
        facts={"category": triage.category, "was": case.category, "to": to, "rule": decision.rule},
        **_routed(ctx, case, triage, decision, to, is_as_decided),
    )
    text = moved.masked or masked_words(moved.text)
    if text:
        ctx.tx.examples.add(Example(case.id, text, triage.category, case.category, "triage", ctx.now))
    tell_citizen(ctx, moved, case_say("push.triaged"), undoable=True)
    announce_case(ctx, moved, undoable=True)
    return moved


def propose(ctx: Context, case: Case, category: str) -> Decision:
    """What the rules say of this case in a category."""
    ask = Ask(
        category=category,
        sub=None,
        ward_code=case.ward_code,
        urgency=case.urgency.value,
        text=f"{case.text}\n{' '.join(case.answers.values())}",
        street=None,
        in_alley=False,
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


def _routed(
    ctx: Context, case: Case, triage: Triage, decision: Decision, to: AgencyId, is_as_decided: bool
) -> dict[str, object]:
    agency = ctx.agency(to)
    parent = decision.parent if is_as_decided else (agency.parent if agency else None)
    return {
        "category": triage.category,
        "sub": decision.sub,
        "agency": to,
        "parent": AgencyId(parent) if parent else None,
        "executor": AgencyId(decision.executor) if decision.executor and is_as_decided else None,
        "co_handling": tuple(AgencyId(a) for a in decision.co_handling) if is_as_decided else (),
        "officer": None,
        "urgency": Urgency.KHAN if decision.urgent else case.urgency,
        "rule": str(decision.rule),
        "because": tuple(decision.because) if is_as_decided else (triage.why.strip() or "Đầu mối điều phối giao",),
        "accept_hours": decision.accept_hours,
        "handle_hours": handle_hours(decision.handle),
        # After too many transfers the desk has the last word: the agency that it names keeps the case.
        "may_transfer": case.transfers <= ctx.config.limits.transfers_before_triage,
    }
