"""A citizen and the triage desk speak with each other, beside any case: a thread with a short name."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

from bot.casework.context import Context, Refused
from bot.casework.notify import best_chat
from bot.casework.permissions import ensure_role
from bot.casework.pushes import push_of
from bot.dialogue.message import Button, Say, Words
from storage.records import Citizen, CitizenId, Officer, OfficerId, Priority, Role

THREAD_LIVES = timedelta(days=30)
KIND = "talk"


def talk_to_desk(ctx: Context, citizen: Citizen, words: str, key: str = "push.talk") -> int:
    """Passes words to everybody at the triage desk; returns how many will read them."""
    thread = thread_of(citizen.id)
    ctx.tx.links.add(_hash(thread), KIND, "", citizen.id, ctx.now + THREAD_LIVES)
    say = Say(Words(key, {"thread": thread, "words": words}))
    told = 0
    for officer in ctx.tx.officers.of_agency(ctx.triage):
        chat = best_chat(ctx.tx.chats.of_officer(officer.id))
        if chat is not None:
            dedupe = f"{prefix_of(citizen.id)}{ctx.now.timestamp()}:{officer.id}"
            _push(ctx, chat.channel, chat.chat, officer.id, say, dedupe)
            told += 1
    return told


def answer_from_desk(ctx: Context, officer: Officer, thread: str, words: str) -> None:
    """The desk's words to the person behind a thread, on the chat they used last. Raises Refused."""
    ensure_role(officer, Role.TRIAGE, Role.ADMIN)
    found = ctx.tx.links.get(_hash(thread.strip().upper()), KIND, ctx.now)
    if found is None:
        raise Refused("refused.unknown_thread", thread=thread)
    if not words.strip():
        raise Refused("refused.empty_talk")
    citizen = CitizenId(found[1])
    chat = best_chat(ctx.tx.chats.of_citizen(citizen))
    if chat is None:
        raise Refused("refused.talk_gone", thread=thread)
    say = Say(Words("push.talk_answer", {"words": words.strip()}), ((Button("talk:", Words("talk.answer")),),))
    _push(ctx, chat.channel, chat.chat, citizen, say, f"{prefix_of(citizen)}{ctx.now.timestamp()}:answer")


def thread_of(citizen: CitizenId) -> str:
    """The thread's name for people: "T-7K3MQ". It tells nothing of the person."""
    digest = hashlib.blake2b(citizen.encode(), person=b"talk").digest()
    return "T-" + base64.b32encode(digest)[:5].decode()


def prefix_of(citizen: CitizenId) -> str:
    """How the dedupe keys of a thread's messages begin."""
    return f"talk:{citizen}:"


def _push(ctx: Context, channel: str, chat: str, person: CitizenId | OfficerId, say: Say, dedupe: str) -> None:
    ctx.tx.outbox.add(push_of(say, channel, chat, person, Priority.REPLY, ctx.now, dedupe=dedupe))


def _hash(thread: str) -> str:
    return hashlib.sha256(f"talk:{thread}".encode()).hexdigest()
