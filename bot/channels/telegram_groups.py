"""Groups: one gets another number, somebody writes in one; and a word about whatever is no message to us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.casework.pushes import tell_chat
from storage.store import Transaction


def moved_work(channel: str, chat: str, to: str) -> Callable[[Transaction], None]:
    """A group has become a supergroup under another number: what was bound to it or said in it follows."""

    def work(tx: Transaction) -> None:
        tx.chats.move(channel, chat, to)

    return work


def pointer_work(channel: str, chat: str, now: datetime) -> Callable[[Transaction], None]:
    """One polite pointer to the private chat, once in a group's life: complaints are nobody else's business."""

    def work(tx: Transaction) -> None:
        if tx.outbox.last_sent(channel, chat) or tx.outbox.waiting(channel, chat):
            return
        tell_chat(tx, channel, chat, "telegram.group", now, once=f"pointer:{channel}:{chat}")

    return work


def word_work(channel: str, chat: str, once: str, key: str, now: datetime) -> Callable[[Transaction], None]:
    """A word about something that is no message to the desk, said once for each `once`."""
    return lambda tx: tell_chat(tx, channel, chat, key, now, once=f"{key}:{channel}:{once}")
