"""Hears one message of a member of staff: who, what, do, show; in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.casework.change_config import FILE
from bot.casework.context import Context, Refused
from bot.casework.hearing import hear_once, last_offer, remember_file, reply, save_session
from bot.casework.permissions import ensure_active
from bot.desk.act import Tools
from bot.desk.configuring import CONFIG_FAULT, CONFIG_TEXT
from bot.desk.door import let_in, officer_behind, person_behind
from bot.desk.meaning import is_config, with_typed_command
from bot.desk.session import DeskSession
from bot.desk.turn import Turn
from bot.dialogue.message import Incoming, Outcome, Say, Words, whole
from bot.dialogue.offer import offer_of
from bot.dialogue.session import Result
from nlp.reader import Reader
from routing.config import Config, ConfigFaults, decoded
from routing.places import Places
from storage.records import CaseId, File, FileId, Officer, PersonId, Purpose
from storage.records import Session as StoredSession
from storage.store import Store, Transaction


class Desk:
    """The officers' side of the service, whatever the channel."""

    def __init__(
        self,
        store: Store,
        config: Callable[[], Config],
        reader: Reader | None = None,
        places: Places | None = None,
        bytes_of: Callable[[str], bytes] | None = None,
        site: str = "",
    ) -> None:
        """`bytes_of`: a stored file's bytes by its digest, for configuration files that are sent in.

        `site`: the address of the web pages, for links that are handed out.
        """
        self._bytes_of = bytes_of
        self._store = store
        self._config = config
        self._places = places
        self._tools = Tools(reader, self._wards_in, site.rstrip("/"))

    def read_with(self, reader: Reader) -> None:
        """From now on another reader proposes categories."""
        self._tools = replace(self._tools, reader=reader)

    async def hear(self, incoming: Incoming) -> Outcome:
        """Takes effect exactly once, and returns only after COMMIT."""
        return await self._store.write(self.work(incoming))

    def hear_now(self, incoming: Incoming) -> Outcome:
        """The same, for callers without an event loop."""
        return self._store.write_now(self.work(incoming))

    def work(self, incoming: Incoming) -> Callable[[Transaction], Outcome]:
        """The transaction of one message."""
        incoming = whole(incoming)
        heard = with_typed_command(incoming)

        def hear_in(ctx: Context) -> None:
            officer = officer_behind(ctx, heard)
            says = let_in(ctx, heard) if officer is None else self._act(ctx, officer, heard)
            reply(ctx, incoming, person_behind(ctx, incoming), says, partial(_about, ctx))

        return hear_once(incoming, self._config(), hear_in)

    def result_work(self, file: File, result: Result, now: datetime) -> Callable[[Transaction], None]:
        """A file has arrived or was refused: the answer that waits for it goes on by itself."""
        config = self._config()
        read = self._read_config(file)

        def go_on(tx: Transaction) -> None:
            ctx = Context(tx, config, now)
            incoming = Incoming(file.channel, file.chat, key="", at=now)
            chat = tx.chats.get(file.channel, file.chat)
            if chat is None or chat.officer is None:
                return
            officer = tx.officers.get(chat.officer)
            stored, session = _session(ctx, incoming)
            if officer.is_active:
                session = session if read is None else session.with_answer(file.id, *read)
                says, session = Turn(ctx, officer, incoming, self._tools).hear_file(session, file, result)
                _save(ctx, officer, incoming, session, stored, says)
                reply(ctx, incoming, PersonId(officer.id), says, partial(_about, ctx))

        return go_on

    def _read_config(self, file: File) -> tuple[str, str] | None:
        """The text of a configuration file, or why it is none; read before the transaction."""
        if file.purpose is not Purpose.CONFIG or file.sha256 is None or self._bytes_of is None:
            return None
        try:
            return CONFIG_TEXT, decoded(self._bytes_of(file.sha256), FILE)
        except ConfigFaults as unreadable:
            return CONFIG_FAULT, str(unreadable)

    def _act(self, ctx: Context, officer: Officer, incoming: Incoming) -> tuple[Say, ...]:
        stored, session = _session(ctx, incoming)
        if session.unfinished is None:
            # A number chooses what stands last in the chat, news that came by itself too; an open question goes first.
            session = replace(session, offered=last_offer(ctx, incoming, officer.language) or session.offered)
        files = _remember_files(ctx, officer, incoming)
        try:
            ensure_active(officer)
        except Refused as refusal:
            ctx.tx.audit.add(officer.actor, refusal.key, ctx.now, {"said": incoming.command})
            return (Say(Words(refusal.key, refusal.args_for_words)),)
        says, session = Turn(ctx, officer, incoming, self._tools).hear(session, files)
        _save(ctx, officer, incoming, session, stored, says)
        return says

    def _wards_in(self, said: str) -> tuple[str, ...]:
        return tuple(c.ward_code for c in self._places.find(said).candidates) if self._places is not None else ()


def _remember_files(ctx: Context, officer: Officer, incoming: Incoming) -> tuple[FileId, ...]:
    return tuple(
        remember_file(ctx, incoming, each, PersonId(officer.id), Purpose.CONFIG if is_config(each) else Purpose.PROOF)
        for each in incoming.attachments
    )


def _about(ctx: Context, say: Say) -> CaseId | None:
    """The case that a reply speaks of: answering the reply means it, and erasing its author blanks the reply."""
    case = ctx.case_of(_code_in(say.words))
    return case.id if case is not None else None


def _code_in(words: Words) -> str:
    """The code that words name; of a question with a remark before it that of either."""
    parts = words.args.get("words") if words.key == "raw" else None
    if not isinstance(parts, tuple):
        return str(words.args.get("code") or "")
    return next(filter(None, map(_code_in, parts)), "")


def _session(ctx: Context, incoming: Incoming) -> tuple[StoredSession | None, DeskSession]:
    stored = ctx.tx.sessions.get(incoming.channel, incoming.chat)
    return stored, DeskSession.of(stored.state if stored else {}, ctx.now)


def _save(
    ctx: Context,
    officer: Officer,
    incoming: Incoming,
    session: DeskSession,
    stored: StoredSession | None,
    says: tuple[Say, ...],
) -> None:
    session = replace(session, offered=offer_of(says, officer.language) or session.offered)
    save_session(ctx, incoming, PersonId(officer.id), session.to_json(), stored)
