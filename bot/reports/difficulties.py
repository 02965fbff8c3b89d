"""What held cases up, month by month, by stage and cause."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from bot.casework.context import Context


def difficulties_by_cause(ctx: Context, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
    """(stage, cause) -> how many difficulties were noted between the two moments, the most frequent first."""
    noted = (d for d in ctx.tx.difficulties.since(since) if d.since_at < until)
    return dict(Counter((d.stage.value, d.cause) for d in noted).most_common())
