"""What a few words without a command mean at the desk: a command, a greeting, or an answer to nothing."""

from __future__ import annotations

import re

from bot.dialogue import wishes
from nlp.normalize import fold

HELLO, THANKS, NOTHING_ASKED = "hello", "thanks", "nothing_asked"
"""Said and not kept: none of these is meant for a citizen."""

WORDS: dict[str, str] = {
    "viec": "viec",
    "viec cua toi": "viec",
    "hom nay": "homnay",
    "so lieu": "solieu",
    "nhan": "nhan",
    "tiep nhan": "nhan",
    "toi nhan": "nhan",
    "da nhan": "nhan",
    "nhan viec": "nhan",
    "nhan vu nay": "nhan",
    "xong": "xong",
    "da xong": "xong",
    "xong roi": "xong",
    "tra ket qua": "xong",
    "tra loi": "xong",
    "hoi nguoi dan": "hoi",
    "chuyen": "chuyen",
    "gia han": "giahan",
    "tu choi": "tuchoi",
    "vuot tham quyen": "vuottham",
    "trinh cap tren": "vuottham",
    "hoan tac": "hoantac",
    "giao": "giao",
    "giao lai": "tralai",
    "ghi chu": "ghichu",
    "vuong mac": "vuongmac",
    "phan loai": "phanloai",
    "ra soat": "rasoat",
    "mau tra loi": "mau",
    "nghi": "nghi",
    "tro giup": "trogiup",
    "giup": "trogiup",
    "help": "trogiup",
    "huy": "huy",
    "huy bo": "huy",
    "bo": "huy",
    "tiep": "tiep",
    "lam tiep": "tiep",
    "english": "english",
    "tieng viet": "tiengviet",
}
"""Whole messages (folded) that mean a command."""
ALWAYS = frozenset({"viec", "trogiup", "huy", "hoantac"})
"""Commands that no answer to a question is taken for."""

GREETINGS = frozenset(
    {
        "chao",
        "xin chao",
        "hello",
        "hi",
        "hey",
        "alo",
        "chao buoi sang",
        "chao buoi chieu",
        "good morning",
        "chao moi nguoi",
    }
)
GIVEN_UP = re.compile(r"thoi(,? (khoi|bo( di)?|(khong|ko|k)( \w+){0,2}( nua)?))?( nhe| a)?")
""" "Thôi", "thôi không chuyển nữa": what is being asked is not wanted any more."""
LEAVE = re.compile(r"^(?:(?:toi|em|minh) )?(?:xin (?:phep )?)?nghi (?P<after>.+)$")
LEAVE_AFTER = re.compile(r"^(?P<before>.+?) (?:(?:toi|em|minh) )?(?:xin (?:phep )?)?nghi$")
A_DAY = re.compile(
    r"^(?:(?:den|toi|het|tu|ngay|thu|trong|ca) )*"
    r"(?:mai|ngay mai|mot|kia|hom nay|nay|hai|ba|tu|nam|sau|bay|chu nhat|tuan(?: (?:nay|sau))?|thang nay"
    r"|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{1,2} (?:ngay|tuan))(?: (?:a|nhe))?$"
)


def command_of(text: str) -> tuple[str, str] | None:
    """The command that a whole message means by itself, with its words; None for words about a case."""
    said = fold(text).strip(" .!?")
    # "Cán bộ ơi" is no "bỏ" with politeness around it.
    if "can bo" not in said and (word := WORDS.get(said) or WORDS.get(wishes.bare(said))) is not None:
        return word, ""
    for pattern in (LEAVE, LEAVE_AFTER):
        found = pattern.match(said)
        if found is not None and A_DAY.match(found[1]):
            # As it was typed: a date is read with its accents.
            words = text.strip(" .!?").split()
            length = len(found[1].split())
            return "nghi", " ".join(words[-length:] if pattern is LEAVE else words[:length])
    return None


def gives_up(text: str, command: str) -> bool:
    """Whether words give up the command under way; "thôi" to /nghi is said by somebody who is back."""
    return command != "nghi" and GIVEN_UP.fullmatch(fold(text).strip(" .!")) is not None


def courtesy_in(text: str) -> str | None:
    """A greeting, thanks, or a yes or no to which there is no question: answered in a line, and never kept."""
    said = fold(text).strip(" .!?")
    if said in GREETINGS or wishes.bare(said) in GREETINGS:
        return HELLO
    if wishes.command_in(said) == "camon":
        return THANKS
    is_answer = wishes.says_yes(said) or wishes.says_no(said) or wishes.command_in(said) == "gui"
    return NOTHING_ASKED if is_answer else None
