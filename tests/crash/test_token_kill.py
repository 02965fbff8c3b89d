"""Kill -9 while the Official Account's token is renewed: the next start goes on, or says clearly that it cannot."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import pytest

from storage.failpoints import NAMES
from storage.sealed import MasterKeys
from storage.store import Store
from tests.crash.conftest import Nursery
from tests.doubles.zalo_oa import ZaloOaDouble

ROOT = Path(__file__).parent.parent.parent
HERE = ("token.before_ask", "token.after_ask", "token.after_store", "store.before_commit:4", "store.after_commit:4")
"""The fourth commit is that of the new tokens: configuration, administrator, the begun renewal come before it."""
LOST = {"token.after_ask", "store.before_commit:4"}
"""The platform has rotated the tokens, and the new ones died with the process."""
SENT, WAITS = 0, 3


def notices(folder: Path) -> list[str]:
    with contextlib.closing(Store.open(f"sqlite:///{folder}/test.db", MasterKeys.load(folder / "master.key"))) as store:
        waiting = store.read_now(lambda tx: tx.outbox.waiting("desk", "minh"))
        return [push.args["words"]["args"]["why"] for push in waiting if push.key == "trouble.token"]


@pytest.mark.slow
@pytest.mark.parametrize("failpoint", HERE)
async def test_killed_while_the_token_is_renewed(failpoint: str, tmp_path: Path, nursery: Nursery) -> None:
    async with ZaloOaDouble() as double:
        killed = await nursery.bear("token_driver", double.base, tmp_path, 0, failpoint=failpoint).ended()
        assert killed == -signal.SIGKILL, "the failpoint was never reached"
        for later in (40, 4000):
            outcome = await nursery.bear("token_driver", double.base, tmp_path, later).ended()
            assert outcome == (WAITS if failpoint in LOST else SENT)
        assert len(double.sent) == (0 if failpoint in LOST else 2)
        assert notices(tmp_path) == (["interrupted"] if failpoint in LOST else [])
        # Once by the process that died, once more at most: never a loop.
        assert len(double.renewals) <= 2, double.renewals


def test_every_failpoint_of_tokens_is_killed_at_here() -> None:
    assert {name for name in NAMES if name.startswith("token.")} <= set(HERE)
