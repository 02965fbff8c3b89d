"""kill -9 in the middle of a conversation on the web, and on with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from tests.channels.site import ROOT, Site, Visitor, visiting


@contextlib.asynccontextmanager
async def served(folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """`phananh run` as a process of its own, answering."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/run.db",
        "VAR_DIR": str(folder / "var"),
        "KEY_FILE": str(folder / "key"),
        "CONFIG_FILE": str(ROOT / "config.yaml"),
    }
    for token in ("TELEGRAM_CITIZEN_TOKEN", "TELEGRAM_STAFF_TOKEN", "ZALO_BOT_TOKEN", "ZALO_OA_REFRESH_TOKEN"):
        environment.pop(token, None)
    command = (sys.executable, "-m", "bot", "run", "--port", str(port), "--no-sample")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe)
    try:
        await until_up(port)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def until_up(port: int) -> None:
    deadline = time.monotonic() + 60
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < deadline:
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(f"http://127.0.0.1:{port}/healthz"):
                    return
            await asyncio.sleep(0.1)
    raise AssertionError("never answered")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_after_a_kill_the_conversation_goes_on(tmp_path: Path) -> None:
    port = free_port()
    site = Site(None, None, f"http://127.0.0.1:{port}", None)  # type: ignore[arg-type]
    async with contextlib.AsyncExitStack() as stack:
        async with served(tmp_path, port) as process:
            citizen: Visitor = await stack.enter_async_context(visiting(site))
            await citizen.say("/start")
            greeted = await citizen.hear_until("Xin chào")
            assert (await citizen.post("/message", {"key": "before-the-kill", "text": "/cuatoi"}))[0] == 200
            process.send_signal(signal.SIGKILL)
            await process.wait()
        async with served(tmp_path, port) as process:
            # The browser does not know whether its message arrived, and sends it again.
            assert (await citizen.post("/message", {"key": "before-the-kill", "text": "/cuatoi"}))[0] == 200
            await citizen.say("/trogiup")
            await citizen.hear_until("Đang viết một phản ánh", after=greeted["id"], seconds=90)
            assert sum("Chưa có phản ánh nào" in m["text"] for m in citizen.messages) == 1
            process.send_signal(signal.SIGTERM)
            out, _ = await process.communicate()
            assert process.returncode == 0
            assert "Đã dừng gọn gàng." in out.decode()
