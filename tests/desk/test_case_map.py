"""The map beside a case's card: for whoever may see the exact place, at the moment it is drawn; and what is on it."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from bot.casework.context import Context
from bot.casework.transfer_case import transfer_case
from bot.delivery.words import render
from bot.dialogue.message import Drawing
from bot.reports.drawing.case_map import HEIGHT, WIDTH
from bot.reports.painter import CASE_MAP, Painter
from routing.geography import Geography
from storage.records import AgencyId, Case, Officer, Point, Role
from tests.casework.house import HOLDER, PARENT
from tests.desk.room import TEXTS, Room

PLACE = Point(21.0325, 105.852)
LANDMARKS = {"north": "B", "title": "Bản đồ"}


@pytest.fixture(scope="module")
def painter() -> Painter:
    return Painter(Geography.load())


def pinned(room: Room) -> Case:
    """A case whose citizen gave the exact place."""
    case = room.house.file(room.mai)

    def pin(ctx: Context) -> None:
        ctx.tx.cases.save(replace(ctx.tx.cases.get(case.id), point=PLACE))

    room.house.do(pin)
    return room.house.case(case)


def drawings(room: Room, officer: Officer) -> list[Drawing | None]:
    """What stands in the officer's chat, as it would be drawn now."""

    def look(ctx: Context) -> list[Drawing | None]:
        messages = [render(ctx, TEXTS, push) for push in ctx.tx.outbox.waiting("console", officer.id)]
        return [message.drawing for message in messages if message is not None and "case" in (message.slot or "")]

    return room.house.do(look)


@pytest.mark.parametrize(
    ("agency", "role", "sees"),
    [
        (HOLDER, Role.OFFICER, True),
        (HOLDER, Role.LEAD, True),
        (AgencyId("vp-ubnd-tp"), Role.REVIEWER, True),
        (PARENT, Role.LEAD, False),
        (AgencyId("triage"), Role.TRIAGE, False),
        (AgencyId("vp-ubnd-tp"), Role.ADMIN, False),
    ],
)
def test_the_map_is_for_whoever_may_see_the_place(room: Room, agency: AgencyId, role: Role, sees: bool) -> None:
    case = pinned(room)
    somebody = room.house.officer(agency, role, "Somebody")
    said = room.hear(somebody, f"/xem {case.code}")
    shown = drawings(room, somebody)
    if not sees:
        assert all(say.drawing is None for say in said)
        assert shown in ([], [None])
        return
    [drawing] = shown
    assert drawing is not None
    assert (drawing.args["lat"], drawing.args["lon"], drawing.args["ward"]) == (PLACE.lat, PLACE.lon, "00070")
    assert str(case.code) in drawing.title


def test_the_place_is_in_no_row_and_gone_with_the_right_to_see_it(room: Room) -> None:
    case = pinned(room)
    [say] = room.hear(room.lan, f"/xem {case.code}")
    assert say.drawing is not None
    assert {"lat", "lon", "point"}.isdisjoint(say.drawing.args)
    assert drawings(room, room.lan) != [None]
    room.house.do(lambda ctx: transfer_case(ctx, room.lan, case.id, AgencyId("urenco"), "việc thu gom của Urenco"))
    assert drawings(room, room.lan) == [None]


def test_without_a_point_there_is_no_map(room: Room) -> None:
    case = room.house.file(room.mai)
    assert [say.drawing for say in room.hear(room.lan, f"/xem {case.code}")] == [None]


@pytest.mark.parametrize(
    ("lat", "lon", "ward"),
    [
        (PLACE.lat, PLACE.lon, "00070"),
        (21.2, 105.4, "09664"),
        (21.0287, 105.8356, "00226"),
        (PLACE.lat, PLACE.lon, ""),
    ],
)
def test_the_map_is_a_small_picture_with_the_pin_in_its_middle(
    painter: Painter, lat: float, lon: float, ward: str
) -> None:
    drawing = Drawing(CASE_MAP, {"lat": lat, "lon": lon, "ward": ward, **LANDMARKS})
    content = painter.paint(drawing)
    assert len(content) <= 60_000
    made = Image.open(io.BytesIO(content)).convert("RGB")
    assert made.size == (WIDTH, HEIGHT)
    red, green, blue = made.getpixel((WIDTH // 2, HEIGHT // 2 - 8))
    assert red > 180 > 120 > green > blue
    own_ground = sum(n for n, colour in made.getcolors(1 << 20) or () if colour[2] > colour[0] + 15 and colour[0] > 200)
    assert (own_ground > 20_000) == bool(ward)
    assert painter.paint(drawing) == content


async def test_without_outlines_the_card_goes_without_a_map() -> None:
    drawing = Drawing(CASE_MAP, {"lat": PLACE.lat, "lon": PLACE.lon, "ward": "00070", **LANDMARKS})
    assert await Painter().try_paint(drawing) is None


async def test_what_cannot_be_drawn_stops_no_message() -> None:
    assert await Painter().try_paint(Drawing("chart.unheard_of", {})) is None
    assert await Painter().try_paint(Drawing("chart.bars", {"title": "x"})) is None


def test_a_patch_of_a_ward_is_measured_from_the_place() -> None:
    geography = Geography.load()
    patches = {patch.code: patch for patch in geography.around(PLACE.lat, PLACE.lon, 1000, 750)}
    assert {"00070", "00097", "00082"} <= set(patches)
    for patch in patches.values():
        for ring in patch.rings:
            assert all(abs(x) <= 1000.5 and abs(y) <= 750.5 for x, y in ring)
    assert patches["00070"].room > patches["00082"].room
    assert 1_500 < geography.extent("00070") < 3_000
    with pytest.raises(KeyError):
        geography.extent("99999")
