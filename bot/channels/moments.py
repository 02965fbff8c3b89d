"""Times as platforms write them."""

from __future__ import annotations

from datetime import UTC, datetime


def moment_in(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970, as a number or a string; None for what says nothing sensible."""
    try:
        number = float(str(value))
    except ValueError:
        return None
    seconds = number / 1000 if number > 1e11 else number
    return datetime.fromtimestamp(seconds, UTC) if 1e9 < seconds < 1e10 else None


def moment(value: object) -> datetime:
    """The same; now when it says nothing sensible."""
    return moment_in(value) or datetime.now(UTC)
