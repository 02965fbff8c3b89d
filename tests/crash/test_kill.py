"""Kill -9 at every failpoint: what was accepted takes effect exactly once, what is sent is sent at least once."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.casework.lifecycle import is_legal
from storage.failpoints import NAMES
from storage.files import FileStore
from storage.sealed import MasterKeys
from storage.store import Store
from storage.verify import verify

ROOT = Path(__file__).parent.parent.parent
ELSEWHERE = {
    *("update.before_work", "update.after_work", "offset.after_commit"),
    *("token.before_ask", "token.after_ask", "token.after_store"),
}
"""Reached only by a platform's own code; killed there by the tests of that channel."""
HERE = sorted(NAMES - ELSEWHERE)
STARTS = ("2026-12-01T09:00:00+07:00", "2026-12-01T09:10:00+07:00")


@pytest.fixture(scope="module")
def nursery() -> Iterator[subprocess.Popen[str]]:
    """Bears the processes that get killed; itself it lives on."""
    command = [sys.executable, "-m", "tests.crash.nursery"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env
    ) as parent:
        yield parent
        assert parent.stdin
        parent.stdin.close()


def run(nursery: subprocess.Popen[str], url: str, folder: Path, now: str, failpoint: str = "") -> int:
    """Runs the story in a process of its own; returns its exit code (negative: killed by that signal)."""
    assert nursery.stdin
    assert nursery.stdout
    print(
        json.dumps({"url": url, "folder": str(folder), "now": now, "failpoint": failpoint}),
        file=nursery.stdin,
        flush=True,
    )
    while not re.fullmatch(r"-?\d+", line := nursery.stdout.readline().strip()):
        assert nursery.poll() is None, "the nursery died"
    return int(line)


@pytest.mark.parametrize("failpoint", [*HERE, "store.before_commit:6", "store.after_commit:9", "delivery.after_send:5"])
def test_nothing_is_lost_or_doubled_when_killed_at(
    failpoint: str, database_url: str, keys: MasterKeys, tmp_path: Path, nursery: subprocess.Popen[str]
) -> None:
    keys.write(tmp_path / "master.key")
    assert run(nursery, database_url, tmp_path, STARTS[0], failpoint) == -signal.SIGKILL, (
        "the failpoint was never reached"
    )
    assert run(nursery, database_url, tmp_path, STARTS[1]) == 0
    store = Store.open(database_url, keys)
    try:
        cases = store.read_now(lambda tx: tx.cases.all())
        assert len(cases) == 1
        assert cases[0].status == "accepted"
        files = store.read_now(lambda tx: tx.files.of_case(cases[0].id))
        assert [f.status for f in files] == ["ready"]
        kinds = [e.kind for e in store.read_now(lambda tx: tx.events.of(cases[0].id))]
        assert kinds[:2] == ["filed", "accepted"]
        assert len([k for k in kinds if k in ("filed", "accepted")]) == 2
        assert store.read_now(lambda tx: tx.outbox.stats(datetime.fromisoformat(STARTS[1])))["waiting"] == 0
        remains = verify(store, FileStore(tmp_path / "files"), is_legal)
        # A picture stored by a process that died before its row committed may lie there until it is swept.
        assert [f for f in remains if f.table != "file"] == []
        _each_sent_once_or_twice(store, tmp_path)
    finally:
        store.close()


def _each_sent_once_or_twice(store: Store, folder: Path) -> None:
    """Every row of the outbox reached the platform; a crash doubles at most what was in flight."""
    sent = Counter((folder / "receipts").read_text(encoding="utf-8").splitlines())
    rows = store.read_now(lambda tx: tx.outbox.of_chat("crash", "dân", limit=1000)) + store.read_now(
        lambda tx: tx.outbox.of_chat("crash", "cán bộ", limit=1000)
    )
    assert len(rows) <= sum(sent.values()) <= len(rows) + 2


def test_every_failpoint_stands_in_the_code_exactly_where_the_registry_says() -> None:
    found = set()
    for part in ("bot", "storage"):
        for path in (ROOT / part).rglob("*.py"):
            found |= set(re.findall(r"\breach\(\"([\w.]+)\"\)", path.read_text(encoding="utf-8")))
    assert found <= NAMES
    assert NAMES - found <= ELSEWHERE


def test_only_the_store_commits_and_every_commit_has_its_failpoints() -> None:
    """A write that does not go through the store would have no failpoint around it."""
    for part in ("bot", "storage"):
        for path in (ROOT / part).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if path.name in ("store.py",) or "migrations" in path.parts:
                continue
            assert ".commit()" not in text, path
            assert ".begin()" not in text, path
    store = (ROOT / "storage/store.py").read_text(encoding="utf-8")
    for commit in re.split(r"with connection\.begin\(\):", store)[1:]:
        block = commit[:600]
        assert "reach(" in block or "rollback" in block or "return work(" in block, block[:200]


def test_every_send_has_a_failpoint_before_and_after_it() -> None:
    text = (ROOT / "bot/delivery.py").read_text(encoding="utf-8")
    sends = list(re.finditer(r"\.send\(each", text))
    assert sends
    for send in sends:
        assert 'reach("delivery.before_send")' in text[: send.start()]
        assert 'reach("delivery.after_send")' in text[send.start() :]
