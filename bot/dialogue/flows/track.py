"""The citizen looks after the cases that exist: the list, one case, why it went where it went."""

from __future__ import annotations

import re

from bot.dialogue.flow import Flow, words
from bot.dialogue.message import Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn
from nlp.normalize import fold

NAME = "track"
LITTLE_MORE = 24
"""Characters of a message that is a code and nothing to tell."""
_CODE = re.compile(r"\bHN[- ]?([0-9A-Za-z]{4})[- ]?([0-9A-Za-z]{3})\b", re.IGNORECASE)
_LIKE_A_CODE = re.compile(r"\bHN-([0-9A-Za-z]{2,6})-([0-9A-Za-z]{2,5})\b", re.IGNORECASE)
"""A code with a character too many or too few."""
_ASKS = re.compile(
    r"\b(kiem tra|xem|tra cuu|tinh hinh|tinh trang|sao roi|ra sao|den dau|the nao|ket qua|bao gio|khi nao|bao lau"
    r"|xong chua|status|check|look up|when|how long)\b"
)
MOST_AROUND = 10
"""Words around a code that may still be no more than a question about it."""


def code_in(text: str) -> str | None:
    """A case code, with the last digits of a telephone if they follow, when the message is little more than that."""
    found = _CODE.search(text)
    if found is None or len(text) > LITTLE_MORE:
        return None
    digits = re.search(r"\b\d{4}\b", text[found.end() :])
    code = f"HN-{found[1]}-{found[2]}".upper()
    return f"{code} {digits[0]}" if digits else code


def code_within(text: str) -> tuple[str, str] | None:
    """A case code, or something much like one, anywhere in a few words; and the words around it, folded."""
    found = _CODE.search(text) or _LIKE_A_CODE.search(text)
    if found is None:
        return None
    around = " ".join(fold(f"{text[: found.start()]} {text[found.end() :]}").split()).strip(" .,:;!?")
    is_short = len(around.split()) <= MOST_AROUND
    return (f"HN-{found[1]}-{found[2]}".upper(), around) if is_short else None


def asks(around: str) -> bool:
    """Whether folded words around a code ask how the case is: "mã … kiểm tra giúp"."""
    return _ASKS.search(around) is not None


def code_before(text: str) -> tuple[str, str] | None:
    """A case code that begins a message, and the words after it."""
    found = _CODE.match(text.strip())
    rest = text.strip()[found.end() :].lstrip(" :,.-–\n") if found else ""
    return (f"HN-{found[1]}-{found[2]}".upper(), rest) if found and rest else None


def list_cases(session: Session, heard: Heard, scene: Scene) -> Turn:
    page = int(heard.incoming.argument) if heard.incoming.argument.isdigit() else 0
    return Turn(session, effects=(Effect("list_cases", {"page": page}),))


def show_case(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/xem CODE, or /xem CODE with the last digits of the phone from another chat."""
    if not heard.incoming.argument.strip():
        return Turn(session, (Say(words("track.which")),))
    return show(session, heard.incoming.argument, scene)


def open_case(session: Session, heard: Heard, scene: Scene) -> Turn:
    return show(session, (heard.incoming.press or "").partition(":")[2], scene)


def explain_case(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/visao CODE: the rule and the evidence that named the agency. The only open case needs no code."""
    code = heard.incoming.argument.strip()
    if not code and len(scene.known.open_cases) == 1:
        code = scene.known.open_cases[0].code
    if not code:
        return Turn(session, (Say(words("track.which_why")),))
    return Turn(session, effects=(Effect("explain_case", {"code": code}),))


def say_done(session: Session, heard: Heard, scene: Scene) -> Turn:
    """A follower was asked how it is there now: done."""
    return Turn(session, effects=(Effect("second_case", {"code": heard.incoming.argument.strip(), "done": True}),))


def say_still(session: Session, heard: Heard, scene: Scene) -> Turn:
    """The same: still there."""
    return Turn(session, effects=(Effect("second_case", {"code": heard.incoming.argument.strip(), "done": False}),))


def unfollow(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/thoitheodoi CODE: no more news of a neighbour's case. Without a code the list shows which there are."""
    code = heard.incoming.argument.strip()
    effect = Effect("unfollow_case", {"code": code}) if code else Effect("list_cases", {"page": 0})
    return Turn(session, effects=(effect,))


def show(session: Session, argument: str, _scene: Scene) -> Turn:
    code, _, digits = argument.strip().partition(" ")
    return Turn(session, effects=(Effect("show_case", {"code": code, "digits": digits.strip()}),))


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    return Turn(session.at("home"))


def ask(_session: Session, _scene: Scene) -> tuple[Say, ...]:
    return ()


FLOW = Flow(NAME, hear, ask)
