"""What repositories share: one transaction's connection and vault, and inserts that do not mind an existing row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Insert, Select, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.batch import Batch
from storage.tables import cases
from storage.vault import Vault

Row = Mapping[str, Any]
"""A row by column names."""


READS_ONLY = "reads_only"
"""Execution option of a connection in whose transactions nothing is written."""


class NotFound(LookupError):
    """There is no row with this id."""


class Lost(Exception):
    """What was read has changed before it was written: the transaction must run again."""


class Shelf:
    """One noun's rows within one transaction."""

    def __init__(self, batch: Batch, vault: Vault) -> None:
        self._batch = batch
        self._vault = vault

    @property
    def _connection(self) -> Connection:
        return self._batch.connection

    @property
    def _is_postgres(self) -> bool:
        return self._batch.is_postgres

    def _rows(self, query: Select[Any], **given: Any) -> list[Row]:
        """`given`: values of the bound parameters of a query that is kept, by their names."""
        return cast("list[Row]", list(self._connection.execute(query, given).mappings()))

    def _row(self, query: Select[Any], **given: Any) -> Row | None:
        return cast("Row | None", self._connection.execute(query, given).mappings().first())

    def _insert_new(self, table: Table, row: dict[str, Any]) -> bool:
        """Inserts; False when a unique key exists already."""
        return self._connection.execute(_insert_quietly(table, self._is_postgres), row).rowcount == 1

    def _put(self, table: Table, row: dict[str, Any], keys: tuple[str, ...]) -> None:
        """Inserts, or replaces the row with the same key."""
        self._connection.execute(_upsert(table, tuple(row), keys, self._is_postgres), row)

    def _locked(self, query: Select[Any], skip: bool = False) -> Select[Any]:
        """Row locks where the database has them and something is written; SQLite's one writer needs none."""
        if not self._is_postgres or self._connection.get_execution_options().get(READS_ONLY):
            return query
        return query.with_for_update(skip_locked=skip)

    def _citizen_of(self, case: str) -> str:
        """Whose complaint it is: what is said about it is sealed with that person's key. Raises NotFound."""
        owner = self._connection.execute(select(cases.c.citizen).where(cases.c.id == case)).scalar_one_or_none()
        if owner is None:
            raise NotFound("case")
        return str(owner)


def one_of(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """`column IN (…)` for values that never change: spelled out once, not anew for each execution."""
    return column.in_([bindparam(None, value, type_=column.type) for value in values])


def insert_into(table: Table, is_postgres: bool) -> sqlite.Insert | postgresql.Insert:
    """An insert in the database's own dialect, which knows what to do on a conflict."""
    return postgresql.insert(table) if is_postgres else sqlite.insert(table)


@cache
def _insert_quietly(table: Table, is_postgres: bool) -> Insert:
    # An insert tells its row count only when asked to; without this PostgreSQL's driver answers -1.
    insert = insert_into(table, is_postgres).on_conflict_do_nothing()
    return insert.execution_options(preserve_rowcount=True)


@cache
def _upsert(table: Table, names: tuple[str, ...], keys: tuple[str, ...], is_postgres: bool) -> Insert:
    """Building the statement costs more than running it: one for each table and set of columns is kept."""
    insert = insert_into(table, is_postgres)
    changed = {name: insert.excluded[name] for name in names if name not in keys}
    return insert.on_conflict_do_update(index_elements=list(keys), set_=changed)
