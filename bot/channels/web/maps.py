"""Maps drawn from the wards' outlines, as SVG: the city, to choose a ward; a ward, for a point; a case's thumbnail.

Map units are metres: x east of `WEST`, y south of `NORTH`, by the same plane as `routing.geography`. There are no
streets on these maps, because we have no streets' shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from xml.sax.saxutils import escape, quoteattr

from routing.geography import METRES_PER_DEGREE_LAT, METRES_PER_DEGREE_LON, Geography
from storage.records import Point

WEST = 105.2
NORTH = 21.5
CITY_METRES = 90.0
"""How far a border on the city's map may be from where it is; on a ward's map it is `WARD_METRES`."""
WARD_METRES = 8.0
MARGIN = 0.12
THUMB_SPAN = 1600.0

Ring = tuple[tuple[int, int], ...]


class Maps:
    """The maps of one geography; the city's is drawn once."""

    def __init__(self, geography: Geography) -> None:
        self._geography = geography

    @cached_property
    def city(self) -> str:
        """All wards, each a path named by its code."""
        drawn = {code: self._rings(code, CITY_METRES) for code in self._geography.wards}
        paths = [self._ward_path(code, rings) for code, rings in drawn.items()]
        return _svg(_box(p for rings in drawn.values() for ring in rings for p in ring), paths)

    def ward(self, code: str) -> str:
        """One ward with its neighbours' borders around it. Raises KeyError for no such ward."""
        rings = self._rings(code, WARD_METRES)
        box = _box(point for ring in rings for point in ring)
        size = max(box[2], box[3]) / 24
        near = [c for c, near_box in self._boxes.items() if c != code and _meet(box, near_box)]
        look = 'class="around" fill="#e9edf1" stroke="#9aa7b4" stroke-width="1"'
        around = [f'<path {look} d="{_path(self._rings(c, WARD_METRES))}"/>' for c in near]
        names = [self._name(c, size * 0.8, "name") for c in near] + [self._name(code, size, "name own")]
        return _svg(box, [*around, self._ward_path(code, rings), *names])

    def thumbnail(self, code: str | None, point: Point | None) -> str:
        """Where a case is: the ward's border, and the point as far as it is known."""
        rings = self._rings(code, WARD_METRES) if code in self._geography.wards else ()
        marks = []
        box = _box(p for ring in rings for p in ring) if rings else (0.0, 0.0, 1.0, 1.0)
        if point is not None:
            x, y = _plane(point.lon, point.lat)
            if not rings:
                box = (x - THUMB_SPAN / 2, y - THUMB_SPAN / 2, THUMB_SPAN, THUMB_SPAN)
            size = max(box[2], box[3]) / 22
            marks = [
                f'<circle cx="{x}" cy="{y}" r="{size:.0f}" fill="#c62828" stroke="#fff" stroke-width="{size / 3:.0f}"/>'
            ]
        border = 'fill="#dcecff" stroke="#0b5cad" stroke-width="2" vector-effect="non-scaling-stroke"'
        return _svg(box, [*([f'<path {border} d="{_path(rings)}"/>'] if rings else []), *marks])

    @cached_property
    def _boxes(self) -> dict[str, tuple[float, float, float, float]]:
        return {
            code: _box(point for ring in self._rings(code, CITY_METRES) for point in ring)
            for code in self._geography.wards
        }

    def _name(self, code: str, size: float, kind: str) -> str:
        ward = self._geography.wards[code]
        x, y = _plane(ward.lon, ward.lat)
        return f'<text class="{kind}" x="{x}" y="{y}" font-size="{size:.0f}">{escape(ward.name)}</text>'

    def _rings(self, code: str | None, metres: float) -> tuple[Ring, ...]:
        outline = self._geography.outline(code or "")
        drawn = (_thin([_plane(lon, lat) for lon, lat in ring], metres) for ring in outline)
        return tuple(tuple(ring) for ring in drawn if len(ring) > 3)

    def _ward_path(self, code: str, rings: Iterable[Ring]) -> str:
        ward = self._geography.wards[code]
        x, y = _plane(ward.lon, ward.lat)
        return (
            f'<path class="ward" id="w{code}" data-name={quoteattr(ward.full_name)} data-x="{x}" data-y="{y}" '
            f'd="{_path(rings)}"/>'
        )


def _plane(lon: float, lat: float) -> tuple[int, int]:
    return round((lon - WEST) * METRES_PER_DEGREE_LON), round((NORTH - lat) * METRES_PER_DEGREE_LAT)


def _svg(box: tuple[float, float, float, float], parts: Iterable[str]) -> str:
    view = " ".join(f"{side:.0f}" for side in box)
    scale = (
        f'data-west="{WEST}" data-north="{NORTH}" data-lon="{METRES_PER_DEGREE_LON}" data-lat="{METRES_PER_DEGREE_LAT}"'
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" {scale}>{"".join(parts)}</svg>'


def _path(rings: Iterable[Ring]) -> str:
    """Relative whole metres: a third of the length of absolute degrees."""
    parts = []
    for ring in rings:
        (x, y), *rest = ring[:-1]
        parts.append(f"M{x} {y}l")
        steps = []
        for next_x, next_y in rest:
            steps.append(f"{next_x - x} {next_y - y}")
            x, y = next_x, next_y
        parts.append(" ".join(steps) + "z")
    return "".join(parts).replace(" -", "-")


def _thin(ring: Sequence[tuple[int, int]], metres: float) -> list[tuple[int, int]]:
    """Leaves out points that change a line by less than `metres` (Douglas and Peucker, 1973), without recursion."""
    kept = [False] * len(ring)
    middle = len(ring) // 2
    for end in (0, middle, len(ring) - 1):
        kept[end] = True
    spans = [(0, middle), (middle, len(ring) - 1)]
    while spans:
        first, last = spans.pop()
        farthest, distance = _farthest(ring, first, last)
        if distance > metres:
            kept[farthest] = True
            spans += [(first, farthest), (farthest, last)]
    return [point for point, is_kept in zip(ring, kept, strict=True) if is_kept]


def _farthest(ring: Sequence[tuple[int, int]], first: int, last: int) -> tuple[int, float]:
    """The point between two others that is farthest from the line through them."""
    (x1, y1), (x2, y2) = ring[first], ring[last]
    dx, dy = x2 - x1, y2 - y1
    length = (dx * dx + dy * dy) ** 0.5
    best, distance = first, 0.0
    for index in range(first + 1, last):
        x, y = ring[index]
        away = abs(dy * (x - x1) - dx * (y - y1)) / length if length else ((x - x1) ** 2 + (y - y1) ** 2) ** 0.5
        if away > distance:
            best, distance = index, away
    return best, distance


def _box(points: Iterable[tuple[int, int]]) -> tuple[float, float, float, float]:
    """Left, top, width, height, with a margin."""
    xs, ys = zip(*points, strict=True)
    margin = MARGIN * max(max(xs) - min(xs), max(ys) - min(ys)) / 2
    left, top = min(xs) - margin, min(ys) - margin
    return left, top, max(xs) + margin - left, max(ys) + margin - top


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    is_beside = one[0] > other[0] + other[2] or other[0] > one[0] + one[2]
    return not (is_beside or one[1] > other[1] + other[3] or other[1] > one[1] + one[3])
