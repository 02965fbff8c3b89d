"""A citizen switches kinds of push off and on; results, questions and verdicts always arrive."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from storage.records import Citizen, Priority

STATUS = "status"
RATING = "rating"
DIGEST = "digest"
NUDGE = "nudge"
KINDS = (STATUS, RATING, DIGEST, NUDGE)
"""News on the way to a result, reminders to rate, digests, and the one reminder of an unfinished draft."""

STATUS_KEYS = frozenset(
    {
        "push.accepted",
        "push.transferred",
        "push.transferred_desk",
        "push.silence_citizen",
        "push.extended",
        "push.escalated",
    }
)
"""Pushes that may be switched off as news; an overdue date is a broken word and always told."""


def mute_pushes(ctx: Context, citizen: Citizen, kind: str, is_off: bool | None = None) -> Citizen:
    """Switches a kind off or on (None: the other way round). Raises Refused for an unknown kind."""
    if kind not in KINDS:
        raise Refused("settings.unknown")
    was_off = kind in citizen.muted
    off = not was_off if is_off is None else is_off
    others = tuple(k for k in citizen.muted if k != kind)
    changed = replace(citizen, muted=(*others, kind) if off else others)
    ctx.tx.citizens.save(changed)
    return changed


def wants(citizen: Citizen, key: str, priority: Priority) -> bool:
    """Whether this person is to be told: not when erased, without consent, or when they switched the kind off."""
    if citizen.erased_at is not None or citizen.consent is None:
        return False
    kinds = {Priority.RATING: RATING, Priority.DIGEST: DIGEST}
    kind = kinds.get(priority) or (STATUS if key in STATUS_KEYS else None)
    return kind not in citizen.muted
