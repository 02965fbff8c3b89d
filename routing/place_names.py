"""The files with names of places become names with their readings: units old and new, streets, landmarks, elsewhere."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from enum import IntEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple

from routing.wording import split_words


class GazetteerUnavailable(Exception):
    """A file with the names of places is missing or damaged; words cannot be turned into wards."""


class Kind(IntEnum):
    """What a name can be, the kind that binds strongest first."""

    WARD = 1
    OLD_WARD = 2
    LANDMARK = 3
    STREET = 4
    DISTRICT = 5
    CITY = 6
    ELSEWHERE = 7
    ELSEWHERE_DISTRICT = 8
    ELSEWHERE_WARD = 9


class PlaceCandidate(NamedTuple):
    """A ward that a text may mean: official code, full name, and the words for people that led there."""

    ward_code: str
    ward: str
    evidence: str


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One thing a name can mean: the wards (codes, likeliest first), the old districts, and words for people.

    `unit`: "phuong", "xa", "tt", "quan", "huyen" or "tx" for units, "" for others. `label` of a name elsewhere: its
    province. `around`: for a street all wards of its districts, a wider net than `wards`. `candidates`: the wards as
    they are offered, with this reading as evidence.
    """

    kind: Kind
    label: str
    wards: tuple[str, ...]
    districts: tuple[str, ...] = ()
    unit: str = ""
    around: tuple[str, ...] = ()
    names: InitVar[Mapping[str, str]] = MappingProxyType({})
    candidates: tuple[PlaceCandidate, ...] = field(init=False, repr=False)
    ward_set: frozenset[str] = field(init=False, repr=False)
    around_set: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self, names: Mapping[str, str]) -> None:
        """`names`: the full names of its wards."""
        candidates = tuple([PlaceCandidate(code, names[code], self.label) for code in self.wards])
        object.__setattr__(self, "candidates", candidates)
        object.__setattr__(self, "ward_set", _set_of(self.wards))
        object.__setattr__(self, "around_set", _set_of(self.around) if self.around else self.ward_set)


@cache
def _set_of(wards: tuple[str, ...]) -> frozenset[str]:
    """Hundreds of streets share the wards of a few districts."""
    return frozenset(wards)


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A spelling with its accents, and everything it can mean."""

    plain: tuple[str, ...]
    toned: tuple[str, ...]
    readings: tuple[Reading, ...]
    kinds: frozenset[Kind] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", _kinds_of(tuple([reading.kind for reading in self.readings])))


@cache
def _kinds_of(kinds: tuple[Kind, ...]) -> frozenset[Kind]:
    return frozenset(kinds)


_UNIT_OF = {"Phường": "phuong", "Xã": "xa", "Thị trấn": "tt", "Quận": "quan", "Huyện": "huyen", "Thị xã": "tx"}

# Until 2013 one district; its two halves kept the name.
_TU_LIEM = ("Quận Nam Từ Liêm", "Quận Bắc Từ Liêm")


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """All names, the wards (code -> full name), the wards of each old district, and phrases that are no names."""

    names: list[Name]
    wards: dict[str, str]
    districts: dict[str, tuple[str, ...]]
    everyday: list[str]


def read_place_names() -> PlaceNames:
    """Read the files shipped with the package; raises GazetteerUnavailable, in words, when they cannot be used."""
    try:
        wards = {row["code"]: row["full_name"] for row in _rows("wards.csv")}
        old_units = [_OldUnit.of(row) for row in _rows("old_units.csv")]
        districts = _heirs_of_districts(old_units)
        spellings = _Spellings()
        _add_units(spellings, wards, old_units, districts)
        _add_streets(spellings, wards, districts)
        _add_landmarks(spellings, wards)
        _add_elsewhere(spellings)
        everyday = [line for line in _shipped("everyday.txt").splitlines() if line and not line.startswith("#")]
    except (KeyError, ValueError, OSError, AttributeError, TypeError) as fault:
        raise GazetteerUnavailable(f"the names of places in routing/data cannot be used: {fault!r}") from fault
    return PlaceNames(spellings.names(), wards, districts, everyday)


@dataclass(frozen=True, slots=True)
class _OldUnit:
    """A ward or commune abolished on 1 July 2025 (or a year earlier), its district, and the wards that took it."""

    unit: str
    name: str
    full_name: str
    district: str
    since: str
    now: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, str]) -> _OldUnit:
        prefix, name = _unit_and_name(row["unit"])
        return cls(_UNIT_OF[prefix], name, row["unit"], row["district"], row["since"], tuple(row["now"].split()))


class _Spellings:
    """Collects what each spelling can mean, before the tree is made."""

    def __init__(self) -> None:
        self._readings: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Reading]] = {}

    def add(self, spelling: str, reading: Reading) -> None:
        words = split_words(spelling)
        readings = self._readings.setdefault((words.plain, words.toned), [])
        if reading not in readings:
            readings.append(reading)

    def names(self) -> list[Name]:
        return [
            Name(plain, toned, tuple(sorted(readings, key=lambda reading: reading.kind)))
            for (plain, toned), readings in self._readings.items()
        ]


def _shipped(name: str) -> str:
    return resources.files("routing").joinpath("data", name).read_text(encoding="utf-8")


def _rows(name: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(io.StringIO(_shipped(name))))


def _unit_and_name(full_name: str) -> tuple[str, str]:
    for prefix in _UNIT_OF:
        if full_name.startswith(prefix + " "):
            return prefix, full_name[len(prefix) + 1 :]
    raise ValueError(f"{full_name!r} begins with no kind of unit")


def _heirs_of_districts(old_units: list[_OldUnit]) -> dict[str, tuple[str, ...]]:
    """For each old district the wards that took a part, the ward that took most of its units first."""
    shares: dict[str, Counter[str]] = {}
    for unit in old_units:
        share = shares.setdefault(unit.district, Counter())
        for rank, code in enumerate(unit.now):
            share[code] += 1 if rank else 100
    return {district: tuple(code for code, _ in share.most_common()) for district, share in shares.items()}


def _add_units(
    spellings: _Spellings,
    wards: Mapping[str, str],
    old_units: list[_OldUnit],
    districts: Mapping[str, tuple[str, ...]],
) -> None:
    for code, full_name in wards.items():
        prefix, name = _unit_and_name(full_name)
        inside = tuple(district for district, codes in districts.items() if code in codes)
        reading = Reading(Kind.WARD, full_name, (code,), inside, _UNIT_OF[prefix], names=wards)
        spellings.add(name, reading)
        for part in name.split(" - ") if " - " in name else ():
            spellings.add(part, reading)
    for unit in old_units:
        label = f"{unit.full_name} ({unit.district}, cũ)"
        spellings.add(unit.name, Reading(Kind.OLD_WARD, label, unit.now, (unit.district,), unit.unit, names=wards))
    for district, codes in districts.items():
        prefix, name = _unit_and_name(district)
        reading = Reading(Kind.DISTRICT, f"{district} (cũ)", codes, (district,), _UNIT_OF[prefix], names=wards)
        spellings.add(name, reading)
        # "Q. HBT"; but "Q. Th." are the initials of a person.
        if prefix == "Quận" and name != "Tây Hồ":
            spellings.add("".join(word[0] for word in name.split()), reading)
    halves = tuple(dict.fromkeys(code for half in _TU_LIEM for code in districts[half]))
    spellings.add("Từ Liêm", Reading(Kind.DISTRICT, "Huyện Từ Liêm (cũ)", halves, _TU_LIEM, "huyen", names=wards))
    for city in ("Hà Nội", "HN", "Hanoi"):
        spellings.add(city, Reading(Kind.CITY, "Thành phố Hà Nội", ()))


def _add_streets(spellings: _Spellings, wards: Mapping[str, str], districts: Mapping[str, tuple[str, ...]]) -> None:
    full_names = {_unit_and_name(district)[1]: district for district in districts}

    @cache
    def around_in(inside: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for district in inside for code in districts[district]))

    # A street that bears a landmark's name runs past it.
    past = {name: codes for row in _rows("landmarks.csv") for name, codes in _names_and_wards(row)}
    for row in _rows("streets.csv"):
        inside = tuple(full_names[name] for name in row["districts"].split(";"))
        known = tuple(row["wards"].split()) or past.get(row["street"], ())
        around = around_in(inside)
        reading = Reading(Kind.STREET, row["street"], known or around, inside, around=around, names=wards)
        for spelling in (row["street"], *_without_nguyen(row["street"])):
            spellings.add(spelling, reading)


def _without_nguyen(street: str) -> tuple[str, ...]:
    """How "Nguyễn" is shortened: "Ng. Chí Thanh"; before one word alone "ng" is also "người": "ng du lịch"."""
    first, _, rest = street.partition(" ")
    if first != "Nguyễn":
        return ()
    return (f"Ng {rest}",) if " " in rest else (f"đường Ng {rest}", f"đg Ng {rest}", f"phố Ng {rest}")


def _add_landmarks(spellings: _Spellings, wards: Mapping[str, str]) -> None:
    for row in _rows("landmarks.csv"):
        reading = Reading(Kind.LANDMARK, row["name"], tuple(row["wards"].split()), names=wards)
        for spelling, _ in _names_and_wards(row):
            for variant in _short_forms(spelling):
                spellings.add(variant, reading)


def _names_and_wards(row: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each name of a landmark, with the wards that it lies in."""
    for name in (row["name"], *filter(None, row["aliases"].split(";"))):
        yield name, tuple(row["wards"].split())


_SHORT_FORMS = {
    "Bệnh viện": ("BV", "Viện"),
    "Bệnh viện Đa khoa": ("Bệnh viện", "BV", "BVĐK", "Viện"),
    "Khu đô thị": ("KĐT", "Đô thị"),
    "Khu tập thể": ("KTT", "Tập thể"),
    "Khu công nghiệp": ("KCN",),
    "Ký túc xá": ("KTX",),
    "Khách sạn": ("KS",),
    "Đại học": ("ĐH", "Trường Đại học", "Trường ĐH"),
    "Học viện": ("HV",),
    "Trung tâm thương mại": ("TTTM",),
    "Công viên": ("CV",),
    "Bến xe": ("BX",),
    "Hồ": ("Bờ hồ", "Ven hồ"),
    "Ga metro": ("Ga", "Ga tàu điện"),
    "Làng": ("Thôn",),
    "MM Mega Market": ("Mega Market",),
    "Sân vận động": ("SVĐ", "Sân"),
    "Chung cư": ("CC", "Toà nhà"),
    "Trường THPT": ("THPT", "Trường cấp 3", "Cấp 3", "Trường"),
    "Ngã ba": ("Ngã 3",),
    "Ngã tư": ("Ngã 4",),
    "Ngã Tư": ("Ngã 4",),
    "Ngã năm": ("Ngã 5",),
    "Ngã sáu": ("Ngã 6",),
    "Ngã bảy": ("Ngã 7",),
}


_IN_ENGLISH = {
    "Hồ": "lake",
    "Chợ": "market",
    "Cầu": "bridge",
    "Chùa": "pagoda",
    "Công viên": "park",
    "Bệnh viện": "hospital",
    "Bến xe": "bus station",
    "Sân bay": "airport",
    "Sông": "river",
}


# Said with "chung cư" before them: without it "chung cư Gemek" alone would be the name of "chung cư Gemek Tower".
_TOWERS = (" Tower", " Complex", " City", " Plaza")


def _short_forms(spelling: str) -> Iterator[str]:
    yield spelling
    if spelling.endswith(" Trung ương"):
        for short in (" TW", " TƯ", ""):
            yield from _short_forms(spelling.removesuffix(" Trung ương") + short)
    for long, shorts in _SHORT_FORMS.items():
        if spelling.startswith(long + " "):
            for short in shorts:
                yield short + spelling[len(long) :]
    for vietnamese, english in _IN_ENGLISH.items():
        if spelling.startswith(vietnamese + " "):
            yield f"{spelling[len(vietnamese) + 1 :]} {english}"
    if spelling.endswith(_TOWERS) and not spelling.startswith(("Chung cư ", "Khu ")):
        yield f"Chung cư {spelling}"


_ELSEWHERE_KINDS = {
    "province": Kind.ELSEWHERE,
    "city": Kind.ELSEWHERE,
    "district": Kind.ELSEWHERE_DISTRICT,
    "phuong": Kind.ELSEWHERE_WARD,
    "xa": Kind.ELSEWHERE_WARD,
}


def _add_elsewhere(spellings: _Spellings) -> None:
    for row in _rows("elsewhere.csv"):
        unit = row["kind"] if row["kind"] in ("phuong", "xa") else ""
        reading = Reading(_ELSEWHERE_KINDS[row["kind"]], row["provinces"].split(";")[0], (), unit=unit)
        spellings.add(row["name"], reading)
        if row["name"].isdigit():
            spellings.add("Q" + row["name"], reading)
