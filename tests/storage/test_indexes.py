"""Hot questions are answered from an index: the database itself is asked how it would answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from storage.records import (
    OPEN_STATUSES,
    AgencyId,
    CaseId,
    CaseStatus,
    CitizenId,
    OfficerId,
    PersonId,
    Priority,
    Purpose,
    Push,
)
from storage.sealed import MasterKeys
from storage.store import Store, Transaction
from tests.storage.builders import CITIZEN, NOW, a_case, a_push

LONG_AGO = NOW - timedelta(days=30)

Question = Callable[[Transaction], Any]


def a_waiting() -> Push:
    return Push(1, "telegram", "c1", PersonId(CITIZEN), "key", {}, Priority.STATUS, NOW)


QUESTIONS: dict[str, tuple[str, Question]] = {
    "due cases": ("cases_due", lambda tx: tx.cases.due(NOW, 100)),
    "queue of an agency": ("cases_queue", lambda tx: tx.cases.queue(agency="a1", statuses=(CaseStatus.ACCEPTED,))),
    "count of an agency": ("cases_queue", lambda tx: tx.cases.count(agency="a1", statuses=tuple(OPEN_STATUSES))),
    "queue of an officer": ("cases_of_officer", lambda tx: tx.cases.queue(officer="o", statuses=("accepted",))),
    "triage desk": ("cases_by_status", lambda tx: tx.cases.queue(statuses=("triage",))),
    "cases of a citizen": ("cases_of_citizen", lambda tx: tx.cases.of_citizen(CITIZEN, open_only=True)),
    "neighbours": ("cases_near", lambda tx: tx.cases.near(["cell1", "cell2"], "dien", LONG_AGO, tuple(OPEN_STATUSES))),
    "similar": ("cases_of_ward", lambda tx: tx.cases.similar("00070", "dien", LONG_AGO, 10)),
    "latest decisions": ("cases_filed", lambda tx: tx.cases.decisions(10)),
    "citizens by phone": ("ix_citizens_phone_blind", lambda tx: tx.citizens.by_phone("0912345678")),
    "officers of an agency": ("ix_officers_agency", lambda tx: tx.officers.of_agency("a")),
    "chats of a citizen": ("ix_chats_citizen", lambda tx: tx.chats.of_citizen(CITIZEN)),
    "drafts to nudge": ("sessions_nudge", lambda tx: tx.sessions.nudges(NOW, 10)),
    "claim": ("outbox_waiting", lambda tx: tx.outbox.claim(NOW, 10, "telegram")),
    "claim, in order": ("outbox_chat_waiting", lambda tx: tx.outbox.claim(NOW, 10, "telegram")),
    "queues": ("outbox_due", lambda tx: tx.outbox.queues(NOW)),
    "somebody is back": ("outbox_parked", lambda tx: tx.outbox.is_awaited("telegram", "c1", CITIZEN)),
    "somebody writes, parked": ("outbox_parked", lambda tx: tx.chats.arriving("telegram", "c1", NOW)),
    "somebody writes, told": ("outbox_of_chat", lambda tx: tx.chats.arriving("telegram", "c1", NOW)),
    "somebody writes, cases": ("cases_of_citizen", lambda tx: tx.chats.arriving("telegram", "c1", NOW)),
    "somebody writes, bans": ("ix_bans_citizen", lambda tx: tx.chats.arriving("telegram", "c1", NOW)),
    "unpark": ("outbox_parked", lambda tx: tx.outbox.unpark("telegram", "c1")),
    # By what is parked or by person: whichever the planner thinks is less.
    "bring": ("outbox_", lambda tx: tx.outbox.bring(CITIZEN, "telegram", "c1")),
    "beside": ("outbox_chat_waiting", lambda tx: tx.outbox.beside(a_waiting(), NOW)),
    "unreached": ("outbox_of_case", lambda tx: tx.outbox.unreached(CaseId("c"), PersonId(CITIZEN))),
    "parked for a reason": ("outbox_parked", lambda tx: tx.outbox.has_parked("telegram", "c1", "closed")),
    "last of a chat": ("outbox_of_chat", lambda tx: tx.outbox.last_sent("telegram", "c1")),
    "time of sending": ("outbox_of_chat", lambda tx: tx.outbox.time_of_sending("telegram", "c1", NOW)),
    "purge": ("outbox_of_person", lambda tx: tx.outbox.purge(CITIZEN)),
    "undo": ("outbox_of_case", lambda tx: tx.outbox.cancel(CaseId("c"), 1)),
    "reply to a message": ("outbox_by_ref", lambda tx: tx.outbox.by_ref("telegram", "c1", "4711")),
    "newest of a chat": ("outbox_of_chat", lambda tx: tx.outbox.ref_of_slot("telegram", "c1", "card")),
    "events of late": ("events_at", lambda tx: tx.events.touched_since(NOW)),
    "awaited files": ("files_waiting", lambda tx: tx.files.awaited()),
    "waiting files": ("files_waiting", lambda tx: tx.files.waiting(NOW, 10)),
    "files of a case": ("ix_files_case_id", lambda tx: tx.files.of_case(CaseId("c"), Purpose.PROOF)),
    "files of a person": ("ix_files_person", lambda tx: tx.files.of_person(PersonId(CITIZEN))),
    "pictures alike": ("files_alike", lambda tx: tx.files.near_phash("0" * 16, 6)),
    "remedies due": ("ratings_remedy", lambda tx: tx.ratings.remedies_due(NOW)),
    "promises due": ("promises_due", lambda tx: tx.promises.due(NOW.date(), 10)),
    "open difficulties": ("difficulties_open", lambda tx: tx.difficulties.open()),
    "open requests": ("requests_open", lambda tx: tx.requests.open()),
    "bans in force": ("ix_bans_standing", lambda tx: tx.bans.standing(NOW, 10)),
    "bans that ran out": ("ix_bans_standing", lambda tx: tx.bans.run_out(NOW, 10)),
    "bans": ("ix_bans_citizen", lambda tx: tx.bans.active(CITIZEN, NOW)),
    "followed cases": ("followers_of_citizen", lambda tx: tx.followers.of_citizen(CITIZEN)),
}


ROWS = 3000


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def full_store(request: pytest.FixtureRequest, keys: MasterKeys, tmp_path_factory) -> Iterator[Store]:
    """A store with some thousand rows where it matters, as PostgreSQL plans by what it counted."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('full')}/full.db"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.database(request.getfixturevalue("postgres_template")))
    store = Store.open(url, keys)
    store.write_now(fill)
    if not store.is_sqlite:
        with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    yield store
    store.close()


def fill(tx: Transaction) -> None:
    for number in range(ROWS):
        is_open = number % 10 == 0
        case = a_case(
            number,
            citizen=CitizenId(f"citizen-{number % 500}"),
            status=CaseStatus.ACCEPTED if is_open else CaseStatus.CLOSED,
            agency=AgencyId(f"a{number % 100}"),
            officer=OfficerId(f"o{number % 300}"),
            ward_code=f"{number % 120:05d}",
            cell=f"cell{number % 700}",
            filed_at=NOW - timedelta(minutes=number),
            remind_at=NOW + timedelta(minutes=number) if is_open else None,
            text="",
        )
        tx.cases.add(case)
        number_of_push = tx.outbox.add(a_push(f"c{number % 400}", case=case.id, event=1, person=None, args={}))
        if number % 20:
            tx.outbox.mark_sent(number_of_push, NOW, f"m{number}")


def plan(store: Store, question: Question) -> str:
    """What the database says of each statement of a question, with an empty line between them."""
    plans: list[str] = []
    is_asking = False

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        nonlocal is_asking
        if is_asking or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
            return
        is_asking = True
        how = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN "
        plans.append("\n".join(str(row) for row in connection.exec_driver_sql(how + statement, parameters)))
        is_asking = False

    def asked(tx: Transaction) -> None:
        event.listen(tx.connection, "before_cursor_execute", explain)
        if not store.is_sqlite:
            # Small tables are read whole: ask for what would be done with large ones.
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        question(tx)

    store.rehearse_now(asked)
    return "\n\n".join(plans)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_question_is_answered_from_its_index(full_store: Store, name: str) -> None:
    index, question = QUESTIONS[name]
    found = plan(full_store, question)
    assert index in found, found


@pytest.mark.parametrize(
    "name",
    [
        "due cases",
        "latest decisions",
        "claim",
        "newest of a chat",
        "last of a chat",
        "drafts to nudge",
        "pictures alike",
    ],
)
def test_the_index_gives_the_order_too(full_store: Store, name: str) -> None:
    """However many rows there are, only as many are read as are wanted."""
    first = plan(full_store, QUESTIONS[name][1]).split("\n\n")[0].split("CORRELATED")[0]
    assert "TEMP B-TREE" not in first, first
    assert "Sort " not in first, first


def test_a_queue_that_grew_since_the_planner_counted_is_not_read_through(single_store: Store) -> None:
    """Counted while nothing waited, any index is as good to the planner: what waits in a chat must have one choice."""
    single_store.write_now(lambda tx: [tx.outbox.add(a_push(f"c{number}")) for number in range(200)] and None)
    by_chat = r"outbox_chat_waiting \(chat=\?\)|outbox_chat_waiting .*\n.*Index Cond: \(\(chat\)::text = "
    for name in ("claim, in order", "beside"):
        found = plan(single_store, QUESTIONS[name][1])
        assert re.search(by_chat, found), found
    first = plan(single_store, QUESTIONS["claim"][1]).split("\n\n")[0]
    assert "outbox_waiting" in first, first
    assert "Sort " not in first, first
