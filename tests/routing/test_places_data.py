"""The shipped names agree with one another and with the polygons."""

import csv
from pathlib import Path

import pytest

from routing import place_names
from routing.gazetteer import Gazetteer, one_letter_apart
from routing.geography import Geography
from routing.place_names import GazetteerUnavailable, Kind

DATA = Path(place_names.__file__).parent / "data"
GEOGRAPHY = Geography.load()


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_abolished_units_went_to_wards_that_exist() -> None:
    units = rows("old_units.csv")
    assert sum(row["since"] == "2025" for row in units) == 526
    for row in units:
        assert row["now"]
        assert set(row["now"].split()) <= set(GEOGRAPHY.wards), row


def test_the_thirty_old_districts_cover_every_ward() -> None:
    districts = Gazetteer.load().districts
    assert len(districts) == 30
    assert {code for codes in districts.values() for code in codes} == set(GEOGRAPHY.wards)


def test_landmarks_are_many_and_lie_in_or_near_their_wards() -> None:
    landmarks = rows("landmarks.csv")
    assert len(landmarks) >= 1200
    assert len({row["name"] for row in landmarks}) == len(landmarks)
    for row in landmarks:
        codes = set(row["wards"].split())
        assert codes
        assert codes <= set(GEOGRAPHY.wards)
        if row["lat"] or row["lon"]:
            assert not GEOGRAPHY.locate(float(row["lat"]), float(row["lon"])).outside


def test_streets_lie_in_old_districts_and_in_wards_that_exist() -> None:
    districts = {
        name.split(" ", 1)[1] if not name.startswith("Thị") else name[7:] for name in Gazetteer.load().districts
    }
    for row in rows("streets.csv"):
        assert set(row["districts"].split(";")) <= districts, row
        assert set(row["wards"].split()) <= set(GEOGRAPHY.wards), row


def test_names_elsewhere_belong_to_other_provinces() -> None:
    names = rows("elsewhere.csv")
    assert len({row["provinces"] for row in names if row["kind"] == "province"}) == 33
    assert all(row["provinces"] and "Hà Nội" not in row["provinces"] for row in names)


def test_a_missing_file_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(place_names.resources, "files", lambda _: tmp_path)
    with pytest.raises(GazetteerUnavailable, match="names of places"):
        Gazetteer.load()


@pytest.mark.parametrize(
    ("typed", "meant", "near"),
    [
        ("caugiay", "caugiay", True),
        ("caugiai", "caugiay", True),
        ("cauiay", "caugiay", True),
        ("cauggiay", "caugiay", True),
        ("cuagiay", "caugiay", True),
        ("caugi", "caugiay", False),
        ("cuagiai", "caugiay", False),
    ],
)
def test_one_letter_apart(typed: str, meant: str, near: bool) -> None:
    assert one_letter_apart(typed, meant) is near
    assert one_letter_apart(meant, typed) is near


def test_names_with_a_wrong_letter_are_found_among_their_kind_only() -> None:
    names = Gazetteer.load()
    assert [name.plain for name in names.near(("hoang", "kiem"), frozenset({Kind.DISTRICT}))] == [("hoan", "kiem")]
    assert names.near(("hoang", "kiem"), frozenset({Kind.LANDMARK})) == []


def test_every_file_of_the_data_names_its_source_and_licence() -> None:
    told = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line.split("|") for line in told.splitlines() if line.startswith("| ")}
    for path in DATA.iterdir():
        if path.name != "SOURCES.md" and not path.name.startswith(("_", ".")):
            assert len(rows[path.name][4].strip()) > 2, path.name
