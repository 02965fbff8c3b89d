"""A message as a row of the outbox: the one place that knows its shape."""

from __future__ import annotations

from datetime import datetime

from bot.dialogue.message import Say, Words
from storage.outbox import NewPush
from storage.records import Case, PersonId, Priority
from storage.store import Transaction


def push_of(
    say: Say,
    channel: str,
    chat: str,
    person: str | None,
    priority: Priority,
    now: datetime,
    *,
    case: Case | None = None,
    dedupe: str | None = None,
    not_before: datetime | None = None,
) -> NewPush:
    """A row that says this to a chat; it is sealed for `person` (nobody: a group, or somebody erased).

    `case`: whose last event it tells of, and whose facts are put in when it is sent. `dedupe`: told once for each.
    """
    return NewPush(
        channel=channel,
        chat=chat,
        person=PersonId(person) if person is not None else None,
        key=say.words.key,
        args=say.to_json(),
        priority=priority,
        created_at=now,
        case=case.id if case is not None else None,
        event=case.seq if case is not None else None,
        dedupe=dedupe,
        not_before=not_before,
    )


def tell_chat(tx: Transaction, channel: str, chat: str, key: str, now: datetime, once: str) -> None:
    """Says a sentence of the texts to a chat, whoever is in it; once for each `once`."""
    tx.outbox.add(push_of(Say(Words(key)), channel, chat, None, Priority.REPLY, now, dedupe=once))
