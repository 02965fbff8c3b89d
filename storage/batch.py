"""What a transaction writes together: rows wait until anything is asked of the connection, then go as one statement."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from sqlalchemy import Connection, Insert

Write = Callable[[Connection, list[Any]], None]


class Batch:
    """The connection of one transaction, and the rows that wait for it.

    Whoever asks for the connection finds written all that came before: waiting changes when, never what, is read.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: dict[Hashable, tuple[Write, list[Any]]] = {}
        self.is_postgres = connection.dialect.name == "postgresql"

    @property
    def connection(self) -> Connection:
        self.write()
        return self._connection

    def later(self, what: Hashable, row: Any, write: Write) -> None:
        """`row` is written with the other rows of `what`; each `what` has one `write`, which takes them in order."""
        self._waiting.setdefault(what, (write, []))[1].append(row)

    def insert(self, statement: Insert, row: dict[str, Any]) -> None:
        """A row whose number nobody asks for."""

        def write(connection: Connection, rows: list[Any]) -> None:
            connection.execute(statement, rows)

        self.later(statement, row, write)

    def write(self) -> None:
        """Writes what waits; raises what any of the statements raises."""
        while self._waiting:
            what = next(iter(self._waiting))
            write, rows = self._waiting.pop(what)
            write(self._connection, rows)
