"""What people add to a case: questions, promises, difficulties, notes, followers; and labelled examples."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, Table, bindparam, func, select

from storage.batch import Batch
from storage.mapper import Mapper
from storage.people import Kept
from storage.records import AgencyId, CaseId, CitizenId, Difficulty, Example, Note, PromisedDate, Question
from storage.shelf import Row, Shelf
from storage.tables import cases, difficulties, examples, followers, notes, promises, questions
from storage.vault import Vault

R = TypeVar("R", Question, PromisedDate, Difficulty, Note)


class Numbered(Shelf, Generic[R]):
    """Remarks of one kind, numbered within their case, sealed with the citizen's key."""

    table: Table
    mapper: Mapper[R]

    def add(self, remark: R) -> None:
        row = self.mapper.to_row(remark, self._vault, owner=self._citizen_of(remark.case))
        self._connection.execute(self.table.insert(), row)

    def save(self, remark: R) -> None:
        row = self.mapper.to_row(remark, self._vault, owner=self._citizen_of(remark.case))
        self._put(self.table, row, ("case_id", "number"))

    def remove(self, case: CaseId, number: int) -> None:
        """Takes one back together with the move that made it."""
        mine = (self.table.c.case_id == case, self.table.c.number == number)
        self._connection.execute(self.table.delete().where(*mine))

    def of(self, case: CaseId) -> tuple[R, ...]:
        """In order."""
        return self._all(select(self.table).where(self.table.c.case_id == case).order_by(self.table.c.number))

    def _all(self, query: Select[Any]) -> tuple[R, ...]:
        return tuple(self._remark(row) for row in self._rows(query))

    def _remark(self, row: Row) -> R:
        case, number = row["case_id"], row["number"]
        return self.mapper.of_row(row, self._vault, self._citizen_of(case), f"{case}:{number}")


def _mapper(record: type[R], table: Table, *sealed: str) -> Mapper[R]:
    return Mapper(
        record, table, lambda r: f"{r.case}:{r.number}", lambda _r: None, sealed=sealed, renamed={"case": "case_id"}
    )


class Questions(Numbered[Question]):
    """Officers' questions to the citizen."""

    table = questions
    mapper = _mapper(Question, questions, "text", "answer")

    def open_of(self, case: CaseId) -> Question | None:
        """The question that waits for an answer."""
        query = select(questions).where(questions.c.case_id == case, questions.c.answered_at.is_(None))
        row = self._row(query.order_by(questions.c.number.desc()).limit(1))
        return self._remark(row) if row is not None else None


class Promises(Numbered[PromisedDate]):
    """Dates promised in answers."""

    table = promises
    mapper = _mapper(PromisedDate, promises, "words")

    def due(self, today: date, limit: int) -> tuple[PromisedDate, ...]:
        """Promises whose day has come, neither kept nor reported as missed."""
        is_open = (promises.c.kept_at.is_(None), promises.c.missed_at.is_(None))
        query = select(promises).where(promises.c.due_on <= today, *is_open).order_by(promises.c.due_on)
        return self._all(query.limit(limit))


class Difficulties(Numbered[Difficulty]):
    """What holds cases up."""

    table = difficulties
    mapper = _mapper(Difficulty, difficulties, "words")

    def open(self, agency: AgencyId | str | None = None) -> tuple[Difficulty, ...]:
        """Those that have not ended, of the cases that an agency holds now; the oldest first."""
        query = select(difficulties).where(difficulties.c.ended_at.is_(None))
        if agency is not None:
            query = query.join(cases, cases.c.id == difficulties.c.case_id).where(cases.c.agency == agency)
        return self._all(query.order_by(difficulties.c.since_at))


class Notes(Numbered[Note]):
    """Internal remarks of staff."""

    table = notes
    mapper = _mapper(Note, notes, "text")


_FOLLOWERS = (
    select(followers.c.case_id, followers.c.citizen)
    .where(followers.c.case_id.in_(bindparam("these", expanding=True)))
    .order_by(followers.c.case_id, followers.c.number)
)


class Followers(Shelf):
    """Who follows which case."""

    def __init__(self, batch: Batch, vault: Vault, kept: Kept) -> None:
        super().__init__(batch, vault)
        self._kept = kept.followers

    def add(self, case: CaseId, citizen: CitizenId) -> bool:
        """False when this person follows it already."""
        self._kept.pop(case, None)
        last = select(func.max(followers.c.number)).where(followers.c.case_id == case)
        number = (self._connection.execute(last).scalar_one() or 0) + 1
        return self._insert_new(followers, {"case_id": case, "citizen": citizen, "number": number})

    def remove(self, case: CaseId, citizen: CitizenId) -> bool:
        """False when this person does not follow it."""
        self._kept.pop(case, None)
        theirs = followers.delete().where(followers.c.case_id == case, followers.c.citizen == citizen)
        return self._connection.execute(theirs).rowcount > 0

    def of(self, case: CaseId) -> tuple[CitizenId, ...]:
        if case not in self._kept:
            self.expect([case])
        return self._kept[case]

    def expect(self, expected: Collection[CaseId]) -> None:
        """These will be asked for: they are read at once."""
        found: dict[str, list[CitizenId]] = {case: [] for case in expected}
        for row in self._connection.execute(_FOLLOWERS, {"these": list(found)}) if found else ():
            found[row.case_id].append(CitizenId(row.citizen))
        self._kept.update((case, tuple(theirs)) for case, theirs in found.items())

    def of_citizen(self, citizen: CitizenId) -> tuple[CaseId, ...]:
        return tuple(
            self._connection.execute(select(followers.c.case_id).where(followers.c.citizen == citizen)).scalars()
        )


class Examples(Shelf):
    """Labelled texts, masked, for the next training."""

    def add(self, example: Example) -> None:
        row = {
            "case_id": example.case,
            "text": example.text,
            "category": example.category,
            "was": example.was,
            "source": example.source,
            "at": example.at,
        }
        self._connection.execute(examples.insert(), row)

    def all(self, since: datetime | None = None) -> tuple[Example, ...]:
        query = select(examples).order_by(examples.c.id)
        if since is not None:
            query = query.where(examples.c.at >= since)
        return tuple(
            Example(r["case_id"], r["text"], r["category"], r["was"], r["source"], r["at"]) for r in self._rows(query)
        )
