"""Cases: rows, queues, what is due, what is near."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, select, update

from storage.mapper import Mapper
from storage.records import (
    OPEN_STATUSES,
    AgencyId,
    Case,
    CaseCode,
    CaseId,
    CaseStatus,
    CitizenId,
    Clock,
    OfficerId,
    Urgency,
)
from storage.shelf import Lost, NotFound, Row, Shelf, one_of
from storage.tables import cases

MAPPER = Mapper(
    Case,
    cases,
    row_id=lambda case: case.id,
    owner=lambda case: case.citizen,
    sealed=("text", "point", "place_words", "answers", "on_behalf", "answer", "override"),
)


# Building a statement costs more than running it: those of every message and every sweep are kept.
_BY_ID = select(cases).where(cases.c.id == bindparam("this"))
_CODE = select(cases.c.code).where(cases.c.id == bindparam("this"))
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

    def add(self, case: Case) -> None:
        self._connection.execute(cases.insert(), self._row_of(case))

    def save(self, case: Case) -> None:
        """Writes a case back. Raises Lost when an event came in between."""
        mine = {"this": case.id, "before": case.seq - 1, "after": case.seq}
        done = self._connection.execute(_SAVE, self._row_of(case) | mine)
        if done.rowcount != 1:
            raise Lost(case.code)

    def get(self, case: CaseId) -> Case:
        """Raises NotFound."""
        return self._one(_BY_ID, this=case)

    def lock(self, case: CaseId) -> Case:
        """The same, held against others until the transaction ends. Raises NotFound."""
        return self._one(self._locked(_BY_ID), this=case)

    def by_code(self, code: CaseCode | str) -> Case | None:
        row = self._row(_BY_CODE, code=code)
        return self._case(row) if row is not None else None

    def code_of(self, case: CaseId) -> CaseCode:
        """Its code alone, without opening what is sealed. Raises NotFound."""
        code = self._connection.execute(_CODE, {"this": case}).scalar_one_or_none()
        if code is None:
            raise NotFound("case")
        return CaseCode(code)

    def of_citizen(
        self, citizen: CitizenId, open_only: bool = False, limit: int = 100, offset: int = 0
    ) -> tuple[Case, ...]:
        """Newest first."""
        query = _OPEN_OF_CITIZEN if open_only else _OF_CITIZEN
        return self._all(query, citizen=citizen, limit=limit, offset=offset)

    def queue(self, limit: int = 20, offset: int = 0, **filters: Any) -> tuple[Case, ...]:
        """Urgent first, then by due time; filters as in `count`."""
        order = (cases.c.urgent.desc(), cases.c.due_at.is_(None), cases.c.due_at, cases.c.id)
        # A page is picked from the index, and only its cases are read: a queue of thousands sorts no whole rows.
        page = self._filtered(select(cases.c.id), **filters).order_by(*order).limit(limit).offset(offset)
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

    def due(self, now: datetime, limit: int, clocks: Sequence[Clock] = ()) -> tuple[Case, ...]:
        """Cases that a sweep must look at, the longest due first; claimed against other sweeps."""
        query = _DUE.where(one_of(cases.c.clock, clocks)) if clocks else _DUE
        return self._all(self._locked(query, skip=True), now=now, limit=limit)

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

    def _one(self, query: Select[Any], **given: Any) -> Case:
        row = self._row(query, **given)
        if row is None:
            raise NotFound("case")
        return self._case(row)

    def _all(self, query: Select[Any], **given: Any) -> tuple[Case, ...]:
        return tuple(self._case(row) for row in self._rows(query, **given))

    def _case(self, row: Row) -> Case:
        return MAPPER.of_row(row, self._vault, row["citizen"], row["id"])
