"""Cases: rows, queues, what is due, what is near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, func, select, update

from storage.batch import Batch
from storage.mapper import Mapper
from storage.records import (
    OPEN_STATUSES,
    AgencyId,
    Case,
    CaseCode,
    CaseId,
    CaseStatus,
    CitizenId,
    OfficerId,
    Urgency,
)
from storage.shelf import Lost, NotFound, Row, Shelf, one_of
from storage.tables import cases
from storage.vault import Vault

MAPPER = Mapper(
    Case,
    cases,
    row_id=lambda case: case.id,
    owner=lambda case: case.citizen,
    sealed=("text", "point", "place_words", "answers", "on_behalf", "answer", "override"),
)


# Building a statement costs more than running it: those of every message and every sweep are kept.
_BY_ID = select(cases).where(cases.c.id == bindparam("this"))
_CODES = select(cases.c.id, cases.c.code).where(cases.c.id.in_(bindparam("these", expanding=True)))
_BY_CODE = select(cases).where(cases.c.code == bindparam("code"))
_OF_CITIZEN = (
    select(cases)
    .where(cases.c.citizen == bindparam("citizen"))
    .order_by(cases.c.filed_at.desc(), cases.c.id)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
_OPEN_OF_CITIZEN = _OF_CITIZEN.where(one_of(cases.c.status, sorted(OPEN_STATUSES)))
_DUE = (
    select(cases)
    .where(cases.c.remind_at.is_not(None), cases.c.remind_at <= bindparam("now"))
    .order_by(cases.c.remind_at)
    .limit(bindparam("limit", type_=Integer))
)
_SAVE = update(cases).where(
    cases.c.id == bindparam("this"), cases.c.seq.between(bindparam("before"), bindparam("after"))
)


class Cases(Shelf):
    """The cases of one transaction."""

    def __init__(self, batch: Batch, vault: Vault) -> None:
        super().__init__(batch, vault)
        self._stored: dict[CaseId, Case] = {}
        """As this transaction read or wrote them, where it may write them again: only what changes is written."""

    def add(self, case: Case) -> None:
        self._connection.execute(cases.insert(), self._row_of(case))
        self._stored[case.id] = case

    def save(self, case: Case) -> None:
        """Writes a case back, together with the others. Then raises Lost when an event came in between."""
        self._batch.later("cases", case, self._write)

    def _write(self, connection: Connection, saved: list[Case]) -> None:
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for case in self._last(saved):
            was = self._stored.get(case.id)
            row = self._row_of(case) if was is None else self._changes(was, case)
            before = case.seq - 1 if was is None else was.seq
            self._stored[case.id] = case
            if row:
                mine = {"this": case.id, "before": before, "after": case.seq}
                alike.setdefault(tuple(row), []).append(row | mine)
        for rows in alike.values():
            if connection.execute(_SAVE, rows).rowcount != len(rows):
                raise Lost(", ".join(row["this"] for row in rows))

    def _last(self, saved: list[Case]) -> Iterable[Case]:
        """Each case as it was saved last. Raises Lost when one of them did not follow what was saved before it."""
        last: dict[CaseId, Case] = {}
        for case in saved:
            before = last.get(case.id) or self._stored.get(case.id)
            if before is not None and case.seq - before.seq not in (0, 1):
                raise Lost(case.code)
            last[case.id] = case
        return last.values()

    def get(self, case: CaseId) -> Case:
        """Raises NotFound."""
        return self._one(_BY_ID, this=case)

    def lock(self, case: CaseId) -> Case:
        """The same, held against others until the transaction ends. Raises NotFound."""
        return self._one(self._locked(_BY_ID), this=case)

    def by_code(self, code: CaseCode | str) -> Case | None:
        row = self._row(_BY_CODE, code=code)
        return self._kept(self._case(row)) if row is not None else None

    def codes_of(self, these: Iterable[CaseId]) -> dict[CaseId, CaseCode]:
        """Their codes alone, without opening what is sealed; without those that there are not."""
        found = self._connection.execute(_CODES, {"these": list(these)})
        return {CaseId(row.id): CaseCode(row.code) for row in found}

    def of_citizen(
        self, citizen: CitizenId, open_only: bool = False, limit: int = 100, offset: int = 0
    ) -> tuple[Case, ...]:
        """Newest first."""
        query = _OPEN_OF_CITIZEN if open_only else _OF_CITIZEN
        return self._all(query, citizen=citizen, limit=limit, offset=offset)

    def queue(self, limit: int = 20, **filters: Any) -> tuple[Case, ...]:
        """Urgent first, then by due time; filters as in `count`."""
        order = (cases.c.urgent.desc(), cases.c.due_at.is_(None), cases.c.due_at, cases.c.id)
        # A page is picked from the index, and only its cases are read: a queue of thousands sorts no whole rows.
        page = self._filtered(select(cases.c.id), **filters).order_by(*order).limit(limit)
        return self._all(select(cases).where(cases.c.id.in_(page)).order_by(*order))

    def count(self, **filters: Any) -> int:
        return int(
            self._connection.execute(self._filtered(select(func.count()).select_from(cases), **filters)).scalar_one()
        )

    def _filtered(
        self,
        query: Select[Any],
        agency: AgencyId | str | None = None,
        officer: OfficerId | None = None,
        statuses: Sequence[CaseStatus] = (),
        category: str | None = None,
        ward: str | None = None,
        overdue_at: datetime | None = None,
        urgency: Urgency | None = None,
    ) -> Select[Any]:
        if agency is not None:
            query = query.where(cases.c.agency == agency)
        if statuses:
            query = query.where(one_of(cases.c.status, statuses))
        for column, wanted in (("officer", officer), ("category", category), ("ward_code", ward), ("urgency", urgency)):
            if wanted is not None:
                query = query.where(cases.c[column] == wanted)
        return query if overdue_at is None else query.where(cases.c.due_at < overdue_at)

    def due(self, now: datetime, limit: int) -> tuple[Case, ...]:
        """Cases that a sweep must look at, the longest due first; claimed against other sweeps."""
        return tuple(map(self._kept, self._all(self._locked(_DUE, skip=True), now=now, limit=limit)))

    def due_ids(self, now: datetime, limit: int) -> tuple[CaseId, ...]:
        """The same cases, by name only: also one whose row cannot be read."""
        query = select(cases.c.id).where(cases.c.remind_at.is_not(None), cases.c.remind_at <= now)
        found = self._connection.execute(query.order_by(cases.c.remind_at).limit(limit)).scalars()
        return tuple(map(CaseId, found))

    def near(
        self, cells: Sequence[str], category: str, since: datetime, statuses: Sequence[CaseStatus], limit: int = 50
    ) -> tuple[Case, ...]:
        query = select(cases).where(
            cases.c.cell.in_(cells),
            cases.c.category == category,
            cases.c.filed_at >= since,
            cases.c.status.in_(statuses),
        )
        return self._all(query.order_by(cases.c.filed_at.desc()).limit(limit))

    def similar(self, ward_code: str, category: str, since: datetime, limit: int = 20) -> tuple[Case, ...]:
        """Recent cases of the same topic in the same ward, newest first."""
        query = select(cases).where(
            cases.c.ward_code == ward_code, cases.c.category == category, cases.c.filed_at >= since
        )
        return self._all(query.order_by(cases.c.filed_at.desc()).limit(limit))

    def all(self, after_id: str = "", limit: int = 1000) -> tuple[Case, ...]:
        """Every case by id, in batches."""
        return self._all(select(cases).where(cases.c.id > after_id).order_by(cases.c.id).limit(limit))

    def decisions(self, limit: int) -> tuple[Case, ...]:
        """The last cases, newest first: what a changed configuration is rehearsed on."""
        return self._all(select(cases).order_by(cases.c.filed_at.desc(), cases.c.id.desc()).limit(limit))

    def open_by_agency(self) -> dict[str, int]:
        """How many cases each agency has to work on."""
        query = select(cases.c.agency, func.count()).where(cases.c.status.in_(OPEN_STATUSES)).group_by(cases.c.agency)
        return {agency: count for agency, count in self._connection.execute(query) if agency is not None}

    def _row_of(self, case: Case) -> dict[str, Any]:
        return MAPPER.to_row(case, self._vault, urgent=case.urgency is Urgency.KHAN)

    def _changes(self, was: Case, now: Case) -> dict[str, Any]:
        row = MAPPER.changes(was, now, self._vault)
        return row | {"urgent": now.urgency is Urgency.KHAN} if "urgency" in row else row

    def _one(self, query: Select[Any], **given: Any) -> Case:
        row = self._row(query, **given)
        if row is None:
            raise NotFound("case")
        return self._kept(self._case(row))

    def _all(self, query: Select[Any], **given: Any) -> tuple[Case, ...]:
        rows = self._rows(query, **given)
        self._vault.fetch(row["citizen"] for row in rows if row["sealed"] is not None)
        return tuple(self._case(row) for row in rows)

    def _kept(self, case: Case) -> Case:
        self._stored[case.id] = case
        return case

    def _case(self, row: Row) -> Case:
        return MAPPER.of_row(row, self._vault, row["citizen"], row["id"])
