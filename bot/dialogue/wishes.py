"""What short messages mean whatever is being asked: a yes, a no, a command. Politeness around them does not count."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.dialogue.texts import read_words
from bot.dialogue.wish_shapes import SHAPES
from nlp.normalize import fold
from nlp.words import teencode

LONGEST_WISH = 9
"""A message of more words tells something and is no bare wish."""

_WORDS = read_words("wishes")
"""Lists by what they mean, each explained in its file."""
_REPORTING = (
    f"{who}{verb} phan anh"
    for who in ("", "toi ", "em ", "minh ", "bac ", "chau ")
    for verb in ("muon", "can", "xin", "muon gui", "can gui")
)
WORDS = {
    **{said: command for command, sayings in _WORDS["commands"].items() for said in sayings},
    **dict.fromkeys(_REPORTING, "phananh"),
}
"""Whole messages (folded) that mean a command; nothing that a person might say by accident."""

PERSONS = tuple(_WORDS["persons"])
"""What people call themselves and the bot."""
POLITE = frozenset((*PERSONS, *_WORDS["polite"]))
"""Words that may stand around a wish without changing it."""

YES = frozenset(_WORDS["yes"])
NOT_YET_YES = frozenset(_WORDS["not_yet_yes"])
"""Parts of a yes that are none by themselves."""
AFTER_YES = frozenset(_WORDS["after_yes"])
"""What people put after a yes: "đúng r đó", "phải vậy", "có chứ"."""
EXACTLY = "chinh xac"
AGREEING = re.compile(r"o ke( la)?|huh|dokie|cung|the cung|nhat tri|ke( la)?")
"""A yes of other words, without the yes and the politeness around it: "ô kê", "nhất trí", "cũng được"."""
NO = frozenset(_WORDS["no"])
NO_MORE = frozenset(_WORDS["no_more"])
"""What may follow or stand for a no: "không có", "không biết", "thôi bỏ qua", "để sau"."""
NO_AT_ALL = re.compile(r"dau( (co|phai))?")
""" "đâu có", "đâu phải": a no without its word."""
SPELT = _WORDS["spelt"]
"""How a yes or a no is written; with other accents the word is another: "đừng", "cỏ", "hỏng", "chùa", "thối"."""
_DISSUADING = re.compile(r"\bdung(?= (gui|nop|chuyen|huy|xoa|rut)\b)")
"""Without accents "đừng" is spelt like "đúng"; before a verb it is no yes."""
UNSURE = frozenset(_WORDS["unsure"])
"""With a no: it is no refusal, the answer is simply not known."""
WHATEVER = frozenset(_WORDS["whatever"])
""" "Chịu", "tùy bạn", "sao cũng được": the answer is not known, or does not matter to them."""
WRONG = re.compile(
    r"(sai|nham|trat( lat)?|lon)( (roi|r|het|be|be bet|ca|day|do|the|vay))*|"
    r"(khong|ko|k|kh|hong|hok|chua)( co)? (dung|phai|chinh xac)( (roi|r|dau|do|the|vay|cai|nay|cai do|cai nay))*|"
    r"(that's |it's |it is |that is )?(wrong|not right|not correct|incorrect)"
)
""" "Sai rồi", "không phải", "chưa đúng đâu": what was understood is not what was meant."""
ALL = frozenset(_WORDS["all"])
PHOTOS = re.compile(r"\b(co|gui|chup|kem|no|any|a) (tam )?(anh|hinh|photos?|pictures?)\b")
LONGEST_REFUSAL = 6
_SHORT = {short: fold(meant) for short, meant in teencode().items() if short not in ("a", "thanks")}
"""How a word is written in full that people type short; but for what is an English word, too."""
_SHADE = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
"""What gives an emoji its colour."""
_BEFORE_NO = frozenset(_WORDS["before_no"])
SKIPPING = tuple(_WORDS["skipping"])
_NUMBERED = re.compile(r"(?:(?:chon|cai|muc|nut)(?: so| thu)? )?([0-9]{1,2})(?: (?:a|nhe|nha|nhen|di|luon|em))*")
_IN_ROW = {said: int(number) for said, number in _WORDS["in_row"].items()}


def place_in_row(said: str) -> int | None:
    """Which of the things on offer is meant, from 1, or -1 for the last: "2", "chọn 2 nhé", "cái đầu tiên".

    None for "số 2" and "thứ hai", which may be a house and a day.
    """
    found = _NUMBERED.fullmatch(said)
    return int(found[1]) if found else _IN_ROW.get(bare(said))


def command_in(said: str, has_topic: bool = False) -> str | None:
    """The command that a folded message means by itself, or None.

    `has_topic`: the words are of a clear topic; a shape that takes any words is not meant by them then.
    """
    core = bare(said)
    if len(core.split()) > LONGEST_WISH:
        return None
    meant = WORDS.get(said) or WORDS.get(core) or WORDS.get(wish_in(said))
    shapes = ((shape, command) for shape, command in SHAPES if not (has_topic and ".*" in shape.pattern))
    return meant or next((command for shape, command in shapes if shape.fullmatch(core)), None)


@lru_cache(maxsize=1)  # one message is asked for it by whatever may be meant
def plain(text: str) -> str:
    """A message folded and written out, but for words whose accents make them others: "đừng", "Hồng", "chùa"."""
    written = _DISSUADING.sub("đừng", unicodedata.normalize("NFC", _SHADE.sub("", text)).lower()).split()
    folded = fold(" ".join(written)).split(" ")
    return " ".join(
        _SHORT.get(word) or (word if _is_another(word, flat) else flat)
        for word, flat in zip(written, folded, strict=False)
    )


def _is_another(word: str, folded: str) -> bool:
    marks = ".,!?;:…"
    core = word.strip(marks)
    return not core.isascii() and core not in SPELT.get(folded.strip(marks), (core,))


def says_yes(said: str) -> bool:
    """ "ok", "ừ đồng ý", "vâng ạ", "đúng r đó", "gửi đi": nothing but agreement."""
    said = said.replace(",", " ")
    words = said.split()
    if not 0 < len(words) <= LONGEST_WISH or "thoi" in words[1:2]:
        return False  # "dạ thôi", "ừ thôi" politely say no
    if PHOTOS.search(said) and not said.endswith(" oi"):
        return False  # "có ảnh" tells of a picture; it is "có, anh" only when somebody is called
    words = [_drawn_in(word) for word in words]
    if AGREEING.fullmatch(wish_in(" ".join(words))):
        return True
    return all(word in YES or word in AFTER_YES or word in POLITE for word in words) and (
        bare(said).startswith("dong y") or EXACTLY in said or any(word in YES - NOT_YET_YES for word in words)
    )


def _drawn_in(word: str) -> str:
    """ "okkk", "vânggg": a yes with its last letter drawn out, as it is spelt."""
    short = word.rstrip(word[-1]) + word[-1]
    return short if short in YES else word


def says_send(said: str) -> bool:
    """ "Gửi ngay", "gửi hết", "send it": that it be sent, not merely that somebody hurry."""
    return wish_in(said).startswith(("gui", "send")) and command_in(said) == "gui"


def says_no(said: str) -> bool:
    """ "không", "không có ạ", "dạ thôi ạ", "ko phải", "sai rồi", "bỏ qua đi": nothing but a no."""
    said = _plainly(said.replace(",", " "))
    words = said.split()
    if not 0 < len(words) <= LONGEST_WISH:
        return False
    if says_wrong(said) or NO_AT_ALL.fullmatch(bare(said)):
        return True
    last = (bare(said).split() or words)[-1]
    before = {*words[: words.index(last)]}
    if last in NO and not NO & before and (YES - _BEFORE_NO) & before:
        return False  # "đồng ý được chưa", "có được không ạ", "được chưa" ask
    is_no = words[0] == "thoi" or bare(said).startswith(SKIPPING) or any(word in NO for word in words)
    return is_no and all(word in NO or word in NO_MORE or word in POLITE for word in words)


def says_wrong(said: str) -> bool:
    """ "sai rồi", "không phải", "chưa đúng": something that was understood is not so."""
    return WRONG.fullmatch(bare(_plainly(said))) is not None


def skips(said: str) -> bool:
    """ "bỏ qua", "để sau nhé": the question is left, whatever it was."""
    return says_no(said) and bare(said).startswith(SKIPPING)


def says_all(said: str) -> bool:
    """ "bỏ qua hết": the no is meant for all that is still to be asked."""
    return any(word in ALL for word in said.split())


def says_unsure(said: str) -> bool:
    """ "không rõ", "không nhớ", "chịu", "tùy bạn": a no that refuses nothing."""
    return bare(said) in WHATEVER or (says_no(said) and any(word in UNSURE for word in said.split()))


def says_no_photo(said: str) -> bool:
    """ "không có ảnh đâu", whatever was asked."""
    is_no = begins_with_no(said) or begins_with_no(bare(said))
    return is_no and len(said.split()) <= LONGEST_REFUSAL and PHOTOS.search(said) is not None


def declines(said: str) -> bool:
    """ "thôi ko cần tên", "không nhớ số": a few words that begin with a no, at a question that may be skipped."""
    words = bare(said).split() or said.split()
    is_begun = begins_with_no(" ".join(words)) or said.startswith(("thoi ", *SKIPPING))
    return 0 < len(words) <= LONGEST_REFUSAL and is_begun


def begins_with_no(said: str) -> bool:
    """ "không có ai đâu", "dạ không ạ": a no with its reason."""
    return _plainly(said).partition(" ")[0] in NO


def bare(said: str) -> str:
    """A folded message without the politeness around it."""
    return _without(POLITE, said)


def wish_in(said: str) -> str:
    """A folded message without the politeness and the yes around it: "ok gui di" -> "gui"."""
    return _without(POLITE | YES, said)


def _plainly(said: str) -> str:
    """Without the courtesy that may stand before a no: "dạ không", "vâng thôi"."""
    courtesy, _, rest = said.partition(" ")
    return rest if courtesy in _BEFORE_NO and rest else said


def _without(around: frozenset[str], said: str) -> str:
    """The words without those before and after; what stands between belongs to the wish."""
    words = said.split()
    start, end = 0, len(words)
    while start < end and words[start] in around:
        start += 1
    while end > start and words[end - 1] in around:
        end -= 1
    return " ".join(words[start:end])
