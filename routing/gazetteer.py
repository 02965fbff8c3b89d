"""Every name that may stand for a place, by its words and by all its words but a misspelt one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from routing.markers import COMMON_WORDS, PLAIN_MARKERS
from routing.place_names import Kind, Name, read_place_names
from routing.wording import split_words

SHORTEST_JOINED_LETTERS = 5
# "Thanh xuân phơi phới" holds a name and means none.
SHORTEST_SAYING_WORDS = 3
SHORTEST_MISSPELT_LETTERS = 6
LONGEST_MISSPELT_WORDS = 5
LONG_WORD_LETTERS = 6
ONLY_A_LANDMARK = frozenset({Kind.LANDMARK})
JOINED_KINDS = frozenset({Kind.WARD, Kind.OLD_WARD, Kind.DISTRICT})

Plain = tuple[str, ...]


class Spelling(NamedTuple):
    """Two plain words or more that stand for a place, and the names spelt so; without names an everyday saying."""

    plain: Plain
    length: int
    """How many words."""
    names: list[Name]
    saying: bool
    """An everyday saying of three words or more is spelt so."""


class Gazetteer:
    """Names by their plain words. A name is looked for where its first two words stand, or its only one."""

    __slots__ = (
        "_but_one",
        "_first_words",
        "_second_words",
        "alone",
        "compounds",
        "districts",
        "everyday",
        "everyday_plain",
        "lone_words",
        "pairs",
        "spellings",
        "unmistakable",
        "wards",
    )

    wards: Mapping[str, str]
    districts: Mapping[str, tuple[str, ...]]
    everyday: frozenset[Plain]
    everyday_plain: frozenset[Plain]
    compounds: frozenset[Plain]
    """Everyday phrases without accents, but for those that are in the list only because they spell a name."""
    spellings: dict[Plain, tuple[Spelling, ...]]
    """By the first two words, the longest first."""
    pairs: frozenset[Plain]
    """The keys of `spellings`."""
    alone: dict[str, list[Name]]
    """Names of one word, and names of units that were typed as one word."""
    unmistakable: frozenset[str]
    """Words of `alone` that are called after nothing else: Hanoi, Caugiay, Keangnam."""
    lone_words: frozenset[str]
    """Words where a name may begin whatever follows, or the marker of one."""

    def __init__(
        self,
        wards: Mapping[str, str],
        districts: Mapping[str, tuple[str, ...]],
        names: list[Name],
        everyday: list[str],
    ) -> None:
        """`wards`: code -> full name; `districts`: old district -> codes; `everyday`: phrases that are no names."""
        self.wards, self.districts = MappingProxyType(dict(wards)), MappingProxyType(dict(districts))
        phrases = [split_words(phrase) for phrase in everyday]
        self.everyday = frozenset(phrase.toned for phrase in phrases if any(phrase.marked))
        self.everyday_plain = frozenset(phrase.plain for phrase in phrases)
        self.alone = {}
        self._but_one: dict[Plain, list[Name]] = {}
        named: dict[Plain, list[Name]] = {
            plain: [] for plain in self.everyday_plain if len(plain) >= SHORTEST_SAYING_WORDS
        }
        for name in names:
            if len(name.plain) > 1:
                named.setdefault(name.plain, []).append(name)
            self._add(name)
        self.compounds = frozenset(p.plain for p in phrases if any(p.marked) or not named.get(p.plain))
        by_beginning: dict[Plain, list[Spelling]] = {}
        for plain in sorted(named, key=len, reverse=True):
            saying = len(plain) >= SHORTEST_SAYING_WORDS and plain in self.everyday_plain
            by_beginning.setdefault(plain[:2], []).append(Spelling(plain, len(plain), named[plain], saying))
        self.spellings = {pair: tuple(spellings) for pair, spellings in by_beginning.items()}
        self.pairs = frozenset(self.spellings)
        self.unmistakable = frozenset(word for word, found in self.alone.items() if any(map(_is_unmistakable, found)))
        self.lone_words = frozenset(self.alone) | PLAIN_MARKERS
        self._first_words = frozenset(key[0] for key in self._but_one)
        self._second_words = frozenset(key[1] for key in self._but_one)

    @classmethod
    def load(cls) -> Gazetteer:
        """Read the files shipped with the package; raises GazetteerUnavailable, in words, when they cannot be used."""
        read = read_place_names()
        return cls(read.wards, read.districts, read.names, read.everyday)

    def names_of(self, plain: Plain) -> list[Name]:
        """The names spelt with just these words, two or more."""
        return next((each.names for each in self.spellings.get(plain[:2], ()) if each.plain == plain), [])

    def may_begin_misspelt(self, first: str, second: str) -> bool:
        """Whether any name with one wrong letter can begin with these two words: one of them is right."""
        return first in self._first_words or second in self._second_words

    def near(self, plain: Plain, kinds: frozenset[Kind]) -> list[Name]:
        """The names of these kinds that have one wrong letter at most in one of these plain words, two or more."""
        found: list[Name] = []
        for at, word in enumerate(plain):
            if word in COMMON_WORDS:
                continue
            for name in self._but_one.get(_but(plain, at), ()):
                if not kinds.isdisjoint(name.kinds) and one_letter_apart(word, name.plain[at]) and name not in found:
                    found.append(name)
        return found

    def _add(self, name: Name) -> None:
        if len(name.plain) == 1:
            self.alone.setdefault(name.plain[0], []).append(name)
            return
        first = name.readings[0].kind
        letters = "".join(name.plain)
        if first in JOINED_KINDS and len(letters) >= SHORTEST_JOINED_LETTERS:
            self.alone.setdefault(letters, []).append(name)
        if (
            first < Kind.CITY
            and len(letters) >= SHORTEST_MISSPELT_LETTERS
            and len(name.plain) <= LONGEST_MISSPELT_WORDS
        ):
            for at in range(len(name.plain)):
                self._but_one.setdefault(_but(name.plain, at), []).append(name)


def _is_unmistakable(name: Name) -> bool:
    """Of a name typed as one word."""
    is_sole = len(name.plain) > 1 or name.kinds == ONLY_A_LANDMARK
    return name.readings[0].kind is Kind.CITY or (is_sole and len("".join(name.plain)) >= LONG_WORD_LETTERS)


def _but(plain: Plain, at: int) -> Plain:
    """The words with a gap in the place of one."""
    return (*plain[:at], "", *plain[at + 1 :])


# Spoken alike in Hà Nội, and so written one for the other; "s" for "x" is one letter anyway.
_BEGINNINGS_ALIKE = (("tr", "ch"), ("gi", "d"), ("gi", "r"))


def one_letter_apart(typed: str, meant: str) -> bool:
    """Equal or heard alike, or one letter wrong, missing, too many, or two neighbours exchanged."""
    if typed == meant or _are_heard_alike(typed, meant):
        return True
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


def _are_heard_alike(one: str, other: str) -> bool:
    """ "Ô Trợ Dừa" is Ô Chợ Dừa."""
    return any(
        (one.startswith(a) and other == b + one.removeprefix(a))
        or (other.startswith(a) and one == b + other.removeprefix(a))
        for a, b in _BEGINNINGS_ALIKE
    )
