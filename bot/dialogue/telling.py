"""Whether words tell of a problem or are something else: small talk, an answer, a name."""

from __future__ import annotations

import re
import unicodedata

from bot.dialogue.session import Heard
from bot.dialogue.wishes import PERSONS, bare, plain, says_no, says_yes, wish_in
from nlp.normalize import fold
from nlp.reading import Scope

SMALL_TALK_WORDS = 8
"""A remark of at most so many words that is no complaint ("ok nhé", "hi") is not added to one."""
BESIDE_THE_MATTER = frozenset({Scope.HOI_DAP, Scope.KHONG_PHAI_PHAN_ANH})
QUESTION_WORDS = 12
ASKING_WHEN = ("bao gio", "khi nao", "bao lau", "chung nao", "den dau roi", "co kq", "when will", "how long")
CHIDING = ("sao chua", "sao van", "van chua", "chua thay", "sao lau")
ADDING = ("gui them", "bo sung", "noi them", "ke them", "them nua", "also")
_ADDS_ANOTHER = re.compile(
    r"^(?:(?:à|a|ah|ơ|o|ờ|mà|ma|nhân tiện|nhan tien|tiện thể|tien the)[ ,]+)*"
    r"(?:còn|(?<=^a )con|(?<=^a ma )con|ngoài ra|ngoai ra|với lại|voi lai|thêm nữa|them nua|also\b)"
    r"|\b(?:một|mot|thêm|them) (?:việc|viec|chuyện|chuyen|vụ|vu) nữa\b",
    re.IGNORECASE,
)
_TOO = re.compile(r"\b(?:cũng|cung(?! cap))\b", re.IGNORECASE)
WORDS_OF_ADDING = 3
"""Words that only announce that something is added."""
WORDS_BESIDE_A_PLACE = 2
CORRECTING = (
    *("a khong", "khong phai", "nham", "a nham", "y toi la", "sua", "doi", "dinh chinh", "xin loi", "dia chi", "thoi"),
    *("sorry", "i mean", "no, ", "change"),
)
_HESITATES = re.compile(r"^(?:(?:a|ah|o|oi|ma|uh|um|chet)[ ,]+)+")
""" "À mà đổi ý, …"."""
_PUTS_RIGHT = re.compile(
    r"(?:(?:a|ah|o|oi|ma|thoi|y quen|xin loi|sorry)[ ,]+)*(?:khong phai|ko phai|nham|noi nham|i mean)\b"
)
_DENIED = re.compile(
    r"^(?:(?:à|a|ah|ơ|ờ|thôi|thoi|mà|ma|xin lỗi|nhầm|ý quên)[ ,]+)*(?:không|khong|ko) (?:phải|phai)\b"
    r"(?! (?:chỉ|chi|mỗi|moi|mình|riêng|một mình)\b)[^,;.\n]*?(?:[,;.\n]+|\s(?:mà|ma)\s)\s*(?:là |la )?(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_WHO = f"(?:{'|'.join((*PERSONS, 'co', 'chu', 'ong', 'ba'))})"
_OPENS = re.compile(
    rf"(?:(?:{_WHO}|a|alo|da|oi|chao|xin chao)[ ,.]+)*(?:cho|xin|muon|can)(?: phep)?(?: {_WHO})* (?:hoi|nho|phien)"
    r"(?: (?:tham|chut|ti|ty|xiu|cai|viec|nay|mot|voi|a|nhe|da))*"
)
"""“Cháu ơi cho bác hỏi tí”: what is asked comes next."""
_ASKING = re.compile(
    r"^(?:sao|tai sao|vi sao|la sao|the nao|de lam gi|what|why|who|how)\b"
    r"|\b(?:gi|sao|the nao|khong|ha|u|nhi)(?: (?:a|vay|the))*$"
    r"|\b(?:de xem|de nghi|tu tu|khoan|doi ti|cho ti|lat nua|chut nua)\b"
)
_WONDERING = re.compile(r"\bà$")
""" "Bắt buộc à"; with another accent, or none, it is mere politeness."""
_SIGHING = re.compile(r"\b(?:vậy|vay|thế|the)$")
""" "Hỏi lắm thế"; "khu tập thể" is a place."""
_SETTLED = re.compile(
    r"\b(?:khong|ko|k|chang|khoi) can(?: xu ly| sua| don| giai quyet)? nua\b|\bno longer needed\b"
    # What others say is told, not asked for: "phường bảo khỏi sửa".
    r"|(?<!\bbao )(?<!\bnoi )(?<!\bkeu )\b(?:khoi|(?:khong|ko|k|chang|khoi) (?:can|phai))"
    r" (?:xu ly|sua|don|giai quyet)(?: nua| dau)*$"
)
_BEFORE = r"(?:hom (?:truoc|no|qua|kia)|lan truoc|tuan truoc|thang truoc|dot truoc)"
_REPORTED = r"(?:bao|phan anh|gui|kien nghi)\b(?! (?:xe|tien|do|hang|con|chau)\b)"
_REFERS_BACK = re.compile(
    rf"\b{_BEFORE} (?:\w+ )?(?:toi|tui|em|minh|bac|chau|con|da|co(?! bao)) (?:da |co )?{_REPORTED}"
    rf"|\b(?:da|co) {_REPORTED} {_BEFORE}\b"
)
ENGLISH_WORDS = 3
"""Fewer English words than this are no reason to speak English: "help", "no photo"."""
TELLING_WORDS = 8
"""More words than this tell something even when their topic is unclear."""


def is_plain_danger(heard: Heard) -> bool:
    """Whether the words say plainly that somebody is in danger; "rồi ạ" says nothing, whatever it is read as."""
    danger = heard.reading.danger if heard.reading else None
    return danger is not None and danger.sure and wish_in(fold(heard.text)) != ""


def is_small_talk(heard: Heard) -> bool:
    """ "Xin chào", "cho bác hỏi": a few words that no reader takes for a complaint, or that only open the talk."""
    reading = heard.reading
    if reading is None or is_plain_danger(heard) or len(heard.text.split()) > SMALL_TALK_WORDS:
        return False
    return reading.scope == Scope.KHONG_PHAI_PHAN_ANH or _OPENS.fullmatch(fold(heard.text).rstrip(" .,!?…")) is not None


def says_something(heard: Heard) -> bool:
    """Whether words that nobody asked for are worth keeping.

    Neither small talk, nor a single word ("gửi đi"), nor a short question to the bot ("bao lâu thì có kết quả").
    """
    reading = heard.reading
    if reading is None or is_plain_danger(heard):
        return True
    said, meant = fold(heard.text), plain(heard.text)
    if says_yes(meant) or says_no(meant):
        return False
    count = len(said.split())
    if said.startswith(ADDING) and count > WORDS_OF_ADDING:
        return True
    if reading.abstain and reading.scope in BESIDE_THE_MATTER and count <= QUESTION_WORDS:
        return False
    return not is_small_talk(heard) and len(bare(said).split()) > 1


def asks(said: str) -> bool:
    """ "Để làm gì", "là sao ạ", "what is this for?", "để xem đã": a question, or time to think is asked for."""
    written = _written(said)
    folded = fold(written)
    is_wondered = _WONDERING.search(written) is not None
    return folded.endswith("?") or is_wondered or _ASKING.search(folded) is not None


def asks_or_sighs(said: str) -> bool:
    """The same, or "hỏi lắm thế", "phiền vậy": no question, but nothing of the matter either."""
    return asks(said) or _SIGHING.search(_written(said)) is not None


def _written(said: str) -> str:
    return unicodedata.normalize("NFC", said).lower().strip(" .!")


def adds(heard: Heard) -> bool:
    """ "Cho tôi bổ sung: …": words that are said to belong to what was told before."""
    return bare(fold(heard.text)).startswith(ADDING) and says_something(heard)


def adds_another(heard: Heard, is_first_clear: bool) -> bool:
    """ "Ngoài ra đèn đường hỏng": a matter of a clear topic beside the one told before.

    "Cũng" says so only where that one was clear: else it may be the same, told bit by bit.
    """
    said = unicodedata.normalize("NFC", heard.text.strip())
    return has_topic(heard) and bool(_ADDS_ANOTHER.search(said) or (is_first_clear and _TOO.search(said)))


def says_settled(heard: Heard) -> bool:
    """ "Đèn sáng rồi, không cần nữa": what was reported need not be dealt with any more."""
    said = bare(plain(heard.text).strip(" .!"))
    return len(said.split()) <= QUESTION_WORDS and _SETTLED.search(said) is not None


def refers_back(heard: Heard) -> bool:
    """ "Hôm trước tôi báo đèn hỏng mà …": what was reported before is spoken of again."""
    return _REFERS_BACK.search(fold(heard.text)) is not None


def asks_after_a_case(heard: Heard) -> bool:
    """A short question about something that was reported already: "bao giờ có nước", "sao chưa thấy ai đến"."""
    return _has_sign(heard, (*ASKING_WHEN, *CHIDING))


def asks_for_a_time(heard: Heard) -> bool:
    """A short question that tells of nothing: "bao giờ sửa", "khi nào có kết quả", not "bao giờ có nước lại"."""
    reading = heard.reading
    return reading is not None and reading.abstain and not is_plain_danger(heard) and _has_sign(heard, ASKING_WHEN)


def _has_sign(heard: Heard, signs: tuple[str, ...]) -> bool:
    said = f" {fold(heard.text)} "
    return len(said.split()) <= QUESTION_WORDS and any(f" {sign} " in said for sign in signs)


def words_of_place(heard: Heard) -> str:
    """The words of a message that name the place, as they were written."""
    return heard.places.words if heard.places else ""


def is_place(heard: Heard) -> bool:
    """Whether a message is little more than the name of a place: "ngõ 12 phố Huế ạ"."""
    if heard.places is None or not heard.places.candidates:
        return False
    beside = len(heard.text.split()) - len(heard.places.words.split())
    return beside <= WORDS_BESIDE_A_PLACE and not tells(heard, beside=heard.places.words)


def corrects_place(heard: Heard) -> bool:
    """Whether a place is named to put another right: "à không, ở phường Nghĩa Đô mới đúng"."""
    if heard.places is None or not heard.places.candidates or tells(heard, beside=heard.places.words):
        return False
    said = fold(heard.text).rstrip(" .!")
    is_begun = said.startswith(CORRECTING) or _HESITATES.sub("", said).startswith(CORRECTING)
    return len(said.split()) <= QUESTION_WORDS and (is_begun or said.endswith(" moi dung"))


def corrects(heard: Heard) -> bool:
    """Whether words put right what was told before: "à mà thôi không phải rác, đèn đường hỏng"."""
    return _PUTS_RIGHT.match(fold(heard.text)) is not None


def asserted(text: str) -> str:
    """The words without what they begin by denying: "không phải rác nữa, là đèn đường hỏng" -> "đèn đường hỏng"."""
    denied = _DENIED.match(text.strip())
    return denied["rest"] if denied and len(denied["rest"].split()) > 1 else text


def speaks_english(heard: Heard) -> bool:
    """Whether a message is a sentence in English."""
    return heard.reading is not None and heard.reading.english and len(heard.text.split()) >= ENGLISH_WORDS


def tells(heard: Heard, beside: str = "") -> bool:
    """Whether the words tell of a problem, whatever was asked: danger, a clear topic, or simply many words.

    `beside`: words of the message that are known to be something else (the place named in it) and do not count.
    """
    reading = heard.reading
    if reading is None:
        return False
    if is_plain_danger(heard):
        return True
    count = len(heard.text.split()) - len(beside.split())
    return count > TELLING_WORDS or (has_topic(heard) and (not beside or count >= 4))


def has_topic(heard: Heard) -> bool:
    """Whether the words are of a topic that the reader is sure of."""
    reading = heard.reading
    return reading is not None and reading.scope != Scope.KHONG_PHAI_PHAN_ANH and not reading.abstain
