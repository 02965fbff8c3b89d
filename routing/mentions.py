"""Names of places in a text: which words, under which marker (phường, đường, ngõ 12 …), and what they can mean."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from routing.gazetteer import ONLY_A_LANDMARK, Gazetteer
from routing.markers import (
    ALLEYS,
    BEHIND,
    COUNTED,
    FORMERLY,
    JUNCTIONS,
    MARKERS,
    MIDDLE_NAMES,
    NEAR_KINDS,
    NO_PLACE_FOLLOWS,
    NOWADAYS,
    NUMBERED,
    NUMBERED_HOUSES,
    PLACE_LEADS,
    PLAIN_TITLES,
    PREFERENCES,
    ROADS,
    SCHOOLS,
    SECOND_HALVES,
    SURE_LEADS,
    SURNAMES,
    THINGS,
    TITLES,
    TYPED_UNITS,
    WAYS,
    Marker,
    is_number,
)
from routing.place_names import Kind, Name, Reading
from routing.spelt_names import SpeltNames
from routing.wording import COMMA, STOP, Words


class Mention(NamedTuple):
    """Words `start` to `end` (exclusive; a marker included) and what they can mean; `old`: "cũ" was said after it."""

    start: int
    end: int
    marker: Marker
    readings: tuple[Reading, ...]
    old: bool = False


ONLY_A_FAR_WARD = frozenset({Kind.ELSEWHERE_WARD})
ONLY_A_DISTRICT = frozenset({Kind.DISTRICT})
ONLY_A_STREET = frozenset({Kind.STREET})
CITIES = frozenset({Kind.CITY, Kind.ELSEWHERE})
FAR_UNITS = frozenset({Kind.ELSEWHERE_DISTRICT, Kind.ELSEWHERE_WARD})
NAMES_OF_UNITS = frozenset({Kind.WARD, Kind.DISTRICT, Kind.CITY})
SHORT_TEXT_WORDS = 8


class Finder:
    """Walks once over the words of one text."""

    __slots__ = ("_accented", "_gazetteer", "_last", "_shouting", "_spelt", "_words")

    def __init__(self, gazetteer: Gazetteer, words: Words, shouting: bool = False) -> None:
        """`shouting`: the text is all in capitals, which then say nothing."""
        self._gazetteer = gazetteer
        self._words = words
        self._spelt = SpeltNames(gazetteer, words)
        self._shouting = shouting
        self._last: Mention | None = None
        # Typed with accents, so that a word without any is meant so.
        self._accented = words.accented * 5 > words.count

    def mentions(self) -> list[Mention]:
        """The mentions in reading order; they never overlap."""
        found: list[Mention] = []
        toned, last, done = self._words.toned, self._words.count - 1, 0
        for at in self._beginnings():
            if at < done:
                continue
            spelt = self._spelt.at(at)
            mention = self._exact(at, spelt) if spelt else None
            if at < last and toned[at] in MARKERS:
                mention = self._behind_marker(at, mention)
            if mention is not None:
                if mention.readings:
                    found.append(mention)
                self._last, done = mention, mention.end
        return found or self._nearly_anywhere()

    def _beginnings(self) -> list[int]:
        """Where a name or a marker may begin."""
        plain, gazetteer = self._words.plain, self._gazetteer
        first_words = {pair[0] for pair in gazetteer.pairs.intersection(pairwise(plain))}
        first_words |= gazetteer.lone_words.intersection(plain)
        return [at for at, word in enumerate(plain) if word in first_words]

    def _behind_marker(self, at: int, mention: Mention | None) -> Mention | None:
        """What follows the marker at `at`, when it reaches further than the `mention` that begins with the marker."""
        spelt = self._spelt.at(at + 1)
        later = self._exact(at + 1, spelt) if spelt else None
        if later is None and (mention is None or mention.marker is Marker.NONE):
            later = self._nearly(at, MARKERS[self._words.toned[at]])
        elif later is not None and later.marker in TYPED_UNITS and self._is_spelt_otherwise(at + 1, later):
            later = self._a_ward_as_near(at, later)
        return later if later is not None and (mention is None or later.end > mention.end) else mention

    def _is_spelt_otherwise(self, start: int, mention: Mention) -> bool:
        """An abolished ward's name, with a wrong accent."""
        if any(reading.kind is not Kind.OLD_WARD for reading in mention.readings):
            return False
        names = self._gazetteer.names_of(self._words.plain[start : mention.end])
        return bool(names) and all(self._spelt.wrong_accents(start, mention.end, name) for name in names)

    def _a_ward_as_near(self, at: int, mention: Mention) -> Mention:
        """ "Phường Từ Liên" is as near to Từ Liêm, a ward of today, as to Tứ Liên, which is none any more."""
        near = self._nearly(at, mention.marker)
        if near is None or near.end < mention.end or all(reading.kind is not Kind.WARD for reading in near.readings):
            return mention
        return near

    def _exact(self, start: int, spelt: Sequence[tuple[int, list[Name]]]) -> Mention | None:
        """The longest of the names spelt from `start` on that may be one here."""
        first, marker, numbered = self._marker_before(start)
        longest: Mention | None = None
        for end, names in spelt:
            if not names and marker is Marker.NONE:
                return Mention(start, end, marker, ())
            mention = self._named(first, start, end, names, marker, numbered)
            # "Phường Kim Liên mới" is the ward, though there is a street Kim Liên Mới.
            if mention and (marker not in TYPED_UNITS or any(reading.unit for reading in mention.readings)):
                return mention
            longest = longest or mention
        return longest

    def _named(
        self, first: int, start: int, end: int, names: list[Name], marker: Marker, numbered: bool
    ) -> Mention | None:
        """The mention of these names at words `start` to `end`, with what stands before them from `first` on."""
        if marker is Marker.NONE:
            marker = self._marker_behind(end)
            if marker is Marker.NONE and self._is_no_place(start):
                return None
        fits = [name for name in names if self._is_name_here(first, start, end, name, marker, numbered)]
        return self._mention(first, end, marker, fits) if fits else None

    def _marker_behind(self, end: int) -> Marker:
        """ "Ba Dinh ward" is a ward, and whatever has an alley of that number is a street: "Đội Cấn ngõ 294"."""
        words = self._words
        if end >= words.count or words.marks[end] >= STOP:
            return Marker.NONE
        if words.toned[end] in ALLEYS and end + 1 < words.count and words.plain[end + 1][0].isdigit():
            return Marker.STREET
        return Marker.NONE if words.marks[end] else BEHIND.get(words.toned[end], Marker.NONE)

    def _is_no_place(self, start: int) -> bool:
        """A person's or a shop's name, or half a word: "thành phố Huế" is no "phố Huế"."""
        words = self._words
        if start == 0 or words.marks[start]:
            return False
        return (
            self._is_a_person(start)
            or words.plain[start - 1 : start + 1] in SECOND_HALVES
            or (start > 1 and words.toned[start - 2 : start] in NO_PLACE_FOLLOWS)
        )

    def _marker_before(self, start: int) -> tuple[int, Marker, bool]:
        """Where the mention begins, its marker, and whether a house or alley number stands before the name."""
        words, at = self._words, start - 1
        if at < 0:
            return start, Marker.NONE, False
        toned, marks = words.toned, words.marks
        while at >= 0 and start - at <= 4 and is_number(words.plain[at]) and marks[at + 1] < STOP:
            at -= 1
        if at < start - 1:
            return self._behind_numbers(start, at)
        if marks[start]:
            return start, Marker.NONE, False
        if at >= 1 and not marks[at] and (two := SECOND_HALVES.get(words.plain[at - 1 : start])) is not None:
            return (start if two is Marker.NONE else at - 1), two, False
        marker = MARKERS.get(toned[at])
        return (start, Marker.NONE, False) if marker is None else (at, marker, False)

    def _behind_numbers(self, start: int, at: int) -> tuple[int, Marker, bool]:
        """As `_marker_before`, for a name behind numbers that follow the word at `at` (-1: they begin the text)."""
        words = self._words
        # "Đường 70 Tây Mỗ" is road 70 in Tây Mỗ.
        if at >= 0 and words.toned[at] in ROADS and not words.marks[at + 1]:
            return start, Marker.NONE, True
        is_counted_from = at >= 0 and words.toned[at] in NUMBERED
        is_led = self._is_led(at + 1) and not words.marks[start]
        if at < 0 or is_counted_from or is_led or words.marks[at + 1] & COMMA:
            return at if is_counted_from else at + 1, Marker.STREET, True
        is_house = words.capital[start] and not words.marks[start] and words.toned[at] not in COUNTED
        return start, Marker.STREET if is_house else Marker.NONE, True

    def _is_name_here(self, first: int, start: int, end: int, name: Name, marker: Marker, numbered: bool) -> bool:
        """Everyday words spelt like a name count only with a marker, capitals, or where a place is expected."""
        words = self._words
        single = end - start == 1
        # "3 phố có" are no "phố cổ".
        is_everyday = name.plain in self._gazetteer.everyday_plain and marker not in TYPED_UNITS
        if is_everyday and self._spelt.wrong_accents(start, end, name):
            return False
        # "Bác sĩ Đinh Công Hạo" is not in Định Công.
        if words.marked[start] and words.toned[start] != name.toned[0] and words.toned[start] in SURNAMES:
            return False
        # "Thang nay, 1 buoi" is no house in Bưởi.
        is_small = single and not (words.capital[start] or words.marked[start])
        if (
            is_small
            and numbered
            and words.toned[first] not in NUMBERED_HOUSES
            and name.plain in self._gazetteer.everyday_plain
        ):
            return False
        if not words.capital[start] and self._is_far_fetched(start, name, marker):
            return False
        if name.kinds == ONLY_A_FAR_WARD and not any(
            reading.unit in TYPED_UNITS.get(marker, ()) for reading in name.readings
        ):
            return False
        # The initials of a district: "Q. HBT".
        if name.kinds == ONLY_A_DISTRICT and len(name.plain) == 1 and marker is not Marker.DISTRICT:
            return False
        if single and start and words.plain[start - 1 : end] in self._gazetteer.everyday_plain:
            return words.marked[start] or words.capital[start]
        # "Trường tiểu học Trưng Vương" is called after the sisters, not after a street.
        if name.kinds == ONLY_A_STREET and marker is Marker.NONE and start and words.toned[start - 1] in SCHOOLS:
            return False
        if marker is not Marker.NONE:
            # "Con đường láng mịn" praises a road.
            return not (single and not words.capital[start] and start > 1 and words.plain[start - 2] == "con")
        if single and words.plain[start] in self._gazetteer.unmistakable:
            return True
        if not self._shouting and all(words.capital[start:end]) and not (single and start == 0):
            return not single or self._is_led(start) or name.kinds <= CITIES
        return self._is_name_in_small_letters(start, end, name, numbered)

    def _is_far_fetched(self, start: int, name: Name, marker: Marker) -> bool:
        """In small letters: "ra quan 1 tuan", "thành phố thống nhất ý kiến", a commune elsewhere within a long text."""
        words = self._words
        if name.plain[0].isdigit():
            is_sure = words.capital[start - 1] or words.marked[start - 1] or words.count <= SHORT_TEXT_WORDS
            return marker is not Marker.DISTRICT or not is_sure
        if marker is Marker.CITY:
            return name.toned in self._gazetteer.everyday
        return name.kinds == ONLY_A_FAR_WARD and words.count > SHORT_TEXT_WORDS

    def _is_name_in_small_letters(self, start: int, end: int, name: Name, numbered: bool) -> bool:
        words, gazetteer = self._words, self._gazetteer
        whole = start == 0 and end == words.count
        if self._spelt.wrong_accents(start, end, name) or (name.kinds <= FAR_UNITS and not whole):
            return False
        if self._cuts_a_compound(start, end) or (start and words.toned[start - 1] in THINGS):
            return False
        marked = True in words.marked[start:end]
        if end - start == 1:
            return whole and marked and words.capital[0]
        if marked and not gazetteer.everyday.isdisjoint((name.toned, words.toned[start:end])):
            return False
        if self._accented and not marked and name.toned != name.plain:
            return False
        ends = end == words.count or self._is_behind_a_comma(end)
        begins = start == 0 and (ends or self._is_a_unit_next(end))
        after_comma = self._is_behind_a_comma(start)
        if not marked and name.plain in gazetteer.everyday_plain:
            is_sure = self._is_at_a_junction(start) or (start > 0 and words.toned[start - 1] in SURE_LEADS)
            return begins or (after_comma and ends) or is_sure or self._is_a_capital_after_its_kind(start, end, name)
        expected = numbered or begins or after_comma or self._is_led(start)
        if expected or name.kinds != ONLY_A_STREET:
            return True
        return end - start > 2 and (marked or start == 0 or words.toned[start - 1] not in PLAIN_TITLES)

    def _is_a_capital_after_its_kind(self, start: int, end: int, name: Name) -> bool:
        """ "Ngoai hien cho Hom": a landmark whose kind alone is typed small; but "cau Nga Tu So" is no Cầu Ngà."""
        words = self._words
        if name.kinds != ONLY_A_LANDMARK or self._shouting or not all(words.capital[start + 1 : end]):
            return False
        return end == words.count or words.marks[end] > 0 or not words.capital[end]

    def _cuts_a_compound(self, start: int, end: int) -> bool:
        """ "Minh bạch mai kia" holds no Bạch Mai, "vân đình chỉ thi công" no Vân Đình."""
        return (start > 0 and self._is_a_compound(start - 1)) or (
            end < self._words.count and (self._is_a_compound(end - 1) or self._spelt.begin_a_saying(end - 1))
        )

    def _is_a_compound(self, at: int) -> bool:
        words, pair = self._words, slice(at, at + 2)
        if True in words.marked[pair]:
            return words.toned[pair] in self._gazetteer.everyday
        return not self._accented and words.plain[pair] in self._gazetteer.compounds

    def _is_a_unit_next(self, at: int) -> bool:
        """A ward's or district's name follows: "cổ linh long biên"."""
        return any(not name.kinds.isdisjoint(NAMES_OF_UNITS) for _, names in self._spelt.at(at) for name in names)

    def _is_a_person(self, start: int) -> bool:
        """A title or a surname stands before the name: "cô Minh Khai", "Nguyễn Thanh Xuân"."""
        words, before = self._words, start - 1
        if before and words.toned[before] in MIDDLE_NAMES:
            before -= 1
        return words.toned[before] in TITLES or (words.capital[before] and words.toned[before] in SURNAMES)

    def _is_behind_a_comma(self, start: int) -> bool:
        return bool(self._words.marks[start] & COMMA)

    def _is_led(self, start: int) -> bool:
        return (start > 0 and self._words.toned[start - 1] in PLACE_LEADS) or self._is_at_a_junction(start)

    def _is_at_a_junction(self, start: int) -> bool:
        """Behind "ngã tư" stands one street and then another."""
        words, before = self._words, start
        if self._last is not None and self._last.end == start and words.marks[start] < STOP:
            before = self._last.start
        return before > 1 and words.toned[before - 2] in JUNCTIONS and words.plain[before - 1] in WAYS

    def _mention(self, first: int, end: int, marker: Marker, names: Sequence[Name]) -> Mention | None:
        """None when nothing of that name is of the kind that the marker asks for.

        A street called after another province is no place by itself: its mention has no readings.
        """
        readings = _meanings(tuple(names), marker)
        if readings is None:
            return None
        words = self._words
        after = words.toned[end] if end < words.count and not words.marks[end] else ""
        if after in BEHIND:
            return Mention(first, end + 1, marker, readings)
        old = after in FORMERLY
        return Mention(first, end + (old or after in NOWADAYS), marker, readings, old)

    def _nearly(self, at: int, marker: Marker) -> Mention | None:
        """A name with one wrong letter behind a marker; the longest window of words wins."""
        words, start = self._words, at + 1
        is_second = at > 0 and not words.marks[at] and words.plain[at - 1 : start] in SECOND_HALVES
        is_half = is_second or words.plain[at : at + 2] in SECOND_HALVES
        if marker is Marker.CITY or words.marks[start] or is_half:
            return None
        if marker is Marker.STREET:
            while start < words.count - 1 and is_number(words.plain[start]):
                start += 1
            # "Tổ dân phố 12 phường Đống Đa" names no street like Thượng Đồng.
            if words.toned[start] in MARKERS or (self._accented and not words.capital[start]):
                return None
        shortest = 8 if marker is Marker.STREET else 6
        if names_and_end := self._spelt.nearest(start, NEAR_KINDS[marker], shortest, fills=False):
            return self._mention(at, names_and_end[1], marker, names_and_end[0])
        return None

    def _nearly_anywhere(self) -> list[Mention]:
        """One wrong letter without a marker: only in a short text, and only where a place may begin."""
        words = self._words
        if words.count > SHORT_TEXT_WORDS:
            return []
        for start in range(words.count):
            if not (start == 0 or self._is_behind_a_comma(start) or self._is_led(start)):
                continue
            if names_and_end := self._spelt.nearest(start, NEAR_KINDS[Marker.NONE], 7, fills=True):
                mention = self._mention(start, names_and_end[1], Marker.NONE, names_and_end[0])
                return [mention] if mention is not None else []
        return []


@lru_cache(maxsize=8192)
def _meanings(names: tuple[Name, ...], marker: Marker) -> tuple[Reading, ...] | None:
    """What the names can mean behind the marker: readings of the kind that it asks for, else of the next best kind."""
    everything = [reading for name in names for reading in name.readings]
    readings: list[Reading] = []
    for kinds in PREFERENCES[marker]:
        readings = [reading for reading in everything if reading.kind in kinds]
        if readings:
            break
    if not readings and marker is not Marker.STREET:
        return None
    for unit in TYPED_UNITS.get(marker, ()):
        if typed := [reading for reading in readings if reading.unit == unit]:
            return tuple(typed)
    return tuple(readings)
