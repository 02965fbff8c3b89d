"""The anchors: the best plain code for the least of the same work, without any of our promises beyond it.

aiogram and underthesea are imported only when their anchor is asked for.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiogram import Bot

TOKEN = "111:bench"  # noqa: S105 - no secret: nothing leaves this machine
REPLY = "Đã nhận tin."

Feed = Callable[[Mapping[str, Any]], Awaitable[None]]


def bot_to_nowhere() -> Bot:
    """An aiogram bot whose calls all succeed at once, without a network."""
    from aiogram import Bot
    from aiogram.client.session.base import BaseSession
    from aiogram.methods import TelegramMethod

    class Nowhere(BaseSession):
        async def close(self) -> None:
            pass

        async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109 - aiogram's
            return True

        async def stream_content(self, *_: Any, **__: Any) -> Any:
            raise NotImplementedError
            yield b""

    return Bot(TOKEN, session=Nowhere())


def bare_dispatch(handled: Callable[[Any], None] = lambda _message: None) -> Feed:
    """aiogram with one asynchronous handler that does nothing more than call `handled`."""
    from aiogram import Dispatcher
    from aiogram.types import Message

    dispatcher, bot = Dispatcher(disable_fsm=True), bot_to_nowhere()

    async def on_message(message: Message) -> None:
        handled(message)

    dispatcher.message.register(on_message)

    async def feed(raw: Mapping[str, Any]) -> None:
        await dispatcher.feed_raw_update(bot, dict(raw))

    return feed


async def in_flight(work: Callable[[Any], Awaitable[object]], pieces: Iterable[Any], at_once: int) -> None:
    """Does all pieces, so many of them at a time."""
    waiting = iter(pieces)

    async def worker() -> None:
        for piece in waiting:
            await work(piece)

    await asyncio.gather(*(worker() for _ in range(at_once)))


def word_tokenize() -> Callable[[str], object]:
    """underthesea's word segmentation, loaded."""
    from underthesea import word_tokenize as tokenize

    loaded: Callable[[str], object] = tokenize
    loaded("Xin chào")
    return loaded


class Journal:
    """Raw sqlite3, synchronous=FULL: what any bot must keep of a message, in one durable commit each.

    That is: this message was heard, where its conversation stands, and what will be answered.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(
            """
            CREATE TABLE heard (chat TEXT, key TEXT, PRIMARY KEY (chat, key)) WITHOUT ROWID;
            CREATE TABLE state (chat TEXT PRIMARY KEY, state TEXT) WITHOUT ROWID;
            CREATE TABLE reply (id INTEGER PRIMARY KEY, chat TEXT, words TEXT, sent INTEGER);
            """
        )

    def commit(self, chat: str, key: str, words: str) -> None:
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        execute("INSERT OR IGNORE INTO heard VALUES (?, ?)", (chat, key))
        execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (chat, words))
        execute("INSERT INTO reply (chat, words, sent) VALUES (?, ?, 0)", (chat, REPLY))
        execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


class RawSweep:
    """The sweep of due cases as plain SQL on our tables: no chain of hashes, no sealed words, no joined notices."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA synchronous=FULL")

    def look(self, now: int, limit: int) -> int:
        """Reads what is due at `now` (microseconds since 1970) within a transaction; returns how many there are."""
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        query = "SELECT * FROM cases WHERE remind_at IS NOT NULL AND remind_at <= ? ORDER BY remind_at LIMIT ?"
        found = len(execute(query, (now, limit)).fetchall())
        execute("COMMIT")
        return found

    def remind(self, now: int, limit: int) -> None:
        """One step up the ladder for the longest due: an event, a push to the officer's chat, the next time."""
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        execute(
            "CREATE TEMP TABLE due AS SELECT id, status, officer, seq, head FROM cases "
            "WHERE remind_at IS NOT NULL AND remind_at <= ? ORDER BY remind_at LIMIT ?",
            (now, limit),
        )
        execute(
            "INSERT INTO events (case_id, seq, kind, at, by, was, now, facts, canonical, prev, hash) "
            "SELECT id, seq + 1, 'reminded', ?, 'system', status, status, '{}', x'', head, '' FROM due",
            (now,),
        )
        execute(
            "INSERT INTO outbox (channel, chat, person, key, priority, rank, created_at, case_id, event, dedupe, "
            "tries, waiting) SELECT chats.channel, chats.chat, due.officer, 'push.reminder', 'status', 2, ?, due.id, "
            "due.seq + 1, due.id || ':' || (due.seq + 1), 0, 1 FROM due JOIN chats ON chats.officer = due.officer",
            (now,),
        )
        execute(
            "UPDATE cases SET seq = seq + 1, head = '', ladder = ladder + 1, remind_at = due_at "
            "WHERE id IN (SELECT id FROM due)"
        )
        execute("DROP TABLE due")
        execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def heard_in(path: Path) -> int:
    """How many messages a database of ours has heard."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM inputs").fetchone()[0])
