"""Names of places in a text: which words, under which marker (phường, đường, ngõ 12 …), and what they can mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from routing.gazetteer import Branch, Gazetteer
from routing.markers import (
    BEHIND,
    COUNTED,
    FORMERLY,
    MARKERS,
    MIDDLE_NAMES,
    NEAR_KINDS,
    NOWADAYS,
    NUMBERED,
    PLACE_LEADS,
    PREFERENCES,
    SECOND_HALVES,
    SURNAMES,
    THINGS,
    TITLES,
    TYPED_UNITS,
    Marker,
)
from routing.place_names import Kind, Name, Reading
from routing.wording import Word


@dataclass(frozen=True, slots=True)
class Mention:
    """Words `start` to `end` (exclusive; a marker included) and what they can mean; `old`: "cũ" was said after it."""

    start: int
    end: int
    marker: Marker
    readings: tuple[Reading, ...]
    old: bool = False


LONGEST_MISSPELT_WORDS = 5
FAR_UNITS = frozenset({Kind.ELSEWHERE_DISTRICT, Kind.ELSEWHERE_WARD})
NO_WORD = Word("", "", False, False)
NAMES_OF_UNITS = frozenset({Kind.WARD, Kind.DISTRICT, Kind.CITY})
SHORT_TEXT_WORDS = 8
# Keangnam, Ciputra: one long word that is called after nothing else.
LONG_WORD_LETTERS = 6


class Finder:
    """Walks once over the words of one text."""

    __slots__ = ("_gazetteer", "_shouting", "_words")

    def __init__(self, gazetteer: Gazetteer, words: Sequence[Word], shouting: bool = False) -> None:
        """`shouting`: the text is all in capitals, which then say nothing."""
        self._gazetteer = gazetteer
        self._words = words
        self._shouting = shouting

    @property
    def _accented(self) -> bool:
        """Typed with accents, so that a word without any is meant so."""
        return sum([word.marked for word in self._words]) * 5 > len(self._words)

    def mentions(self) -> list[Mention]:
        """The mentions in reading order; they never overlap."""
        found: list[Mention] = []
        words, count, done = self._words, len(self._words), 0
        for at, branch in self._beginnings():
            if at < done:
                continue
            mention = self._exact(at, branch) if branch is not None and not self._is_second_half(at) else None
            if words[at].toned in MARKERS and at + 1 < count:
                mention = self._behind_marker(at, mention)
            if mention is None:
                continue
            if mention.readings:
                found.append(mention)
            done = mention.end
        return found or self._nearly_anywhere()

    def _beginnings(self) -> list[tuple[int, Branch | None]]:
        """Where a name or a marker may begin, and the branch of the tree that begins there."""
        words, branch_of = self._words, self._gazetteer.tree.get
        return [
            (at, branch if begins else None)
            for at, (word, after) in enumerate(pairwise((*words, NO_WORD)))
            if (begins := (branch := branch_of(word.plain)) is not None and ("" in branch or after.plain in branch))
            or word.toned in MARKERS
        ]

    def _is_second_half(self, at: int) -> bool:
        """ "Thành phố Huế" is no "phố Huế"."""
        words = self._words
        return at > 0 and not words[at].stop and (words[at - 1].plain, words[at].plain) in SECOND_HALVES

    def _behind_marker(self, at: int, mention: Mention | None) -> Mention | None:
        """What follows the marker at `at`, when it reaches further than the `mention` that begins with the marker."""
        later = self._exact(at + 1, self._gazetteer.tree.get(self._words[at + 1].plain))
        if later is None and (mention is None or mention.marker is Marker.NONE):
            later = self._nearly(at, MARKERS[self._words[at].toned])
        return later if later is not None and (mention is None or later.end > mention.end) else mention

    def _exact(self, start: int, branch: Branch | None) -> Mention | None:
        """The longest name that begins at `start`, where `branch` of the tree begins, and may be one here."""
        words = self._words
        ends: list[tuple[int, list[Name]]] = []
        longest: Mention | None = None
        at = start
        while branch is not None:
            at += 1
            if names := branch.get(""):
                ends.append((at, names))
            if at >= len(words) or words[at].stop:
                break
            branch = branch.get(words[at].plain)
        for end, names in reversed(ends):
            first, marker, numbered = self._marker_before(start)
            if marker is Marker.NONE and end < len(words) and not (words[end].comma or words[end].stop):
                marker = BEHIND.get(words[end].toned, marker)
            fits = [
                name
                for name in self._best_spelt(start, end, names)
                if self._is_name_here(start, end, name, marker, numbered)
            ]
            if fits and (mention := self._mention(first, end, marker, fits)) is not None:
                # "Phường Kim Liên mới" is the ward, though there is a street Kim Liên Mới.
                if marker not in TYPED_UNITS or any(reading.unit for reading in mention.readings):
                    return mention
                longest = longest or mention
        return longest

    def _marker_before(self, start: int) -> tuple[int, Marker, bool]:
        """Where the mention begins, its marker, and whether a house or alley number stands before the name."""
        words, at = self._words, start - 1
        numbered = False
        while at >= 0 and start - at <= 4 and _is_number(words[at].plain) and not words[at + 1].stop:
            numbered, at = True, at - 1
        if numbered:
            is_led = self._is_led(at + 1) and not words[start].comma
            if at < 0 or words[at].toned in NUMBERED or words[at + 1].comma or is_led:
                return max(at, 0) if at >= 0 and words[at].toned in NUMBERED else at + 1, Marker.STREET, True
            is_house = (
                words[start].capital
                and not (words[start].stop or words[start].comma)
                and words[at].toned not in COUNTED
            )
            return start, Marker.STREET if is_house else Marker.NONE, True
        if at < 0 or words[start].comma or words[start].stop:
            return start, Marker.NONE, False
        if at >= 1 and (two := SECOND_HALVES.get((words[at - 1].plain, words[at].plain))):
            return at - 1, two, False
        marker = MARKERS.get(words[at].toned, Marker.NONE)
        return (at if marker else start), marker, False

    def _best_spelt(self, start: int, end: int, names: Sequence[Name]) -> list[Name]:
        """The names with the fewest wrong accents (one at most, in one word none), and the closest of those."""
        forgiven = min(1, end - start - 1)
        if len(names) == 1:
            return [name for name in names if self._wrong_accents(start, end, name) <= forgiven]
        span = self._words[start:end]
        marked = any(word.marked for word in span)
        ranks = [
            (self._wrong_accents(start, end, name), -self._agreement(span, name) if marked else 0) for name in names
        ]
        best = min(ranks)
        return [name for name, rank in zip(names, ranks, strict=True) if rank == best and best[0] <= forgiven]

    def _wrong_accents(self, start: int, end: int, name: Name) -> int:
        if end - start != len(name.toned):
            return 0
        wrong = 0
        for at, toned in enumerate(name.toned, start):
            word = self._words[at]
            if word.marked and word.toned != toned:
                wrong += 1
        return wrong

    def _is_name_here(self, start: int, end: int, name: Name, marker: Marker, numbered: bool) -> bool:
        """Everyday words spelt like a name count only with a marker, capitals, or where a place is expected."""
        words = self._words
        if marker is Marker.NONE and (name.kinds == {Kind.ELSEWHERE_WARD} or self._is_a_person(start)):
            return False
        if name.kinds == {Kind.ELSEWHERE_WARD} and not any(
            reading.unit in TYPED_UNITS.get(marker, ()) for reading in name.readings
        ):
            return False
        single = end - start == 1
        if single and start and (words[start - 1].plain, words[start].plain) in self._gazetteer.everyday_plain:
            return words[start].marked or words[start].capital
        if marker is not Marker.NONE:
            # "Con đường láng mịn" praises a road.
            is_any_road = single and not words[start].capital and start > 1 and words[start - 2].plain == "con"
            return not is_any_road
        if single and name.kinds == {Kind.LANDMARK} and len(name.plain[0]) >= LONG_WORD_LETTERS:
            return True
        if not self._shouting and all(word.capital for word in words[start:end]) and not (single and start == 0):
            return not single or self._is_led(start) or name.kinds <= {Kind.CITY, Kind.ELSEWHERE}
        return self._is_name_in_small_letters(start, end, name, numbered)

    def _is_name_in_small_letters(self, start: int, end: int, name: Name, numbered: bool) -> bool:
        words, gazetteer = self._words, self._gazetteer
        whole = start == 0 and end == len(words)
        if self._wrong_accents(start, end, name) or (name.kinds <= FAR_UNITS and not whole):
            return False
        if self._cuts_a_compound(start, end) or (start and words[start - 1].toned in THINGS):
            return False
        marked = any(word.marked for word in words[start:end])
        if end - start == 1:
            return len(name.plain) > 1 or name.readings[0].kind is Kind.CITY or (whole and marked and words[0].capital)
        if marked and name.toned in gazetteer.everyday:
            return False
        if self._accented and not marked and name.toned != name.plain:
            return False
        begins = start == 0 and (end == len(words) or words[end].comma or self._is_a_unit_next(end))
        expected = numbered or begins or words[start].comma or self._is_led(start)
        if not marked and name.plain in gazetteer.everyday_plain:
            return expected
        return expected or name.kinds != {Kind.STREET} or (marked and end - start > 2)

    def _cuts_a_compound(self, start: int, end: int) -> bool:
        """ "Minh bạch mai kia" holds no Bạch Mai, "nhân chính sách" no Nhân Chính."""
        return (start > 0 and self._is_a_compound(start - 1)) or (
            end < len(self._words) and self._is_a_compound(end - 1)
        )

    def _is_a_compound(self, at: int) -> bool:
        one, other = self._words[at : at + 2]
        if one.marked or other.marked:
            return (one.toned, other.toned) in self._gazetteer.everyday
        return not self._accented and (one.plain, other.plain) in self._gazetteer.everyday_plain

    def _is_a_unit_next(self, at: int) -> bool:
        """A ward's or district's name follows: "cổ linh long biên"."""
        branch: Branch | None = self._gazetteer.tree
        for word in self._words[at:]:
            branch = branch.get(word.plain) if branch else None
            if not branch or word.stop:
                return False
            if any(not name.kinds.isdisjoint(NAMES_OF_UNITS) for name in branch.get("", ())):
                return True
        return False

    def _is_a_person(self, start: int) -> bool:
        """A title or a surname stands before the name: "cô Minh Khai", "Nguyễn Thanh Xuân"."""
        if start == 0 or self._words[start].comma:
            return False
        before = self._words[start - 1]
        if before.toned in MIDDLE_NAMES and start > 1:
            before = self._words[start - 2]
        return before.toned in TITLES or (before.capital and before.toned in SURNAMES)

    def _is_led(self, start: int) -> bool:
        return start > 0 and self._words[start - 1].toned in PLACE_LEADS

    def _mention(self, first: int, end: int, marker: Marker, names: Sequence[Name]) -> Mention | None:
        """None when nothing of that name is of the kind that the marker asks for.

        A street called after another province is no place by itself: its mention has no readings.
        """
        readings = _meanings(tuple(names), marker)
        if readings is None:
            return None
        words = self._words
        after = words[end].toned if end < len(words) and not words[end].comma and not words[end].stop else ""
        if after in BEHIND:
            return Mention(first, end + 1, marker, readings)
        old = after in FORMERLY
        if old or after in NOWADAYS:
            end += 1
        return Mention(first, end, marker, readings, old)

    def _nearly(self, at: int, marker: Marker) -> Mention | None:
        """A name with one wrong letter behind a marker; the longest window of words wins."""
        if marker is Marker.CITY:
            return None
        words, start = self._words, at + 1
        if (words[at].plain, words[start].plain) in SECOND_HALVES or words[start].comma or words[start].stop:
            return None
        if marker is Marker.STREET:
            while start < len(words) - 1 and _is_number(words[start].plain):
                start += 1
            if self._accented and not words[start].capital:
                return None
        if names_and_end := self._nearest_names(start, marker, 8 if marker is Marker.STREET else 6):
            return self._mention(at, names_and_end[1], marker, names_and_end[0])
        return None

    def _nearly_anywhere(self) -> list[Mention]:
        """One wrong letter without a marker: only in a short text, and only where a place may begin."""
        words = self._words
        if len(words) > SHORT_TEXT_WORDS:
            return []
        for start in range(len(words)):
            if not (start == 0 or words[start].comma or self._is_led(start)):
                continue
            if names_and_end := self._nearest_names(start, Marker.NONE, 7):
                mention = self._mention(start, names_and_end[1], Marker.NONE, names_and_end[0])
                return [mention] if mention is not None else []
        return []

    def _nearest_names(self, start: int, marker: Marker, shortest: int) -> tuple[list[Name], int] | None:
        """The names nearest to the longest window of words, which without a marker fills its part of the sentence."""
        words, count = self._words, len(self._words)
        for end in range(min(count, start + LONGEST_MISSPELT_WORDS), start, -1):
            if marker is Marker.NONE and end < count and not (words[end].comma or words[end].stop):
                continue
            span = words[start:end]
            letters = "".join(word.plain for word in span)
            plain = tuple(word.plain for word in span)
            if (
                len(letters) < shortest
                or not letters[:4].isalpha()
                or any(word.comma or word.stop for word in span[1:])
            ):
                continue
            if plain in self._gazetteer.everyday_plain:
                continue
            names = self._gazetteer.near(letters, NEAR_KINDS[marker])
            if names := [name for name in names if self._sounds_alike(span, name)]:
                best = max(self._agreement(span, name) for name in names)
                return [name for name in names if self._agreement(span, name) == best], end
        return None

    def _sounds_alike(self, span: Sequence[Word], name: Name) -> bool:
        """Of the words written apart as in the name, at most one may differ in letters or accents."""
        if len(span) != len(name.plain):
            return True
        same = [
            word.toned == toned or (not word.marked and word.plain == plain)
            for word, toned, plain in zip(span, name.toned, name.plain, strict=True)
        ]
        return sum(same) >= len(span) - 1

    def _agreement(self, span: Sequence[Word], name: Name) -> int:
        """Two for each word typed as in the name, one for each that merely lacks its accents."""
        if len(span) != len(name.plain):
            return 0
        return sum(
            2 * (word.toned == toned) or (not word.marked and word.plain == plain)
            for word, toned, plain in zip(span, name.toned, name.plain, strict=True)
        )


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


def _is_number(plain: str) -> bool:
    return plain[0].isdigit() or (len(plain) == 1 and plain.isalpha() and plain in "abcd")
