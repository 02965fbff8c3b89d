"""Conversations: each message once, sessions sealed, rates counted, poison updates given up."""

from __future__ import annotations

import threading

from storage.records import PersonId, Session
from storage.store import Store, Transaction
from tests.storage.builders import CITIZEN, NOW, a_citizen, later

PERSON = PersonId(CITIZEN)


def test_a_message_is_heard_once_per_chat_and_channel(store: Store) -> None:
    def heard(channel: str, chat: str, key: str) -> bool:
        return store.write_now(lambda tx: tx.inputs.first_time(channel, chat, key, NOW))

    assert heard("telegram", "c1", "7")
    assert not heard("telegram", "c1", "7")
    assert heard("telegram", "c2", "7")
    assert heard("zalo_oa", "c1", "7")


def test_one_chats_messages_wait_for_one_another(single_store: Store) -> None:
    """The second message of a chat sees the session that the first one wrote."""
    order = []
    entered = threading.Event()

    def first(tx: Transaction) -> None:
        tx.inputs.first_time("telegram", "c1", "1", NOW)
        entered.set()
        threading.Event().wait(0.2)
        tx.sessions.save(Session("telegram", "c1", {"n": 1}, NOW), PERSON)
        order.append("first")

    def second(tx: Transaction) -> dict[str, object] | None:
        tx.inputs.first_time("telegram", "c1", "2", NOW)
        order.append("second")
        session = tx.sessions.get("telegram", "c1")
        return session.state if session else None

    one = single_store._submit(first)
    assert entered.wait(5)
    two = single_store._submit(second)
    one.result(5)
    assert two.result(5) == {"n": 1}
    assert order == ["first", "second"]


def test_old_keys_are_forgotten(store: Store) -> None:
    store.write_now(lambda tx: tx.inputs.first_time("telegram", "c1", "7", NOW))
    assert store.write_now(lambda tx: tx.inputs.forget(later(days=1))) == 1
    assert store.write_now(lambda tx: tx.inputs.first_time("telegram", "c1", "7", NOW))


def test_a_session_comes_back_and_is_replaced(store: Store) -> None:
    session = Session("telegram", "c1", {"flow": "report", "draft": {"text": "ổ gà"}}, NOW, 1, later(hours=2))
    store.write_now(lambda tx: tx.sessions.save(session, PERSON))
    assert store.read_now(lambda tx: tx.sessions.get("telegram", "c1")) == session
    newer = Session("telegram", "c1", {}, later(hours=1), 2)
    store.write_now(lambda tx: tx.sessions.save(newer, PERSON))
    assert store.read_now(lambda tx: tx.sessions.get("telegram", "c1")) == newer
    assert store.read_now(lambda tx: tx.sessions.get("telegram", "c2")) is None


def test_nudges_are_due_when_their_time_has_come(store: Store) -> None:
    for chat, hours in (("c1", 1), ("c2", 3), ("c3", None)):
        nudge_at = later(hours=hours) if hours else None
        store.write_now(lambda tx, c=chat, n=nudge_at: tx.sessions.save(Session("t", c, {}, NOW, 1, n), PERSON))
    assert [s.chat for s in store.write_now(lambda tx: tx.sessions.nudges(later(hours=2), 10))] == ["c1"]
    assert [s.chat for s in store.write_now(lambda tx: tx.sessions.nudges(later(hours=4), 10))] == ["c1", "c2"]


def test_rates_count_within_a_window(store: Store) -> None:
    def hit(at: object) -> int:
        return store.write_now(lambda tx: tx.rates.hit("p1", "message", at, 60))

    assert [hit(NOW), hit(later(seconds=1)), hit(later(seconds=2))] == [1, 2, 3]
    assert hit(later(seconds=120)) == 1
    assert store.write_now(lambda tx: tx.rates.hit("p2", "message", NOW, 60)) == 1
    assert store.write_now(lambda tx: tx.rates.hit("p1", "filing", NOW, 3600)) == 1


def test_an_update_is_counted_and_given_up(store: Store) -> None:
    assert store.read_now(lambda tx: tx.updates.offset("bot")) is None
    store.write_now(lambda tx: tx.updates.set_offset("bot", 2**40))
    assert store.read_now(lambda tx: tx.updates.offset("bot")) == 2**40
    assert [store.write_now(lambda tx: tx.updates.tries("bot", 5)) for _ in range(3)] == [1, 2, 3]
    store.write_now(lambda tx: tx.updates.dead_letter("bot", 5, '{"text": "bí mật"}', "KeyError: x", NOW))
    store.write_now(lambda tx: tx.citizens.add(a_citizen()))
    with store.connect() as connection:
        row = connection.exec_driver_sql("SELECT error, dead_at, sealed FROM updates WHERE update_id = 5").one()
    assert row[0] == "KeyError: x"
    assert row[1] is not None
    assert "bí mật".encode() not in bytes(row[2])
