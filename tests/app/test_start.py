"""What a start may not wait for."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
from concurrent.futures import Future
from pathlib import Path

import aiohttp

from bot.app import open_service
from bot.cli.serve import _serve
from bot.late_reader import LateReader
from bot.run import listen_on
from bot.settings import Settings
from nlp.reader import Reader

ROOT = Path(__file__).parent.parent.parent
LONG = 10.0
"""Seconds after which the reader comes whatever happens: a service that waits for it fails and does not hang."""


async def test_the_pages_are_served_while_the_reader_is_still_being_loaded(tmp_path: Path) -> None:
    loading: Future[Reader] = Future()

    class Slow(LateReader):
        @classmethod
        def load(cls, *_: object, **__: object) -> LateReader:
            return cls(loading)

    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path}/test.db",
        var_dir=tmp_path,
        key_file=tmp_path / "master.key",
        config_file=Path(shutil.copy(ROOT / "config.yaml", tmp_path)),
    )
    reader = Reader.load(tmp_path / "none")
    rescue = threading.Timer(LONG, loading.set_result, [reader])
    rescue.start()
    service = open_service(settings, reads=Slow)
    listener = listen_on("127.0.0.1", 0)
    port = listener.getsockname()[1]
    serving = asyncio.create_task(_serve(service, listener, sample=False))
    try:
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/") as page:
            assert page.status == 200
        assert not loading.done(), "the page waited for the reader"
    finally:
        rescue.cancel()
        if not loading.done():
            loading.set_result(reader)
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        service.close()
