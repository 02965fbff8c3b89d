"""Words of a citizen become candidate wards: each with its evidence, and at most one taken without asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from routing.addresses import Address, addresses, common_or_all
from routing.gazetteer import Gazetteer
from routing.map_links import find_point
from routing.markers import toned_words
from routing.mentions import Finder
from routing.place_names import PlaceCandidate
from routing.said_place import said_place
from routing.wording import Words, split_words

if TYPE_CHECKING:
    from routing.geography import Geography


class Found(NamedTuple):
    """What a text says about the place.

    `candidates`: best first. `default`: the code of the one ward that needs no question, else None. `point`: latitude
    and longitude (WGS-84 degrees) written in the text or in a map link; `swapped`: they had been exchanged and were
    put right. `street`: the street named, as listed. `in_alley`: an alley (ngõ, ngách, hẻm) is named.
    `other_province`: the province outside Hà Nội that the text means; then there are no candidates.
    `text`, `start`, `end`: the names stand at words `start` to `end` (exclusive) of the text; "" when none do.
    """

    candidates: tuple[PlaceCandidate, ...] = ()
    default: str | None = None
    point: tuple[float, float] | None = None
    swapped: bool = False
    street: str | None = None
    in_alley: bool = False
    other_province: str | None = None
    text: str = ""
    start: int = 0
    end: int = 0

    @property
    def words(self) -> str:
        """The words of the text that name the place, with house, alley and "đối diện" beside them; "" when none do."""
        return said_place(self.text, self.start, self.end) if self.text else ""


NOTHING = Found()


MAX_CHARACTERS = 2000
_ALLEYS = toned_words("ngõ ngách hẻm")
_MAYBE_ALLEYS = frozenset({"ngo", "ngach", "hem"})


class Places:
    """Finds places in texts; read once, never changed, used from any thread."""

    __slots__ = ("_gazetteer", "_geography")

    def __init__(self, gazetteer: Gazetteer, geography: Geography | None = None) -> None:
        self._gazetteer = gazetteer
        self._geography = geography

    @classmethod
    def load(cls, geography: Geography | None = None) -> Places:
        """Read the names shipped with the package; GazetteerUnavailable when they are damaged.

        Without `geography` a point in a text is reported but not turned into a ward.
        """
        return cls(Gazetteer.load(), geography)

    def find(self, text: str) -> Found:
        """The wards that a text may mean; never raises, asks no network. A point in the text beats its words."""
        text = text[:MAX_CHARACTERS]
        words = split_words(text)
        in_alley = _names_an_alley(words)
        pair = find_point(text)
        if pair is not None:
            return self._at_point(pair, in_alley)
        mentions = Finder(self._gazetteer, words, text.isupper()).mentions() if words.count else []
        found = addresses(words, mentions) if mentions else []
        if not found:
            return Found(in_alley=True) if in_alley else NOTHING
        meant = found if len(found) == 1 else _meant(found)
        first, wards, street = meant[0], meant[0].wards, meant[0].street
        if len(meant) > 1:
            wards = common_or_all(meant)
            street = next((address.street for address in meant if address.street), None)
        return Found(
            tuple(wards.values()),
            next(iter(wards)) if len(wards) == 1 else None,
            street=street,
            in_alley=in_alley,
            other_province=first.elsewhere,
            text=text,
            start=first.start,
            end=first.end,
        )

    def _at_point(self, pair: tuple[float, float], in_alley: bool) -> Found:
        if self._geography is None:
            return Found(point=pair, in_alley=in_alley)
        located = self._geography.locate(*pair)
        point = (pair[1], pair[0]) if located.swapped else pair
        if located.ward_code is None:
            return Found(point=point, swapped=located.swapped, in_alley=in_alley)
        evidence, names = f"{point[0]:.5f}, {point[1]:.5f}", self._gazetteer.wards
        return Found(
            tuple([PlaceCandidate(code, names[code], evidence) for code in (located.ward_code, *located.near)]),
            None if located.near else located.ward_code,
            point=point,
            swapped=located.swapped,
            in_alley=in_alley,
        )


def _meant(found: Sequence[Address]) -> list[Address]:
    """The addresses said most clearly, and the ward that the text begins with; first those that are ours."""
    best = max(address.score for address in found)
    meant = [address for address in found if address.score == best or address.heads]
    return [address for address in meant if address.elsewhere is None] or meant


def _names_an_alley(words: Words) -> bool:
    plain = words.plain
    if _MAYBE_ALLEYS.isdisjoint(plain):
        return False
    for at, word in enumerate(plain):
        if word not in _MAYBE_ALLEYS:
            continue
        if words.toned[at] in _ALLEYS:
            return True
        if not words.marked[at]:
            after = plain[at + 1] if at + 1 < len(plain) else ""
            before = plain[at - 1] if at else ""
            if after[:1].isdigit() or before in ("trong", "so", "dau", "cuoi") or word == "ngach":
                return True
    return False
