"""kill -9 in the middle of a conversation on the web, and on with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.channels.site import ROOT, Site, Visitor, as_far_as_ready, visiting
from tests.waiting import PATIENCE_SECONDS


@dataclass
class Served:
    """`phananh run` as a process of its own, and the address that it printed."""

    process: asyncio.subprocess.Process
    url: str

    async def stopped(self) -> tuple[str, str]:
        """What it still said on both outputs, once it has ended."""
        out, err = await self.process.communicate()
        return out.decode(), err.decode()


@contextlib.asynccontextmanager
async def served(folder: Path, *options: str) -> AsyncIterator[Served]:
    """The process on a port that the machine chose: a port probed before may be another's by the time it is taken."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/run.db",
        "VAR_DIR": str(folder / "var"),
        "KEY_FILE": str(folder / "key"),
        "CONFIG_FILE": str(ROOT / "config.yaml"),
        "PORT": "0",
    }
    for token in ("TELEGRAM_CITIZEN_TOKEN", "TELEGRAM_STAFF_TOKEN", "ZALO_BOT_TOKEN", "ZALO_OA_REFRESH_TOKEN"):
        environment.pop(token, None)
    command = (sys.executable, "-m", "bot", "run", *options)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(2 * PATIENCE_SECONDS):
            greeting = (await process.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+", greeting)
        assert found, (greeting, await process.communicate())
        yield Served(process, found[0])
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def test_after_a_kill_the_conversation_goes_on(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        async with served(tmp_path, "--no-sample") as first:
            site = Site(None, None, first.url, None)
            citizen: Visitor = await stack.enter_async_context(visiting(site))
            await citizen.say("/start")
            greeted = await citizen.hear_until("Xin chào")
            assert (await citizen.post("/message", {"key": "before-the-kill", "text": "/cuatoi"}))[0] == 200
            first.process.send_signal(signal.SIGKILL)
            await first.process.wait()
        async with served(tmp_path, "--no-sample") as second:
            site.url = second.url
            # Not even a reply that was in hand when the process died is waited for a whole lease of a platform (60 s).
            # The browser does not know whether its message arrived, and sends it again.
            assert (await citizen.post("/message", {"key": "before-the-kill", "text": "/cuatoi"}))[0] == 200
            await citizen.say("/trogiup")
            await citizen.hear_until("Chưa có gì được gửi đi", after=greeted["id"])
            assert sum("Chưa có phản ánh nào" in m["text"] for m in citizen.messages) == 1


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_a_stop_in_the_first_moment_is_clean_too(tmp_path: Path, stop: signal.Signals) -> None:
    """The page answers while the reader is still loaded and the sample city filled: that is finished, then stopped."""
    async with served(tmp_path) as running:
        running.process.send_signal(stop)
        out, err = await running.stopped()
    assert running.process.returncode == 0, err
    assert "Đã dừng gọn gàng." in out
    assert "Traceback" not in err


async def test_a_stop_with_a_page_open_is_clean(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        running = await stack.enter_async_context(served(tmp_path, "--no-sample"))
        citizen = await stack.enter_async_context(visiting(Site(None, None, running.url, None)))
        events = citizen.events()
        await as_far_as_ready(events)
        running.process.send_signal(signal.SIGINT)
        out, err = await running.stopped()
    assert running.process.returncode == 0, err
    assert "Đã dừng gọn gàng." in out
