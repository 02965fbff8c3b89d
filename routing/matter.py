"""What a complaint is about in the terms of the rules: sub-category, kind of street, urgency, an official."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from routing.config import Category, Config, Road, Subcategory
from routing.keywords import Hit, Phrasebook, street_key
from routing.markers import toned_words
from routing.wording import Words, split_words

URGENT = "khan"

_ALLEY = toned_words("ngõ ngách hẻm")
_ALLEY_BARE = frozenset(("ngo", "ngach", "hem"))
# An alley named only to say where on the street it is leaves the matter on the street.
_BESIDE = toned_words("đầu gần cạnh cổng trước diện sát qua")
_BESIDE_BARE = frozenset(("dau", "gan", "canh", "cong", "truoc", "dien", "sat", "qua"))
_STREET_WORDS = ("đường", "phố", "đại lộ")
# Names that tell by themselves what they are; the others are also everyday words ("Giải Phóng", "Minh Khai").
_TELLING = ("cau ", "ham ", "quoc lo ", "vanh dai ", "dai lo ")


class Ask(NamedTuple):
    """What is known of a complaint when its agency is sought."""

    category: str
    sub: str | None
    ward_code: str | None
    urgency: str
    text: str
    street: str | None = None
    about_official: bool = False
    at: datetime | None = None
    """When it was filed: rules on working hours hold only when it is given."""
    in_alley: bool = False


class Matter(NamedTuple):
    """A complaint as the rules see it; `because` holds the evidence, in Vietnamese."""

    ask: Ask
    words: Words
    category: Category | None
    sub: Subcategory | None
    urgency: str
    official: bool
    ward: str | None
    """A ward of the city, or None when the place is not known or not ours."""
    road: Road | None
    because: tuple[str, ...]


class Sign(StrEnum):
    """What a keyword found in a text is a sign of."""

    SUB = "sub"
    URGENT = "urgent"
    OFFICIAL = "official"
    WHO = "who"
    DOES = "does"


Signs = Mapping[Sign, Sequence[Hit[tuple[Sign, str]]]]
NO_SIGNS: Signs = {}


class MatterReader:
    """The keywords and streets of one configuration, arranged to be searched."""

    def __init__(self, config: Config) -> None:
        self._config = config
        said = config.officials
        officials = {(Sign.WHO, ""): said.who, (Sign.DOES, ""): said.does, (Sign.OFFICIAL, ""): said.alone}
        self._signs = {code: Phrasebook(officials | _keywords(each)) for code, each in config.categories.items()}
        self._unknown = Phrasebook(officials)
        self._streets = Phrasebook({street: _spellings(street) for street in config.managed_by})
        # Where no rule asks for the street it is not looked for.
        self._by_road = {
            code
            for code in config.categories
            for rule in config.rules
            if rule.when.road is not None and (not rule.when.category or code in rule.when.category)
        }
        self._street_keys = frozenset(map(street_key, config.managed_by))

    def read(self, ask: Ask) -> Matter:
        """The complaint in the terms of the rules; what cannot be told is None."""
        words = split_words(ask.text)
        category = self._config.categories.get(ask.category)
        signs = _by_sign(self._signs.get(ask.category, self._unknown).find(words))
        sub, sub_words = _sub(category, ask, signs) if category else (None, "")
        official = ask.about_official or (sub is not None and sub.about_official) or self._of_official(signs)
        if official and category and ask.sub is None and not (sub and sub.about_official):
            sub, sub_words = _sub_for_officials(category, signs) or (sub, sub_words)
        urgency, urgency_words = self._urgency(sub, ask, signs)
        road, road_words = self._road(ask, words)
        ward = ask.ward_code if ask.ward_code and self._config.committee_of(ask.ward_code) else None
        topic = f"Lĩnh vực: {category.label}" if category else ""
        because = tuple(filter(None, (topic, sub_words, road_words, urgency_words)))
        return Matter(ask, words, category, sub, urgency, official, ward, road, because)

    def _of_official(self, signs: Signs) -> bool:
        if Sign.OFFICIAL in signs:
            return True
        if Sign.WHO not in signs or Sign.DOES not in signs:
            return False
        within = self._config.officials.within
        return any(abs(who.at - deed.at) <= within for who in signs[Sign.WHO] for deed in signs[Sign.DOES])

    def _urgency(self, sub: Subcategory | None, ask: Ask, signs: Signs) -> tuple[str, str]:
        if ask.urgency == URGENT:
            return URGENT, "Việc khẩn: tiếp nhận ngay"
        if sub is not None and sub.always_urgent:
            return URGENT, f"Việc khẩn: {sub.label} luôn được coi là khẩn"
        for hit in signs.get(Sign.URGENT, ()):
            if hit.label[1] in ("", sub.code if sub else ""):
                return URGENT, f"Việc khẩn: có cụm từ “{hit.keyword}”"
        return (ask.urgency if ask.urgency in self._config.deadlines.handle else "binh_thuong"), ""

    def _road(self, ask: Ask, words: Words) -> tuple[Road | None, str]:
        if ask.category not in self._by_road:
            return None, ""
        in_alley = _in_alley(words)
        if ask.in_alley if in_alley is None else in_alley:
            return Road.LOCAL, "Địa điểm trong ngõ, ngách"
        if ask.street:
            if street_key(ask.street) in self._street_keys:
                return Road.CITY, f"Tuyến “{ask.street}” do Thành phố quản lý"
            return Road.LOCAL, f"Tuyến “{ask.street}” không có trong danh mục đường Thành phố quản lý"
        for hit in self._streets.find(words):
            return Road.CITY, f"Tuyến “{hit.label}” do Thành phố quản lý"
        return None, ""


def _keywords(category: Category) -> dict[tuple[Sign, str], tuple[str, ...]]:
    """The keywords of a category, each with the sub-category that it is a sign of."""
    words: dict[tuple[Sign, str], tuple[str, ...]] = {(Sign.URGENT, ""): category.urgent_if}
    for sub in category.subcategories.values():
        words[Sign.SUB, sub.code] = sub.keywords
        words[Sign.URGENT, sub.code] = sub.urgent_if
    return words


def _by_sign(hits: Sequence[Hit[tuple[Sign, str]]]) -> Signs:
    if not hits:
        return NO_SIGNS
    signs: dict[Sign, list[Hit[tuple[Sign, str]]]] = {}
    for hit in hits:
        signs.setdefault(hit.label[0], []).append(hit)
    return signs


def _sub(category: Category, ask: Ask, signs: Signs) -> tuple[Subcategory | None, str]:
    """The sub-category asked for, else the one with most words of its keywords in the text, and why."""
    if ask.sub is not None and ask.sub in category.subcategories:
        sub = category.subcategories[ask.sub]
        return sub, f"Mục: {sub.label}"
    return _by_words(category.subcategories, signs) or (None, "")


def _sub_for_officials(category: Category, signs: Signs) -> tuple[Subcategory, str] | None:
    """That of the sub-categories about officials which the words speak for, else the first; None: it has none."""
    subs = {code: sub for code, sub in category.subcategories.items() if sub.about_official}
    return _by_words(subs, signs) or next(((sub, f"Mục: {sub.label}") for sub in subs.values()), None)


def _by_words(subs: Mapping[str, Subcategory], signs: Signs) -> tuple[Subcategory, str] | None:
    """The one with most words of its keywords in the text, the earlier of equals, and why."""
    found: dict[str, dict[str, int]] = {}
    for hit in signs.get(Sign.SUB, ()):
        if hit.label[1] in subs:
            found.setdefault(hit.label[1], {})[hit.keyword] = hit.length
    if not found:
        return None
    order = list(subs)
    best = max(found, key=lambda code: (sum(found[code].values()), -order.index(code)))
    sub = subs[best]
    words = ", ".join(f"“{keyword}”" for keyword in found[best])
    return sub, f"Mục: {sub.label} (từ khoá {words})"


def _spellings(street: str) -> tuple[str, ...]:
    """How a text names a city street."""
    key = street_key(street)
    if key.startswith("quoc lo "):
        number = key.removeprefix("quoc lo ")
        return (street, f"ql{number}", f"ql {number}")
    if key.startswith(_TELLING):
        return (street,)
    return tuple(f"{kind} {street}" for kind in _STREET_WORDS)


def _in_alley(words: Words) -> bool | None:
    """Whether the matter lies in an alley; None when the text speaks of none."""
    if _ALLEY_BARE.isdisjoint(words.plain):
        return None
    answer: bool | None = None
    for at, word in enumerate(words.toned):
        if word in _ALLEY or (words.bare and word in _ALLEY_BARE):
            before = words.toned[at - 1] if at else ""
            if before not in _BESIDE and not (words.bare and before in _BESIDE_BARE):
                return True
            answer = False
    return answer
