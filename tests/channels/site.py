"""A whole service on a port of its own, and browsers without a screen: cookies, page token, stream."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import Service, open_service
from bot.casework.context import Context
from bot.casework.join_staff import invite, new_code
from bot.channels.web.stream import Lines
from bot.run import listen_on, running
from bot.settings import Settings
from storage.records import AgencyId, Role
from tests.conversations.play import NO_MODEL, SureReader
from tests.empty_database import lay_empty
from tests.waiting import PATIENCE_SECONDS, StoryClock, until_at_rest

ROOT = Path(__file__).parent.parent.parent
PICTURES = ROOT / "tests" / "pictures"


@dataclass
class Site:
    service: Service
    clock: StoryClock
    url: str
    lines: Lines

    def invite(self, agency: str = "ubnd-00070", role: Role = Role.OFFICER, name: str = "Lan") -> str:
        """A fresh invitation code."""
        code = new_code()
        config = self.service.current_config()
        self.service.store.write_now(
            lambda tx: invite(
                Context(tx, config, self.clock()), code, AgencyId(agency), role, "console", name, confirmed=True
            )
        )
        return code


@contextlib.asynccontextmanager
async def open_site(folder: Path, **settings: Any) -> AsyncIterator[Site]:
    """The service of `phananh run`, with everything in `folder`."""
    clock = StoryClock()
    chosen = Settings(
        _env_file=None,
        database_url=lay_empty(folder / "site.db", folder / "master.key"),
        var_dir=folder / "var",
        key_file=folder / "master.key",
        config_file=Path(shutil.copy(ROOT / "config.yaml", folder)),
        model_file=NO_MODEL,
        **settings,
    )
    service = open_service(chosen, clock, reads=SureReader)
    listener = listen_on("127.0.0.1", 0)
    port = listener.getsockname()[1]
    try:
        async with running(service, listener) as lines:
            yield Site(service, clock, f"http://127.0.0.1:{port}", lines)
    finally:
        service.close()


@dataclass
class Visitor:
    """A browser on one of the two pages."""

    site: Site
    http: aiohttp.ClientSession
    prefix: str = ""
    token: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)

    async def open(self, query: str = "") -> str:
        """Loads the page and takes its token; returns the page."""
        async with self.http.get(f"{self.site.url}{self.prefix or '/'}{query}") as answer:
            assert answer.status == 200
            page = await answer.text()
        found = re.search(r'data-token="([0-9a-f]+)"', page)
        assert found
        self.token = found[1]
        return page

    def cookie(self, name: str) -> str:
        return next(cookie.value for cookie in self.http.cookie_jar if cookie.key == name)

    async def post(self, path: str, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        sent = {"X-Token": self.token, **headers}
        async with self.http.post(f"{self.site.url}{self.prefix}{path}", json=body, headers=sent) as answer:
            return answer.status, await answer.json()

    async def say(self, text: str = "", **more: Any) -> int:
        body = {"key": secrets.token_hex(8), **({"text": text} if text else {}), **more}
        return (await self.post("/message", body))[0]

    async def upload(self, content: bytes, kind: str = "application/octet-stream") -> tuple[int, dict[str, Any]]:
        headers = {"X-Token": self.token, "Content-Type": kind}
        async with self.http.post(f"{self.site.url}{self.prefix}/upload", data=content, headers=headers) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str) -> tuple[int, bytes]:
        async with self.http.get(f"{self.site.url}{path}") as answer:
            return answer.status, await answer.read()

    async def events(self, after: int | None = None) -> AsyncIterator[tuple[str, Any]]:
        """Names and values of the stream's events, as long as the caller listens."""
        headers = {"Last-Event-ID": str(after)} if after is not None else {}
        timeout = aiohttp.ClientTimeout(total=None)
        async with self.http.get(f"{self.site.url}{self.prefix}/events", headers=headers, timeout=timeout) as answer:
            assert answer.status == 200, answer.status
            name = ""
            async for raw in answer.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    yield name, json.loads(line[6:])

    async def hear_until(
        self, wanted: str, after: int | None = None, seconds: float = PATIENCE_SECONDS
    ) -> dict[str, Any]:
        """The first message with these words; all that came before it is kept in `messages`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for name, value in self.events(after):
                    if name == "message":
                        self.messages.append(value)
                        if wanted in value["text"]:
                            return value
        heard = "\n---\n".join(message["text"] for message in self.messages)
        raise AssertionError(f"“{wanted}” was not heard, but:\n{heard}")

    async def answered(self) -> dict[str, Any]:
        """The last message, once nothing more is on its way: words or pictures."""
        await until_at_rest(self.site.service.store, self.site.clock)
        return (await self.history())[-1]

    async def history(self) -> list[dict[str, Any]]:
        """What a page that opens now is shown."""
        return await until_ready(self, None)


async def until_ready(visitor: Visitor, after: int | None) -> list[dict[str, Any]]:
    return await as_far_as_ready(visitor.events(after))


async def as_far_as_ready(events: AsyncIterator[tuple[str, Any]]) -> list[dict[str, Any]]:
    """The messages that a page begins with; whatever happens from then on reaches it."""
    found: list[dict[str, Any]] = []
    async for name, value in events:
        if name == "ready":
            break
        if name == "message":
            found.append(value)
    return found


@contextlib.asynccontextmanager
async def visiting(site: Site, prefix: str = "") -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, connector=aiohttp.TCPConnector(limit=0)) as http:
        visitor = Visitor(site, http, prefix)
        await visitor.open()
        yield visitor
