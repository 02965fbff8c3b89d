"""Every name that may stand for a place, as a tree of plain words and an index for one wrong letter."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from routing.place_names import Kind, Name, read_place_names
from routing.wording import split_words

SHORTEST_MISSPELT_LETTERS = 6

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
        self._near_index: dict[str, list[tuple[str, Name]]] = {}
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
        index, count = self._near_index, len(letters)
        for length in (count, count - 1, count + 1):
            for key in _intact_ends(letters, length):
                for meant, name in index.get(key, ()):
                    if not kinds.isdisjoint(name.kinds) and one_letter_apart(letters, meant) and name not in found:
                        found.append(name)
        return found

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
        if len(letters) >= SHORTEST_MISSPELT_LETTERS:
            for key in _intact_ends(letters, len(letters)):
                self._near_index.setdefault(key, []).append((letters, name))


def _intact_ends(letters: str, length: int) -> tuple[str, str]:
    """The beginning and the end of a name of that length, one of which a single wrong letter leaves as it was."""
    half = max(3, (length - 2) // 2)
    return f"{length}{letters[:half]}", f"{letters[-half:]}{length}"


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
