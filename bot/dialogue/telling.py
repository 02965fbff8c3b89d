"""Whether words tell of a problem or are something else: small talk, an answer, a name."""

from __future__ import annotations

from bot.dialogue.session import Heard
from bot.dialogue.wishes import bare
from nlp.normalize import fold
from nlp.reading import Scope

SMALL_TALK_WORDS = 6
"""A remark of at most so many words that is no complaint ("ok nhé", "hi") is not added to one."""
BESIDE_THE_MATTER = frozenset({Scope.HOI_DAP, Scope.KHONG_PHAI_PHAN_ANH})
QUESTION_WORDS = 12
TELLING_WORDS = 8
"""More words than this tell something even when their topic is unclear."""


def is_small_talk(heard: Heard) -> bool:
    """ "Xin chào", "hi": a few words that no reader takes for a complaint."""
    reading = heard.reading
    if reading is None or reading.danger is not None:
        return False
    return reading.scope == Scope.KHONG_PHAI_PHAN_ANH and len(heard.text.split()) <= SMALL_TALK_WORDS


def says_something(heard: Heard) -> bool:
    """Whether words that nobody asked for are worth keeping.

    Neither small talk, nor a single word ("gửi đi"), nor a short question to the bot ("bao lâu thì có kết quả").
    """
    reading = heard.reading
    if reading is None or reading.danger is not None:
        return True
    count = len(heard.text.split())
    if reading.abstain and reading.scope in BESIDE_THE_MATTER and count <= QUESTION_WORDS:
        return False
    return not is_small_talk(heard) and len(bare(fold(heard.text)).split()) > 1


def words_of_place(heard: Heard) -> str:
    """The words of a message that name the place, as they were written."""
    return heard.places.words if heard.places else ""


def tells(heard: Heard, beside: str = "") -> bool:
    """Whether the words tell of a problem, whatever was asked: danger, a clear topic, or simply many words.

    `beside`: words of the message that are known to be something else (the place named in it) and do not count.
    """
    reading = heard.reading
    if reading is None:
        return False
    if reading.danger is not None:
        return True
    count = len(heard.text.split()) - len(beside.split())
    is_topic = reading.scope != Scope.KHONG_PHAI_PHAN_ANH and not reading.abstain
    return count > TELLING_WORDS or (is_topic and (not beside or count >= 4))
