"""A citizen and the triage desk speak with each other, beside any case."""

from __future__ import annotations

from bot.casework.context import Context, Refused
from bot.casework.permissions import ensure_role
from bot.casework.thread import citizen_behind, open_thread, tell_back, tell_desk
from bot.dialogue.message import Button, Say, Words
from storage.records import Citizen, Officer, Role


def talk_to_desk(ctx: Context, citizen: Citizen, words: str) -> int:
    """Passes words to everybody at the triage desk; returns how many will read them."""
    thread = open_thread(ctx, citizen.id)
    say = Say(Words("push.talk", {"thread": thread, "words": words}), desk_buttons(thread))
    return tell_desk(ctx, citizen.id, say, ctx.tx.officers.of_agency(ctx.triage))


def answer_from_desk(ctx: Context, officer: Officer, thread: str, words: str) -> None:
    """The desk's words to the person behind a thread, on the chat they used last. Raises Refused."""
    ensure_role(officer, Role.TRIAGE, Role.ADMIN)
    citizen = citizen_behind(ctx, thread)
    if not words.strip():
        raise Refused("refused.empty_talk")
    say = Say(Words("push.talk_answer", {"words": words.strip()}), ((Button("talk:", Words("talk.answer")),),))
    if not tell_back(ctx, citizen, say):
        raise Refused("refused.talk_gone", thread=thread)


def desk_buttons(thread: str) -> tuple[tuple[Button, ...], ...]:
    """What the desk may do with a message of a thread."""
    return ((Button(f"do:dap {thread}", Words("desk.talk_answer")), Button(f"do:khoa {thread}", Words("desk.ban"))),)
