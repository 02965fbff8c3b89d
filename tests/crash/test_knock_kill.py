"""Kill -9 around a paid invitation: a second one bears the same number, and the messages wait for the person."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from storage.failpoints import NAMES
from storage.sealed import MasterKeys
from storage.store import Store
from tests.crash.conftest import Nursery

ROOT = Path(__file__).parent.parent.parent
HERE = ("delivery.before_knock", "delivery.after_knock")


@pytest.mark.parametrize("failpoint", HERE)
def test_killed_around_an_invitation(failpoint: str, tmp_path: Path, nursery: Nursery) -> None:
    killed = nursery.run("knock_driver", tmp_path, 50, failpoint=failpoint)
    assert killed == -signal.SIGKILL, "the failpoint was never reached"
    for hours in (51, 52):
        assert nursery.run("knock_driver", tmp_path, hours) == 0
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
