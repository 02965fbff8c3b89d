"""Well-known places with their points, for maps; their names in texts are the business of `routing.places`."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place that people know, and where it is in degrees, good to about 100 m."""

    name: str
    lat: float
    lon: float


@cache
def landmarks() -> tuple[Landmark, ...]:
    """In the order of the file."""
    text = resources.files("routing").joinpath("data", "landmarks.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return tuple(Landmark(row["name"], float(row["lat"]), float(row["lon"])) for row in rows if row["lat"])
