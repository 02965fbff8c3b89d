"""Named places where a test may kill the process: each lies between two steps that a crash could cut apart."""

from __future__ import annotations

import os
import signal

NAMES = frozenset(
    {
        "key.before_rename",
        "key.after_rename",
        "migration.after_step",
        "migration.before_commit",
        "migration.after_commit",
        "vault.before_commit",
        "vault.after_commit",
        "store.before_begin",
        "store.before_commit",
        "store.after_commit",
        "file.before_fsync",
        "file.before_rename",
        "file.after_rename",
        "input.before_commit",
        "delivery.after_claim",
        "delivery.before_send",
        "delivery.after_send",
        "delivery.after_mark",
        "delivery.before_knock",
        "delivery.after_knock",
        "media.after_fetch",
        "media.before_commit",
        "media.before_forget",
        "media.after_delete",
        "media.after_forget",
        "update.before_work",
        "update.after_work",
        "offset.after_commit",
        "jobs.after_sweep",
        "token.before_ask",
        "token.after_ask",
        "token.after_store",
    }
)

_wanted = ""
_left = 0


def arm(spec: str) -> None:
    """From now on the process dies at this place: "name", or "name:N" for the N-th time; "" for never."""
    global _wanted, _left
    _wanted, _, count = spec.partition(":")
    _left = int(count) if count.isdigit() else 1


def reach(name: str) -> None:
    """Dies by SIGKILL when this is the armed place (`arm`, or PHANANH_FAILPOINT at the start of the process)."""
    global _left
    if name not in NAMES:
        raise ValueError(f"no failpoint is called {name}")
    if name != _wanted:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


arm(os.environ.get("PHANANH_FAILPOINT", ""))
