"""A citizen and the triage desk speak with each other, beside any case."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.notify import best_chat
from bot.casework.permissions import ensure_may_talk
from bot.casework.thread import citizen_behind, open_thread, tell_back, tell_desk
from bot.dialogue.message import Button, Say, Words
from storage.records import Citizen, CitizenId, File, FileId, FileStatus, Officer, PersonId, Purpose


def talk_to_desk(ctx: Context, citizen: Citizen, words: str, files: tuple[FileId, ...] = ()) -> int:
    """Passes words to everybody at the triage desk, files as soon as they have arrived; returns how many read them."""
    thread = open_thread(ctx, citizen.id)
    desk = ctx.tx.officers.of_agency(ctx.triage)
    for file in files:
        ctx.tx.files.save(replace(ctx.tx.files.get(file), purpose=Purpose.TALK))
    if not words:
        return sum(best_chat(ctx.tx.chats.of_officer(officer.id)) is not None for officer in desk)
    say = Say(Words("push.talk", {"thread": thread, "words": words}), desk_buttons(thread))
    return tell_desk(ctx, citizen.id, say, desk)


def pass_file_on(ctx: Context, file: File) -> None:
    """What a citizen sent to the desk has come through the gate: the desk gets it under the thread's name."""
    if file.purpose is not Purpose.TALK or file.status is not FileStatus.READY:
        return
    citizen = CitizenId(file.person)
    thread = open_thread(ctx, citizen)
    say = Say(Words("push.talk_file", {"thread": thread}), desk_buttons(thread), (file.id,))
    tell_desk(ctx, citizen, say, ctx.tx.officers.of_agency(ctx.triage), f"{file.id}:")


def answer_from_desk(
    ctx: Context, officer: Officer, thread: str, words: str, files: tuple[FileId, ...] = ()
) -> tuple[FileId, ...]:
    """Words and files of the desk's to the person behind a thread, on the chat they used last. Raises Refused.

    From now on the files are that person's, to be seen by nobody else, and erased with them. Returns those sent.
    """
    ensure_may_talk(officer)
    citizen = citizen_behind(ctx, thread)
    mine = (file for file in map(ctx.tx.files.get, files) if file.person == PersonId(officer.id))
    ready = tuple(file for file in mine if file.status is FileStatus.READY)
    if not words.strip() and not ready:
        raise Refused("refused.empty_talk")
    if best_chat(ctx.tx.chats.of_citizen(citizen)) is None:
        raise Refused("refused.talk_gone", thread=thread)
    for file in ready:
        ctx.tx.files.save(replace(file, person=PersonId(citizen), purpose=Purpose.TALK))
    said = Words("push.talk_answer", {"words": words.strip()}) if words.strip() else Words("push.talk_answer_file")
    sent = tuple(file.id for file in ready)
    tell_back(ctx, citizen, Say(said, ((Button("talk:", Words("talk.answer")),),), sent))
    return sent


def desk_buttons(thread: str) -> tuple[tuple[Button, ...], ...]:
    """What the desk may do with a message of a thread."""
    return ((Button(f"do:dap {thread}", Words("desk.talk_answer")), Button(f"do:khoa {thread}", Words("desk.ban"))),)
