"""The triage desk answers a citizen who wants to speak with a person."""

from __future__ import annotations

from bot.casework.permissions import ensure_role
from bot.casework.talk_to_desk import answer_from_desk
from bot.casework.thread import citizen_behind
from bot.desk.act import Act
from bot.dialogue.message import Say, Words
from storage.records import Role


def answer(act: Act) -> tuple[Say, ...]:
    """/dap T-7K3MQ words."""
    ensure_role(act.officer, Role.TRIAGE, Role.ADMIN)
    thread, _, words = act.words.strip().partition(" ")
    citizen_behind(act.ctx, thread)
    words = words or act.need("said", "desk.ask_talk", thread=thread)
    answer_from_desk(act.ctx, act.officer, thread, words)
    return (Say(Words("desk.talk_sent", {"thread": thread})),)
