"""What becomes of rows after a try to send them: sent, tried again, sent elsewhere, parked, or dead."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.casework.context import Context
from bot.casework.report_trouble import report_trouble
from bot.delivery.sender import SendFailed, Why
from bot.delivery.window import Ready, send_elsewhere
from storage.records import Push

FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=30)
MAX_TRIES = 40
"""With the backoff above: about 18 hours of trying."""
ALL = 1_000_000
"""More messages than any window has."""

Reaches = Callable[[str], bool]
"""Whether a message of a channel comes to its person by itself."""


def note_sent(ctx: Context, each: Ready, ref: str | None) -> None:
    """`ref` is the platform's id of the message."""
    at = ctx.tx.outbox.time_of_sending(each.push.channel, each.push.chat, ctx.now)
    for push in each.pushes:
        ctx.tx.outbox.mark_sent(push.id, at, ref)
    if each.places:
        ctx.tx.chats.spend(each.push.channel, each.push.chat, each.places)


def note_failed(ctx: Context, each: Ready, failure: SendFailed, reaches: Reaches) -> None:
    """What to do about rows that did not arrive."""
    if each.places:
        # Once the platform says that the window is closed, nothing more is tried in it.
        ctx.tx.chats.spend(each.push.channel, each.push.chat, ALL if failure.why is Why.CLOSED else failure.spent)
    for push in each.pushes:
        _note_one(ctx, push, failure, reaches)


def park(ctx: Context, each: Ready, why: str) -> None:
    """They wait for the next contact with their person."""
    for push in each.pushes:
        ctx.tx.outbox.park(push.id, why)


def set_aside(ctx: Context, push: Push, why: Why, reaches: Reaches) -> None:
    """It goes to another chat of the same person, else waits until they are back."""
    if not send_elsewhere(ctx, push, reaches):
        ctx.tx.outbox.park(push.id, why.value)


def retry_at(failure: SendFailed, now: datetime) -> datetime:
    """When the platform, by its own words, may be spoken to again."""
    return now + timedelta(seconds=failure.retry_after)


def pause_after(tries: int) -> timedelta:
    """Growing pauses with jitter, so that many failed messages do not return together."""
    pause: timedelta = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(tries, 12))
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret


def _note_one(ctx: Context, push: Push, failure: SendFailed, reaches: Reaches) -> None:
    tx, now = ctx.tx, ctx.now
    match failure.why:
        case Why.BLOCKED | Why.CLOSED:
            chat = tx.chats.get(push.channel, push.chat)
            if chat is not None and failure.why is Why.BLOCKED:
                tx.chats.save(replace(chat, reachable=False))
            set_aside(ctx, push, failure.why, reaches)
        case Why.NEVER:
            _bury(ctx, push, str(failure))
        case Why.MOVED:
            tx.chats.move(push.channel, push.chat, failure.moved_to)
            tx.outbox.mark_failed(push.id, str(failure), now, now)
        case Why.WAIT:
            tx.outbox.mark_failed(push.id, str(failure), retry_at(failure, now), now)
        case Why.AGAIN if push.tries + 1 >= MAX_TRIES:
            _bury(ctx, push, f"given up after {push.tries + 1} tries: {failure}")
        case Why.AGAIN:
            tx.outbox.mark_failed(push.id, str(failure), now + pause_after(push.tries), now)


def _bury(ctx: Context, push: Push, why: str) -> None:
    """A dead letter, of which the administrators are told."""
    ctx.tx.outbox.mark_dead(push.id, ctx.now, why)
    report_trouble(ctx, "push", push.channel, why[:120])
