"""A PostgreSQL server of our own in a temporary folder: started once, reachable by a socket only, thrown away."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

PORT = 5432
"""Part of the socket's name only: nothing listens on the network."""


def binaries() -> Path | None:
    """Where initdb and postgres are, the newest version first; None without PostgreSQL."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    found = shutil.which("postgres")
    for folder in (*debian, *([Path(found).resolve().parent] if found else [])):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


class Server:
    """One cluster, run by an unprivileged user where we run as root: PostgreSQL refuses to be root."""

    def __init__(self, bin_folder: Path, settings: Sequence[str] = ()) -> None:
        """`settings`: "name=value" of the server's configuration; its socket alone is always what it listens on."""
        self._bin = bin_folder
        self._settings = ("listen_addresses=", *settings)
        self._user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="phananh-pg-", dir="/tmp"))
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", "cluster", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        self.start()

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = [word for setting in self._settings for word in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - of the system's own PostgreSQL
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

    def url(self, name: str) -> str:
        """For `Store.open`."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}&port={PORT}"

    def dsn(self, name: str) -> str:
        """For psycopg itself."""
        return f"host={self.folder} port={PORT} user=postgres dbname={name}"

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(  # noqa: S603 - of the system's own PostgreSQL
            [self._bin / program, *words], cwd=self.folder, capture_output=True, check=False, **self._as_user()
        )
        assert done.returncode == 0, done.stderr.decode()

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("no unprivileged user to run PostgreSQL")
