"""Similar open cases near by, before somebody files the same again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.casework.context import Context
from bot.casework.distance import distance_m
from bot.casework.file_case import neighbour_cells
from storage.records import OPEN_STATUSES, Citizen, Point

RADIUS_M = 250.0
"""As FixMyStreet's public duplicate search."""
DAYS = 30
SHOWN = 3


def find_neighbours(
    ctx: Context, citizen: Citizen, category: str, where: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """Codes and metres away of open, public cases of the same category within 250 m and 30 days, nearest first.

    Without a point nothing is near: a ward is too wide to call two complaints the same.
    """
    if where.get("lat") is None or where.get("lon") is None:
        return ()
    point = Point(float(where["lat"]), float(where["lon"]))
    since = ctx.now - timedelta(days=DAYS)
    near = ctx.tx.cases.near(neighbour_cells(point, RADIUS_M), category, since, tuple(OPEN_STATUSES))
    measured = sorted(
        (
            (distance_m(point, case.point), case)
            for case in near
            if case.point is not None and not case.private and case.citizen != citizen.id
        ),
        key=lambda pair: pair[0],
    )
    return tuple((case.code, str(round(metres / 10) * 10)) for metres, case in measured[:SHOWN] if metres <= RADIUS_M)
