"""The triage desk answers a citizen who wants to speak with a person."""

from __future__ import annotations

from bot.casework.permissions import ensure_may_talk
from bot.casework.talk_to_desk import answer_from_desk
from bot.casework.thread import citizen_behind
from bot.desk.act import Act, Ask
from bot.dialogue.message import Say, Words
from storage.records import FileStatus


def answer(act: Act) -> tuple[Say, ...]:
    """/dap T-7K3MQ words, with pictures and other files if there are any; a reply to a message of the thread."""
    ensure_may_talk(act.officer)
    thread, _, said = act.words.strip().partition(" ")
    citizen_behind(act.ctx, thread)
    if not said.strip() and not act.files:
        said = act.need("said", "desk.ask_talk", thread=thread)
    coming = sum(act.ctx.tx.files.get(file).status is FileStatus.WAITING for file in act.files)
    if coming:
        raise Ask("desk.talk_coming", waits=True, thread=thread, n=coming)
    sent = answer_from_desk(act.ctx, act.officer, thread, said or str(act.memo.get("said") or ""), act.files)
    if sent:
        return (Say(Words("desk.talk_sent_files", {"thread": thread, "n": len(sent)})),)
    return (Say(Words("desk.talk_sent", {"thread": thread})),)
