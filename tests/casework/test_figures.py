"""The figures of a small month, recounted by a slow pass over the bare events; afterwards everything is whole."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.casework.context import Context
from bot.casework.lifecycle import is_legal
from bot.cli.month import START, Month
from bot.reports.figures import Figures, figures
from storage.files import FileStore
from storage.records import Case, ConfigVersion, Event
from storage.sealed import MasterKeys
from storage.store import Store, Transaction
from storage.verify import verify
from tests.casework.house import config

DAYS, TAIL = 3, 7
NOW = START + timedelta(days=DAYS + TAIL, minutes=5)


def lived(store: Store, folder: Path, cases: int, days: int, tail: int) -> Month:
    version = ConfigVersion(1, config().version_hash, "", "test", START)
    store.write_now(lambda tx: tx.configs.add(version))
    life = Month(store, config(), FileStore(folder / "files"), cases, seed=7, filing_days=days, tail_days=tail)
    for _ in life.run():
        pass
    return life


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, keys: MasterKeys) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("month")
    shutil.copy(sqlite_template, folder / "month.db")
    store = Store.open(f"sqlite:///{folder}/month.db", keys)
    life = lived(store, folder, 60, DAYS, TAIL)
    yield life
    store.close()


def slow(tx: Transaction) -> Figures:
    """The same figures by replaying each case's events, without a look at its columns."""
    counts: Counter[str] = Counter()
    why: Counter[str] = Counter()
    for case in tx.cases.all():
        _replay(case, [e for e in tx.events.of(case.id) if e.kind != "undone"], counts, why)
    return Figures(why=dict(why), **counts)


def _replay(case: Case, events: list[Event], counts: Counter[str], why: Counter[str]) -> None:
    status, level, result = "", None, ""
    for event in events:
        status = event.now.value
        if event.kind in ("resolved", "rejected"):
            result = event.kind
        if event.kind == "rated":
            level = event.facts["level"]
        if event.kind == "reviewed" and event.facts["upheld"]:
            counts["upheld"] += 1
            why[event.facts["reason"]] += 1
    answered = status in ("resolved", "rejected", "closed", "disputed")
    late_now = case.due_at is not None and case.due_at < NOW and status in OWED
    counts["received"] += 1
    counts["open"] += status in OWED or status == "waiting_citizen"
    counts["refused"] += answered and result == "rejected"
    counts["done"] += answered and result == "resolved"
    counts["overdue"] += late_now
    counts["was_overdue"] += late_now or any(e.kind == "overdue" for e in events)
    if level is not None:
        counts["satisfied" if level >= 4 else "dissatisfied"] += 1


OWED = {"triage", "received", "accepted", "escalated", "disputed"}


def test_the_figures_are_those_of_the_events(month: Month) -> None:
    counted = month.store.read_now(lambda tx: figures(Context(tx, month.config, NOW)))
    recounted = month.store.read_now(slow)
    assert counted == recounted
    assert counted.received == 60
    assert min(counted.done, counted.satisfied, counted.dissatisfied, counted.upheld) > 0


def test_an_agencys_figures_add_up_to_the_citys(month: Month) -> None:
    def sums(tx: Transaction) -> tuple[int, int]:
        agencies = {case.agency for case in tx.cases.all()}
        ctx = Context(tx, month.config, NOW)
        return sum(figures(ctx, a).received for a in agencies if a), figures(ctx).received

    parts, whole = month.store.read_now(sums)
    assert parts == whole


def test_after_the_month_everything_is_whole(month: Month) -> None:
    assert verify(month.store, month.files, is_legal) == []


def test_the_same_seed_makes_the_same_month(tmp_path: Path, sqlite_template: Path, keys: MasterKeys) -> None:
    found = []
    for name in ("one", "two"):
        shutil.copy(sqlite_template, tmp_path / f"{name}.db")
        store = Store.open(f"sqlite:///{tmp_path}/{name}.db", keys)
        try:
            life = lived(store, tmp_path / name, 15, 1, 1)
            counted = store.read_now(lambda tx: figures(Context(tx, config(), NOW)))
            found.append((life.refusals, counted))
        finally:
            store.close()
    assert found[0] == found[1]
