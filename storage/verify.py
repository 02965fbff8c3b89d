"""Is everything whole? Chains, histories, outbox, files: each break is named by its row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, select, tuple_, type_coerce

from storage.events import chain_hash
from storage.files import FileStore, settled, thumb_name
from storage.heads import AUDIT, Head, HeadFiles
from storage.ledgers import audit_bytes
from storage.records import CaseStatus, FileStatus
from storage.store import Store
from storage.tables import audit, cases, chats, citizens, configs, events, files, outbox

Legal = Callable[[CaseStatus | None, str, CaseStatus], bool]
"""(status before, kind of event, status after) -> may a history hold this step?"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One break: which row, and what is wrong with it."""

    table: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"


def verify(
    store: Store, file_store: FileStore, legal: Legal | None = None, noted: HeadFiles | None = None
) -> list[Fault]:
    """Every fault found; an empty list means that all is whole. Reads only, in one transaction.

    `noted`: where the chains ended on the days before; what was cut off or written anew since is missed there.
    """
    faults: list[Fault] = []
    integrity = store.check_integrity()
    if integrity != "ok":
        faults.append(Fault("database", "-", integrity))
    return faults + store.read_now(lambda tx: list(_faults(tx.connection, file_store, legal, noted)))


def _faults(
    connection: Connection, file_store: FileStore, legal: Legal | None, noted: HeadFiles | None
) -> Iterator[Fault]:
    """All on one view of the database, beside whoever writes to it."""
    yield from _chains(connection, legal)
    yield from _audit(connection)
    if noted is not None:
        yield from _noted(connection, noted)
    yield from _cases(connection)
    yield from _outbox(connection)
    yield from _files(connection, file_store)


def _chains(connection: Connection, legal: Legal | None) -> Iterator[Fault]:
    """Hashes recomputed from the stored bytes, sequences without gap, every step legal, heads equal the last event."""
    columns = (cases.c.id, cases.c.code, cases.c.seq, cases.c.head, cases.c.status)
    heads = {row["id"]: row for row in connection.execute(select(*columns)).mappings()}
    last: dict[str, Mapping[str, Any]] = {}
    query = select(*_as_stored(events)).order_by(events.c.case_id, events.c.seq)
    for row in map(dict, connection.execution_options(yield_per=1000).execute(query).mappings()):
        before = last.get(row["case_id"])
        yield from _link(row, before)
        if legal is not None and not _is_legal(row, legal):
            yield Fault("events", _name(row), f"illegal step {row['was']} -> {row['now']} ({row['kind']})")
        last[row["case_id"]] = row
    for case_id, case in heads.items():
        end = last.pop(case_id, None)
        if end is None:
            yield Fault("cases", case["code"], "has no event")
        elif (end["seq"], end["hash"]) != (case["seq"], case["head"]):
            yield Fault("cases", case["code"], "does not point to its last event")
        elif end["now"] != case["status"]:
            yield Fault("cases", case["code"], f"is {case['status']}, its last event says {end['now']}")
    for case_id in last:
        yield Fault("events", case_id, "belong to no case")


def _link(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterator[Fault]:
    expected = before["seq"] + 1 if before else 1
    prev = before["hash"] if before else ""
    if row["seq"] != expected:
        yield Fault("events", _name(row), f"sequence has a gap: expected {expected}")
    if row["prev"] != prev:
        yield Fault("events", _name(row), "does not continue the event before")
    if not isinstance(row["canonical"], bytes) or chain_hash(row["prev"], row["canonical"]) != row["hash"]:
        yield Fault("events", _name(row), "its bytes do not have its hash")
    if not _shows_what_it_holds(row):
        yield Fault("events", _name(row), "its columns differ from its bytes")
    if before is not None and row["was"] != before["now"]:
        yield Fault("events", _name(row), f"begins at {row['was']}, the event before ended at {before['now']}")


def _shows_what_it_holds(row: Mapping[str, Any]) -> bool:
    try:
        held = json.loads(row["canonical"])
        shown = {name: row[name] for name in ("seq", "kind", "by", "was", "now", "undoes")}
        shown |= {"facts": json.loads(row["facts"]), "case": row["case_id"]}
        shown |= {"at": row["at"].isoformat(timespec="microseconds")}
        return all(held[name] == value for name, value in shown.items())
    except (ValueError, TypeError, KeyError):  # what was written over need not be JSON any more
        return False


def _is_legal(row: Mapping[str, Any], legal: Legal) -> bool:
    try:
        return legal(CaseStatus(row["was"]) if row["was"] else None, row["kind"], CaseStatus(row["now"]))
    except ValueError:  # no status of ours
        return False


def _as_stored(table: Table) -> list[ColumnElement[Any]]:
    """All columns, with facts as their text: a row that cannot be read is named like any other break."""
    return [type_coerce(c, Text).label(c.name) if c.name == "facts" else c for c in table.c]


def _audit(connection: Connection) -> Iterator[Fault]:
    """One chain over all lines, numbered without gap."""
    number, prev = 0, ""
    query = select(*_as_stored(audit)).order_by(audit.c.number)
    rows = connection.execution_options(yield_per=1000).execute(query)
    for row in rows.mappings():
        name = str(row["number"])
        if row["number"] != number + 1:
            yield Fault("audit", name, f"numbers have a gap: expected {number + 1}")
        if row["prev"] != prev:
            yield Fault("audit", name, "does not continue the line before")
        if not _has_its_hash(dict(row)):
            yield Fault("audit", name, "its words do not have its hash")
        number, prev = row["number"], row["hash"]


def _has_its_hash(row: Mapping[str, Any]) -> bool:
    try:
        written = audit_bytes(row["by"], row["what"], row["at"], json.loads(row["facts"]))
    except ValueError:
        return False
    return bool(chain_hash(row["prev"], written) == row["hash"])


def _noted(connection: Connection, noted: HeadFiles) -> Iterator[Fault]:
    """Each chain still holds the head that a file has of it; the links before that follow from the chain itself."""
    heads, broken = noted.read()
    for day in broken:
        yield Fault("heads", day.isoformat(), "does not continue the file of the day before")
    line = heads.pop(AUDIT, None)
    if line is not None:
        found = connection.execute(select(audit.c.hash).where(audit.c.number == line.seq)).scalar_one_or_none()
        if found != line.hash:
            yield Fault("audit", str(line.seq), _unlike(found, line))
    asked = iter(heads.values())
    while some := list(islice(asked, 500)):
        these = tuple_(events.c.case_id, events.c.seq).in_([(head.chain, head.seq) for head in some])
        rows = connection.execute(select(events.c.case_id, events.c.hash).where(these))
        hashes = {row.case_id: row.hash for row in rows}
        for head in some:
            if hashes.get(head.chain) != head.hash:
                yield Fault("events", f"{head.chain}:{head.seq}", _unlike(hashes.get(head.chain), head))


def _unlike(found: str | None, head: Head) -> str:
    return f"{'is missing' if found is None else 'was written anew'}: the heads of {head.day} have it"


def _cases(connection: Connection) -> Iterator[Fault]:
    known = select(configs.c.hash)
    for code in connection.execute(select(cases.c.code).where(cases.c.config_version.not_in(known))).scalars():
        yield Fault("cases", code, "was routed by an unknown configuration")
    people = select(citizens.c.id)
    for code in connection.execute(select(cases.c.code).where(cases.c.citizen.not_in(people))).scalars():
        yield Fault("cases", code, "has no citizen")
    strangers = select(chats).where(chats.c.citizen.is_not(None), chats.c.citizen.not_in(people))
    for row in connection.execute(strangers).mappings():
        yield Fault("chats", f"{row['channel']}:{row['chat']}", "has no citizen")


def _outbox(connection: Connection) -> Iterator[Fault]:
    """Each push is in exactly one state: waiting, sent, parked or dead."""
    states = (outbox.c.id, outbox.c.waiting, outbox.c.sent_at, outbox.c.dead_at, outbox.c.parked, outbox.c.case_id)
    for row in connection.execute(select(*states)).mappings():
        count = sum(
            (bool(row["waiting"]), row["sent_at"] is not None, row["dead_at"] is not None, row["parked"] is not None)
        )
        if count != 1:
            yield Fault("outbox", str(row["id"]), f"is in {count} states")
    orphans = select(outbox.c.id).where(outbox.c.case_id.is_not(None), outbox.c.case_id.not_in(select(cases.c.id)))
    for number in connection.execute(orphans).scalars():
        yield Fault("outbox", str(number), "speaks of a case that does not exist")


def _files(connection: Connection, store: FileStore) -> Iterator[Fault]:
    """No row without its bytes, no settled bytes without a row (thumbnails are named after their picture)."""
    ready = select(files.c.id, files.c.sha256, files.c.kind).where(files.c.status == FileStatus.READY)
    wanted: set[str] = set()
    for row in connection.execute(ready).mappings():
        if row["sha256"] is None or not store.has(row["sha256"]):
            yield Fault("files", row["id"], "its bytes are missing")
            continue
        wanted |= {row["sha256"], thumb_name(row["sha256"])}
    given_up = select(files.c.sha256).where(files.c.status == FileStatus.REFUSED, files.c.sha256.is_not(None))
    for condemned in connection.execute(given_up).scalars():
        wanted |= {condemned, thumb_name(condemned)}  # their bytes are deleted soon
    for digest in store.digests(before=settled()):
        if digest not in wanted:
            yield Fault("file", digest, "belongs to no row")
    missing = select(files.c.id).where(files.c.case_id.is_not(None), files.c.case_id.not_in(select(cases.c.id)))
    for file in connection.execute(missing).scalars():
        yield Fault("files", file, "belongs to a case that does not exist")


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['case_id']}:{row['seq']}"
