"""Consent, in so many words or with a tap, and what people say together with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.dialogue.flow import choices, pressed, words
from bot.dialogue.message import Say
from bot.dialogue.session import Draft, Effect, Heard, Scene, Session, Turn
from bot.dialogue.slots.names import LONGEST_PLAIN_NAME
from bot.dialogue.slots.person import name_said, phone_number, settle, told_of_oneself
from bot.dialogue.slots.slot import Report, Slot, Stay, Taken, files_of, keep
from bot.dialogue.telling import asks, asks_or_sighs, corrects_place, tells
from bot.dialogue.wishes import LONGEST_WISH, plain, says_yes, wish_in
from nlp.normalize import fold

CONSENT_VERSION = "2026-11"
"""Version of the consent notice in texts: change it whenever the notice changes its meaning."""
FEWEST_WORDS_MORE = 2
_STOPS = " ,.;:!-–"
_AGREED = re.compile(r"\b(dong y|agree|agreed)\b")
_ON_CONDITION = re.compile(r"\b(nhung|neu|mien la|voi dieu kien|tru|khong|ko|đừng|but|if|unless|not|don't)\b")
_DOUBTING = re.compile(r"\b(gi|sao|nao|ai|dau|han)\b")
""" "Đồng ý thế nào được": no agreement, though it begins like one."""


def _needs_consent(draft: Draft, scene: Scene) -> bool:
    return not scene.known.consented and "consent" not in draft.identity_settled


def _ask_consent(session: Session, scene: Scene) -> Say:
    """The notice in full stands above when an answer was no clear yes: it is not repeated with each message."""
    draft = session.draft
    if session.memo.get("missed"):
        said = words("consent.again")
    elif draft.in_danger:
        said = words("consent.ask_danger")
    else:
        kept = "words" if draft.text else "files" if draft.files else "nothing"
        said = words("consent.ask", kept=words(f"consent.kept_{kept}"))
    yes_or_no = (("yes", words("consent.yes")), ("no", words("consent.no")))
    return Say(said, choices(session, Report.CONSENT, *yes_or_no, per_row=2))


def _take_consent(session: Session, heard: Heard, _scene: Scene) -> Taken:
    agreed = _agreement(heard)
    match "yes" if agreed is not None and agreed.is_plain(heard) else pressed(session, heard):
        case "yes":
            told = told_of_oneself(session.draft.text) | (agreed.about if agreed is not None else {})
            effects = (Effect("give_consent", {"version": CONSENT_VERSION}),)
            settled = settle(session, "consent", *told)
            return Turn(settled, effects=(*effects, Effect("save_identity", told)) if told else effects)
        case "no":
            return Turn(
                session.fresh(), (Say(words("consent.refused")),), (Effect("forget_draft", files_of(session.draft)),)
            )
    return Stay(replace(session, memo={"missed": True}))


def _claims_consent(session: Session, heard: Heard) -> bool:
    """A yes with its sigh or with a name, a question, a few words that tell of nothing.

    To a story that was begun the next words belong, however few; a place without its ward begins one.
    """
    agreed = _agreement(heard)
    if corrects_place(heard) or (agreed is not None and "name" in agreed.about):
        return True
    if tells(heard):
        return False
    if agreed is not None:
        return True
    is_place = heard.places is not None and heard.places.in_alley and not heard.places.candidates
    is_begun = session.draft.text != "" or is_place
    is_more = is_begun and len(wish_in(plain(heard.text)).split()) >= FEWEST_WORDS_MORE
    return len(heard.text.split()) <= LONGEST_PLAIN_NAME and not (is_more and not asks_or_sighs(heard.text))


@dataclass(frozen=True, slots=True)
class _Agreement:
    """The agreement that begins a message, and what follows it: "đồng ý," and "hỏi lắm thế"."""

    words: str
    rest: str
    about: dict[str, str]
    """The name and the telephone number that are given together with it."""

    def is_plain(self, heard: Heard) -> bool:
        """ "Đồng ý, hỏi lắm thế": agreed in so many words, with no question and no condition after it."""
        if asks(self.rest) or _ON_CONDITION.search(plain(self.rest)) is not None:
            return False
        is_apart = self.words[-1] in _STOPS or "name" in self.about
        return is_apart or not (tells(heard) or _DOUBTING.search(fold(self.rest)))


def _agreement(heard: Heard) -> _Agreement | None:
    parts = heard.text.split()
    agreed = (n for n in range(min(len(parts), LONGEST_WISH), 0, -1) if _agrees(" ".join(parts[:n])))
    count = next(agreed, 0)
    if not count:
        return None
    rest = " ".join(parts[count:])
    behind = replace(heard, incoming=replace(heard.incoming, text=rest))
    about = {"name": name_said(behind, Report.PHONE), "phone": phone_number(rest)}
    known = {kind: value for kind, value in about.items() if value is not None}
    return _Agreement(" ".join(parts[:count]), rest, known)


def _agrees(said: str) -> bool:
    agreed = plain(said).strip(_STOPS)
    return says_yes(agreed) and _AGREED.search(agreed) is not None


CONSENT = Slot(Report.CONSENT, _needs_consent, _ask_consent, _take_consent, keep, _claims_consent)
