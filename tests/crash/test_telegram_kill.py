"""Kill -9 between acknowledgement, commit and send, on both bots: each complaint once, each message at least once."""

from __future__ import annotations

import contextlib
import signal
from collections import Counter
from pathlib import Path

import pytest

from storage.failpoints import NAMES
from storage.sealed import MasterKeys
from storage.store import Store
from tests.crash.conftest import Nursery
from tests.doubles.telegram import TelegramServer
from tests.waiting import until

ROOT = Path(__file__).parent.parent.parent
CITIZENS, STAFF = "111:citizens", "222:staff"
LAN, MINH = 5001, 9001
STORY = ("/start", "đồng ý", "bỏ qua tất cả", "Rác thải chất đống đầu ngõ, phường Hoàn Kiếm", "1")
HERE = (
    "update.before_work:2",
    "update.after_work:3",
    "offset.after_commit:2",
    "input.before_commit:4",
    "delivery.after_send:3",
)


@pytest.mark.slow
@pytest.mark.parametrize("failpoint", HERE)
async def test_killed_while_updates_are_taken(failpoint: str, tmp_path: Path, nursery: Nursery) -> None:
    async with TelegramServer() as server:
        for words in STORY:
            server.say(CITIZENS, LAN, words)
        server.photo(CITIZENS, LAN, (ROOT / "tests/pictures/o-ga.jpg").read_bytes())
        server.say(CITIZENS, LAN, "gửi")
        for words in ("/start crash-code", "/viec"):
            server.say(STAFF, MINH, words)
        killed = await nursery.bear("telegram_driver", server.base, tmp_path, 0, failpoint=failpoint).ended()
        assert killed == -signal.SIGKILL, "the failpoint was never reached"
        # Leases of the first process have run out by then.
        second = nursery.bear("telegram_driver", server.base, tmp_path, 300)
        try:
            await server.until_idle(CITIZENS)
            await server.until_idle(STAFF)
            with contextlib.closing(_open(tmp_path)) as store:
                await until(lambda: not _waiting(store))
        finally:
            second.kill()
            await second.ended()
        _check(server, tmp_path)


def _open(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder}/test.db", MasterKeys.load(folder / "master.key"))


def _waiting(store: Store) -> int:
    rows = [store.read_now(lambda tx, c=c, w=w: tx.outbox.waiting(c, w)) for c, w in CHATS]
    return sum(len(each) for each in rows)


CHATS = (("telegram", str(LAN)), ("telegram_staff", str(MINH)))


def _check(server: TelegramServer, folder: Path) -> None:
    with contextlib.closing(_open(folder)) as store:
        assert len(store.read_now(lambda tx: tx.cases.all())) == 1
        assert len(store.read_now(lambda tx: tx.officers.all())) == 1
        for channel, chat in CHATS:
            rows = store.read_now(lambda tx, c=channel, w=chat: tx.outbox.sent(c, w, limit=1000))
            sent = server.sent(chat)
            # A message in flight at the kill may come twice; none may be missing.
            assert len(rows) <= len(sent) <= len(rows) + 1, Counter(call.text for call in sent)


def test_every_failpoint_of_updates_is_killed_at_here() -> None:
    named = {name.partition(":")[0] for name in HERE}
    assert {name for name in NAMES if name.startswith(("update.", "offset."))} <= named
