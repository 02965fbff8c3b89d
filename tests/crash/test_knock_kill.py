"""Kill -9 around a paid invitation: a second one bears the same number, and the messages wait for the person."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.failpoints import NAMES
from storage.sealed import MasterKeys
from storage.store import Store

ROOT = Path(__file__).parent.parent.parent
HERE = ("delivery.before_knock", "delivery.after_knock")


def run(folder: Path, hours: float, failpoint: str = "") -> int:
    command = [sys.executable, "-m", "tests.crash.knock_driver", str(folder), str(hours)]
    env = {**os.environ, "PHANANH_FAILPOINT": failpoint, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=env, cwd=ROOT, check=False).returncode


@pytest.mark.parametrize("failpoint", HERE)
def test_killed_around_an_invitation(failpoint: str, tmp_path: Path) -> None:
    assert run(tmp_path, 50, failpoint) == -signal.SIGKILL, "the failpoint was never reached"
    for hours in (51, 52):
        assert run(tmp_path, hours) == 0
    numbers = (tmp_path / "knocks").read_text().split()
    assert len(numbers) == (2 if failpoint == "delivery.after_knock" else 1)
    assert len(set(numbers)) == 1, "the platform drops a second one of the same number"
    store = Store.open(f"sqlite:///{tmp_path}/town.db", MasterKeys.load(tmp_path / "master.key"))
    row = store.read_now(lambda tx: tx.outbox.get(int(numbers[0])))
    store.close()
    assert row is not None
    assert row.parked == "knocked"


def test_every_failpoint_of_invitations_is_killed_at_here() -> None:
    assert {name for name in NAMES if name.endswith("_knock")} == set(HERE)
