"""A citizen's thread with the desk: a short name that tells nothing of the person, and messages both ways."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.casework.context import Context, Refused
from bot.casework.notify import best_chat
from bot.casework.pushes import push_of
from bot.dialogue.message import Say
from storage.records import CitizenId, Officer, PersonId, Priority

THREAD_LIVES = timedelta(days=30)
KIND = "talk"
NAME = re.compile(r"T-[A-Z2-7]{5}")


def thread_of(citizen: CitizenId) -> str:
    """The thread's name for people: "T-7K3MQ". It tells nothing of the person."""
    digest = hashlib.blake2b(citizen.encode(), person=b"talk").digest()
    return "T-" + base64.b32encode(digest)[:5].decode()


def is_thread(said: str) -> bool:
    """Whether a word looks like the name of a thread."""
    return NAME.fullmatch(_as_kept(said)) is not None


def open_thread(ctx: Context, citizen: CitizenId) -> str:
    """Keeps the name known for 30 days, and as long as a ban of the person lasts; returns it."""
    thread = thread_of(citizen)
    ban = ctx.tx.bans.active(citizen, ctx.now)
    known_until = max(ctx.now + THREAD_LIVES, ban.until_at if ban else ctx.now)
    ctx.tx.links.add(_hash(thread), KIND, "", citizen, known_until)
    return thread


def citizen_behind(ctx: Context, thread: str) -> CitizenId:
    """Whose thread it is. Raises Refused for an unknown or forgotten name."""
    found = ctx.tx.links.get(_hash(_as_kept(thread)), KIND, ctx.now)
    if found is None:
        raise Refused("refused.unknown_thread", thread=thread)
    return CitizenId(found[1])


def prefix_of(citizen: CitizenId) -> str:
    """How the dedupe keys of a thread's messages begin."""
    return f"talk:{citizen}:"


def tell_desk(ctx: Context, citizen: CitizenId, say: Say, readers: Iterable[Officer], name: str = "") -> int:
    """Passes a message of a thread to these members of staff; returns how many will read it."""
    told = 0
    for officer in readers:
        chat = best_chat(ctx.tx.chats.of_officer(officer.id))
        if chat is not None:
            _push(ctx, chat.channel, chat.chat, citizen, PersonId(officer.id), say, f"{name}{officer.id}")
            told += 1
    return told


def tell_back(
    ctx: Context, citizen: CitizenId, say: Say, name: str = "answer", not_before: datetime | None = None
) -> bool:
    """A message to the person behind a thread, on the chat they used last; False when there is none."""
    chat = best_chat(ctx.tx.chats.of_citizen(citizen))
    if chat is None:
        return False
    _push(ctx, chat.channel, chat.chat, citizen, PersonId(citizen), say, name, not_before)
    return True


def _push(
    ctx: Context,
    channel: str,
    chat: str,
    citizen: CitizenId,
    person: PersonId,
    say: Say,
    name: str,
    not_before: datetime | None = None,
) -> None:
    dedupe = f"{prefix_of(citizen)}{ctx.now.timestamp()}:{name}"
    ctx.tx.outbox.add(
        push_of(say, channel, chat, person, Priority.REPLY, ctx.now, dedupe=dedupe, not_before=not_before)
    )


def _as_kept(said: str) -> str:
    """A thread's name as somebody typed or copied it, the way it was kept."""
    return said.strip(" ,.:;[]").upper()


def _hash(thread: str) -> str:
    return hashlib.sha256(f"talk:{thread}".encode()).hexdigest()
