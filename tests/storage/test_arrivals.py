"""Who writes is asked for in one statement, together with what else there may be to ask for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.arrivals import Standing
from storage.records import Ban, CaseStatus, Chat, PersonId
from storage.store import Store, Transaction
from tests.storage.builders import CITIZEN, NOW, a_case, a_citizen, a_push, later

NOTHING = Standing(is_awaited=False, has_open_cases=False, is_banned=False, was_told=False)


def settle(tx: Transaction) -> None:
    """A citizen with two chats."""
    tx.citizens.add(a_citizen(name="Lan"))
    tx.chats.save(Chat("telegram", "c1", citizen=CITIZEN))
    tx.chats.save(Chat("zalo_oa", "z1", citizen=CITIZEN))


def tell(tx: Transaction, key: str, minutes: int = 0, case: str | None = None) -> None:
    tx.outbox.mark_sent(tx.outbox.add(a_push(key=key, case=case)) or 0, later(minutes=minutes), f"m{minutes}")


def test_a_chat_that_nobody_wrote_in(store: Store) -> None:
    assert store.read_now(lambda tx: tx.chats.arriving("telegram", "c9", NOW)) == (None, NOTHING)
    store.write_now(lambda tx: tx.outbox.park(tx.outbox.add(a_push("c9", person=None)) or 0, "blocked"))
    assert store.read_now(lambda tx: tx.chats.arriving("telegram", "c9", NOW))[1].is_awaited


@pytest.mark.parametrize(
    ("happens", "there_is"),
    [
        (lambda tx: None, set()),
        (lambda tx: tx.outbox.park(tx.outbox.add(a_push("c1", person=None)) or 0, "blocked"), {"is_awaited"}),
        (lambda tx: tx.outbox.park(tx.outbox.add(a_push("z", person=PersonId(CITIZEN))) or 0, "shut"), {"is_awaited"}),
        (lambda tx: tx.cases.add(a_case()), {"has_open_cases"}),
        (lambda tx: tx.cases.add(a_case(status=CaseStatus.CLOSED)), set()),
        (lambda tx: tx.bans.add(Ban(CITIZEN, "phá", "o1", NOW, later(days=1))), {"is_banned"}),
        (lambda tx: tx.bans.add(Ban(CITIZEN, "phá", "o1", later(days=-2), later(days=-1))), set()),
        (lambda tx: tell(tx, "push.nudge"), {"was_told"}),
        (lambda tx: tell(tx, "report.where"), set()),
        (lambda tx: tell(tx, "report.filed", case="case-1"), {"was_told"}),
        (lambda tx: (tell(tx, "push.nudge"), tell(tx, "report.where", 1)), set()),
        # Two rows that went as one message: whichever has the menu counts.
        (lambda tx: (tell(tx, "push.nudge"), tell(tx, "report.where")), {"was_told"}),
    ],
)
def test_what_there_may_be_to_ask_for(
    store: Store, happens: Callable[[Transaction], object], there_is: set[str]
) -> None:
    store.write_now(settle)
    store.write_now(happens)
    chat, standing = store.read_now(lambda tx: tx.chats.arriving("telegram", "c1", NOW))
    assert chat == Chat("telegram", "c1", citizen=CITIZEN)
    assert {name for name in Standing.__slots__ if getattr(standing, name)} == there_is


def test_who_arrives_need_not_be_read_again(store: Store) -> None:
    store.write_now(settle)

    def arrive(tx: Transaction) -> str | None:
        tx.chats.arriving("telegram", "c1", NOW)
        return tx.citizens.get(CITIZEN).name

    assert store.read_now(arrive) == "Lan"
