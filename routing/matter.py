"""What a complaint is about in the terms of the rules: sub-category, kind of street, urgency, an official."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from routing.config import Category, Config, Road, Subcategory
from routing.keywords import Phrasebook, Text, street_key

URGENT = "khan"

_ALLEY = frozenset(("ngõ", "ngách", "hẻm"))
_ALLEY_BARE = frozenset(("ngo", "ngach", "hem"))
# An alley named only to say where on the street it is leaves the matter on the street.
_BESIDE = frozenset(("đầu", "gần", "cạnh", "cổng", "trước", "diện", "sát", "qua"))
_BESIDE_BARE = frozenset(("dau", "gan", "canh", "cong", "truoc", "dien", "sat", "qua"))
_STREET_WORDS = ("đường", "phố", "đại lộ")
# Names that tell by themselves what they are; the others are also everyday words ("Giải Phóng", "Minh Khai").
_TELLING = ("cau ", "ham ", "quoc lo ", "vanh dai ", "dai lo ")


@dataclass(frozen=True, slots=True)
class Ask:
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


@dataclass(frozen=True, slots=True)
class Matter:
    """A complaint as the rules see it; `because` holds the evidence, in Vietnamese."""

    ask: Ask
    text: Text
    category: Category | None
    sub: Subcategory | None
    urgency: str
    official: bool
    ward: str | None
    """A ward of the city, or None when the place is not known or not ours."""
    road: Road | None
    because: tuple[str, ...]


class MatterReader:
    """The keywords and streets of one configuration, arranged to be searched."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._subs = {
            code: Phrasebook({sub.code: sub.keywords for sub in category.subcategories.values()})
            for code, category in config.categories.items()
        }
        self._urgent = {code: _urgent_words(category) for code, category in config.categories.items()}
        words = config.officials
        self._officials = Phrasebook({"who": words.who, "does": words.does, "alone": words.alone})
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
        text = Text.of(ask.text)
        category = self._config.categories.get(ask.category)
        sub, sub_words = self._sub(category, ask, text) if category else (None, "")
        official = ask.about_official or (sub is not None and sub.about_official) or self._of_official(text)
        if official and category and ask.sub is None and not (sub and sub.about_official):
            sub = next((each for each in category.subcategories.values() if each.about_official), sub)
            sub_words = f"Mục: {sub.label}" if sub else ""
        urgency, urgency_words = self._urgency(category, sub, ask, text)
        road, road_words = self._road(ask, text)
        ward = ask.ward_code if ask.ward_code and self._config.committee_of(ask.ward_code) else None
        topic = f"Lĩnh vực: {category.label}" if category else ""
        because = tuple(words for words in (topic, sub_words, road_words, urgency_words) if words)
        return Matter(ask, text, category, sub, urgency, official, ward, road, because)

    def _sub(self, category: Category, ask: Ask, text: Text) -> tuple[Subcategory | None, str]:
        if ask.sub is not None and ask.sub in category.subcategories:
            sub = category.subcategories[ask.sub]
            return sub, f"Mục: {sub.label}"
        found: dict[str, dict[str, int]] = {}
        for hit in self._subs[category.code].find(text):
            found.setdefault(hit.label, {})[hit.keyword] = hit.length
        if not found:
            return None, ""
        order = list(category.subcategories)
        best = max(found, key=lambda code: (sum(found[code].values()), -order.index(code)))
        sub = category.subcategories[best]
        words = ", ".join(f"“{keyword}”" for keyword in found[best])
        return sub, f"Mục: {sub.label} (từ khoá {words})"

    def _of_official(self, text: Text) -> bool:
        who: list[int] = []
        does: list[int] = []
        for hit in self._officials.find(text):
            if hit.label == "alone":
                return True
            (who if hit.label == "who" else does).append(hit.at)
        within = self._config.officials.within
        return any(abs(person - deed) <= within for person in who for deed in does)

    def _urgency(self, category: Category | None, sub: Subcategory | None, ask: Ask, text: Text) -> tuple[str, str]:
        if ask.urgency == URGENT:
            return URGENT, "Việc khẩn: tiếp nhận ngay"
        if sub is not None and sub.always_urgent:
            return URGENT, f"Việc khẩn: {sub.label} luôn được coi là khẩn"
        if category is not None:
            for hit in self._urgent[category.code].find(text):
                if hit.label in ("", sub.code if sub else ""):
                    return URGENT, f"Việc khẩn: có cụm từ “{hit.keyword}”"
        return (ask.urgency if ask.urgency in self._config.deadlines.handle else "binh_thuong"), ""

    def _road(self, ask: Ask, text: Text) -> tuple[Road | None, str]:
        if ask.category not in self._by_road:
            return None, ""
        in_alley = _in_alley(text)
        if ask.in_alley if in_alley is None else in_alley:
            return Road.LOCAL, "Địa điểm trong ngõ, ngách"
        if ask.street:
            if street_key(ask.street) in self._street_keys:
                return Road.CITY, f"Tuyến “{ask.street}” do Thành phố quản lý"
            return Road.LOCAL, f"Tuyến “{ask.street}” không có trong danh mục đường Thành phố quản lý"
        hit = next(iter(self._streets.find(text)), None)
        if hit is None:
            return None, ""
        named = " ".join(text.written[hit.at : hit.at + hit.length])
        return Road.CITY, f"Tuyến “{named}” do Thành phố quản lý"


def _urgent_words(category: Category) -> Phrasebook:
    words = {"": category.urgent_if}
    words.update({sub.code: sub.urgent_if for sub in category.subcategories.values()})
    return Phrasebook(words)


def _spellings(street: str) -> tuple[str, ...]:
    """How a text names a city street."""
    key = street_key(street)
    if key.startswith("quoc lo "):
        number = key.removeprefix("quoc lo ")
        return (street, f"ql{number}", f"ql {number}")
    if key.startswith(_TELLING):
        return (street,)
    return tuple(f"{kind} {street}" for kind in _STREET_WORDS)


def _in_alley(text: Text) -> bool | None:
    """Whether the matter lies in an alley; None when the text speaks of none."""
    if text.distinct.isdisjoint(_ALLEY_BARE):
        return None
    answer: bool | None = None
    for at, word in enumerate(text.written):
        if word in _ALLEY or (text.bare and word in _ALLEY_BARE):
            before = text.written[at - 1] if at else ""
            if before not in _BESIDE and not (text.bare and before in _BESIDE_BARE):
                return True
            answer = False
    return answer
