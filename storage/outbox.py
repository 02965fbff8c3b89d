"""The outbox: what is to be said, in what order, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from storage.records import CaseId, PersonId, Priority, Push
from storage.shelf import Row, Shelf, insert_into
from storage.tables import outbox
from storage.types import Instant

TICK = timedelta(microseconds=1)
"""The least by which two times of ours differ."""
KEEPS_ORDER = 5
"""Tries (about a minute, with doubling pauses) during which a failing row holds back the later ones of its chat."""


@dataclass(frozen=True, slots=True)
class NewPush:
    """A message to be sent, before it has a number."""

    channel: str
    chat: str
    person: PersonId | None
    key: str
    args: dict[str, Any]
    priority: Priority
    created_at: datetime
    case: CaseId | None = None
    event: int | None = None
    dedupe: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits in a channel although it could go."""

    count: int
    seconds: int
    """How long the oldest one has waited, digests aside."""
    error: str | None
    """What the platform said of that one last."""


# Building a statement costs more than running it: those of every message are kept.
_SENT_TO = select(outbox).where(
    outbox.c.channel == bindparam("channel"), outbox.c.chat == bindparam("chat"), outbox.c.sent_at.is_not(None)
)
_LAST_FIRST = _SENT_TO.order_by(outbox.c.sent_at.desc(), outbox.c.id.desc())
_LAST_SENT = _LAST_FIRST.limit(1)
_LAST_SENT_AT = _SENT_TO.with_only_columns(func.max(outbox.c.sent_at))
_TOGETHER = _SENT_TO.where(outbox.c.message_ref == bindparam("ref"), outbox.c.sent_at == bindparam("at")).order_by(
    outbox.c.id
)
_LAST_REPLY = _LAST_FIRST.where(outbox.c.rank == Priority.REPLY.order).limit(1)
_SET = update(outbox).where(outbox.c.id == bindparam("number"))
_FAILED = _SET.values(due_at=func.coalesce(outbox.c.due_at, bindparam("at", type_=Instant)), tries=outbox.c.tries + 1)
_THESE = outbox.c.id.in_(bindparam("numbers", expanding=True))
_LEASE = update(outbox).where(_THESE)
_CLAIMED = select(outbox).where(_THESE).order_by(outbox.c.rank, outbox.c.id)
_WITHDRAW = outbox.delete().where(_THESE, outbox.c.sent_at.is_(None)).returning(outbox.c.id)
_PARKED = select(
    exists().where(
        outbox.c.channel == bindparam("channel"), outbox.c.chat == bindparam("chat"), outbox.c.parked.is_not(None)
    ),
    exists().where(outbox.c.person == bindparam("person"), outbox.c.parked.is_not(None), outbox.c.sent_at.is_(None)),
)


@cache
def _put(is_postgres: bool) -> Insert:
    """Adds a row, or nothing when its dedupe key exists."""
    return insert_into(outbox, is_postgres).on_conflict_do_nothing(index_elements=["dedupe"])


@cache
def _add(is_postgres: bool) -> ReturningInsert[Any]:
    """The same, and returns its number."""
    return _put(is_postgres).returning(outbox.c.id)


class Outbox(Shelf):
    """The pushes of one transaction. A row waits until it is sent, dead, parked or purged."""

    def add(self, push: NewPush) -> int | None:
        """Its number, or None when a push with the same dedupe key exists."""
        number = self._connection.execute(_add(self._is_postgres), self._row_of(push)).scalar_one_or_none()
        return int(number) if number is not None else None

    def put(self, push: NewPush) -> None:
        """The same, together with others, for whoever asks for no number."""
        self._batch.insert(_put(self._is_postgres), self._row_of(push))

    def _row_of(self, push: NewPush) -> dict[str, Any]:
        return {
            "channel": push.channel,
            "chat": push.chat,
            "person": push.person,
            "key": push.key,
            "slot": push.args.get("slot"),
            "priority": push.priority.value,
            "rank": push.priority.order,
            "created_at": push.created_at,
            "case_id": push.case,
            "event": push.event,
            "dedupe": push.dedupe,
            "not_before": push.not_before,
            "due_at": push.not_before or push.created_at,
            "tries": 0,
            "waiting": True,
            "sealed": self._vault.seal(
                push.person, about(push.person, push.created_at), json.dumps(push.args, default=str)
            ),
        }

    def claim(self, now: datetime, limit: int, channel: str, lease_seconds: int = 60) -> tuple[Push, ...]:
        """Leases what is due in a channel, best priority first, at most one row of a chat: a chat stays in order.

        Within a chat the best priority goes first, then the oldest; a row that was tried and failed holds the later
        ones back for its first `KEEPS_ORDER` tries. Nothing is taken from a chat while another row of it is leased.
        """
        claimable = self._rows(self._locked(_CLAIMABLE, skip=True), channel=channel, now=now, limit=limit)
        numbers = [row["id"] for row in claimable]
        if not numbers:
            return ()
        until = now + timedelta(seconds=lease_seconds)
        self._connection.execute(_LEASE, {"numbers": numbers, "claimed_until": until})
        rows = self._rows(_CLAIMED, numbers=numbers)
        return tuple(self._push(row) for row in rows)

    def beside(self, push: Push, now: datetime) -> tuple[Push, ...]:
        """What else could go now to the chat and person of a push, unclaimed, in the order in which it was written."""
        mine = (_waits_in(outbox, push.channel, push.chat), outbox.c.id != push.id)
        is_free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now)
        query = select(outbox).where(*mine, _is_due(outbox, now), is_free).order_by(outbox.c.id)
        found = (self._push(row) for row in self._rows(self._locked(query, skip=True)))
        return tuple(other for other in found if other.person == push.person)

    def lease(self, number: int, until: datetime | None) -> None:
        """Claims a row that goes together with a claimed one; None gives it back."""
        self._set(number, claimed_until=until)

    def redirect(self, number: int, channel: str, chat: str) -> None:
        """It goes to another chat of the same person instead."""
        self._set(number, channel=channel, chat=chat, claimed_until=None, parked=None, waiting=True, due_at=None)

    def time_of_sending(self, channel: str, chat: str, now: datetime) -> datetime:
        """The time to note for what a chat is sent now: never earlier than what it was sent before.

        `now` may be earlier: a clock that ran ahead was set right. What stands last would then be something old.
        """
        last = self._connection.execute(_LAST_SENT_AT, {"channel": channel, "chat": chat}).scalar_one()
        return now if last is None or last <= now else last + TICK

    def mark_sent(self, number: int, at: datetime, ref: str | None) -> None:
        self._set(number, sent_at=at, waiting=False, claimed_until=None, message_ref=ref, error=None)

    def mark_failed(self, number: int, error: str, retry_at: datetime, at: datetime) -> None:
        """Not sent this time: it waits until `retry_at`."""
        failed = {"claimed_until": None, "error": error[:500], "not_before": retry_at}
        self._connection.execute(_FAILED, {"number": number, "at": at, **failed})

    def mark_dead(self, number: int, at: datetime, error: str) -> None:
        self._set(number, dead_at=at, waiting=False, claimed_until=None, error=error[:500])

    def park(self, number: int, why: str) -> None:
        """It waits for the next contact with its person."""
        self._set(number, parked=why, waiting=False, claimed_until=None)

    def is_awaited(self, channel: str, chat: str, person: PersonId | str | None) -> bool:
        """Whether anything is parked in a chat, or for its person in any chat."""
        return any(self._connection.execute(_PARKED, {"channel": channel, "chat": chat, "person": person}).one())

    def unpark(self, channel: str, chat: str) -> int:
        """The person is there again."""
        done = self._connection.execute(
            update(outbox)
            .where(outbox.c.channel == channel, outbox.c.chat == chat, outbox.c.parked.is_not(None))
            .values(parked=None, waiting=True, due_at=None)
        )
        return done.rowcount

    def bring(self, person: PersonId | str, channel: str, chat: str) -> int:
        """What is parked for a person in any chat (no replies) goes to the one where they are now."""
        mine = (outbox.c.person == person, outbox.c.parked.is_not(None), outbox.c.sent_at.is_(None))
        done = self._connection.execute(
            update(outbox)
            .where(*mine, outbox.c.priority != Priority.REPLY.value)
            .values(channel=channel, chat=chat, parked=None, waiting=True, due_at=None)
        )
        return done.rowcount

    def cancel(self, case: CaseId, event: int) -> int:
        """Removes the unclaimed pushes of an event that is undone."""
        return self._connection.execute(
            outbox.delete().where(
                outbox.c.case_id == case,
                outbox.c.event == event,
                outbox.c.sent_at.is_(None),
                outbox.c.claimed_until.is_(None),
            )
        ).rowcount

    def any_claimed(self, case: CaseId, event: int) -> bool:
        """Whether a push of this event is on its way or was sent."""
        query = select(func.count()).where(
            outbox.c.case_id == case,
            outbox.c.event == event,
            or_(outbox.c.sent_at.is_not(None), outbox.c.claimed_until.is_not(None)),
        )
        return bool(self._connection.execute(query).scalar_one())

    def get(self, number: int) -> Push | None:
        row = self._row(select(outbox).where(outbox.c.id == number))
        return self._push(row) if row is not None else None

    def of_case(self, case: CaseId) -> tuple[Push, ...]:
        return tuple(
            self._push(row) for row in self._rows(select(outbox).where(outbox.c.case_id == case).order_by(outbox.c.id))
        )

    def sent(self, channel: str, chat: str, after: int | None = None, limit: int = 100) -> tuple[Push, ...]:
        """What a chat was told, in the order of sending, which is not that of writing: a push may have had to wait.

        With `after` all that followed this row (at most `limit`); without it the newest `limit`.
        """
        mine = and_(outbox.c.channel == channel, outbox.c.chat == chat, outbox.c.sent_at.is_not(None))
        if after is None:
            newest = self._rows(_LAST_FIRST.limit(limit), channel=channel, chat=chat)
            return tuple(self._push(row) for row in reversed(newest))
        known = self._row(select(outbox.c.sent_at).where(mine, outbox.c.id == after))
        if known is None:
            return self.sent(channel, chat, None, limit)
        is_later = or_(
            outbox.c.sent_at > known["sent_at"], and_(outbox.c.sent_at == known["sent_at"], outbox.c.id > after)
        )
        query = select(outbox).where(mine, is_later).order_by(outbox.c.sent_at, outbox.c.id).limit(limit)
        return tuple(self._push(row) for row in self._rows(query))

    def by_ref(self, channel: str, chat: str, message_ref: str) -> Push | None:
        """The push that became this message of the platform."""
        query = select(outbox).where(
            outbox.c.channel == channel, outbox.c.chat == chat, outbox.c.message_ref == message_ref
        )
        row = self._row(query.order_by(outbox.c.id.desc()).limit(1))
        return self._push(row) if row is not None else None

    def last_sent(self, channel: str, chat: str) -> Push | None:
        """What stands last in a chat, by the time of sending; of several rows in one message the one with the menu."""
        row = self._row(_LAST_SENT, channel=channel, chat=chat)
        if row is None or row["message_ref"] is None:
            return self._push(row) if row is not None else None
        at, ref = row["sent_at"], row["message_ref"]
        together = [self._push(each) for each in self._rows(_TOGETHER, channel=channel, chat=chat, at=at, ref=ref)]
        return next((push for push in together if push.args.get("buttons")), together[-1])

    def last_reply(self, channel: str, chat: str) -> Push | None:
        """The newest answer in a chat, whatever news came by itself since."""
        row = self._row(_LAST_REPLY, channel=channel, chat=chat)
        return self._push(row) if row is not None else None

    def ref_of_slot(self, channel: str, chat: str, slot: str) -> str | None:
        """The last message sent to this chat, when it bears this slot: only the newest message is edited in place."""
        row = self._row(_LAST_SENT, channel=channel, chat=chat)
        return row["message_ref"] if row is not None and row["slot"] == slot else None

    def unreached(self, case: CaseId, person: PersonId) -> tuple[Push, ...]:
        """What a person should have been told of a case, and was not: parked or given up."""
        query = select(outbox).where(
            outbox.c.case_id == case,
            outbox.c.person == person,
            or_(outbox.c.parked.is_not(None), outbox.c.dead_at.is_not(None)),
        )
        return tuple(self._push(row) for row in self._rows(query.order_by(outbox.c.id)))

    def has_parked(self, channel: str, chat: str, why: str) -> bool:
        """Whether something waits in a chat for this reason."""
        mine = (outbox.c.channel == channel, outbox.c.chat == chat, outbox.c.parked == why)
        return self._row(select(outbox.c.id).where(*mine).limit(1)) is not None

    def waiting(self, channel: str, chat: str) -> tuple[Push, ...]:
        """What a chat will still be told, in the order in which it was written."""
        query = select(outbox).where(_waits_in(outbox, channel, chat))
        return tuple(self._push(row) for row in self._rows(query.order_by(outbox.c.id)))

    def waiting_with(self, prefix: str, persons: Collection[PersonId], now: datetime) -> tuple[Push, ...]:
        """What waits for these persons under dedupe keys that begin so, untried, not on its way; the newest first."""
        is_free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now)
        mine = (outbox.c.person.in_(sorted(persons)), outbox.c.sent_at.is_(None), outbox.c.waiting)
        query = select(outbox).where(*mine, outbox.c.dedupe.startswith(prefix), outbox.c.tries == 0, is_free)
        return tuple(self._push(row) for row in self._rows(self._locked(query.order_by(outbox.c.id.desc()), skip=True)))

    def withdraw(self, numbers: Collection[int]) -> frozenset[int]:
        """Takes waiting rows back; which of them were still there, unsent."""
        return frozenset(self._connection.execute(_WITHDRAW, {"numbers": list(numbers)}).scalars())

    def purge(self, person: PersonId | str) -> int:
        """Removes what waits to be told to a person."""
        gone = outbox.delete().where(outbox.c.person == person, outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))
        return self._connection.execute(gone).rowcount

    def forget_case(self, case: CaseId) -> int:
        """Removes what waits to be told about a case to anybody, and blanks what was told: its author is forgotten."""
        mine = outbox.c.case_id == case
        gone = self._connection.execute(outbox.delete().where(mine, outbox.c.sent_at.is_(None))).rowcount
        self._connection.execute(update(outbox).where(mine).values(sealed=None))
        return gone

    def forget_dedupe(self, prefix: str) -> int:
        """The same for all rows whose dedupe key begins so."""
        mine = outbox.c.dedupe.startswith(prefix, autoescape=True)
        gone = self._connection.execute(outbox.delete().where(mine, outbox.c.sent_at.is_(None))).rowcount
        self._connection.execute(update(outbox).where(mine).values(sealed=None))
        return gone

    def counts(self) -> dict[str, int]:
        """How many rows wait, are parked, are dead."""
        states = {
            "waiting": outbox.c.waiting,
            "parked": outbox.c.parked.is_not(None),
            "dead": outbox.c.dead_at.is_not(None),
        }
        return {
            name: int(self._connection.execute(select(func.count()).where(state)).scalar_one())
            for name, state in states.items()
        }

    def queues(self, now: datetime) -> dict[str, Queue]:
        """What could have gone by now, by channel; a channel without anything late is left out.

        Nothing is said of what waited for its person and was let go a moment ago.
        """
        mine = (outbox.c.waiting, outbox.c.due_at <= now)
        # Digests go to everybody at once, and may take their time.
        since = func.min(outbox.c.due_at).filter(outbox.c.rank < Priority.DIGEST.order)
        query = select(outbox.c.channel, func.count(), since).where(*mine).group_by(outbox.c.channel)
        return {
            channel: Queue(
                count, int((now - oldest).total_seconds()) if oldest else 0, self._last_error(channel, oldest)
            )
            for channel, count, oldest in self._connection.execute(query)
        }

    def _last_error(self, channel: str, due_at: datetime | None) -> str | None:
        """Why the message that has waited longest was not sent."""
        mine = (outbox.c.channel == channel, outbox.c.waiting, outbox.c.due_at == due_at)
        return self._connection.execute(select(outbox.c.error).where(*mine).limit(1)).scalar_one_or_none()

    def _set(self, number: int, **values: Any) -> None:
        self._connection.execute(_SET, {"number": number, **values})

    def _push(self, row: Row) -> Push:
        opened = self._vault.open(row["person"], about(row["person"], row["created_at"]), row["sealed"])
        return Push(
            id=row["id"],
            channel=row["channel"],
            chat=row["chat"],
            person=row["person"],
            key=row["key"],
            args=json.loads(opened) if opened else {},
            priority=Priority(row["priority"]),
            created_at=row["created_at"],
            case=row["case_id"],
            event=row["event"],
            dedupe=row["dedupe"],
            not_before=row["not_before"],
            claimed_until=row["claimed_until"],
            tries=row["tries"],
            sent_at=row["sent_at"],
            dead_at=row["dead_at"],
            error=row["error"],
            parked=row["parked"],
            message_ref=row["message_ref"],
        )


def about(person: str | None, created_at: datetime) -> str:
    """How the seal names a row: it has no number before it is inserted, and its chat may get another id."""
    return f"outbox:{person}:{created_at.timestamp():.6f}"


def _claimable() -> Select[Any]:
    """Numbers of the rows of one channel that may be sent now, best first; answered from the partial indexes."""
    now = bindparam("now", type_=Instant)
    mine, other = outbox, outbox.alias("other")
    is_leased = other.c.claimed_until > now
    goes_before = or_(other.c.rank < mine.c.rank, and_(other.c.rank == mine.c.rank, other.c.id < mine.c.id))
    is_retried = and_(other.c.tries.between(1, KEEPS_ORDER), other.c.id < mine.c.id)
    in_the_way = select(other.c.id).where(
        _waits_in(other, mine.c.channel, mine.c.chat),
        other.c.id != mine.c.id,
        or_(is_leased, and_(_is_due(other, now), goes_before), is_retried),
    )
    is_free = or_(mine.c.claimed_until.is_(None), mine.c.claimed_until <= now)
    here = (mine.c.channel == bindparam("channel"), mine.c.waiting, _is_due(mine, now), is_free)
    # OFFSET 0: else a planner that believes few rows to wait makes a join of it, over all that wait.
    is_first = ~in_the_way.offset(literal_column("0")).exists()
    query = select(mine.c.id).where(*here, is_first).order_by(mine.c.rank, mine.c.id)
    return query.limit(bindparam("limit", type_=Integer))


def _waits_in(rows: Any, channel: Any, chat: Any) -> ColumnElement[bool]:
    """What waits in one chat, looked up by the chat alone.

    A planner that counted last when nothing waited would take any index that begins with the channel for as good, and
    read through everything that waits there.
    """
    return and_(rows.c.waiting, rows.c.chat == chat, rows.c.channel + "" == channel)


def _is_due(rows: Any, now: Any) -> Any:
    return or_(rows.c.not_before.is_(None), rows.c.not_before <= now)


_CLAIMABLE = _claimable()
