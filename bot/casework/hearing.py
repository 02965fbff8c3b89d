"""What both sides do with a message: taken once, its pictures remembered, answered, the session kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.casework.context import Context
from bot.casework.pushes import push_of
from bot.dialogue.message import Attachment, Incoming, Outcome, Say
from bot.dialogue.offer import Offer, offer_of
from routing.config import Config
from storage.failpoints import reach
from storage.records import CaseId, File, FileId, PersonId, Priority, Purpose, Session
from storage.store import Transaction

OF_MANY = "many:"
"""How the dedupe keys of replies with words of several people begin: all are blanked when one of these is erased."""
HOLD_WORDS_OF_MANY = frozenset({"desk.table", "desk.bans"})


def hear_once(incoming: Incoming, config: Config, hear: Callable[[Context], None]) -> Callable[[Transaction], Outcome]:
    """The transaction of one message: a second delivery of the same key changes nothing."""

    def work(tx: Transaction) -> Outcome:
        if not tx.inputs.first_time(incoming.channel, incoming.chat, incoming.key, incoming.at):
            return Outcome.AGAIN
        hear(Context(tx, config, incoming.at))
        reach("input.before_commit")
        return Outcome.HEARD

    return work


def remember_file(
    ctx: Context, incoming: Incoming, attachment: Attachment, person: PersonId, purpose: Purpose
) -> FileId:
    """Keeps the platform's reference to a picture or document; its bytes are fetched afterwards."""
    file = File(
        id=FileId(ctx.tx.new_id()),
        kind=attachment.kind,
        purpose=purpose,
        person=person,
        channel=incoming.channel,
        chat=incoming.chat,
        created_at=ctx.now,
        ref=attachment.ref,
        forwarded=attachment.forwarded,
        taken_at=attachment.taken_at,
        retry_at=ctx.now,
        mime=attachment.mime,
        name=attachment.name,
    )
    ctx.tx.files.add(file)
    return file.id


def last_offer(ctx: Context, incoming: Incoming, language: str) -> Offer:
    """What stands last in the chat to choose from, when it came by itself; a reply's offer is in the session."""
    last = ctx.tx.outbox.last_sent(incoming.channel, incoming.chat)
    if last is None or not last.args or (last.case is None and not last.key.startswith("push.")):
        return ()
    return offer_of((Say.from_json(last.args),), language)


def reply(
    ctx: Context,
    incoming: Incoming,
    person: PersonId | None,
    says: tuple[Say, ...],
    about: Callable[[Say], CaseId | None] = lambda _: None,
) -> None:
    """Answers into the chat that a message came from. `about`: the case whose words are in it, if any."""
    for say in says:
        dedupe = f"{OF_MANY}{ctx.tx.new_id()}" if say.words.key in HOLD_WORDS_OF_MANY else None
        push = push_of(say, incoming.channel, incoming.chat, person, Priority.REPLY, ctx.now, dedupe=dedupe)
        ctx.tx.outbox.put(replace(push, case=about(say)))


def save_session(
    ctx: Context,
    incoming: Incoming,
    person: PersonId,
    state: Mapping[str, Any],
    stored: Session | None,
    nudge_at: datetime | None = None,
) -> None:
    """Keeps what is to be remembered of a chat; `stored` is what was read before."""
    version = stored.version + 1 if stored else 1
    saved = Session(incoming.channel, incoming.chat, dict(state), ctx.now, version, nudge_at)
    ctx.tx.sessions.save(saved, person)
