"""What happened within a time, counted by either database alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from storage.records import Case, CaseStatus, Event, Rating
from storage.store import Store
from storage.tallies import Span
from tests.storage.builders import CITIZEN, NOW, filed, later, step

S = CaseStatus
SPAN = Span(NOW.replace(microsecond=0), NOW + timedelta(days=3), timedelta(days=1))


def found(store: Store, span: Span = SPAN, agency: str | None = None) -> dict[tuple[str, int], int]:
    sums: Counter[tuple[str, int]] = Counter()
    for count in store.read_now(lambda tx: tx.tallies.counts(span, agency)):
        sums[count.what, count.part] += count.n
    return dict(sums)


def happened(
    store: Store, case: Case, kind: str, status: CaseStatus, undoes: int | None = None, **after: float
) -> Case:
    """One more event, some time after the first."""

    def add(tx):
        event = Event(case.id, case.seq + 1, kind, later(**after), "system", case.status, status, undoes=undoes)
        chained = tx.events.add(event, CITIZEN)
        moved = replace(case, seq=chained.seq, head=chained.hash, status=status)
        tx.cases.save(moved)
        return moved

    return store.write_now(add)


def test_a_case_counts_once_by_its_last_result_that_stands(store: Store) -> None:
    case = filed(store, 1)
    case = happened(store, case, "resolved", S.RESOLVED, hours=1)
    case = happened(store, case, "rejected", S.REJECTED, hours=25)
    happened(store, case, "undone", S.RESOLVED, undoes=case.seq, hours=26)
    assert found(store) == {("received", 0): 1, ("done", 0): 1, ("judged", 0): 1, ("on_time", 0): 1}


def test_what_was_ever_late_is_not_on_time_and_without_a_result_is_judged_all_the_same(store: Store) -> None:
    answered = happened(store, filed(store, 1), "overdue", S.ACCEPTED, hours=1)
    answered = happened(store, answered, "overdue", S.ACCEPTED, hours=2)
    happened(store, answered, "resolved", S.RESOLVED, hours=50)
    happened(store, filed(store, 2), "overdue", S.RECEIVED, hours=30)
    assert found(store) == {
        ("received", 0): 2,
        ("late", 0): 1,
        ("late", 1): 1,
        ("done", 2): 1,
        ("judged", 1): 1,
        ("judged", 2): 1,
    }
    after = Span(SPAN.since + timedelta(days=2), SPAN.until, SPAN.part)
    assert found(store, after) == {("done", 0): 1, ("judged", 0): 1}


def test_delays_of_desk_and_reviewers_are_not_the_agencys(store: Store) -> None:
    happened(store, filed(store, 1), "overdue", S.TRIAGE, hours=1)
    happened(store, filed(store, 2), "overdue", S.DISPUTED, hours=1)
    assert found(store) == {("received", 0): 2}


def test_the_citizens_last_word_within_the_time_counts(store: Store) -> None:
    case = filed(store, 1)
    for round_, level, hours in ((1, 2, 1), (2, 5, 26)):
        store.write_now(lambda tx, r=round_, n=level, h=hours: tx.ratings.save(Rating(case.id, r, n, later(hours=h))))
    assert found(store) == {("received", 0): 1, ("satisfied", 1): 1}
    first_day = Span(SPAN.since, SPAN.since + timedelta(days=1), SPAN.part)
    assert found(store, first_day) == {("received", 0): 1, ("dissatisfied", 0): 1}


def test_one_agencys_are_a_part_of_all(store: Store) -> None:
    filed(store, 1, agency="ubnd-00004")
    filed(store, 2, agency="ubnd-00070")
    filed(store, 3, agency=None)
    assert found(store)["received", 0] == 3
    assert found(store, agency="ubnd-00070") == {("received", 0): 1}


def test_what_lies_outside_is_not_counted(store: Store) -> None:
    case = filed(store, 1)
    step_at = Span(SPAN.since + timedelta(days=1), SPAN.until, SPAN.part)
    store.write_now(lambda tx: step(tx, case, S.ACCEPTED))
    assert found(store, step_at) == {}
