"""Somebody is there: what waits for them may go; and where else they could be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.casework.context import Context
from bot.casework.window import left_now, opened
from storage.arrivals import ANYTHING, Standing
from storage.records import Chat, CitizenId, OfficerId
from storage.store import Transaction


def hear_from(ctx: Context, chat: Chat, standing: Standing = ANYTHING) -> None:
    """The person of this chat has just been in touch: the platform's window opens anew, parked messages come here."""
    limits = ctx.config.windows.get(chat.channel)
    if limits is not None:
        left, ends_at = opened(limits, ctx.now)
        chat = replace(chat, free_left=left, window_ends_at=ends_at)
    ctx.tx.chats.save(replace(chat, last_heard_at=ctx.now, reachable=True))
    person = chat.citizen or chat.officer
    if not (standing.is_awaited and ctx.tx.outbox.is_awaited(chat.channel, chat.chat, person)):
        return
    ctx.tx.outbox.unpark(chat.channel, chat.chat)
    if person is not None:
        ctx.tx.outbox.bring(person, chat.channel, chat.chat)


def note_presence(tx: Transaction, channel: str, chat: str, is_there: bool) -> None:
    """A platform tells that somebody left or blocked us, and nothing is sent until they come back; or that they did."""
    known = tx.chats.get(channel, chat)
    if known is None:
        return
    tx.chats.save(replace(known, reachable=is_there))
    if is_there:
        tx.outbox.unpark(channel, chat)


def other_chat(ctx: Context, channel: str, chat: str, is_open: Callable[[str], bool]) -> Chat | None:
    """Another chat where the person of this one can be reached now; `is_open` tells channels that reach people."""
    here = ctx.tx.chats.get(channel, chat)
    if here is None:
        return None
    theirs: tuple[Chat, ...] = ()
    if here.citizen is not None:
        theirs = ctx.tx.chats.of_citizen(CitizenId(here.citizen))
    elif here.officer is not None:
        theirs = ctx.tx.chats.of_officer(OfficerId(here.officer))
    others = (each for each in theirs if (each.channel, each.chat) != (channel, chat) and each.reachable)
    return next((each for each in others if is_open(each.channel) and _lets_in(ctx, each)), None)


def _lets_in(ctx: Context, chat: Chat) -> bool:
    if chat.channel not in ctx.config.windows:
        return True
    return left_now(chat.free_left, chat.window_ends_at, ctx.now) > 0
