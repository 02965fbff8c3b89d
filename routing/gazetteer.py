"""Every name that may stand for a place, as a tree of plain words and an index for one wrong letter."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from routing.place_names import Kind, Name, read_place_names
from routing.wording import split_words

# One wrong letter leaves the first three or the last three letters of a name of six as they were.
INDEXED_LETTERS = 3

# A branch of the tree: next plain word -> branch; under "" the names that end here.
Branch = dict[str, Any]


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
        read = read_place_names()
        return cls(read.wards, read.districts, read.names, read.everyday)

    def near(self, letters: str, kinds: frozenset[Kind]) -> list[Name]:
        """The names of these kinds that differ from `letters` (plain, no spaces, six or more) in at most one letter."""
        found: list[Name] = []
        for length in (len(letters), len(letters) - 1, len(letters) + 1):
            for end in (letters[:INDEXED_LETTERS] + "-", "-" + letters[-INDEXED_LETTERS:]):
                for meant, name in self._near_index.get((end, length), ()):
                    if one_letter_apart(letters, meant) and name not in found:
                        found.append(name)
        return [name for name in found if not kinds.isdisjoint(name.kinds)]

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
