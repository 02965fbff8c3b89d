"""What holds cases up at present, by cause."""

from __future__ import annotations

from collections import Counter

from bot.casework.context import Context
from storage.records import AgencyId


def held_up_by(ctx: Context, agency: AgencyId | None = None) -> dict[str, int]:
    """Cause -> how many difficulties have not ended, of one agency's cases or the city's; the most frequent first."""
    return dict(Counter(difficulty.cause for difficulty in ctx.tx.difficulties.open(agency)).most_common())
