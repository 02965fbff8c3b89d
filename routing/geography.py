"""A point on the map becomes a ward of Hà Nội, by the polygons of the units in force since 1 July 2025."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

import shapely

UNITS_FILE = "wards.csv"
OUTLINES_FILE = "ward_outlines.wkb.gz"

JUST_OUTSIDE_METRES = 50.0
NEAR_BORDER_METRES = 30.0

# Metres in one degree at latitude 21°, from the usual series for the WGS-84 ellipsoid; over the city (20.5°-21.4°) the
# error is under 0.4 %, which is centimetres at the distances asked for here.
METRES_PER_DEGREE_LON = 103_970.0
METRES_PER_DEGREE_LAT = 110_717.0

VIETNAM_LAT = (8.0, 24.0)
VIETNAM_LON = (102.0, 110.5)


class GeographyUnavailable(Exception):
    """The files with the wards' outlines are missing or damaged; points cannot be turned into wards."""


@dataclass(frozen=True, slots=True)
class Ward:
    """One of the 126 units of Hà Nội: official code, names, "phuong" or "xa", and a point inside it (degrees)."""

    code: str
    name: str
    full_name: str
    type: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Located:
    """What lies at a point.

    `ward_code` and `ward` (full name) are None when the point is `outside` the city. `near`: codes of other wards
    whose border is within 30 m. `swapped`: latitude and longitude had been exchanged and were put right.
    `distance_m`: 0 inside the ward, else metres to the nearest one (infinite when the numbers are no point on Earth).
    """

    ward_code: str | None
    ward: str | None
    near: tuple[str, ...] = ()
    swapped: bool = False
    outside: bool = False
    distance_m: float = 0.0


NOWHERE = Located(None, None, outside=True, distance_m=math.inf)


@dataclass(frozen=True, slots=True)
class Patch:
    """What is seen of a ward around a point: rings in metres east and north of it, and the roomiest place inside."""

    code: str
    name: str
    rings: tuple[tuple[tuple[float, float], ...], ...]
    """Outer rings and holes alike; parts that lie outside the view are cut off."""
    middle: tuple[float, float]
    room: float
    """Metres from `middle` to the nearest border."""


class Geography:
    """The wards and their outlines, read once and never changed."""

    __slots__ = ("_codes", "_outlines", "_tree", "wards")

    wards: Mapping[str, Ward]

    def __init__(self, wards: Sequence[Ward], outlines: Sequence[shapely.Geometry]) -> None:
        """`outlines` in degrees (lon, lat), one for each of `wards`, which are sorted by code."""
        self.wards = MappingProxyType({ward.code: ward for ward in wards})
        self._codes = tuple(self.wards)
        self._outlines = shapely.transform(
            list(outlines), lambda points: points * (METRES_PER_DEGREE_LON, METRES_PER_DEGREE_LAT)
        )
        self._tree = shapely.STRtree(self._outlines)
        shapely.prepare(self._outlines)

    @classmethod
    def load(cls) -> Geography:
        """Read the files shipped with the package; raises GeographyUnavailable, in words, when they cannot be used."""
        return cls.parse(_shipped(UNITS_FILE), _shipped(OUTLINES_FILE))

    @classmethod
    def parse(cls, units: bytes, outlines: bytes) -> Geography:
        """`units`: CSV of the wards sorted by code; `outlines`: gzipped WKB collection in the same order, lon/lat."""
        try:
            wards = [
                Ward(row["code"], row["name"], row["full_name"], row["type"], float(row["lat"]), float(row["lon"]))
                for row in csv.DictReader(io.StringIO(units.decode("utf-8")))
            ]
        except (KeyError, TypeError, ValueError) as fault:
            raise GeographyUnavailable(f"routing/data/{UNITS_FILE} is damaged: {fault}") from fault
        try:
            shapes = shapely.get_parts(shapely.from_wkb(gzip.decompress(outlines)))
        except (OSError, EOFError, zlib.error, shapely.errors.ShapelyError, TypeError) as fault:
            raise GeographyUnavailable(f"routing/data/{OUTLINES_FILE} is damaged: {fault}") from fault
        if not wards or len(shapes) != len(wards):
            raise GeographyUnavailable(
                f"routing/data/{UNITS_FILE} names {len(wards)} wards but {OUTLINES_FILE} has {len(shapes)} outlines"
            )
        return cls(wards, shapes)

    def locate(self, lat: float, lon: float) -> Located:
        """The ward at a point in WGS-84 degrees, latitude first; never raises.

        A point up to 50 m outside the city belongs to the nearest ward. On a shared border the ward with the smallest
        code owns the point, so that the same point always has the same answer.
        """
        if not (math.isfinite(lat) and math.isfinite(lon)):
            return NOWHERE
        swapped = not _in_vietnam(lat, lon) and _in_vietnam(lon, lat)
        if swapped:
            lat, lon = lon, lat
        if abs(lat) > 90 or abs(lon) > 180:
            return NOWHERE
        x, y = lon * METRES_PER_DEGREE_LON, lat * METRES_PER_DEGREE_LAT
        point = shapely.Point(x, y)
        close = sorted(self._tree.query(point, predicate="dwithin", distance=NEAR_BORDER_METRES).tolist())
        for index in close:
            if shapely.intersects_xy(self._outlines[index], x, y):
                return self._owned(index, close, swapped, 0.0)
        return self._owned_by_nearest(point, close, swapped)

    def _owned_by_nearest(self, point: shapely.Point, close: list[int], swapped: bool) -> Located:
        nearest, metres = self._tree.query_nearest(point, return_distance=True)
        distance = float(metres[0])
        if distance > JUST_OUTSIDE_METRES:
            return Located(None, None, swapped=swapped, outside=True, distance_m=distance)
        return self._owned(min(nearest.tolist()), close, swapped, distance)

    def _owned(self, index: int, close: list[int], swapped: bool, distance: float) -> Located:
        code = self._codes[index]
        near = tuple([self._codes[other] for other in close if other != index]) if len(close) > 1 else ()
        return Located(code, self.wards[code].full_name, near, swapped, False, distance)

    def outline(self, ward_code: str) -> tuple[tuple[tuple[float, float], ...], ...]:
        """The rings of a ward as (lon, lat) in degrees, each part's outer ring first; KeyError for no such ward."""
        if ward_code not in self.wards:
            raise KeyError(ward_code)
        shape = self._outlines[self._codes.index(ward_code)]
        return tuple(
            tuple((round(x / METRES_PER_DEGREE_LON, 6), round(y / METRES_PER_DEGREE_LAT, 6)) for x, y in ring.coords)
            for part in shapely.get_parts(shape)
            for ring in (part.exterior, *part.interiors)
        )

    def extent(self, ward_code: str) -> float:
        """The longer side of a ward's bounding box in metres; KeyError for no such ward."""
        if ward_code not in self.wards:
            raise KeyError(ward_code)
        left, bottom, right, top = self._outlines[self._codes.index(ward_code)].bounds
        return float(max(right - left, top - bottom))

    def around(self, lat: float, lon: float, half_width: float, half_height: float) -> tuple[Patch, ...]:
        """The wards seen from a point, as far as so many metres to each side."""
        x, y = lon * METRES_PER_DEGREE_LON, lat * METRES_PER_DEGREE_LAT
        view = shapely.box(x - half_width, y - half_height, x + half_width, y + half_height)
        seen = []
        for index in sorted(self._tree.query(view, predicate="intersects").tolist()):
            part = shapely.transform(shapely.intersection(self._outlines[index], view), lambda at: at - (x, y))
            polygons = [each for each in shapely.get_parts(part) if each.geom_type == "Polygon"]
            if polygons:
                circle = shapely.maximum_inscribed_circle(max(polygons, key=shapely.area), tolerance=half_width / 50)
                middle = circle.coords[0]
                rings = tuple(tuple(ring.coords) for each in polygons for ring in (each.exterior, *each.interiors))
                ward = self.wards[self._codes[index]]
                seen.append(Patch(ward.code, ward.name, rings, middle, shapely.length(circle)))
        return tuple(seen)


def _shipped(name: str) -> bytes:
    try:
        return resources.files("routing").joinpath("data", name).read_bytes()
    except OSError as fault:
        raise GeographyUnavailable(f"routing/data/{name} cannot be read: {fault}") from fault


def _in_vietnam(lat: float, lon: float) -> bool:
    return VIETNAM_LAT[0] <= lat <= VIETNAM_LAT[1] and VIETNAM_LON[0] <= lon <= VIETNAM_LON[1]
