"""A platform's window: how many messages may still go, for whom some are kept, and which go together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from bot.dialogue.message import Say
from routing.config import MessageWindow
from storage.records import Priority

BETWEEN = 2
"""Characters between two texts in one message."""


class Need(IntEnum):
    """Why somebody should read a message; the lower goes first."""

    ANSWER = 0
    """The reply to what they have just said."""
    ACT = 1
    """They must do something, or there is danger."""
    RATING = 2
    """They are asked to rate a result."""
    NEWS = 3


def need_of(say: Say, priority: Priority) -> Need:
    """Read from what a message offers: levels to press, something to do, or nothing but a look at the case."""
    presses = [button.press for row in say.buttons for button in row]
    if priority is Priority.REPLY:
        return Need.ANSWER
    if any(press.startswith("rate:") for press in presses):
        return Need.RATING
    if priority is Priority.URGENT or any(not press.startswith("case:") for press in presses):
        return Need.ACT
    return Need.NEWS


def opened(limits: MessageWindow, now: datetime) -> tuple[int, datetime]:
    """Messages and end of the window that opens when somebody is in touch."""
    return limits.messages, now + timedelta(hours=limits.hours)


def left_now(left: int | None, ends_at: datetime | None, now: datetime) -> int:
    """Messages that may still go; none once the window is over, or when it was never opened."""
    return max(left or 0, 0) if ends_at is not None and now < ends_at else 0


def kept_from(limits: MessageWindow, need: Need) -> int:
    """Places that a message of this need must leave to others."""
    match need:
        case Need.NEWS:
            return limits.kept_for_action + limits.kept_for_rating
        case Need.ACT:
            return limits.kept_for_rating
        case _:
            return 0


def room_for(limits: MessageWindow, left: int, need: Need) -> int:
    """How many messages of the platform something of this need may take."""
    return max(0, left - kept_from(limits, need))


@dataclass(frozen=True, slots=True)
class Piece:
    """One waiting message, as far as it matters here."""

    number: int
    """Its row; the order in which it was written."""
    need: Need
    length: int
    """Characters, menu included."""
    is_plain: bool
    """Nothing but words: no menu, no picture, no file."""


def group(pieces: Sequence[Piece], limit: int) -> tuple[Piece, ...]:
    """What goes now as one message of at most `limit` characters (a longer piece goes alone), in order of reading.

    Whoever needs it most goes; mere words ride along. At most one piece is not plain, and it stands last: its menu is
    the menu. Replies keep their order, and nothing but replies goes with them.
    """
    ordered = sorted(pieces, key=lambda piece: (piece.need, piece.number))
    chosen = [ordered[0]]
    length = ordered[0].length
    for piece in ordered[1:]:
        is_answer = chosen[0].need is Need.ANSWER
        if is_answer and (piece.need is not Need.ANSWER or not chosen[-1].is_plain):
            break
        has_menu = not all(each.is_plain for each in chosen)
        fits = length + BETWEEN + piece.length <= limit and (piece.is_plain or not has_menu)
        if not fits and is_answer:
            break
        if fits:
            chosen.append(piece)
            length += BETWEEN + piece.length
    return tuple(sorted(chosen, key=lambda piece: (not piece.is_plain, piece.number)))
