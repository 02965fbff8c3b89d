"""A PostgreSQL server for the tests: databases for each of them, given back and used again."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import psycopg
from psycopg import sql

import storage
from bot.bench.postgres import Server as Cluster
from bot.bench.postgres import binaries

__all__ = ["HEAD", "REQUIRED", "Server", "binaries"]

REQUIRED = os.environ.get("PHANANH_REQUIRE_POSTGRES") == "1"
"""Where it is "1", a machine without PostgreSQL fails the tests instead of skipping them."""

HEAD = max(path.name[1:5] for path in (Path(storage.__file__).parent / "migrations" / "versions").glob("v[0-9]*.py"))
"""The newest version of the schema, as its file's name tells."""

SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=60",
    "autovacuum=off",
    "timezone=Asia/Ho_Chi_Minh",
)
"""Fast, and with a time zone that would show up any naive time."""


class Server(Cluster):
    """One cluster for all tests of a process."""

    def __init__(self, bin_folder: Path) -> None:
        self._databases = itertools.count(1)
        self._spare: list[str] = []
        super().__init__(bin_folder, SETTINGS)

    def database(self, template: str = "template0") -> str:
        """A new database, a copy of `template`; returns its name."""
        name = f"test_{next(self._databases)}"
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def borrow(self, template: str) -> str:
        """A database like `template`, perhaps one that another test gave back: emptying is quicker than creating."""
        return self._spare.pop() if self._spare else self.database(template)

    def give_back(self, name: str) -> None:
        """Empties a database for the next test; one whose schema was touched or that is still in use is dropped."""
        try:
            with psycopg.connect(self.dsn(name)) as connection:
                connection.execute("SET lock_timeout = '2s'")
                connection.execute("SET session_replication_role = replica")  # append-only tables too
                tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
                version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
                assert version is not None
                for (table,) in tables:
                    if table != "alembic_version":
                        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        except psycopg.Error:
            self.drop(name)
            return
        if version[0] == HEAD:
            self._spare.append(name)
        else:
            self.drop(name)

    def drop(self, name: str) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
