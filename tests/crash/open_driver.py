"""The process that gets killed while a service starts for the first time: key file, schema, the service's own key.

Arguments: URL FOLDER STATEMENTS [MIGRATIONS]. Dies by itself after so many statements, 0 for never.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from sqlalchemy import Engine, event

from storage import migrations
from storage.sealed import MasterKeys
from storage.store import Store


def die_after(statements: int) -> None:
    """Kills the process when so many statements were executed, wherever a migration stands then."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1
        if count == statements:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", counted)


def main(url: str, folder: Path, statements: int, scripts: str = "") -> None:
    if statements:
        die_after(statements)
    if scripts:
        migrations.FOLDER = Path(scripts)
    Store.open(url, MasterKeys.load(folder / "master.key")).close()


def start(url: str, folder: str, statements: str, scripts: str = "") -> int:
    main(url, Path(folder), int(statements), scripts)
    return 0
