"""What a decision of the rules makes of a case."""

from __future__ import annotations

from typing import Any

from bot.casework.clocks import HOURS_A_DAY
from routing.config import Handle
from routing.decide import Decision
from storage.records import AgencyId, Urgency


def as_decided(decision: Decision, urgency: Urgency) -> dict[str, Any]:
    """The fields of a case that a decision settles; `urgency` is what was known without it, and is only ever raised."""
    return {
        "urgency": Urgency.KHAN if decision.urgent else urgency,
        "sub": decision.sub,
        "agency": AgencyId(decision.agency),
        "executor": AgencyId(decision.executor) if decision.executor else None,
        "parent": AgencyId(decision.parent),
        "co_handling": tuple(AgencyId(agency) for agency in decision.co_handling),
        "rule": decision.rule,
        "because": decision.because,
        "accept_hours": decision.accept_hours,
        "handle_hours": handle_hours(decision.handle),
    }


def handle_hours(handle: Handle) -> float:
    """Length of a handle deadline in working hours (khẩn: hours by the wall clock)."""
    return handle.hours if handle.hours is not None else (handle.days or 5) * HOURS_A_DAY
