"""An empty SQLite database of the newest version: made once in a process, copied for every service that begins."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from storage.sealed import MasterKeys
from storage.store import Store


@cache
def _made() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="phananh-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Store.open(f"sqlite:///{folder}/empty.db", MasterKeys.load(folder / "master.key")).close()
    return folder


def lay_empty(database: Path, key: Path) -> str:
    """Puts a copy at `database` and the key that sealed it at `key`; returns the database's URL."""
    shutil.copy(_made() / "empty.db", database)
    shutil.copy(_made() / "master.key", key)
    return f"sqlite:///{database}"
