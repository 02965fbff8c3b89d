"""Every name that may stand for a place of Hà Nội, and the names of other provinces that must not be taken for one."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from importlib import resources
from types import MappingProxyType
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing a name can mean: the wards (codes, likeliest first), the old districts, and words for people.

    `unit`: "phuong", "xa", "quan", "huyen" or "tx" for units, "" for others. `label` of a name elsewhere: its province.
    """

    kind: Kind
    label: str
    wards: tuple[str, ...]
    districts: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A spelling with its accents, and everything it can mean."""

    plain: tuple[str, ...]
    toned: tuple[str, ...]
    readings: tuple[Reading, ...]


# One wrong letter leaves the first three or the last three letters of a name of six as they were.
INDEXED_LETTERS = 3

# A branch of the tree: next plain word -> branch; under "" the names that end here.
Branch = dict[str, Any]

_UNIT_OF = {"Phường": "phuong", "Xã": "xa", "Thị trấn": "xa", "Quận": "quan", "Huyện": "huyen", "Thị xã": "tx"}

# Until 2013 one district; its two halves kept the name.
_TU_LIEM = ("Quận Nam Từ Liêm", "Quận Bắc Từ Liêm")


class Gazetteer:
    """A tree of plain words over all names, and an index for names with one wrong letter."""

    __slots__ = ("_near_index", "districts", "everyday", "everyday_plain", "tree", "wards")

    tree: Branch
    wards: Mapping[str, str]
    districts: Mapping[str, tuple[str, ...]]
    everyday: frozenset[tuple[str, ...]]
    everyday_plain: frozenset[tuple[str, ...]]

    def __init__(
        self,
        wards: Mapping[str, str],
        districts: Mapping[str, tuple[str, ...]],
        names: list[Name],
        everyday: list[str],
    ) -> None:
        """`wards`: code -> full name; `districts`: old district -> codes; `everyday`: phrases that are no names."""
        self.wards, self.districts = MappingProxyType(dict(wards)), MappingProxyType(dict(districts))
        self.tree = {}
        self._near_index: dict[tuple[str, int], list[tuple[str, Name]]] = {}
        for name in names:
            self._plant(name)
        phrases = [split_words(phrase) for phrase in everyday]
        self.everyday = frozenset(
            tuple(word.toned for word in phrase) for phrase in phrases if any(word.marked for word in phrase)
        )
        self.everyday_plain = frozenset(tuple(word.plain for word in phrase) for phrase in phrases)

    @classmethod
    def load(cls) -> Gazetteer:
        """Read the files shipped with the package; raises GazetteerUnavailable, in words, when they cannot be used."""
        try:
            wards = {row["code"]: row["full_name"] for row in _rows("wards.csv")}
            old_units = [_OldUnit.of(row) for row in _rows("old_units.csv")]
            districts = _heirs_of_districts(old_units)
            spellings = _Spellings()
            _add_units(spellings, wards, old_units, districts)
            _add_streets(spellings, districts)
            _add_landmarks(spellings)
            _add_elsewhere(spellings)
            everyday = [line for line in _shipped("everyday.txt").splitlines() if line and not line.startswith("#")]
        except (KeyError, ValueError, OSError, AttributeError, TypeError) as fault:
            raise GazetteerUnavailable(f"the names of places in routing/data cannot be used: {fault!r}") from fault
        return cls(wards, districts, spellings.names(), everyday)

    def near(self, letters: str, kinds: frozenset[Kind]) -> list[Name]:
        """The names of these kinds that differ from `letters` (plain, no spaces, six or more) in at most one letter."""
        found: list[Name] = []
        for length in (len(letters), len(letters) - 1, len(letters) + 1):
            for end in (letters[:INDEXED_LETTERS] + "-", "-" + letters[-INDEXED_LETTERS:]):
                for meant, name in self._near_index.get((end, length), ()):
                    if one_letter_apart(letters, meant) and name not in found:
                        found.append(name)
        return [name for name in found if any(reading.kind in kinds for reading in name.readings)]

    def _plant(self, name: Name) -> None:
        branch = self.tree
        for word in name.plain:
            branch = branch.setdefault(word, {})
        branch.setdefault("", []).append(name)
        letters = "".join(name.plain)
        if name.readings[0].kind >= Kind.CITY:
            return
        if (
            len(letters) >= 6
            and len(name.plain) > 1
            and name.readings[0].kind in (Kind.WARD, Kind.OLD_WARD, Kind.DISTRICT)
        ):
            self.tree.setdefault(letters, {}).setdefault("", []).append(name)
        if len(letters) >= 2 * INDEXED_LETTERS:
            for end in (letters[:INDEXED_LETTERS] + "-", "-" + letters[-INDEXED_LETTERS:]):
                self._near_index.setdefault((end, len(letters)), []).append((letters, name))


def one_letter_apart(typed: str, meant: str) -> bool:
    """Equal, or one letter wrong, missing, too many, or two neighbours exchanged."""
    if typed == meant:
        return True
    half = (min(len(typed), len(meant)) - 1) // 2
    if abs(len(typed) - len(meant)) > 1 or (typed[:half] != meant[:half] and typed[-half:] != meant[-half:]):
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest_typed, rest_meant = typed[start:], meant[start:]
    return (
        rest_typed[1:] == rest_meant[1:]
        or rest_typed[1:] == rest_meant
        or rest_typed == rest_meant[1:]
        or (rest_typed[:2] == rest_meant[1::-1] and rest_typed[2:] == rest_meant[2:])
    )


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
        both = tuple(word.plain for word in words), tuple(word.toned for word in words)
        readings = self._readings.setdefault(both, [])
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
        reading = Reading(Kind.WARD, full_name, (code,), inside, _UNIT_OF[prefix])
        spellings.add(name, reading)
        for part in name.split(" - ") if " - " in name else ():
            spellings.add(part, reading)
    for unit in old_units:
        label = f"{unit.full_name} ({unit.district}, cũ)"
        spellings.add(unit.name, Reading(Kind.OLD_WARD, label, unit.now, (unit.district,), unit.unit))
    for district, codes in districts.items():
        prefix, name = _unit_and_name(district)
        spellings.add(name, Reading(Kind.DISTRICT, f"{district} (cũ)", codes, (district,), _UNIT_OF[prefix]))
    halves = tuple(dict.fromkeys(code for half in _TU_LIEM for code in districts[half]))
    spellings.add("Từ Liêm", Reading(Kind.DISTRICT, "Huyện Từ Liêm (cũ)", halves, _TU_LIEM, "huyen"))
    for city in ("Hà Nội", "HN", "Hanoi"):
        spellings.add(city, Reading(Kind.CITY, "Thành phố Hà Nội", ()))


def _add_streets(spellings: _Spellings, districts: Mapping[str, tuple[str, ...]]) -> None:
    full_names = {_unit_and_name(district)[1]: district for district in districts}
    for row in _rows("streets.csv"):
        inside = tuple(full_names[name] for name in row["districts"].split(";"))
        codes = tuple(dict.fromkeys(code for district in inside for code in districts[district]))
        spellings.add(row["street"], Reading(Kind.STREET, row["street"], codes, inside))


def _add_landmarks(spellings: _Spellings) -> None:
    for row in _rows("landmarks.csv"):
        reading = Reading(Kind.LANDMARK, row["name"], tuple(row["wards"].split()))
        for spelling in (row["name"], *filter(None, row["aliases"].split(";"))):
            for variant in _short_forms(spelling):
                spellings.add(variant, reading)


_SHORT_FORMS = {
    "Bệnh viện": ("BV", "Viện"),
    "Khu đô thị": ("KĐT", "Đô thị"),
    "Khu tập thể": ("KTT", "Tập thể"),
    "Đại học": ("ĐH", "Trường Đại học"),
    "Học viện": ("HV",),
    "Trung tâm thương mại": ("TTTM",),
    "Công viên": ("CV",),
    "Bến xe": ("BX",),
    "Sân vận động": ("SVĐ", "Sân"),
    "Chung cư": ("CC", "Toà nhà"),
    "Trường THPT": ("THPT", "Trường cấp 3", "Cấp 3", "Trường"),
}


def _short_forms(spelling: str) -> Iterator[str]:
    yield spelling
    for long, shorts in _SHORT_FORMS.items():
        if spelling.startswith(long + " "):
            for short in shorts:
                yield short + spelling[len(long) :]


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
