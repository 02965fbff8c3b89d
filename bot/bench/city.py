"""A city with very many open cases, in a database as the service writes it: words sealed, events chained, indexed."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.bench.stage import Stage
from nlp.normalize import fold
from routing.config import Config
from storage.codes import make_code
from storage.events import canonical, chain_hash
from storage.records import (
    AgencyId,
    Case,
    CaseCode,
    CaseId,
    CaseStatus,
    Chat,
    Citizen,
    CitizenId,
    Clock,
    Event,
    Officer,
    OfficerId,
    Role,
    Urgency,
)
from storage.sealed import MasterKeys
from storage.store import Store, Transaction
from storage.vault import Vault

CHANNEL = "bench"
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
"""A Tuesday morning, ten o'clock in Hà Nội."""
QUIET = NOW - timedelta(hours=2)
"""When nothing was due yet."""
OFFICERS = 400
BATCH = 10_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

PEOPLE_HAVE = 50
"""Cases of one citizen on average."""
REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class City:
    """Where it lies, and some of what is in it."""

    path: Path
    codes: tuple[CaseCode, ...]
    """Of some cases from all over it."""

    def open(self) -> Store:
        return Store.open(f"sqlite:///{self.path}", MasterKeys.load(self.path.parent / "master.key"))


@dataclass(frozen=True, slots=True)
class _People:
    citizens: tuple[CitizenId, ...]
    officers: tuple[Officer, ...]
    vault: Vault
    """Holds every citizen's key, so that it needs no database any more."""


def instant(at: datetime) -> int:
    """A time as the tables hold it: microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)


def city(stage: Stage, cases: int) -> City:
    """The city of so many cases, built when it is first asked for; only in the large one some are due at `NOW`."""
    if cases not in stage.cities:
        stage.cities[cases] = build(stage, cases, stage.sizes.due if cases == stage.sizes.cases else 0)
    return stage.cities[cases]


def build(stage: Stage, cases: int, due: int) -> City:
    """A new city of so many open cases, of which so many are due at `NOW` for their reminder, the others next week.

    Rows are written with executemany while the indexes of `cases` are away; with them it would take an hour.
    """
    path, keys = stage.folder / f"city-{cases}.db", MasterKeys.load(stage.folder / "master.key")
    config = stage.service.current_config()
    wards = sorted(stage.service.geography.wards) if stage.service.geography else ["00070"]
    people_count = max(REMEMBERED, cases // PEOPLE_HAVE)
    with closing(Store.open(f"sqlite:///{path}", keys)) as store:
        in_force = stage.service.store.read_now(lambda tx: tx.configs.active())
        assert in_force is not None, "a service has a configuration"
        store.write_now(lambda tx: tx.configs.add(in_force))
        people = store.write_now(lambda tx: _settle(tx, keys, wards, people_count))
        template = _template(people, config)
        like = store.rehearse_now(lambda tx: _filed(tx, template))
    codes: list[CaseCode] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000"):
            connection.execute(f"PRAGMA {pragma}")
        rows = _rows(like, people, stage.texts, tuple(config.categories), cases, due, codes)
        _load(connection, rows, cases, lambda done: stage.tell(f"{done:,} / {cases:,}"))
    return City(path, tuple(codes))


def _settle(tx: Transaction, keys: MasterKeys, wards: Sequence[str], count: int) -> _People:
    """The citizens, and the officers of the wards' committees."""
    citizens = tuple(CitizenId(_id("citizen", number)) for number in range(count))
    for number, citizen in enumerate(citizens):
        tx.citizens.add(Citizen(citizen, NOW, name="Trần Thị Lan", phone="0912345678", consent="1", consent_at=NOW))
        tx.chats.save(Chat(CHANNEL, f"c{number}", citizen=citizen, last_heard_at=NOW))
    officers = []
    for number in range(OFFICERS):
        agency = AgencyId(f"ubnd-{wards[number % len(wards)]}")
        officer = Officer(OfficerId(_id("officer", number)), agency, Role.OFFICER, "Lê Minh", NOW, confirmed_at=NOW)
        tx.officers.add(officer)
        tx.chats.save(Chat(CHANNEL, f"o{number}", officer=officer.id, last_heard_at=NOW))
        officers.append(officer)
    vault = Vault(tx.connection, keys)
    for citizen in citizens:
        vault.digest(citizen, "")
    return _People(citizens, tuple(officers), vault)


def _template(people: _People, config: Config) -> Case:
    officer = people.officers[0]
    return Case(
        id=CaseId(_id("case", -1)),
        code=make_code(bytes(16)),
        citizen=people.citizens[0],
        status=CaseStatus.RECEIVED,
        category="khac",
        urgency=Urgency.BINH_THUONG,
        filed_at=NOW - timedelta(days=3),
        channel=CHANNEL,
        text="…",
        agency=officer.agency,
        parent=AgencyId(config.roles.reviewer),
        officer=officer.id,
        config_version=config.version_hash,
        rule="khac",
        because=("…",),
        handle_hours=40.0,
        accept_hours=8.0,
        clock=Clock.ACCEPT,
        clock_started_at=NOW - timedelta(days=2),
        due_at=NOW + timedelta(days=14),
        remind_at=NOW + timedelta(days=7),
        promised_at=NOW + timedelta(days=14),
    )


def _event(case: str, facts: dict[str, Any]) -> Event:
    return Event(CaseId(case), 1, "filed", NOW, "citizen:bench", None, CaseStatus.RECEIVED, facts=facts)


def _filed(tx: Transaction, case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of a case and of its event as the service writes them, by column and in their order."""
    tx.cases.add(case)
    tx.events.add(_event(case.id, {}), case.citizen)

    def row(table: str) -> dict[str, Any]:
        return dict(tx.connection.exec_driver_sql(f"SELECT * FROM {table}").mappings().one())  # noqa: S608 - ours

    return row("cases"), row("events")


def _rows(
    like: tuple[dict[str, Any], dict[str, Any]],
    people: _People,
    texts: Sequence[str],
    categories: Sequence[str],
    count: int,
    due: int,
    codes: list[CaseCode],
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """The rows of a case and of its event, each time with names, words, holder and times of its own."""
    case, event = like
    chance = random.Random(1)  # noqa: S311 - always the same city
    words = [(json.dumps({"text": text}, ensure_ascii=False), text, fold(text)) for text in texts]
    taken: set[CaseCode] = set()
    filed_at, reminded_at = case["filed_at"], case["remind_at"]
    for number in range(count):
        name = _id("case", number)
        code = make_code(chance.randbytes(8))
        while code in taken:
            code = make_code(chance.randbytes(8))
        taken.add(code)
        if number % max(1, count // REMEMBERED) == 0:
            codes.append(code)
        citizen = people.citizens[number % len(people.citizens)]
        officer = people.officers[chance.randrange(OFFICERS)]
        sealed, text, folded = words[number % len(words)]
        category = categories[number % len(categories)]
        facts = {"category": category}
        held = canonical(_event(name, facts), None)
        head = chain_hash("", held)
        is_due = number * due // count != (number + 1) * due // count
        case |= {
            "id": name,
            "code": code,
            "citizen": citizen,
            "category": category,
            "filed_at": filed_at - number * 1_000_000,
            "agency": officer.agency,
            "officer": officer.id,
            "ward_code": officer.agency[5:],
            "cell": f"{20.9 + number % 200 / 1000:.3f},{105.7 + number // 200 % 300 / 1000:.3f}",
            "masked": text,
            "folded": folded,
            "remind_at": instant(NOW) - chance.randrange(3_600_000_000) if is_due else reminded_at + number,
            "seq": 1,
            "head": head,
            "sealed": people.vault.seal(citizen, f"cases:{name}", sealed),
        }
        event |= {"case_id": name, "facts": json.dumps(facts), "canonical": held, "hash": head}
        yield tuple(case.values()), tuple(event.values())


def _load(
    connection: sqlite3.Connection,
    rows: Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]],
    count: int,
    tell: Callable[[int], None],
) -> None:
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('cases', 'events') AND sql > ''"
    indexes = connection.execute(query).fetchall()
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    done = 0
    connection.execute("BEGIN")
    while batch := list(itertools.islice(rows, BATCH)):
        for table, of_table in (("cases", 0), ("events", 1)):
            places = ", ".join("?" * len(batch[0][of_table]))
            connection.executemany(
                f"INSERT INTO {table} VALUES ({places})",  # noqa: S608 - names of ours
                (row[of_table] for row in batch),
            )
        done += len(batch)
        tell(done)
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("COMMIT")


def _id(kind: str, number: int) -> str:
    return hashlib.blake2b(f"{kind}:{number}".encode(), digest_size=16).hexdigest()
