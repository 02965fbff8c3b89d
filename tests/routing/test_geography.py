"""Points become wards: inside, on borders, just outside, exchanged, and never an exception."""

import gzip
import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.geography import Geography, GeographyUnavailable, _shipped

GEOGRAPHY = Geography.load()


def inside(rings: tuple[tuple[tuple[float, float], ...], ...], lat: float, lon: float) -> bool:
    """Even-odd rule, written without the library under test."""
    odd = False
    for ring in rings:
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


def test_there_are_126_wards_with_names_and_points() -> None:
    assert len(GEOGRAPHY.wards) == 126
    for ward in GEOGRAPHY.wards.values():
        assert GEOGRAPHY.locate(ward.lat, ward.lon).ward_code == ward.code
        assert ward.full_name.endswith(ward.name)
        assert ward.type in ("phuong", "xa")


def test_interior_points_are_given_their_ward() -> None:
    chance = random.Random(7)
    asked = right = 0
    for code in GEOGRAPHY.wards:
        rings = GEOGRAPHY.outline(code)
        lons, lats = zip(*rings[0], strict=True)
        for _ in range(60):
            lat, lon = chance.uniform(min(lats), max(lats)), chance.uniform(min(lons), max(lons))
            if inside(rings, lat, lon):
                asked += 1
                right += GEOGRAPHY.locate(lat, lon).ward_code == code
    assert asked > 3000
    assert right / asked >= 0.999


def test_a_corner_shared_by_wards_has_one_owner_and_names_the_others() -> None:
    code = "00070"
    for lon, lat in GEOGRAPHY.outline(code)[0][::20]:
        answers = {GEOGRAPHY.locate(lat, lon) for _ in range(3)}
        assert len(answers) == 1
        located = answers.pop()
        assert located.ward_code is not None
        assert code in {located.ward_code, *located.near}
        assert located.ward_code not in located.near


def test_exchanged_latitude_and_longitude_are_put_right() -> None:
    straight, exchanged = GEOGRAPHY.locate(21.0285, 105.8522), GEOGRAPHY.locate(105.8522, 21.0285)
    assert straight.ward == "Phường Hoàn Kiếm"
    assert not straight.swapped
    assert exchanged.swapped
    assert exchanged.ward_code == straight.ward_code


@pytest.mark.parametrize(
    ("lat", "lon"), [(10.776, 106.701), (20.8449, 106.6881), (0.0, 0.0), (-33.9, 151.2), (20.5411, 105.9139)]
)
def test_other_places_are_outside(lat: float, lon: float) -> None:
    located = GEOGRAPHY.locate(lat, lon)
    assert located.outside
    assert located.ward_code is None
    assert located.distance_m > 50


def test_a_point_just_outside_belongs_to_the_nearest_ward() -> None:
    western = min(
        (point for code in GEOGRAPHY.wards for point in GEOGRAPHY.outline(code)[0]), key=lambda point: point[0]
    )
    lon, lat = western
    near, far = GEOGRAPHY.locate(lat, lon - 0.0003), GEOGRAPHY.locate(lat, lon - 0.001)
    assert near.ward_code is not None
    assert 20 < near.distance_m < 50
    assert far.outside
    assert far.distance_m > 50


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1e308, 91.0, 181.0])
def test_numbers_that_are_no_point_are_outside(number: float) -> None:
    assert GEOGRAPHY.locate(number, number).outside
    assert GEOGRAPHY.locate(21.0, number).outside
    assert GEOGRAPHY.locate(number, 105.8).outside


@given(st.floats(), st.floats())
def test_it_never_raises(lat: float, lon: float) -> None:
    located = GEOGRAPHY.locate(lat, lon)
    assert located.outside == (located.ward_code is None)


@settings(max_examples=200)
@given(st.floats(20.5, 21.4), st.floats(105.2, 106.1))
def test_exchanging_changes_nothing_but_the_remark(lat: float, lon: float) -> None:
    straight, exchanged = GEOGRAPHY.locate(lat, lon), GEOGRAPHY.locate(lon, lat)
    assert exchanged.swapped
    assert (straight.ward_code, straight.near, straight.distance_m) == (
        exchanged.ward_code,
        exchanged.near,
        exchanged.distance_m,
    )


def test_damaged_files_are_refused_in_words() -> None:
    units, outlines = _shipped("wards.csv"), _shipped("ward_outlines.wkb.gz")
    for broken in (b"", b"nonsense", outlines[:-20], outlines[:2000], gzip.compress(b"nonsense"), gzip.compress(b"")):
        with pytest.raises(GeographyUnavailable, match=r"ward_outlines\.wkb\.gz"):
            Geography.parse(units, broken)
    for broken in (b"", b"\xff\xfe", b"code,name\n1,x\n", units.replace(b"21.", b"x."), units[:3000]):
        with pytest.raises(GeographyUnavailable, match=r"wards\.csv"):
            Geography.parse(broken, outlines)


def test_an_unknown_ward_has_no_outline() -> None:
    with pytest.raises(KeyError):
        GEOGRAPHY.outline("99999")
