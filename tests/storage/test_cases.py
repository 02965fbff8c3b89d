"""Cases: what is written comes back; queues, due work and neighbours are found."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from storage.records import OPEN_STATUSES, AgencyId, CaseId, CaseStatus, CitizenId, Clock, OfficerId, Urgency
from storage.shelf import NotFound
from storage.store import Store, Transaction
from tests.storage.builders import CITIZEN, NOW, a_case, a_citizen, a_full_case, filed, later


def add(store: Store, *cases: object) -> None:
    store.write_now(lambda tx: [tx.cases.add(c) for c in cases])


def numbers(cases: object) -> list[int]:
    return [int(case.id.removeprefix("case-")) for case in cases]


def test_a_case_comes_back_as_it_was(store: Store) -> None:
    plain, full = a_case(2), a_full_case()
    add(store, plain, full)
    assert store.read_now(lambda tx: tx.cases.get(full.id)) == full
    assert store.read_now(lambda tx: tx.cases.by_code(full.code)) == full
    assert store.read_now(lambda tx: tx.cases.get(plain.id)) == plain
    changed = replace(full, text="Khác", category="dien", agency=None, point=None, answers={}, flags=())
    store.write_now(lambda tx: tx.cases.save(changed))
    assert store.read_now(lambda tx: tx.cases.get(full.id)) == changed


def test_an_unknown_case_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.read_now(lambda tx: tx.cases.get(CaseId("nobody's")))
    with pytest.raises(NotFound):
        store.write_now(lambda tx: tx.cases.lock(CaseId("nobody's")))
    assert store.read_now(lambda tx: tx.cases.by_code("HN-0000-000")) is None


def test_a_citizens_cases_newest_first(store: Store) -> None:
    add(
        store,
        a_case(1, filed_at=NOW),
        a_case(2, filed_at=later(hours=1), status=CaseStatus.CLOSED),
        a_case(3, filed_at=later(hours=2)),
        a_case(4, citizen=CitizenId("other")),
    )
    assert numbers(store.read_now(lambda tx: tx.cases.of_citizen(CITIZEN))) == [3, 2, 1]
    assert numbers(store.read_now(lambda tx: tx.cases.of_citizen(CITIZEN, open_only=True))) == [3, 1]
    assert numbers(store.read_now(lambda tx: tx.cases.of_citizen(CITIZEN, limit=1, offset=1))) == [2]


def test_a_queue_has_urgent_cases_first_then_the_earliest_due(store: Store) -> None:
    add(
        store,
        a_case(1, due_at=later(hours=9)),
        a_case(2, due_at=later(hours=3)),
        a_case(3, due_at=None),
        a_case(4, due_at=later(hours=5), urgency=Urgency.KHAN),
        a_case(5, due_at=later(hours=1), agency=AgencyId("another")),
        a_case(6, due_at=later(hours=1), status=CaseStatus.CLOSED),
    )
    statuses = tuple(OPEN_STATUSES)
    found = store.read_now(lambda tx: tx.cases.queue(agency="ubnd-00070", statuses=statuses))
    assert numbers(found) == [4, 2, 1, 3]
    assert store.read_now(lambda tx: tx.cases.count(agency="ubnd-00070", statuses=statuses)) == 4
    assert numbers(store.read_now(lambda tx: tx.cases.queue(statuses=statuses, limit=2))) == [4, 5]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"officer": OfficerId("o1")}, [2]),
        ({"category": "dien"}, [3]),
        ({"ward": "00004"}, [4]),
        ({"urgency": Urgency.KHAN}, [5]),
        ({"overdue_at": later(hours=2)}, [6]),
        ({"statuses": (CaseStatus.TRIAGE,)}, [7]),
        ({"category": "dien", "ward": "00004"}, []),
    ],
)
def test_queue_and_count_filter_alike(store: Store, filters: dict[str, object], expected: list[int]) -> None:
    add(
        store,
        a_case(1),
        a_case(2, officer=OfficerId("o1")),
        a_case(3, category="dien"),
        a_case(4, ward_code="00004"),
        a_case(5, urgency=Urgency.KHAN),
        a_case(6, due_at=later(hours=1)),
        a_case(7, status=CaseStatus.TRIAGE),
    )
    assert numbers(store.read_now(lambda tx: tx.cases.queue(**filters))) == expected
    assert store.read_now(lambda tx: tx.cases.count(**filters)) == len(expected)


def test_due_cases_the_longest_due_first(store: Store) -> None:
    add(
        store,
        a_case(1, remind_at=later(hours=2)),
        a_case(2, remind_at=later(hours=1)),
        a_case(3, remind_at=later(hours=3)),
        a_case(4, remind_at=None),
        a_case(5, remind_at=later(hours=1), clock=Clock.RATING),
    )
    assert numbers(store.write_now(lambda tx: tx.cases.due(later(hours=2), 10))) in ([2, 5, 1], [5, 2, 1])
    assert len(store.write_now(lambda tx: tx.cases.due(later(hours=9), 2))) == 2


def test_two_sweeps_do_not_take_the_same_case(single_store: Store) -> None:
    add(single_store, *(a_case(n, remind_at=NOW) for n in range(1, 21)))
    taken: list[int] = []
    barrier = threading.Barrier(2)

    def sweep(tx: Transaction) -> list[int]:
        due = tx.cases.due(NOW, 10)
        for case in due:
            tx.cases.save(replace(case, remind_at=None))
        return numbers(due)

    def worker() -> None:
        barrier.wait(5)
        while found := single_store.write_now(sweep):
            taken.extend(found)

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join(30)
    assert sorted(taken) == list(range(1, 21))


def test_neighbours_and_similar_cases(store: Store) -> None:
    add(
        store,
        a_case(1, cell="a", filed_at=later(hours=1)),
        a_case(2, cell="b", filed_at=later(hours=2)),
        a_case(3, cell="c"),
        a_case(4, cell="a", category="dien"),
        a_case(5, cell="a", status=CaseStatus.CLOSED),
        a_case(6, cell="a", filed_at=later(days=-60)),
    )
    open_ones = tuple(OPEN_STATUSES)
    near = store.read_now(lambda tx: tx.cases.near(["a", "b"], "chieu_sang", later(days=-30), open_ones))
    assert numbers(near) == [2, 1]
    similar = store.read_now(lambda tx: tx.cases.similar("00070", "chieu_sang", later(days=-30), 2))
    assert numbers(similar) == [2, 1]
    assert store.read_now(lambda tx: tx.cases.near([], "chieu_sang", NOW, open_ones)) == ()


def test_all_cases_in_batches_and_the_latest(store: Store) -> None:
    add(store, *(a_case(n, filed_at=later(minutes=n)) for n in range(1, 8)))
    seen: list[int] = []
    after = ""
    while batch := store.read_now(lambda tx, a=after: tx.cases.all(a, 3)):
        seen += numbers(batch)
        after = batch[-1].id
    assert seen == list(range(1, 8))
    assert numbers(store.read_now(lambda tx: tx.cases.decisions(2))) == [7, 6]


def test_open_work_by_agency(store: Store) -> None:
    add(store, a_case(1), a_case(2), a_case(3, status=CaseStatus.CLOSED), a_case(4, agency=None))
    assert store.read_now(lambda tx: tx.cases.open_by_agency()) == {"ubnd-00070": 2}


def test_a_locked_case_is_waited_for(single_store: Store) -> None:
    """Two moves of one case run one after the other, and the second sees the first."""
    case = filed(single_store)
    entered = threading.Event()

    def first(tx: Transaction) -> None:
        locked = tx.cases.lock(case.id)
        entered.set()
        threading.Event().wait(0.2)
        tx.cases.save(replace(locked, supporters=locked.supporters + 1))

    def second(tx: Transaction) -> None:
        locked = tx.cases.lock(case.id)
        tx.cases.save(replace(locked, supporters=locked.supporters + 1))

    one = single_store._submit(first)
    assert entered.wait(5)
    single_store._submit(second).result(10)
    one.result(10)
    assert single_store.read_now(lambda tx: tx.cases.get(case.id).supporters) == 2


def test_people_without_cases_have_none(store: Store) -> None:
    store.write_now(lambda tx: tx.citizens.add(a_citizen()))
    assert store.read_now(lambda tx: tx.cases.of_citizen(CITIZEN)) == ()


def test_a_code_is_told_without_opening_the_case(store: Store) -> None:
    case = filed(store)
    assert store.read_now(lambda tx: tx.cases.codes_of([case.id, CaseId("none")])) == {case.id: case.code}
