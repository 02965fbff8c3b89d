"""`phananh run` with both bots: as a process of its own, stopped by SIGTERM while people write."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.channels.telegram_stage import CITIZENS, ROOT, STAFF
from tests.doubles.telegram import TelegramServer


def environment(folder: Path, base: str, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/run.db",
        "VAR_DIR": str(folder / "var"),
        "KEY_FILE": str(folder / "key"),
        "CONFIG_FILE": str(ROOT / "config.yaml"),
        "TELEGRAM_CITIZEN_TOKEN": CITIZENS,
        "TELEGRAM_STAFF_TOKEN": STAFF,
        "TELEGRAM_API_BASE": base,
        **more,
    }


async def started(env: dict[str, str]) -> asyncio.subprocess.Process:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "bot", "run", "--port", str(port), "--no-sample")
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, stdout=pipe, stderr=pipe)


def the_claims_run_out(folder: Path) -> None:
    """The minute for which a process had its messages for itself is over."""
    with closing(sqlite3.connect(folder / "run.db", isolation_level=None)) as database:
        held = database.execute("UPDATE outbox SET claimed_until = 0 WHERE sent_at IS NULL").rowcount
    assert held, "nothing was on its way"


@pytest.mark.slow
async def test_stopping_loses_nothing_shows_no_token_and_takes_less_than_ten_seconds(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        for chat in range(6000, 6020):
            server.say(CITIZENS, chat, "/start")
        server.say(STAFF, 9000, "/start")
        env = environment(tmp_path, server.base)
        process = await started(env)
        await server.until(lambda: server.sent(6000) and server.sent(9000), 120)
        for chat in range(6020, 6040):
            server.say(CITIZENS, chat, "/start")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, err = await process.communicate()
        assert time.monotonic() - began < 10
        assert process.returncode == 0, err[-2000:]
        assert not any(token.encode() in out + err for token in (CITIZENS, STAFF))
        again = await started(env)
        try:
            await server.until(lambda: all(len(server.sent(chat)) >= 2 for chat in range(6000, 6040)), 120)
            await server.until_idle(CITIZENS, 60)
        finally:
            again.kill()
            await again.communicate()
        assert all(len(server.sent(chat)) <= 3 for chat in range(6000, 6040))
        assert all(budget.breaches == 0 for budget in server.budgets.values())


@pytest.mark.slow
@pytest.mark.parametrize("hook", [False, True])
async def test_a_message_that_hangs_on_its_way_does_not_hold_up_the_end(tmp_path: Path, hook: bool) -> None:
    async with TelegramServer() as server:
        more = {"PUBLIC_URL": "https://phananh.example.vn", "WEBHOOK_SECRET": "0123456789abcdef"} if hook else {}
        server.say(CITIZENS, 6100, "/start")
        server.say(STAFF, 9100, "/start")
        for method in ("sendMessage", "sendChatAction"):
            server.fail(method, hang=60.0, times=1000)
        process = await started(environment(tmp_path, server.base, **more))
        ready = (lambda: len(server.webhooks) == 2) if hook else (lambda: "sendMessage" in dict(server.tried))
        await server.until(ready, 120)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()
        assert time.monotonic() - began < 10
        assert process.returncode == 0, err[-2000:]
        server.forget_faults()
        if hook:
            return
        the_claims_run_out(tmp_path)
        again = await started(environment(tmp_path, server.base, **more))
        try:
            await server.until(lambda: len(server.sent(6100)) >= 2 and server.sent(9100), 120)
        finally:
            again.kill()
            await again.communicate()


async def test_a_public_address_without_a_secret_does_not_start(tmp_path: Path) -> None:
    process = await started(environment(tmp_path, "http://127.0.0.1:1", PUBLIC_URL="https://phananh.example.vn"))
    _, err = await process.communicate()
    assert process.returncode == 2
    assert "WEBHOOK_SECRET" in err.decode()
