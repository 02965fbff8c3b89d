"""A person's name in the answer to the question for it, and what is none."""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile

from bot.dialogue.session import Heard
from bot.dialogue.telling import is_place, is_plain_danger, tells
from bot.dialogue.wishes import bare, plain, says_no, says_yes
from nlp.normalize import fold

LONGEST_PLAIN_NAME = 4
"""More words without capitals than this are no name, and no other answer to a question about a person either."""
LONGEST_NAME = 7
PHONE = r"(?:\+?84|0)(?:[ .-]?\d){9,10}"
"""A telephone number as people write it."""
MOST_LETTERS = 60

ONESELF = frozenset({"tôi", "toi", "tui"})
NO_NAMES = frozenset(
    {
        *("alo", "hi", "hello", "hey", "chào", "không", "ko", "test", "street", "ward", "đường", "phố"),
        *("à", "ờ", "ơ", "ủa", "thôi", "nhầm", "sợ", "đừng", "xin", "lắm", "rồi", "chưa", "quá", "chúng"),
        *("tôi", "toi", "tui", "tớ"),
        *("gì", "ai", "sao", "nào", "tại", "hỏi", "biết", "mày", "tao", "đéo", "đếch", "dek", "ngu", "kệ", "người"),
    }
)
"""Words as they are written that begin no name, and stand in none but at its end."""
UNITS = {"phuong": "phường", "quan": "quận", "huyen": "huyện", "duong": "đường", "pho": "phố", "ngo": "ngõ"}
"""What begins a place; with other accents they are names (Phương, Quân, Dương, Ngô), without any they may be either."""
NAMES_LIKE_WISHES = frozenset({"dung", "hong", "chuẩn"})
"""Without accents a yes or a no elsewhere; to somebody who was asked for the name they are Dũng and Hồng."""
FAMILY_NAMES = frozenset(
    {
        *("nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo"),
        *("duong", "ly", "dinh", "trinh", "doan", "luong", "mai", "truong", "cao", "ta", "to", "ha", "chu", "kieu"),
    }
)
BETWEEN = frozenset({"van", "thi", "huu", "duc", "xuan", "ngoc", "quoc", "minh", "thanh", "dinh", "kim", "thu", "anh"})
"""Second words of full names; many streets bear such names too."""


def name_in(heard: Heard) -> str | None:
    """A person's name, without what is said around it: "dạ em tên là Hoa ạ" -> "Hoa". None when it is no name."""
    said = _SAID_ANEW.sub("tên là ", _NUMBER_SAID.sub("", " ".join(unicodedata.normalize("NFC", heard.text).split())))
    name = _AFTER_NAME.sub("", _INSTEAD.sub("", _BEFORE_NAME.sub("", said, count=1))).strip(" .,!;")
    before_comma, comma, _ = name.partition(",")
    if comma and not tells(heard):
        name = before_comma.strip()
    parts = _after_oneself(name.split())
    name = " ".join(parts)
    if not 0 < len(parts) <= LONGEST_NAME or len(name) > MOST_LETTERS or not all(_is_part(part) for part in parts):
        return None
    if not introduces(said) and (_is_a_wish(said) or _is_a_wish(name)):
        return None
    if is_plain_danger(heard) or is_nameless(heard.text) or _is_no_name(parts, heard):
        return None
    # "Hùng", "bác Tư", "Lê Văn Tám": whatever a reader of complaints may make of them.
    if len(parts) == 1 or any(part[0].isupper() for part in parts[1:]) or _is_full_name(parts, heard):
        return name
    is_other = len(parts) > LONGEST_PLAIN_NAME or tells(heard) or is_place(heard)
    return None if is_other else name


def _after_oneself(parts: list[str]) -> list[str]:
    """ "Tôi Nguyễn Văn An": a name that follows the word for oneself without "là"."""
    is_named = len(parts) > 1 and parts[0].lower() in ONESELF and all(part[0].isupper() for part in parts[1:])
    return parts[1:] if is_named else parts


def is_full_name(said: str) -> bool:
    """ "Trần Văn Bình": three or four words with capitals, the first a family's, the second one that is in between."""
    parts = said.strip(" .,!").split()
    return (
        len(parts) in (3, LONGEST_PLAIN_NAME)
        and all(_is_part(part) and part[0].isupper() for part in parts)
        and fold(parts[0]) in FAMILY_NAMES
        and fold(parts[1]) in BETWEEN
    )


def teller_of(story: str) -> str | None:
    """The full name with which a story introduces whoever tells it: "Tôi là Nguyễn Văn Minh, nhà ở …"."""
    return next(filter(None, map(_teller, _TELLS_WHO.finditer(unicodedata.normalize("NFC", story)))), None)


def _teller(found: re.Match[str]) -> str | None:
    parts = found["name"].split()
    name = [*takewhile(lambda part: _is_part(part) and part[0].isupper(), parts)]
    is_full = 2 <= len(name) <= LONGEST_PLAIN_NAME + 1 and fold(name[0]) in FAMILY_NAMES
    # Without "là" it may be a street: "nhà tôi Trần Phú ngập".
    is_said = is_full and (found["is"] is not None or is_full_name(" ".join(name)))
    return " ".join(name) if is_said else None


def introduces(said: str) -> bool:
    """ "Tên tôi là …", "à không, tên Hoa": whatever follows is a name."""
    return _NAMES_ONESELF.match(said) is not None or _SAID_ANEW.match(said) is not None


def begins_with_name(said: str) -> bool:
    """ "Tên Hoa Mai": a few words after the word for it."""
    return _NAME_FIRST.fullmatch(said) is not None


def is_nameless(said: str) -> bool:
    """ "Ẩn danh", "một người dân": somebody who gives no name."""
    return _NAMELESS.fullmatch(bare(fold(said)).strip(" .!")) is not None


def _is_part(word: str) -> bool:
    return word[0].isalpha() and all(c.isalpha() or c in ".'-’" for c in word)


def _is_a_wish(name: str) -> bool:
    """ "vâng", "dạ đúng", "không" are none; "Dũng", "Hồng", "cô Dung" are: accents and capitals tell them apart."""
    is_named = any(word[0].isupper() and not word.isupper() for word in name.split()[1:])
    core = [word for word in name.lower().split() if bare(fold(word))]
    said = plain(name)
    return (says_yes(said) or says_no(said)) and not is_named and " ".join(core) not in NAMES_LIKE_WISHES


def _is_no_name(parts: list[str], heard: Heard) -> bool:
    """A place, or words that no name is made of."""
    before_last = parts[:-1] or parts
    if any(part.lower() in NO_NAMES for part in before_last) or parts[-1].lower() in NO_NAMES - {"phố", "đường"}:
        return True
    if heard.reading is not None and heard.reading.abuse:
        return True
    units = [part for part in before_last if fold(part) in UNITS]
    is_written = any(part.lower() == UNITS[fold(part)] for part in units)
    return is_written or (any(part.isascii() for part in units) and is_place(heard))


def _is_full_name(parts: list[str], heard: Heard) -> bool:
    """ "tran van dien", though a street is called so too."""
    first, second = fold(parts[0]), fold(parts[1])
    is_of_family = first in FAMILY_NAMES and len(parts) in (3, LONGEST_PLAIN_NAME)
    return is_of_family and (second in ("van", "thi") or (second in BETWEEN and not tells(heard)))


_CALLED = "em|e|tôi|toi|t|tui|tớ|mình|minh|mk|mik|cháu|chau|con|bác|bac"
"""What people call themselves, and how they type it."""
_BEFORE_NAME = re.compile(
    r"^(?:(?:dạ|da|vâng|vang|ừ|uh|ok|oke)[ ,]+(?=\w+ \w|\w+ ?$))*"
    rf"(?:(?:(?:{_CALLED}|chú|chu|cô|co|anh|chị|chi|ông|ong|bà|ba|my|i) )?"
    rf"(?:(?:tên|ten|name)(?: (?:{_CALLED}))? ?(?:là|la|is|:)?|là|la|am)[: ]+"
    r"|(?:(?:cứ|cu|xin|hãy) )?(?:gọi|goi) (?:(?:em|tôi|toi|mình|minh|cháu|bác) )?(?:(?:là|la) )?(?=\w+ \w|\w+ ?$))?",
    re.IGNORECASE,
)
_NAMELESS = re.compile(r"(mot )?((nguoi|cu|cong|nhan) )?dan( thuong)?|an danh|giau ten|bi mat|(khong|ko) ten|anonymous")
_NAMES_ONESELF = re.compile(r"(?:.{0,8} )?(?:tên|ten|name)\b.{0,12}\b(?:là|la|is)\b", re.IGNORECASE)
_TELLS_WHO = re.compile(
    r"(?<!nhà )\b(?:(?:tôi|em|mình|cháu)(?: tên)?|tên (?:tôi|em|mình|cháu)) (?P<is>là )?"
    r"(?P<name>[^\W\d_][^,.;:!?()\n\d]*)",
    re.IGNORECASE,
)
_HESITATING = r"(?:à|a|ah|ờ|ơ|ủa|nhầm|nham|không|khong|ko|không phải|khong phai|xin lỗi|ý quên|thôi)[ ,.]+"
_OF_ONESELF = r"(?:tôi|toi|em|mình|minh|cháu|con|bác)"
_SAID_ANEW = re.compile(
    rf"^(?:(?:{_HESITATING})*(?:sửa|sua|đổi|doi|ghi)(?: lại| lai)? (?:tên|ten)(?: {_OF_ONESELF})?"
    r"(?: (?:thành|lại là|lai la|là|la|sang))?"
    rf"|(?:{_HESITATING})+(?:{_OF_ONESELF} )?(?:tên|ten)(?: {_OF_ONESELF})?(?: (?:là|la))?)"
    r" (?=\w)(?!(?:tuổi|tuoi|gì|gi|đường|phố)\b)",
    re.IGNORECASE,
)
""" "À không, tên Hoa", "sửa tên thành Hoa": a name in place of another, but not "không tên tuổi gì"."""
_NAME_FIRST = re.compile(r"(?:tên|ten|name)(?: \w+){1,4}(?: (?:ạ|nhé|nha))?", re.IGNORECASE)
_INSTEAD = re.compile(
    r"[ ,]+(?:(?:chứ )?(?:không|ko|khong|not)(?: phải)?(?: là)?|năm nay|nam nay|sinh năm|sinh nam) .*$", re.IGNORECASE
)
_AFTER_NAME = re.compile(r"(?:[ ,]+(?:a|(?i:ạ|nhé|nhe|nha|đây|day)))+$")
_NUMBER_SAID = re.compile(
    r"[ ,;.]*(?:(?:sđt|sdt|đt|dt|tel|phone|số điện thoại|so dien thoai)[ :.]*(?:là|la)?[ :.]*)?" + PHONE,
    re.IGNORECASE,
)
