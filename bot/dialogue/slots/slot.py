"""What a question of the report form is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.dialogue.message import Say, Words, either, raw
from bot.dialogue.session import Draft, Heard, Retry, Scene, Session, Turn
from bot.dialogue.telling import tells
from routing.config import Config


class Report(StrEnum):
    DANGER = "danger"
    CONSENT = "consent"
    NAME = "name"
    PHONE = "phone"
    HOME = "home"
    WHAT = "what"
    SCOPE = "scope"
    CATEGORY = "category"
    WHERE = "where"
    WHICH = "which"
    PHOTOS = "photos"
    QUESTION = "question"
    SECOND = "second"
    NEAR = "near"
    CONFIRM = "confirm"
    CHANGE = "change"
    CANCEL = "cancel"


IDENTITY_STEPS = frozenset({Report.NAME, Report.PHONE, Report.HOME})
"""Questions about the person: a place named in their answers is not where the problem is."""


@dataclass(frozen=True, slots=True)
class Onward:
    """The question is answered, with something to say before the next one."""

    session: Session
    say: tuple[Say, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """Not answered yet: the present step of this session is asked again, after something to say."""

    session: Session
    say: tuple[Say, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopen:
    """The citizen changes an earlier answer: that question is unanswered again."""

    session: Session
    step: Report


Taken = Session | Onward | Stay | Reopen | Retry | Turn
"""What a slot makes of a message: answered, answered with words, not yet, reopened, unusable, a turn of its own."""


def _nothing(_session: Session, _heard: Heard) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Slot:
    """One question of the form."""

    step: Report
    is_open: Callable[[Draft, Scene], bool]
    ask: Callable[[Session, Scene], Say]
    take: Callable[[Session, Heard, Scene], Taken]
    clear: Callable[[Draft], Draft]
    """The draft with this question unanswered again."""
    claims: Callable[[Session, Heard], bool] = _nothing
    """Whether the words of a message answer this question; words that answer none belong to the description."""


def takes_rest(_session: Session, heard: Heard) -> bool:
    """For a question to which all words belong that tell of no problem."""
    return not tells(heard)


def keep(draft: Draft) -> Draft:
    """For a question that has nothing to clear."""
    return draft


def files_of(draft: Draft) -> dict[str, list[str]]:
    """A draft's files, as an effect's argument."""
    return {"files": list(draft.files)}


def shorten(text: str, limit: int = 400) -> str:
    """The text for a card: cut at a word, with an ellipsis."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0] + " …"


def hotline_lines(config: Config, numbers: tuple[str, ...]) -> tuple[Words, ...]:
    """A line for each of these numbers that citizens may be shown: whose it is, and the number."""
    shown = config.public_hotlines(numbers)
    return tuple(Words("report.hotline", {"label": each.label, "number": each.number}) for each in shown)


def category_words(scene: Scene, code: str) -> Words:
    """A category's label as it stands in the configuration, in both languages."""
    category = scene.config.categories.get(code)
    return either(category.label, category.label_en) if category else raw(code)
