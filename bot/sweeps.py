"""Every sweep by name: what happens because time passes."""

from __future__ import annotations

from collections.abc import Callable

from bot.casework.context import Context
from bot.casework.digests import morning_digest
from bot.casework.forget_spent import forget_spent
from bot.casework.sweeps import sweep_cases, sweep_drafts
from bot.casework.watch_bans import end_bans
from bot.casework.watch_promises import sweep_promises, sweep_remedies
from bot.casework.watch_requests import forget_drafts, watch_requests
from bot.reports.weekly import weekly_digest

Sweep = Callable[[Context, int], int]
"""(context, limit) -> how many rows it acted upon."""

SWEEPS: dict[str, Sweep] = {
    "cases": sweep_cases,
    "promises": sweep_promises,
    "remedies": sweep_remedies,
    "drafts": sweep_drafts,
    "requests": watch_requests,
    "bans": end_bans,
    "files": forget_drafts,
    "spent": forget_spent,
    "morning": morning_digest,
    "weekly": weekly_digest,
}
