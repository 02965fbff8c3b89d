"""The triage desk answers a citizen who wants to speak with a person."""

from __future__ import annotations

from bot.casework.talk_to_desk import answer_from_desk
from bot.desk.act import Act
from bot.dialogue.message import Say, Words


def answer(act: Act) -> tuple[Say, ...]:
    """/dap T-7K3MQ words."""
    thread, _, words = act.words.strip().partition(" ")
    answer_from_desk(act.ctx, act.officer, thread, words)
    return (Say(Words("desk.talk_sent", {"thread": thread})),)
