"""Rows wait to be written together; whoever reads finds them, and whoever is too late is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from storage.records import Case, CaseStatus, CitizenId, Event, PersonId
from storage.shelf import Lost
from storage.store import Store, Transaction
from tests.storage.builders import CITIZEN, NOW, a_case, a_citizen, a_push, filed, later, step


def remarked(tx: Transaction, case: Case, **changes: object) -> Case:
    """The next event of a case that keeps its status, and the case after it."""
    following = Event(case.id, case.seq + 1, "reminded", later(hours=case.seq), "system", case.status, case.status)
    chained = tx.events.add(following, case.citizen)
    saved = replace(case, seq=chained.seq, head=chained.hash, **changes)
    tx.cases.save(saved)
    return saved


def test_what_waits_is_read_as_if_it_were_written(store: Store) -> None:
    case = filed(store)

    def work(tx: Transaction) -> None:
        moved = step(tx, tx.cases.get(case.id), CaseStatus.ACCEPTED)
        assert tx.cases.get(case.id) == moved
        assert [e.seq for e in tx.events.of(case.id)] == [1, 2]
        tx.outbox.put(a_push())
        assert len(tx.outbox.waiting("telegram", "c1")) == 1

    store.write_now(work)
    assert store.read_now(lambda tx: tx.cases.get(case.id)).status is CaseStatus.ACCEPTED


def test_many_cases_are_written_by_few_statements_each_with_its_own_changes(single_store: Store) -> None:
    store = single_store
    numbers = range(1, 21)
    for number in numbers:
        filed(store, number)
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    def work(tx: Transaction) -> list[Case]:
        known = [tx.cases.get(a_case(number).id) for number in numbers]
        tx.events.expect([case.id for case in known])
        event.listen(Engine, "before_cursor_execute", note)
        saved = []
        for case in known:
            once = remarked(tx, case, ladder=1)
            # Some are saved again, with other changes.
            saved.append(remarked(tx, once, remind_at=later(days=1), text="khác") if case.code[-1] in "05" else once)
            tx.outbox.put(a_push(case=case.id, dedupe=case.id))
        tx.write()
        event.remove(Engine, "before_cursor_execute", note)
        return saved

    saved = store.write_now(work)
    assert [statement.split()[0] for statement in found] == ["INSERT", "UPDATE", "UPDATE", "INSERT"]
    assert [store.read_now(lambda tx, this=case.id: tx.cases.get(this)) for case in saved] == saved


def test_only_what_changed_is_written(store: Store) -> None:
    """What somebody else wrote meanwhile into other columns stays: here the blanks of somebody erased."""
    store.write_now(lambda tx: tx.citizens.add(a_citizen()))
    case = filed(store, masked="đèn hỏng", folded="den hong")

    def work(tx: Transaction) -> None:
        before = tx.cases.get(case.id)
        tx.citizens.erase(CITIZEN, NOW)
        remarked(tx, before, ladder=1)

    store.write_now(work)
    left = store.read_now(lambda tx: tx.cases.get(case.id))
    assert (left.ladder, left.masked, left.folded, left.text) == (1, "", "", "")


def test_a_case_that_was_overtaken_is_lost(store: Store) -> None:
    case = filed(store)
    store.write_now(lambda tx: step(tx, case, CaseStatus.ACCEPTED))
    with pytest.raises(Lost):
        store.write_now(lambda tx: tx.cases.save(replace(case, ladder=1)))

    def twice(tx: Transaction) -> None:
        read = tx.cases.get(case.id)
        remarked(tx, read)
        tx.cases.save(replace(read, seq=read.seq - 1, ladder=3))

    with pytest.raises(Lost):
        store.write_now(twice)
    assert store.read_now(lambda tx: tx.events.last(case.id)).seq == 2


def test_a_dry_run_fails_where_the_real_one_would(store: Store) -> None:
    case = filed(store)
    store.write_now(lambda tx: step(tx, case, CaseStatus.ACCEPTED))
    with pytest.raises(Lost):
        store.rehearse_now(lambda tx: tx.cases.save(replace(case, ladder=1)))


def test_followers_are_known_anew_after_a_change(store: Store) -> None:
    case, second = filed(store), CitizenId("citizen-2")

    def work(tx: Transaction) -> None:
        tx.citizens.add(a_citizen(2))
        assert tx.followers.of(case.id) == ()
        tx.followers.add(case.id, second)
        assert tx.followers.of(case.id) == (second,)
        tx.citizens.erase(second, NOW)
        assert tx.followers.of(case.id) == ()

    store.write_now(work)


def test_a_row_with_a_known_dedupe_key_is_left_out_among_others(store: Store) -> None:
    store.write_now(lambda tx: [tx.outbox.put(a_push(dedupe=key, person=PersonId(CITIZEN))) for key in ("a", "b", "a")])
    store.write_now(lambda tx: tx.outbox.put(a_push(dedupe="b")))
    assert [p.dedupe for p in store.read_now(lambda tx: tx.outbox.waiting("telegram", "c1"))] == ["a", "b"]
