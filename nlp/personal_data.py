"""Finds what identifies a person (phone, identity number, plate, e-mail, account, birth date, name) and hides it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from nlp.normalize import normalize
from nlp.reading import PersonalSpan
from nlp.segment import segment

SHOWN_AS = {
    "phone": "[số điện thoại]",
    "id_number": "[số giấy tờ]",
    "plate": "[biển số]",
    "email": "[email]",
    "bank_account": "[số tài khoản]",
    "birth_date": "[ngày sinh]",
    "name": "[tên]",
}

_UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_LOWER = _UPPER[3:].lower() + "a-z"
_ACCENTED_CAPITALS = _UPPER[3:]
# In capitals throughout only with an accent: "ông HÙNG" is a name, "ông CSGT" is none.
_NAME_WORD = f"(?:[{_UPPER}]+[{_ACCENTED_CAPITALS}][{_UPPER}]*|[{_ACCENTED_CAPITALS}][{_UPPER}]+|[{_UPPER}][{_LOWER}]*)"

_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,12}")
_ACCOUNT = re.compile(r"(?i)(?:\bstk|số tài khoản|so tai khoan|tài khoản số|số tk|so tk)\D{0,20}(\d[\d .]{6,18}\d)")
# Not the end of a decimal ("1,0912345678"), yet the second of two numbers that share a comma. "(024)" is a city's code.
_PHONE = re.compile(
    r"(?<!\d)(?<!(?<!\d)\d[.,])(?<!(?<!\d)\d\d[.,])(?<!(?<!\d)\d\d\d[.,])"
    r"(?:\((?:\+?84|0\d{0,3})\)|\+84|0084|84(?=[ .-]?[3-9])|0)(?:[ .\-]?\d){7,10}(?!\d)"
)
_ID_WORDS = re.compile(
    r"(?i)(?:\bcccd|\bcmnd|\bcmt|\bcmtnd|căn cước(?: công dân)?|can cuoc(?: cong dan)?|chứng minh(?: thư|"
    r" nhân dân)?|hộ chiếu|ho chieu)"
    r"\D{0,20}([A-Z]?\d[\d ]{6,14}\d)"
)
_ID_NUMBER = re.compile(r"(?<!\d)0\d{2}[ .]?\d{3}[ .]?\d{3}[ .]?\d{3}(?!\d)")
_PLATE = re.compile(
    r"(?<![\w.])(?:1[1-9]|[2-9]\d)[ -]?(?!h )[A-Za-zĐđ](?:"
    r"[A-Za-zĐđ\d]?[ .-]{0,3}\d{3}[.]?\d{2}|\d[ .-]{1,3}\d{4}|[A-Za-zĐđ]?-\d{4})(?![\d]|[.,]\d{3})"
)
_PLATE_NAMED = re.compile(
    r"(?i)(?<!\w)(?:biển(?: số)?|bien(?: so)?|bks|bsx|xe(?: máy| tải| ô tô| con| khách| may| tai| oto| o to)?)\W{0,3}"
    r"((?:1[1-9]|[2-9]\d)[ -]?[A-ZĐ]{1,2}\d?[ .-]{0,3}(?:\d{3}[ .-]?\d{2}|\d{4}))(?!\d|[.,]\d|[a-z])"
)
_BIRTH = re.compile(r"(?i)(?:sinh ngày|sinh ngay|ngày sinh|ngay sinh|\bsn)\D{0,4}(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})")

_ADDRESS = "ông|bà|anh|chị|cô|chú|bác|cụ|em|cháu|bạn|thầy|mợ|dì|cậu"
_CAPITALS = re.compile(rf"(?<!\w){_NAME_WORD}(?:[ ]+{_NAME_WORD}){{0,5}}(?!\w)")
_TITLE = re.compile(rf"(?i)(?<!\w)(?:{_ADDRESS}|đồng chí|đ/c)$")
_INTRODUCED = re.compile(
    rf"(?i)(?<!\w)(?:{_ADDRESS}|đồng chí|đ/c|họ tên|họ và tên|tên là|tên (?:tôi|em|cháu|mình) là|"
    rf"tôi tên|tên tôi|em tên|tôi là|em là|cháu là|người gửi)\s*:?\s+$"
)
_SURNAMES = (
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đào|đoàn|trịnh|đinh|lâm|mai|tô|hà|cao|"
    "nguyen|tran|pham|hoang|huynh|dang|bui|duong|dao|doan|trinh|dinh"
)
_MIDDLES = (
    "văn|thị|đức|hữu|minh|ngọc|thanh|xuân|quang|công|đình|thu|hồng|kim|bích|phương|quốc|anh|mạnh|tuấn|hoài|"
    "van|thi|duc|huu|ngoc|xuan|cong|dinh|hong|bich|phuong|quoc|manh|tuan"
)
_LOWER_NAME = re.compile(
    rf"(?i)(?<![\w])(?:{_ADDRESS}|ong|ba|chi|co|chu|bac|tên(?: tôi)? là|ten(?: toi)? la|tôi là|toi la|"
    rf"toi ten|tôi tên)"
    rf"\s+((?:{_SURNAMES})\s+(?:(?:{_MIDDLES})\s+)?[^\W\d_]{{1,7}})(?![\w])"
)
# Given names that are no other word, so that they are known in small letters without a family name.
_GIVEN = re.compile(
    r"(?i)(?<!\w)(?:ông|bà|chị|cô|chú|bác|anh|cụ)\s+"
    r"(tuấn|hùng|cường|khánh|quỳnh|nhung|oanh|huyền|hằng|loan|thịnh|quyên|trâm|thúy|nguyệt|khuê|tùng|huy|vượng|luyến)(?!\w)"
)
# "phố Bà Triệu" and "đường Ông Ích Khiêm" are streets, "Hai Bà Trưng" is both; "ông Chủ tịch" is an office.
_PLACE_BEFORE = re.compile(
    r"(?i)(?<!\w)(?:phố|đường|ngõ|ngách|hẻm|phường|quận|xã|đình|đền|chùa|chợ|hồ|cầu|khu|trường|"
    r"p|q|đ|hai|pho|duong|ngo|phuong|quan|cho|ho|cau|chua|den|"
    r"thpt|thcs|số \d+\w?|\d+\w?)\.?\s*$"
)
_OTHER_WORDS = (
    "chủ trưởng bí giám phó tổ ubnd công hà đội cán bộ sở phòng hội ban bảo phường quận xã nhà "
    "nước ơi à ạ và ở tôi em đi là có không đã bị"
    " này kia ấy hai ba triệu trưng huyện việt nam hàng sao thì mà cho với hay rất đang khu bên "
    "trên dưới cũng vẫn nào gì đó nội"
)
_NOT_NAMES = frozenset(_OTHER_WORDS.split())


# Middle names after which one more word always belongs to the name.
_MARKERS = frozenset(("văn", "thị", "van", "thi"))
_MOST_SEGMENTED = 8  # nobody names more people in one message; a mischievous text shall not cost a second
# Frequent words that begin like a family name.
_COMMON_WORDS = frozenset(
    ("lý do", "cao tuổi", "hà nội", "mai mốt", "hồ sơ", "lê lết", "mai sau", "cao cấp", "hồ tây", "võ thuật")
)


def _numbers(text: str) -> Iterator[PersonalSpan]:
    for pattern, kind in (
        (_EMAIL, "email"),
        (_ACCOUNT, "bank_account"),
        (_ID_WORDS, "id_number"),
        (_BIRTH, "birth_date"),
        (_PLATE_NAMED, "plate"),
    ):
        for found in pattern.finditer(text):
            group = 1 if pattern.groups else 0
            yield PersonalSpan(kind, found.start(group), found.end(group))
    for found in _ID_NUMBER.finditer(text):
        yield PersonalSpan("id_number", found.start(), found.end())
    for found in _PHONE.finditer(text):
        digits = sum(character.isdigit() for character in found.group())
        if 9 <= digits <= 13:
            yield PersonalSpan("phone", found.start(), found.end())
    for found in _PLATE.finditer(text):
        yield PersonalSpan("plate", found.start(), found.end())


def _written_names(text: str) -> Iterator[PersonalSpan]:
    """Capitalised names after a form of address or after "tên tôi là"."""
    if text.isupper():
        return
    for found in _CAPITALS.finditer(text):
        start = found.start()
        first, _, rest = found.group().partition(" ")
        if _TITLE.search(first) and rest:
            title, start = start, found.end() - len(rest.lstrip())
        else:
            before = _INTRODUCED.search(text[max(0, start - 20) : start])
            if not before:
                continue
            title = max(0, start - 20) + before.start()
        name = text[start : found.end()]
        if _PLACE_BEFORE.search(text[max(0, title - 12) : title]) or name.split()[0].lower() in _NOT_NAMES:
            continue
        yield PersonalSpan("name", start, found.end())


def _typed_names(text: str) -> Iterator[PersonalSpan]:
    """Names in small letters: form of address, known family name, and as much as segmentation takes for one word."""
    for found in _GIVEN.finditer(text):
        if not _PLACE_BEFORE.search(text[max(0, found.start() - 12) : found.start()]):
            yield PersonalSpan("name", found.start(1), found.end(1))
    asked = 0
    for found in _LOWER_NAME.finditer(text):
        start, end = found.span(1)
        if _PLACE_BEFORE.search(text[max(0, found.start() - 12) : found.start()]):
            continue
        words = found.group(1).lower().split()
        joined = segment(text[start : start + 60]) if asked < _MOST_SEGMENTED else []
        asked += 1
        length = len(joined[0]) if joined else 0
        # "lê tuấn đỗ xe" is one name and a verb, "hồ bơi" is none: only segmentation can tell.
        if joined and length == len(words[0]):
            end = end if words[1] in _MARKERS else start
        elif joined and joined[0] in _COMMON_WORDS:
            end = start
        elif joined:
            end = max(start + length, end if words[1] in _MARKERS else start)
        if end > start and words[1] not in _NOT_NAMES - {"nam"}:
            yield PersonalSpan("name", start, end)


def find_personal_data(text: str) -> tuple[PersonalSpan, ...]:
    """What identifies a person in a normalized text, in order of appearance, without overlaps (the first kind wins)."""
    found: list[PersonalSpan] = []
    taken = bytearray(len(text))
    finders: list[Callable[[str], Iterator[PersonalSpan]]] = []
    if any(character.isdigit() for character in text) or "@" in text:
        finders.append(_numbers)
    finders += [_written_names, _typed_names]
    for finder in finders:
        for span in finder(text):
            if not any(taken[span.start : span.end]):
                taken[span.start : span.end] = b"\x01" * (span.end - span.start)
                found.append(span)
    return tuple(sorted(found, key=lambda span: span.start))


def mask(text: str, spans: tuple[PersonalSpan, ...]) -> str:
    """The text with each span replaced by what kind of thing stood there."""
    pieces, at = [], 0
    for span in spans:
        pieces += [text[at : span.start], SHOWN_AS[span.kind]]
        at = span.end
    return "".join([*pieces, text[at:]])


def spans_in_original(spans: tuple[PersonalSpan, ...], original: str, normal: str) -> tuple[PersonalSpan, ...]:
    """The same spans counted in the text as it was given, before it was normalized."""
    if original == normal or not spans:
        return spans
    place = _places(original, normal)
    return tuple(PersonalSpan(span.kind, place[span.start], place[span.end]) for span in spans)


def _places(original: str, normal: str) -> list[int]:
    """For each character of the normalized text, and for its end, where it begins in the original."""
    places: list[int] = []
    at = 0
    for character in normal:
        want = unicodedata.normalize("NFD", character)[0].lower()
        while at < len(original) and not _begins(original, at, character, want):
            at += 1
        places.append(min(at, len(original)))
        at += 1
    end = places[-1] + 1 if places else 0
    while end < len(original) and unicodedata.combining(original[end]):
        end += 1
    return [*places, min(end, len(original))]


def _begins(original: str, at: int, character: str, want: str) -> bool:
    if original[at] == character:
        return True
    if character.isspace():
        return original[at].isspace()
    return unicodedata.normalize("NFD", original[at])[0].lower() == want and normalize(original[at]) != ""
