"""Conversations: sessions, the keys of messages already heard, rates, and platform updates that failed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.sql.dml import ReturningInsert

from storage.batch import Batch
from storage.ledgers import Meta
from storage.records import PersonId, Session
from storage.shelf import Row, Shelf, insert_into
from storage.tables import inputs, rates, sessions, updates
from storage.vault import Vault

_OF_CHAT = select(sessions).where(sessions.c.channel == bindparam("channel"), sessions.c.chat == bindparam("chat"))


_FORGET_RATES = rates.delete().where(
    rates.c.person == bindparam("who"), rates.c.kind == bindparam("what"), rates.c.window < bindparam("before")
)


@cache
def _count_up(is_postgres: bool) -> ReturningInsert[Any]:
    """One hit more, and how many there are now."""
    insert = insert_into(rates, is_postgres)
    keys = ["person", "kind", "window"]
    return insert.on_conflict_do_update(index_elements=keys, set_={"count": rates.c.count + 1}).returning(rates.c.count)


class Sessions(Shelf):
    """Where each conversation stands."""

    def get(self, channel: str, chat: str) -> Session | None:
        """Held against other writers of the same conversation until the transaction ends."""
        row = self._row(self._locked(_OF_CHAT), channel=channel, chat=chat)
        return self._session(row) if row is not None else None

    def save(self, session: Session, person: PersonId) -> None:
        """Seals the state with the person's key."""
        state = json.dumps(session.state, ensure_ascii=False, default=_plain)
        row = {
            "channel": session.channel,
            "chat": session.chat,
            "person": person,
            "updated_at": session.updated_at,
            "version": session.version,
            "nudge_at": session.nudge_at,
            "sealed": self._vault.seal(person, f"sessions:{session.channel}:{person}", state),
        }
        self._put(sessions, row, ("channel", "chat"))

    def nudges(self, now: datetime, limit: int) -> tuple[Session, ...]:
        """Abandoned drafts whose reminder is due."""
        query = select(sessions).where(sessions.c.nudge_at.is_not(None), sessions.c.nudge_at <= now)
        found = self._rows(self._locked(query.order_by(sessions.c.nudge_at).limit(limit), skip=True))
        return tuple(self._session(row) for row in found)

    def _session(self, row: Row) -> Session:
        about = f"sessions:{row['channel']}:{row['person']}"
        opened = self._vault.open(row["person"], about, row["sealed"])
        return Session(
            channel=row["channel"],
            chat=row["chat"],
            state=json.loads(opened) if opened else {},
            updated_at=row["updated_at"],
            version=row["version"],
            nudge_at=row["nudge_at"],
        )


class Inputs(Shelf):
    """Messages already heard."""

    def first_time(self, channel: str, chat: str, key: str, now: datetime) -> bool:
        """Whether this message is new; remembers it. One chat's messages wait for one another."""
        if self._is_postgres:
            lock = zlib.crc32(f"{channel}:{chat}".encode())
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        return self._insert_new(inputs, {"channel": channel, "chat": chat, "key": key[:120], "at": now})

    def forget(self, before: datetime) -> int:
        """Platforms repeat an update within a day or so; older keys are not needed."""
        return self._connection.execute(inputs.delete().where(inputs.c.at < before)).rowcount


class Rates(Shelf):
    """How often somebody did something lately."""

    def hit(self, person: str, kind: str, at: datetime, per_seconds: int) -> int:
        """Counts once more; returns the count within the present window of `per_seconds` seconds."""
        window = int(at.timestamp()) // per_seconds
        key = {"person": person, "kind": kind, "window": window}
        count = int(self._connection.execute(_count_up(self._is_postgres), {**key, "count": 1}).scalar_one())
        if count == 1:
            self._connection.execute(_FORGET_RATES, {"who": person, "what": kind, "before": window})
        return count


class Updates(Shelf):
    """A platform's updates: how far we have come, and those that failed again and again."""

    def __init__(self, batch: Batch, vault: Vault) -> None:
        super().__init__(batch, vault)
        self._meta = Meta(batch, vault)

    def offset(self, bot: str) -> int | None:
        """The highest update id that is committed."""
        found = self._meta.get(f"offset:{bot}")
        return int(found) if found is not None else None

    def set_offset(self, bot: str, update_id: int) -> None:
        self._meta.set(f"offset:{bot}", str(update_id))

    def seen_at(self, bot: str) -> datetime | None:
        """When this bot was last known to be in touch with its platform."""
        found = self._meta.get(f"seen:{bot}")
        return datetime.fromisoformat(found) if found is not None else None

    def set_seen_at(self, bot: str, at: datetime) -> None:
        self._meta.set(f"seen:{bot}", at.isoformat())

    def bot_name(self, bot: str) -> str | None:
        """The name by which a platform knows a bot; None before it was first in touch."""
        return self._meta.get(f"bot_name:{bot}")

    def set_bot_name(self, bot: str, name: str) -> None:
        self._meta.set(f"bot_name:{bot}", name)

    def keep(self, bot: str, update_id: int, payload: str) -> None:
        """Takes an update over from the platform before it is worked on; one that was given up stays so."""
        sealed = self._vault.seal(None, _about(bot, update_id), payload)
        row = {"bot": bot, "update_id": update_id, "tries": 0, "sealed": sealed}
        if not self._insert_new(updates, row):
            mine = (updates.c.bot == bot, updates.c.update_id == update_id, updates.c.dead_at.is_(None))
            self._connection.execute(update(updates).where(*mine).values(sealed=sealed))

    def kept(self, bot: str) -> tuple[str, ...]:
        """Updates that were taken over and are still to be worked on, in their order."""
        mine = (updates.c.bot == bot, updates.c.dead_at.is_(None), updates.c.sealed.is_not(None))
        rows = self._rows(select(updates).where(*mine).order_by(updates.c.update_id))
        opened = (self._vault.open(None, _about(bot, row["update_id"]), row["sealed"]) for row in rows)
        return tuple(payload for payload in opened if payload)

    def let_go(self, bot: str, update_ids: Iterable[int]) -> None:
        """These have been worked on."""
        mine = (updates.c.bot == bot, updates.c.update_id.in_(list(update_ids)), updates.c.dead_at.is_(None))
        self._connection.execute(updates.delete().where(*mine))

    def tries(self, bot: str, update_id: int) -> int:
        """Counts one more try of an update, and returns the count."""
        row = {"bot": bot, "update_id": update_id, "tries": 1}
        if self._insert_new(updates, row):
            return 1
        mine = (updates.c.bot == bot, updates.c.update_id == update_id)
        self._connection.execute(update(updates).where(*mine).values(tries=updates.c.tries + 1))
        return int(self._connection.execute(select(updates.c.tries).where(*mine)).scalar_one())

    def dead_letter(self, bot: str, update_id: int, payload: str, error: str, at: datetime) -> None:
        """Gives an update up, keeping it sealed for whoever mends the fault."""
        self._put(
            updates,
            {
                "bot": bot,
                "update_id": update_id,
                "tries": 0,
                "dead_at": at,
                "error": error[:500],
                "sealed": self._vault.seal(None, _about(bot, update_id), payload),
            },
            ("bot", "update_id"),
        )


def _about(bot: str, update_id: int) -> str:
    return f"updates:{bot}:{update_id}"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
