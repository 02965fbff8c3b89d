"""Where it happened: a pin among the wards' borders, with names, a scale and north.

There are no streets on it, because we have no streets' shapes. Well-known places are written where they are to about
100 m (`routing/data/SOURCES.md`), so they have no dots.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.reports.drawing.sheet import BLUE, INK, PAPER, RED, SOFT, Point, Sheet, width_of
from routing.geography import METRES_PER_DEGREE_LAT, METRES_PER_DEGREE_LON, Geography, Patch
from routing.landmarks import Landmark, landmarks

WIDTH, HEIGHT = 800, 600
FINER = 2
"""Drawn so many times larger and then made small, for smooth borders."""
LEAST_METRES, MOST_METRES = 2_000.0, 9_000.0
"""How much of the city is seen from left to right."""
AROUND_WARD = 1.3
BEYOND = 1.04
"""Borders are cut off outside the picture."""
OWN, OTHER, BORDER = "#dcecff", "#f3f4f6", "#9aa7b4"
PIN = 17
OWN_NAME, NAME, LEAST_NAME, LANDMARK = 34, 26, 22, 23
STEPS = (100, 200, 500, 1000, 2000, 5000)
EDGE = 24
MIDDLE = (WIDTH / 2, HEIGHT / 2)
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def case_map(args: Mapping[str, Any], geography: Geography) -> bytes:
    """`lat`, `lon`: the place; `ward`: the code of the ward that counts for it; `north`: the letter for north."""
    lat, lon, own = float(args["lat"]), float(args["lon"]), str(args["ward"])
    reach = geography.extent(own) * AROUND_WARD if own in geography.wards else LEAST_METRES
    scale = WIDTH / min(MOST_METRES, max(LEAST_METRES, reach))
    half_width, half_height = (side / 2 / scale * BEYOND for side in (WIDTH, HEIGHT))
    patches = sorted(geography.around(lat, lon, half_width, half_height), key=lambda patch: patch.code != own)
    sheet = _ground(patches, scale, own)
    labels = _Labels(sheet)
    _pin(sheet, labels)
    _scale_bar(sheet, scale, labels)
    _north(sheet, str(args["north"]), labels)
    for patch in patches:
        _name(labels, patch, scale, patch.code == own)
    for landmark in landmarks():
        _landmark(labels, landmark, lat, lon, scale)
    return sheet.png()


class _Labels:
    """Names on the map: each where nothing else stands, or not at all."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._taken: list[Box] = []

    def keep_free(self, box: Box) -> None:
        self._taken.append(box)

    def put(self, at: Point, words: str, size: int, colour: str, bold: bool = False) -> bool:
        """Writes it in the middle of a point; False where there is no room."""
        half, up = width_of(words, size, bold) / 2 + 8, size * 0.7
        box = (at[0] - half, at[1] - up, at[0] + half, at[1] + up)
        is_inside = box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= HEIGHT
        if not is_inside or any(_meet(box, other) for other in self._taken):
            return False
        self._taken.append(box)
        self._sheet.haloed(at, words, size, colour, bold)
        return True


def _ground(patches: list[Patch], scale: float, own: str) -> Sheet:
    """The wards' areas, and above them all borders, the own one last."""
    sheet = Sheet(HEIGHT * FINER, WIDTH * FINER)

    def on_sheet(at: Point) -> Point:
        x, y = _on_picture(at, scale)
        return x * FINER, y * FINER

    for patch in reversed(patches):
        for ring in patch.rings:
            sheet.area([on_sheet(at) for at in ring], OWN if patch.code == own else OTHER)
    for patch in reversed(patches):
        colour, width = (BLUE, 4) if patch.code == own else (BORDER, 2)
        for ring in patch.rings:
            sheet.line([on_sheet(at) for at in ring], colour, width * FINER)
    return sheet.shrunk(FINER)


def _on_picture(at: Point, scale: float) -> Point:
    """Metres east and north of the place as pixels."""
    return MIDDLE[0] + at[0] * scale, MIDDLE[1] - at[1] * scale


def _name(labels: _Labels, patch: Patch, scale: float, is_own: bool) -> None:
    """A ward's name where it has most room, smaller where that is little; the own one always, if need be by the pin."""
    room = 2 * patch.room * scale
    size = OWN_NAME if is_own else NAME
    while size > LEAST_NAME and width_of(patch.name, size, is_own) > room * 1.2:
        size -= 2
    if not is_own and width_of(patch.name, size) > room * 1.6:
        return
    x, y = _on_picture(patch.middle, scale)
    half = width_of(patch.name, size, is_own) / 2 + 10
    x = min(WIDTH - half, max(half, x))
    colour = BLUE if is_own else SOFT
    if not labels.put((x, y), patch.name, size, colour, is_own) and is_own:
        labels.put((MIDDLE[0], MIDDLE[1] + size * 1.3), patch.name, size, colour, is_own)


def _landmark(labels: _Labels, landmark: Landmark, lat: float, lon: float, scale: float) -> None:
    east, north = (landmark.lon - lon) * METRES_PER_DEGREE_LON, (landmark.lat - lat) * METRES_PER_DEGREE_LAT
    labels.put(_on_picture((east, north), scale), landmark.name, LANDMARK, INK)


def _pin(sheet: Sheet, labels: _Labels) -> None:
    """A drop whose tip is the place."""
    x, y = MIDDLE
    head = y - 2.2 * PIN
    for grown, colour in ((4, PAPER), (0, RED)):
        radius = PIN + grown
        neck = head + radius * 0.4
        sheet.area([(x - radius * 0.9, neck), (x + radius * 0.9, neck), (x, y + grown)], colour)
        sheet.disc((x, head), radius, colour)
    sheet.disc((x, head), PIN * 0.4, PAPER)
    labels.keep_free((x - PIN * 2, head - PIN * 2, x + PIN * 2, y + 8))


def _scale_bar(sheet: Sheet, scale: float, labels: _Labels) -> None:
    metres = max((step for step in STEPS if step * scale <= WIDTH / 3), default=STEPS[0])
    words = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    left, base, length = EDGE, HEIGHT - EDGE, metres * scale
    box = (left - 12.0, base - 52.0, left + length + 12, base + 12.0)
    sheet.box(*box, PAPER)
    sheet.line([(left, base - 10), (left, base), (left + length, base), (left + length, base - 10)], INK, 4)
    sheet.text((left + length / 2, base - 10), words, 26, INK, anchor="ms")
    labels.keep_free(box)


def _north(sheet: Sheet, letter: str, labels: _Labels) -> None:
    x, top = WIDTH - EDGE - 16, EDGE
    sheet.disc((x, top + 32), 38, PAPER)
    sheet.area([(x, top), (x + 14, top + 30), (x, top + 22), (x - 14, top + 30)], INK)
    sheet.text((x, top + 60), letter, 26, INK, bold=True, anchor="ms")
    labels.keep_free((x - 40, top - 10, x + 40, top + 74))


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
