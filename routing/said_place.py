"""The words of a text that say where: the names found, with the house, alley and "đối diện" that stand around them."""

from __future__ import annotations

import re

from routing.markers import toned_words
from routing.wording import COMMA, STOP, Words, span_of_words, split_words

_HOUSE = toned_words(
    "số so nhà nha sn ngõ ngo ngách ngach hẻm hem kiệt kiet lô lo toà toa tầng tang tổ to cụm cum đoạn doan "
    "khu thôn thon xóm xom góc goc"
)
_RELATIONS = toned_words(
    "gần gan cạnh canh trước truoc sau cửa cua cổng cong đầu dau cuối cuoi sát sat bên ben trong dưới duoi trên tren "
    "lưng lung"
)
_DOORS = toned_words("cửa cua")
_AROUND = _HOUSE | _RELATIONS
# The second of two words counts with the first only: "đối diện", "ngã tư", but not "đèn đường số 5" or "thứ tư".
_SECOND = {
    toned: firsts
    for seconds, firsts in (
        ("diện dien", toned_words("đối doi")),
        ("ba tư tu năm nam sáu sau", toned_words("ngã nga")),
        ("phố pho", toned_words("dân dan")),
    )
    for toned in toned_words(seconds)
}
_BEHIND = toned_words("số so nhà nha sn ngõ ngo ngách ngach hẻm hem kiệt kiet tổ to")
_TIMES = toned_words(
    "ngày ngay lúc luc giờ gio tháng thang hôm hom từ tu khoảng khoang mùng mung lần lan "
    "sáng trưa trua chiều chieu tối đêm"
)
_ONE = toned_words("một mot")
_NUMBER = re.compile(r"\d{1,4}[a-g]?\d?|[a-z]{1,2}t?\d{1,4}[a-g]?")


def said_place(text: str, start: int, end: int) -> str:
    """The stretch of `text` around the names at its words `start` to `end` (exclusive), as `split_words` counts."""
    words = split_words(text)
    said = span_of_words(text, _from(words, start), _until(words, end) - 1)
    is_open = said.count("(") > said.count(")") and text[text.find(said) + len(said) :].startswith(")")
    return f"{said})" if is_open else said


def _from(words: Words, start: int) -> int:
    first = at = start
    while at > 0 and words.marks[at] < STOP:
        taken = _taken_before(words, at)
        if not taken:
            break
        # A comma is crossed for the sake of a number only: "số 12, ngõ 3, Láng Hạ", but not "ngoài ngõ, Láng Hạ".
        is_number = _is_number(words.plain[at - 1])
        at -= taken
        if is_number or not any(mark & COMMA for mark in words.marks[at + 1 : first + 1]):
            first = at
    return _without_time(words, first, start)


def _taken_before(words: Words, at: int) -> int:
    """How many words before `at` say where as well: none, one, or the two of "đối diện" and "ngã tư"."""
    before = words.toned[at - 1]
    if at > 1 and words.toned[at - 2] in _SECOND.get(before, ()) and words.marks[at - 1] < STOP:
        return 2
    if before in _DOORS and at > 1 and words.toned[at - 2] in _ONE:
        return 0  # "bộ phận một cửa phường Kim Liên" is an office and no door
    return 1 if before in _AROUND or _is_number(words.plain[at - 1]) else 0


def _without_time(words: Words, first: int, start: int) -> int:
    """Leaves out the numbers of a time in front: "từ ngày 12/5 ngõ 3 Láng Hạ"."""
    if first and words.marks[first] < STOP and words.toned[first - 1] in _TIMES:
        while first < start and _is_number(words.plain[first]):
            first += 1
    return first


def _until(words: Words, end: int) -> int:
    """After the name comes a number only behind its own word: "đường Láng, ngõ 165/4", not "phố Huế 3 hôm nay"."""
    last, announced = end, False
    for at in range(end, words.count):
        mark, is_behind = words.marks[at], words.toned[at] in _BEHIND
        if mark >= STOP or not (is_behind or _is_number(words.plain[at])):
            break
        if is_behind:
            announced = True
        elif announced or (last == at > end and mark & COMMA):
            last, announced = at + 1, False
        else:
            break
    return last


def _is_number(plain: str) -> bool:
    return _NUMBER.fullmatch(plain) is not None
