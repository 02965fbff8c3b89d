"""Pictures and other attachments: rows about files, whose bytes lie in `storage.files`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update

from storage.mapper import Mapper
from storage.records import CaseId, File, FileId, FileStatus, PersonId, Purpose
from storage.shelf import NotFound, Row, Shelf
from storage.tables import files

MAPPER = Mapper(
    File, files, lambda f: f.id, lambda f: f.person, sealed=("ref", "point", "name"), renamed={"case": "case_id"}
)
LOOKED_AT = 5000
"""Recent pictures compared by perceptual hash."""


class Files(Shelf):
    """The attachments of one transaction."""

    def add(self, file: File) -> None:
        self._connection.execute(files.insert(), MAPPER.to_row(file, self._vault))

    def save(self, file: File) -> None:
        self._connection.execute(update(files).where(files.c.id == file.id), MAPPER.to_row(file, self._vault))

    def get(self, file: FileId) -> File:
        """Held against other writers of the same file. Raises NotFound."""
        row = self._row(self._locked(select(files).where(files.c.id == file)))
        if row is None:
            raise NotFound("file")
        return self._file(row)

    def of_case(self, case: CaseId, purpose: Purpose | None = None) -> tuple[File, ...]:
        query = select(files).where(files.c.case_id == case)
        if purpose is not None:
            query = query.where(files.c.purpose == purpose)
        return self._all(query.order_by(files.c.created_at, files.c.id))

    def waiting(self, now: datetime, limit: int) -> tuple[File, ...]:
        """References whose bytes should be fetched now, the oldest first."""
        is_due = or_(files.c.retry_at.is_(None), files.c.retry_at <= now)
        query = select(files).where(files.c.status == FileStatus.WAITING, is_due)
        return self._all(query.order_by(files.c.retry_at, files.c.id).limit(limit))

    def awaited(self) -> frozenset[str]:
        """How channels name the bytes that have not arrived yet, however long they may still take."""
        found = self._all(select(files).where(files.c.status == FileStatus.WAITING))
        return frozenset(file.ref for file in found if file.ref is not None)

    def of_person(self, person: PersonId | str) -> tuple[File, ...]:
        return self._all(select(files).where(files.c.person == person).order_by(files.c.created_at, files.c.id))

    def near_phash(self, phash: str, max_distance: int, but_not: CaseId | None = None) -> tuple[File, ...]:
        """Stored pictures that look alike: at most `max_distance` of 64 bits differ, among the latest ones."""
        query = select(files.c.id, files.c.phash, files.c.case_id).where(files.c.phash.is_not(None))
        wanted = int(phash, 16)
        near = [
            row["id"]
            for row in self._rows(query.order_by(files.c.created_at.desc()).limit(LOOKED_AT))
            if (int(row["phash"], 16) ^ wanted).bit_count() <= max_distance
            and row["case_id"] is not None
            and row["case_id"] != but_not
        ]
        return self._all(select(files).where(files.c.id.in_(near)).order_by(files.c.created_at)) if near else ()

    def abandoned(self, before: datetime, limit: int = 500) -> tuple[File, ...]:
        """Files of no case, older than `before` and not given up yet: of drafts that were thrown away."""
        query = select(files).where(
            files.c.case_id.is_(None), files.c.created_at < before, files.c.status != FileStatus.REFUSED
        )
        return self._all(query.order_by(files.c.created_at).limit(limit))

    def condemned(self, limit: int) -> tuple[File, ...]:
        """Files given up whose bytes may still lie somewhere."""
        query = select(files).where(files.c.status == FileStatus.REFUSED, files.c.sha256.is_not(None))
        return self._all(query.order_by(files.c.id).limit(limit))

    def condemned_of(self, person: PersonId | str) -> tuple[File, ...]:
        """The same, of one person."""
        query = select(files).where(
            files.c.person == person, files.c.status == FileStatus.REFUSED, files.c.sha256.is_not(None)
        )
        return self._all(query)

    def is_kept(self, digest: str) -> bool:
        """Whether any other row still needs these bytes."""
        query = select(files.c.id).where(files.c.sha256 == digest, files.c.status == FileStatus.READY)
        return self._row(query.limit(1)) is not None

    def forget_bytes(self, digest: str) -> None:
        """The bytes of given-up files are gone: nothing points to them, nor tells what they looked like."""
        mine = (files.c.sha256 == digest, files.c.status == FileStatus.REFUSED)
        self._connection.execute(update(files).where(*mine).values(sha256=None, phash=None))

    def digests(self) -> frozenset[str]:
        """Digests of every stored picture or attachment that a row speaks of."""
        query = select(files.c.sha256).where(files.c.sha256.is_not(None), files.c.status == FileStatus.READY)
        return frozenset(self._connection.execute(query).scalars())

    def _all(self, query: Select[Any]) -> tuple[File, ...]:
        return tuple(self._file(row) for row in self._rows(query))

    def _file(self, row: Row) -> File:
        return MAPPER.of_row(row, self._vault, row["person"], row["id"])
