"""Failpoints: a named place kills the process when asked to; every place in the code is in the register."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.failpoints import NAMES, reach

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path
from storage.files import FileStore
from storage.sealed import MasterKeys
from storage.store import Store

folder = Path(sys.argv[1])
store = Store.open(f"sqlite:///{folder}/kill.db", MasterKeys.load(folder / "key"))
digest = "ab" * 32
for number in range(3):
    store.write_now(lambda tx: tx.meta.set(f"k{number}", "x"))
    print(number, flush=True)
FileStore(folder / "files").put(digest, b"x")
print("file", flush=True)
store.close()
"""


def run(folder: Path, failpoint: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        env={**os.environ, "PHANANH_FAILPOINT": failpoint},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def written(folder: Path) -> int:
    """How many of the script's works are in the database, opened anew."""
    from storage.sealed import MasterKeys
    from storage.store import Store

    store = Store.open(f"sqlite:///{folder}/kill.db", MasterKeys.load(folder / "key"))
    assert store.check_integrity() == "ok"
    count = sum(store.read_now(lambda tx, n=n: tx.meta.get(f"k{n}")) is not None for n in range(3))
    store.close()
    return count


def test_without_a_name_nothing_dies(tmp_path: Path) -> None:
    done = run(tmp_path, "")
    assert (done.returncode, done.stdout.split()) == (0, ["0", "1", "2", "file"])
    assert written(tmp_path) == 3


@pytest.mark.parametrize(
    ("failpoint", "told", "kept"),
    [
        ("store.before_begin", 0, 0),
        ("store.before_commit:2", 1, 1),
        ("store.after_commit:2", 1, 2),
        ("store.before_commit:3", 2, 2),
        ("store.after_commit:3", 2, 3),
        ("file.before_fsync", 3, 3),
        ("file.before_rename", 3, 3),
        ("file.after_rename", 3, 3),
    ],
)
def test_what_was_told_is_kept(tmp_path: Path, failpoint: str, told: int, kept: int) -> None:
    """Killed at a place: every work whose caller had heard of its commit is there, and no half of another."""
    done = run(tmp_path, failpoint)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(done.stdout.split()) == told
    assert written(tmp_path) == kept
    stored = [p for p in (tmp_path / "files").rglob("*") if p.is_file() and not p.name.startswith(".")]
    assert len(stored) == (1 if failpoint == "file.after_rename" else 0)


def test_every_place_in_the_code_is_registered_and_every_name_is_used() -> None:
    used = set()
    for folder in ("bot", "storage"):
        for path in (ROOT / folder).rglob("*.py"):
            used |= set(re.findall(r'\breach\("([a-z_.]+)"\)', path.read_text(encoding="utf-8")))
    assert used <= NAMES
    assert {name for name in NAMES if name.startswith(("store.", "file."))} <= used


def test_an_unknown_place_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no failpoint"):
        reach("nowhere")
