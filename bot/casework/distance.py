"""How far two points are apart."""

from __future__ import annotations

from math import cos, hypot, radians

from storage.records import Point

METRES_A_DEGREE = 111_320.0


def distance_m(a: Point, b: Point) -> float:
    """Metres between two points; the earth is flat enough within a city."""
    north = (a.lat - b.lat) * METRES_A_DEGREE
    east = (a.lon - b.lon) * METRES_A_DEGREE * cos(radians((a.lat + b.lat) / 2))
    return hypot(north, east)
