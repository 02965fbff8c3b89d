"""A PostgreSQL server for the tests: started once, reachable by a socket only, thrown away afterwards."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

import storage

REQUIRED = os.environ.get("PHANANH_REQUIRE_POSTGRES") == "1"
"""Where it is "1", a machine without PostgreSQL fails the tests instead of skipping them."""

PORT = 5432
"""Part of the socket's name only: nothing listens on the network."""

HEAD = max(path.name[1:5] for path in (Path(storage.__file__).parent / "migrations" / "versions").glob("v[0-9]*.py"))
"""The newest version of the schema, as its file's name tells."""

SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=60",
    "autovacuum=off",
    "timezone=Asia/Ho_Chi_Minh",
)
"""Fast, and with a time zone that would show up any naive time."""


def binaries() -> Path | None:
    """Where initdb and postgres are, the newest version first; None without PostgreSQL."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    found = shutil.which("postgres")
    for folder in (*debian, *([Path(found).resolve().parent] if found else [])):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


class Server:
    """One cluster in a temporary folder, run by an unprivileged user where the tests run as root."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self._user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="phananh-pg-", dir="/tmp"))  # a socket's path is at most 107 bytes
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._databases = itertools.count(1)
        self._spare: list[str] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", "cluster", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        self.start()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = [word for setting in SETTINGS for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", "cluster", "-k", str(self.folder), "-p", str(PORT), *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                **self._as_user(),
            )
        for _ in range(200):
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.dsn("postgres"), connect_timeout=2).close()
                return
            time.sleep(0.05)
        raise AssertionError("PostgreSQL does not answer:\n" + (self.folder / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT disconnects everybody and shuts down; SIGQUIT stops at once, as a crash would."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=30)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

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

    def url(self, name: str) -> str:
        """For `Store.open`."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}&port={PORT}"

    def dsn(self, name: str) -> str:
        """For psycopg itself."""
        return f"host={self.folder} port={PORT} user=postgres dbname={name}"

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self._bin / program, *words], cwd=self.folder, capture_output=True, check=False, **self._as_user()
        )
        assert done.returncode == 0, done.stderr.decode()

    def _as_user(self) -> dict[str, object]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("no unprivileged user to run PostgreSQL")
