"""Who speaks, as far as the configuration wants to know."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.dialogue.flow import choices, pressed, words
from bot.dialogue.message import Say
from bot.dialogue.session import Draft, Effect, Heard, Retry, Scene, Session, Turn
from bot.dialogue.slots.names import (
    LONGEST_PLAIN_NAME,
    PHONE,
    begins_with_name,
    introduces,
    is_full_name,
    is_nameless,
    name_in,
    teller_of,
)
from bot.dialogue.slots.place import namesake
from bot.dialogue.slots.slot import Onward, Report, Slot, Stay, Taken
from bot.dialogue.telling import corrects_place, is_small_talk, says_something, tells, words_of_place
from bot.dialogue.wishes import declines, plain, says_yes
from nlp.normalize import fold

WHO_SPEAKS = ("name", "phone", "home", "identity")
"""Every question about the person, and that none of them is to be asked."""
AFTER_THE_PLACE = frozenset({Report.PHOTOS, Report.NEAR, Report.CONFIRM})
"""Questions at which a full name is nobody's street."""
LETTERS_BESIDE_A_NUMBER = 12
_GREETS = re.compile(r"(da |xin )*(chao|alo|hello|hi|hey)\b")
_AROUND_A_NUMBER = frozenset(
    {
        *("so", "dien", "thoai", "sdt", "dt", "phone", "number", "cua", "la", "toi", "em", "minh", "bac", "chau"),
        *("nham", "moi", "dung", "a", "khong", "phai", "sua", "doi", "thanh", "lai", "nhe"),
    }
)
"""Words (folded) that may stand around a number without telling of anything."""


def _needs(kind: str) -> Callable[[Draft, Scene], bool]:
    def is_open(draft: Draft, scene: Scene) -> bool:
        known = {"name": scene.known.name, "phone": scene.known.phone, "home": scene.known.home_ward}[kind]
        if known or kind in draft.identity_settled:
            return False
        if scene.config.identity == "required":
            return True
        return "identity" not in draft.identity_settled and not draft.in_danger

    return is_open


def _ask_identity(step: Report) -> Callable[[Session, Scene], Say]:
    def ask(session: Session, scene: Scene) -> Say:
        skips = [("skip", words("identity.skip")), ("skip_all", words("identity.skip_all"))]
        must = scene.config.identity == "required" and step is not Report.HOME
        return Say(
            words(f"identity.{step}"),
            () if must else choices(session, step, *skips, per_row=2),
            asks_phone=step is Report.PHONE,
            asks_place=step is Report.HOME,
        )

    return ask


def _take_identity(step: Report) -> Callable[[Session, Heard, Scene], Taken]:
    def take(session: Session, heard: Heard, scene: Scene) -> Taken:
        skipping = pressed(session, heard)
        if skipping == "skip_all":
            return settle(session, *WHO_SPEAKS)
        if skipping == "skip":
            return settle(session, step.value)
        value = identity_value(step, heard)
        if value is None and says_yes(plain(heard.text)) and not session.memo.get("missed"):
            # "ừ được" agrees to the question; it is no attempt at an answer.
            return Retry("identity.please")
        if (
            value is None
            and is_small_talk(heard)
            and _GREETS.match(fold(heard.text))
            and not session.memo.get("missed")
        ):
            return Stay(session)  # "chào em", of somebody who is back after days
        if value is None and scene.config.identity != "required":
            if declines(plain(heard.text)) or (step is Report.NAME and is_nameless(heard.text)):
                return settle(session, step.value)
            if session.memo.get("missed"):
                return Onward(settle(session, step.value), (Say(words("identity.later")),))
        if value is None:
            return Retry(f"identity.{step}_again")
        said = {step.value: value}
        number = phone_number(heard.text) if step is Report.NAME else None
        if number is not None:
            said[Report.PHONE.value] = number
        return Turn(settle(session, *said), effects=(Effect("save_identity", said),))

    return take


def identity_value(step: Report, heard: Heard) -> str | None:
    """The name, telephone number or ward code that a message gives, or None."""
    match step:
        case Report.NAME:
            return name_in(heard)
        case Report.PHONE:
            return phone_number(heard.incoming.phone or heard.text)
    if heard.located and heard.located.ward_code:
        return heard.located.ward_code
    return heard.places.default or namesake(heard.places) if heard.places else None


_NUMBER = re.compile(rf"(?<!\d){PHONE}(?!\d)")


def phone_number(said: str) -> str | None:
    """A Vietnamese telephone number as ten or eleven digits beginning with 0, or None when the words hold none."""
    found = _NUMBER.search(said)
    if found is None:
        return None
    digits = "".join(c for c in found.group() if c.isdigit())
    digits = "0" + digits[2:] if digits.startswith("84") else digits
    return digits if len(digits) in (10, 11) and digits[1] in "235789" else None


def _claims(step: Report) -> Callable[[Session, Heard], bool]:
    def claims(_session: Session, heard: Heard) -> bool:
        if step is Report.HOME:
            return not _is_a_story(heard, words_of_place(heard))
        return identity_value(step, heard) is not None or corrects_place(heard) or not _is_a_story(heard)

    return claims


def _is_a_story(heard: Heard, beside: str = "") -> bool:
    count = len(heard.text.split()) - len(beside.split())
    return tells(heard, beside) or (count > LONGEST_PLAIN_NAME and says_something(heard))


def said_of_oneself(heard: Heard, asked: Report | None = None) -> dict[str, str]:
    """A telephone number that is all there is in a message, or a name that is said to be one, whatever was asked.

    What `asked` wants to know is left to it.
    """
    said = {"name": name_said(heard, asked), "phone": _number_alone(heard)}
    is_answer = asked in (Report.NAME, Report.PHONE) and identity_value(Report(asked), heard) is not None
    if is_answer or (asked is Report.NAME and said["phone"] is None):
        return {}
    return {kind: value for kind, value in said.items() if value is not None}


def told_of_oneself(story: str) -> dict[str, str]:
    """The full name that a story gives for its teller, and the telephone number beside it, if there is just one."""
    name = teller_of(story)
    numbers = _NUMBER.findall(story)
    phone = phone_number(story) if name is not None and len(numbers) == 1 else None
    return {kind: value for kind, value in (("name", name), ("phone", phone)) if value is not None}


def name_said(heard: Heard, asked: Report | None) -> str | None:
    """A name that is said to be one, or that nothing else can be where `asked` was asked."""
    name = name_in(heard)
    if name is None:
        return None
    is_full = is_full_name(name) and (asked is Report.PHONE or asked in AFTER_THE_PLACE)
    if introduces(heard.text) or is_full or (asked is Report.PHONE and begins_with_name(heard.text)):
        return name
    # "Lan 0912345678": whoever gives a number gives the name beside it, too.
    is_beside = name[0].isupper() and not _AROUND_A_NUMBER & set(fold(name).split())
    return name if is_beside and _number_alone(heard) else None


def _number_alone(heard: Heard) -> str | None:
    """The number of a message that tells of nothing else: "nhầm số, 0912345678 mới đúng"."""
    beside = (word for word in heard.text.split() if fold(word).strip(".,:;!") not in _AROUND_A_NUMBER)
    is_alone = sum(c.isalpha() for word in beside for c in word) <= LETTERS_BESIDE_A_NUMBER
    return phone_number(heard.text) if is_alone else None


def settle(session: Session, *kinds: str) -> Session:
    """These questions about the person are answered or skipped."""
    settled = session.draft.identity_settled
    return session.with_draft(identity_settled=(*settled, *(k for k in kinds if k not in settled)))


def settle_optional(session: Session, scene: Scene) -> Session:
    """Who wants to send now is not asked who they are, unless that is required."""
    return session if scene.config.identity == "required" else settle(session, *WHO_SPEAKS)


def _unsettle(kind: str) -> Callable[[Draft], Draft]:
    return lambda d: replace(d, identity_settled=tuple(k for k in d.identity_settled if k not in (kind, "identity")))


IDENTITY = tuple(
    Slot(step, _needs(step.value), _ask_identity(step), _take_identity(step), _unsettle(step.value), _claims(step))
    for step in (Report.NAME, Report.PHONE, Report.HOME)
)
