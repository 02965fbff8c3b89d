"""Names that stand together form one address; each address is narrowed to the wards on which its names agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from routing.markers import Marker, toned_words
from routing.mentions import Mention
from routing.place_names import Kind, PlaceCandidate, Reading
from routing.wording import COMMA, STOP, Words

Wards = dict[str, PlaceCandidate]


@dataclass(slots=True)
class Address:
    """`wards`: each by its code with the evidence, likeliest first; `score`: how clearly the text means this place.

    `start` to `end` (exclusive): its words in the text. `heads`: the text begins with it and names its ward.
    `elsewhere`: the other province that it lies in.
    """

    wards: Wards
    score: int
    start: int
    end: int
    street: str | None = None
    heads: bool = False
    elsewhere: str | None = None


UNIT_MARKERS = (Marker.WARD, Marker.COMMUNE, Marker.TOWN)
UNITS = (Kind.WARD, Kind.OLD_WARD)
NAMED = frozenset({Kind.ELSEWHERE})
# Nobody ends an address with a bare street: "Vị Thuỷ, Cần Thơ" ends with the province.
STREET_OR_PROVINCE = frozenset({Kind.STREET, Kind.ELSEWHERE})
FAR = frozenset({Kind.ELSEWHERE, Kind.ELSEWHERE_DISTRICT, Kind.ELSEWHERE_WARD})
HOME_SCORE, PLAIN_SCORE, LED_SCORE, AT_SCORE = 0, 1, 2, 3
MAX_GAP_WORDS = 3
SHORT_TEXT_WORDS = 6

_CONNECTING = toned_words(
    "thuộc thuoc trên tren trong của cua khu gần gan đối doi diện dien cạnh canh tại tai ở o phía phia sau trước truoc "
    "cũ cu nay là la giao với voi tp thành thanh phố pho số so nhà nha ngõ ngo ngách ngach hẻm hem tổ to dân dan cụm "
    "cum đoạn doan đầu dau cuối cuoi góc goc ngã nga tư tu ba sát sat bên ben dọc doc đường duong phường phuong "
    "quận quan huyện huyen xã xa lưng lung ngay thôn thon xóm xom vực vuc p q h tt tx tỉnh tinh cắt cat rẽ re nối noi "
    "cổng cong ra hướng huong"
)
_CROSSING = _CONNECTING | toned_words("và va")
_AT = toned_words("tại tai")
_LEADS = toned_words(
    "ở o gần gan trước truoc cạnh canh diện dien cổng cong đầu dau cuối cuoi vực vuc đoạn doan trên tren lưng lung"
)
_TOWARDS = toned_words("đi di về ve quê que xe tuyến tuyen biển bien người nguoi gốc goc từ tu")
_ROUTES = toned_words("xe tuyến tuyen tốc buýt")
_JUNCTIONS = toned_words("ngã nga góc goc giao nút nut")
_HOME_VERBS = toned_words("ở o sống song trú tru tại tai")
_HOME_WORDS = toned_words("tôi toi em mình minh cháu chau khẩu khau thường thuong tạm tam cư cu quê que sinh trú tru")


def addresses(words: Words, mentions: Sequence[Mention]) -> list[Address]:
    """The addresses of a text in reading order, those merely travelled to in other provinces left out."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        if groups and _belongs_together(words, groups[-1][-1], mention):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return [address for group in groups if (address := _address(words, group)) is not None]


def _belongs_together(words: Words, before: Mention, after: Mention) -> bool:
    connecting = _CROSSING if _is_behind_a_junction(words, before.start) else _CONNECTING
    gap = slice(before.end, after.start)
    return (
        after.start - before.end <= MAX_GAP_WORDS
        and max(words.marks[before.end : after.start + 1], default=0) < STOP
        and all(word in connecting or word[0].isdigit() for word in words.toned[gap])
    )


def _is_behind_a_junction(words: Words, start: int) -> bool:
    return not _JUNCTIONS.isdisjoint(words.toned[max(0, start - 2) : start])


def _address(words: Words, group: Sequence[Mention]) -> Address | None:
    start, end = group[0].start, group[-1].end
    score = _score(words, start)
    heads = start == 0 and group[0].marker in UNIT_MARKERS
    if len(group) == 1 and (alone := _alone(*group[0][2:])) is not None:
        return Address(alone[0], score, start, end, alone[1], heads)
    if _is_a_junction(words, group):
        group = [_as_a_street(mention) for mention in group]
    kinds = {reading.kind for mention in group for reading in mention.readings}
    ours = [mention for mention in group if any(reading.wards for reading in mention.readings)]
    abroad: list[Mention] = []
    if max(kinds) >= Kind.ELSEWHERE and Kind.CITY not in kinds and not _is_a_route(words, start):
        abroad = _abroad(words, group)
        ours = [mention for mention in ours if mention not in abroad]
    last_word = abroad and (not ours or abroad[-1].start >= ours[-1].start)
    if last_word and (ours or any(_is_a_place_here(words, mention) for mention in abroad)):
        return Address({}, score, start, end, elsewhere=_province(abroad[-1]))
    if not ours:
        return None
    wards, street = _together(ours)
    return Address(wards, score, start, end, street, heads)


@lru_cache(maxsize=4096)
def _alone(marker: Marker, readings: tuple[Reading, ...], old: bool) -> tuple[Wards, str | None] | None:
    """The wards and the street of a name that stands alone; None when it may lie in another province."""
    if not all(reading.wards for reading in readings):
        return None
    return _together([Mention(0, 0, marker, readings, old)])


def _together(mentions: Sequence[Mention]) -> tuple[Wards, str | None]:
    """The wards and the street that these mentions can mean beside one another."""
    kept = [
        _without_streets_of_units(readings)
        for readings in _agreeing([_readings_in_address(mention, mentions) for mention in mentions])
    ]
    street = next((r.label for readings in kept for r in readings if r.kind is Kind.STREET), None)
    return _common_wards(mentions, kept), street


def _is_a_junction(words: Words, group: Sequence[Mention]) -> bool:
    """ "Ngã tư Nguyễn Trãi - Khuất Duy Tiến", "góc Bà Triệu Tô Hiến Thành": two streets cross."""
    start = group[0].start
    return (
        len(group) > 1
        and _is_behind_a_junction(words, start)
        and all(any(reading.kind is Kind.STREET for reading in mention.readings) for mention in group[:2])
    )


def _as_a_street(mention: Mention) -> Mention:
    streets = tuple(reading for reading in mention.readings if reading.kind is Kind.STREET)
    return mention._replace(readings=streets) if streets and mention.marker is Marker.NONE else mention


def _is_a_route(words: Words, start: int) -> bool:
    """ "Xe khách Mỹ Đình - Sơn La", "tuyến …", "cao tốc …": the far end is no place of what happened."""
    return not _ROUTES.isdisjoint(words.toned[max(0, start - 2) : start])


def _abroad(words: Words, group: Sequence[Mention]) -> list[Mention]:
    """The mentions that lie in another province; so does "Điện Biên" beside a district of that province."""
    sure = [mention for mention in group if _is_elsewhere(mention, alone=len(group) == 1)]
    last = group[-1]
    if (
        len(group) > 1
        and words.marks[last.start] & COMMA
        and last.marker is Marker.NONE
        and _kinds(last) == STREET_OR_PROVINCE
    ):
        sure.append(last)
    for one, other in pairwise(group):
        if other.marker is not Marker.STREET and not _provinces(one, FAR).isdisjoint(_provinces(other, NAMED)):
            sure += (one, other)
    provinces: frozenset[str] = frozenset().union(*(_provinces(mention, FAR) for mention in sure))
    return [mention for mention in group if mention in sure or not provinces.isdisjoint(_provinces(mention, NAMED))]


def _kinds(mention: Mention) -> frozenset[Kind]:
    return frozenset(reading.kind for reading in mention.readings)


def _provinces(mention: Mention, kinds: frozenset[Kind]) -> frozenset[str]:
    return frozenset(reading.label for reading in mention.readings if reading.kind in kinds)


def _is_elsewhere(mention: Mention, alone: bool) -> bool:
    kinds = {reading.kind for reading in mention.readings}
    if min(kinds) >= Kind.ELSEWHERE:
        return True
    return alone and Kind.ELSEWHERE in kinds and Kind.WARD not in kinds and mention.marker in (Marker.NONE, Marker.CITY)


def _province(mention: Mention) -> str:
    return next(reading.label for reading in mention.readings if reading.kind >= Kind.ELSEWHERE)


def _is_a_place_here(words: Words, mention: Mention) -> bool:
    """A city elsewhere is where something happened only when said so: buses go there and dishes are called after it."""
    if mention.marker is not Marker.NONE or words.count <= SHORT_TEXT_WORDS:
        start = mention.start
        return start == 0 or bool(words.marks[start] & COMMA) or words.toned[start - 1] not in _TOWARDS
    if mention.start == 0 or words.marks[mention.start] & COMMA:
        return True
    before = words.toned[mention.start - 1]
    return before in _AT or before in _LEADS


def _score(words: Words, start: int) -> int:
    before = words.toned[max(0, start - 4) : start]
    if not before:
        return PLAIN_SCORE
    if before[-1] in _HOME_VERBS and any(word in _HOME_WORDS for word in before[:-1]):
        return HOME_SCORE
    if before[-1] in _AT or (len(before) > 1 and before[-2] in _AT):
        return AT_SCORE
    return LED_SCORE if any(word in _LEADS for word in before[-2:]) else PLAIN_SCORE


def _readings_in_address(mention: Mention, all_mentions: Sequence[Mention]) -> list[Reading]:
    """What a mention can mean beside the others: a current ward goes before an abolished one of the same name."""
    readings = [reading for reading in mention.readings if reading.wards]
    if mention.old:
        return [reading for reading in readings if reading.kind in (Kind.OLD_WARD, Kind.DISTRICT)] or readings
    current = [reading for reading in readings if reading.kind is Kind.WARD]
    if current and not _is_an_old_address(current[0], readings, mention, all_mentions):
        readings = [reading for reading in readings if reading.kind is not Kind.OLD_WARD]
    if mention.marker is not Marker.STREET and any(r.kind in (Kind.LANDMARK, Kind.DISTRICT) for r in readings):
        readings = [reading for reading in readings if reading.kind is not Kind.STREET]
    return readings


def _without_streets_of_units(readings: list[Reading]) -> list[Reading]:
    """A street that bears the name of a ward of its own district is not meant beside that ward."""
    units = {name for reading in readings if reading.kind in UNITS for name in reading.districts}
    if any(reading.kind is Kind.STREET and not units.isdisjoint(reading.districts) for reading in readings):
        return [reading for reading in readings if reading.kind is not Kind.STREET]
    return readings


def _is_an_old_address(
    current: Reading, readings: Sequence[Reading], mention: Mention, all_mentions: Sequence[Mention]
) -> bool:
    """Beside a district's name an abolished ward is meant too, when most of it did not go to its namesake of today."""
    districts = {
        name
        for other in all_mentions
        if other is not mention
        for reading in other.readings
        if reading.kind is Kind.DISTRICT
        for name in reading.districts
    }
    return any(
        reading.kind is Kind.OLD_WARD and reading.wards[0] != current.wards[0] and reading.districts[0] in districts
        for reading in readings
    )


def _agreeing(readings_of: list[list[Reading]]) -> list[list[Reading]]:
    """Leaves of each mention only what shares a ward with something that every other mention can mean."""
    if len(readings_of) < 2:
        return readings_of
    kept = []
    for index, readings in enumerate(readings_of):
        others = [other for at, other in enumerate(readings_of) if at != index]
        fitting = [r for r in readings if all(any(_share(r, o) for o in other) for other in others)]
        kept.append(fitting or readings)
    return kept


def _share(one: Reading, other: Reading) -> bool:
    """Whether two readings can be of one address: a ward in common, or a district when one of them is a district."""
    if Kind.DISTRICT in (one.kind, other.kind) and Kind.LANDMARK not in (one.kind, other.kind):
        if Kind.WARD in (one.kind, other.kind):
            return not one.ward_set.isdisjoint(other.wards)
        return not set(one.districts).isdisjoint(other.districts)
    return not one.around_set.isdisjoint(other.around_set)


def _common_wards(mentions: Sequence[Mention], kept: Sequence[list[Reading]]) -> Wards:
    """The wards on which all mentions agree; when they contradict, those of the most binding mention, then the rest."""
    wards: Wards = {}
    if len(mentions) == 1:
        for reading in kept[0]:
            for candidate in reading.candidates:
                wards.setdefault(candidate.ward_code, candidate)
        return wards
    order = sorted(range(len(mentions)), key=lambda index: _binding(mentions[index], kept[index]))
    # A street's own wards are only a hint: beside an abolished ward they set the order and take nothing away.
    beside_old = any(reading.kind is Kind.OLD_WARD for readings in kept for reading in readings)
    sets = [
        frozenset().union(*(reading.around_set if beside_old else reading.ward_set for reading in readings))
        for readings in kept
    ]
    common = frozenset.intersection(*sets)
    for index in order:
        for reading in kept[index]:
            for candidate in reading.candidates:
                if not common or candidate.ward_code in common:
                    wards.setdefault(candidate.ward_code, candidate)
        if not common and mentions[index].marker in UNIT_MARKERS:
            break
    return wards


def _binding(mention: Mention, readings: Iterable[Reading]) -> tuple[int, int]:
    named = 0 if mention.marker in UNIT_MARKERS else 1
    return named, min(reading.kind for reading in readings)


def common_or_all(found: Sequence[Address]) -> Wards:
    """The wards that several addresses share, else all of them, those of the first address first."""
    shared = set.intersection(*(set(address.wards) for address in found))
    wards: Wards = {}
    for address in found:
        for code, candidate in address.wards.items():
            if not shared or code in shared:
                wards.setdefault(code, candidate)
    return wards
