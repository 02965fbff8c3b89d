"""The process that gets killed while a service starts for the first time: key file, schema, the service's own key.

Run as `python -m tests.crash.open_driver URL FOLDER STATEMENT [MIGRATIONS]`: dies by itself at PHANANH_FAILPOINT, or
after so many statements (0 for never).
"""

from __future__ import annotations

import os
import signal
import sys
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


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
