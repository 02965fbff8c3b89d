"""Every name that may stand for a place, by its words and by all its words but a misspelt one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from routing.markers import COMMON_WORDS, PLAIN_MARKERS
from routing.place_names import Kind, Name, read_place_names
from routing.wording import split_words

SHORTEST_JOINED_LETTERS = 5
# "Thanh xuân phơi phới" holds a name and means none.
SHORTEST_SAYING_WORDS = 3
SHORTEST_MISSPELT_LETTERS = 6
LONGEST_MISSPELT_WORDS = 5
JOINED_KINDS = frozenset({Kind.WARD, Kind.OLD_WARD, Kind.DISTRICT})

Plain = tuple[str, ...]


class Gazetteer:
    """Names by their plain words. A name is looked for where its first two words stand, or its only one."""

    __slots__ = (
        "_but_one",
        "alone",
        "beginnings",
        "compounds",
        "districts",
        "everyday",
        "everyday_plain",
        "lengths",
        "names",
        "wards",
    )

    wards: Mapping[str, str]
    districts: Mapping[str, tuple[str, ...]]
    everyday: frozenset[Plain]
    everyday_plain: frozenset[Plain]
    compounds: frozenset[Plain]
    """Everyday phrases without accents, but for those that are in the list only because they spell a name."""
    names: dict[Plain, list[Name]]
    """Names of two words and more."""
    lengths: dict[Plain, tuple[int, ...]]
    """How many words the names and everyday sayings have that begin with these two, the most first."""
    alone: dict[str, list[Name]]
    """Names of one word, and names of units that were typed as one word."""

    beginnings: set[str]
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
        self.names, self.alone = {}, {}
        self._but_one: dict[Plain, list[Name]] = {}
        for name in names:
            self._add(name)
        phrases = [split_words(phrase) for phrase in everyday]
        lengths: dict[Plain, set[int]] = {}
        for plain in (*self.names, *(phrase.plain for phrase in phrases if phrase.count >= SHORTEST_SAYING_WORDS)):
            lengths.setdefault(plain[:2], set()).add(len(plain))
        self.lengths = {pair: tuple(sorted(counts, reverse=True)) for pair, counts in lengths.items()}
        self.beginnings = self.alone.keys() | PLAIN_MARKERS
        self.everyday = frozenset(phrase.toned for phrase in phrases if any(phrase.marked))
        self.everyday_plain = frozenset(phrase.plain for phrase in phrases)
        self.compounds = frozenset(p.plain for p in phrases if any(p.marked) or p.plain not in self.names)

    @classmethod
    def load(cls) -> Gazetteer:
        """Read the files shipped with the package; raises GazetteerUnavailable, in words, when they cannot be used."""
        read = read_place_names()
        return cls(read.wards, read.districts, read.names, read.everyday)

    def near(self, plain: Plain, kinds: frozenset[Kind]) -> list[Name]:
        """The names of these kinds that have one wrong letter at most in one of these plain words, two or more."""
        found: list[Name] = []
        for at, key in enumerate(_all_but_one(plain)):
            if plain[at] in COMMON_WORDS:
                continue
            for name in self._but_one.get(key, ()):
                if (
                    not kinds.isdisjoint(name.kinds)
                    and one_letter_apart(plain[at], name.plain[at])
                    and name not in found
                ):
                    found.append(name)
        return found

    def _add(self, name: Name) -> None:
        if len(name.plain) == 1:
            self.alone.setdefault(name.plain[0], []).append(name)
            return
        self.names.setdefault(name.plain, []).append(name)
        first = name.readings[0].kind
        letters = "".join(name.plain)
        if first in JOINED_KINDS and len(letters) >= SHORTEST_JOINED_LETTERS:
            self.alone.setdefault(letters, []).append(name)
        if (
            first < Kind.CITY
            and len(letters) >= SHORTEST_MISSPELT_LETTERS
            and len(name.plain) <= LONGEST_MISSPELT_WORDS
        ):
            for key in _all_but_one(name.plain):
                self._but_one.setdefault(key, []).append(name)


def _all_but_one(plain: Sequence[str]) -> Iterator[Plain]:
    """For each word the others, with a gap in its place."""
    for at in range(len(plain)):
        yield (*plain[:at], "", *plain[at + 1 :])


def one_letter_apart(typed: str, meant: str) -> bool:
    """Equal, or one letter wrong, missing, too many, or two neighbours exchanged."""
    if typed == meant:
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
