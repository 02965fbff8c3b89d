"""Named places where a test may kill the process: each lies between two steps that a crash could cut apart."""

from __future__ import annotations

import os
import signal

NAMES = frozenset(
    {
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
        "media.after_fetch",
        "media.before_commit",
        "update.before_work",
        "update.after_work",
        "offset.after_commit",
        "jobs.after_sweep",
    }
)

_wanted, _, _count = os.environ.get("PHANANH_FAILPOINT", "").partition(":")
_left = int(_count) if _count.isdigit() else 1


def reach(name: str) -> None:
    """Dies by SIGKILL when PHANANH_FAILPOINT names this place ("name" or "name:N", the N-th time it is reached)."""
    global _left
    if name not in NAMES:
        raise ValueError(f"no failpoint is called {name}")
    if name != _wanted:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
