"""The service as a process of its own, as `phananh run` starts it, with all it keeps in our folder; and its visitor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.bench.stage import Stage

HOST = "127.0.0.1"
PATIENCE_SECONDS = 120.0
TOKEN = re.compile(r'data-token="([0-9a-f]+)"')


class NotStarted(Exception):
    """The service ended, or did not answer, before it could be measured."""


@dataclass(frozen=True, slots=True)
class House:
    process: int
    url: str
    database: Path
    began: float
    """`time.perf_counter` when its process was started."""


@contextlib.contextmanager
def house(stage: Stage, name: str, sample: bool, **settings: str) -> Iterator[House]:
    """A running service; stopped with SIGTERM afterwards. `settings` are further ones of the environment."""
    own = stage.settings(name)
    port = free_port()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(stage.folder),
        "DATABASE_URL": own.database_url,
        "VAR_DIR": str(own.var_dir),
        "KEY_FILE": str(own.key_file),
        "CONFIG_FILE": str(own.config_file),
        "LOG_LEVEL": "ERROR",
        **({"MODEL_FILE": str(own.model_file.absolute())} if own.model_file else {}),
        **settings,
    }
    command = [sys.executable, "-m", "bot", "run", "--port", str(port), "--sample" if sample else "--no-sample"]
    # Where `python -m` finds the package when it runs in another folder than this one.
    environment["PYTHONPATH"] = str(Path(__file__).parent.parent.parent)
    began = time.perf_counter()
    with (stage.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=stage.folder, env=environment, stdout=log, stderr=log)  # noqa: S603 - ourselves
        try:
            yield House(process.pid, f"http://{HOST}:{port}", stage.folder / f"{name}.db", began)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def page_of(http: aiohttp.ClientSession, at: House) -> str:
    """The chat page, as soon as it is served. Raises NotStarted."""
    while time.perf_counter() - at.began < PATIENCE_SECONDS:
        with contextlib.suppress(aiohttp.ClientConnectionError):
            async with http.get(f"{at.url}/") as answer:
                return await answer.text()
        await asyncio.sleep(0.02)
    raise NotStarted(at.url)


async def answered(http: aiohttp.ClientSession, at: House, page: str, text: str) -> float:
    """Says something on the page; returns the moment of the first answer by `time.perf_counter`."""
    found = TOKEN.search(page)
    assert found is not None, "the page has no token"
    body, headers = {"key": secrets.token_hex(8), "text": text}, {"X-Token": found[1]}
    async with http.get(f"{at.url}/events") as events:
        async with http.post(f"{at.url}/message", json=body, headers=headers) as taken:
            taken.raise_for_status()
        async for line in events.content:
            if line == b"event: message\n":
                return time.perf_counter()
    raise NotStarted("the stream ended")


@contextlib.asynccontextmanager
async def platform() -> AsyncIterator[str]:
    """A Bot API that takes whatever a bot says; yields its address."""
    numbers = iter(range(1, sys.maxsize))

    async def take(request: web.Request) -> web.Response:
        result: object = True
        if request.match_info["method"].startswith("send") and request.match_info["method"] != "sendChatAction":
            chat = {"id": 1, "type": "private"}
            result = {"message_id": next(numbers), "date": 1_790_000_000, "chat": chat, "text": "…"}
        return web.json_response({"ok": True, "result": result})

    app = web.Application()
    app.router.add_post("/bot{token}/{method}", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    try:
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
