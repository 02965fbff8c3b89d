"""What a platform names is fetched only from public hosts, and never too much nor for too long."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.channels import public_fetch
from bot.channels.public_fetch import PublicAddress
from bot.media import FetchFailed


class Names(AbstractResolver):
    """A name server that answers what the test says; every name has these addresses."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in self._addresses
        ]

    async def close(self) -> None:
        return None


@pytest.fixture
async def inside(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A server on loopback, and small caps."""
    monkeypatch.setattr(public_fetch, "MAX_BYTES", 1000)
    monkeypatch.setattr(public_fetch, "SECONDS", 0.5)

    async def answer(request: web.Request) -> web.StreamResponse:
        match request.match_info["what"]:
            case "slow":
                await asyncio.sleep(1)
            case "gone":
                raise web.HTTPNotFound
            case "packed":
                return web.Response(body=gzip.compress(b"x" * 100_000), headers={"Content-Encoding": "gzip"})
            case "elsewhere":
                raise web.HTTPFound("/1")
            case size:
                return web.Response(body=b"x" * int(size))
        return web.Response()

    app = web.Application()
    app.router.add_get("/{what}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def fetched(fetcher: PublicAddress, ref: str) -> bytes | FetchFailed:
    try:
        return await fetcher.fetch(ref)
    except FetchFailed as failure:
        return failure
    finally:
        await fetcher.close()


@pytest.mark.parametrize(
    "ref",
    [
        *("http://example.com/a.jpg", "https://127.0.0.1/a.jpg", "https://[::1]/a", "https://10.0.0.1/"),
        *("https://169.254.169.254/latest", "file:///etc/passwd", "https:///a", "ftp://example.com/a", ""),
        *(
            "https://①②⑦.⓪.⓪.①/a",
            "https://127。0。0。1/a",
            "https://[::ffff:127.0.0.1]/a",
            "https://example.com\\@127.0.0.1/",
        ),
        *("https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://224.0.0.1/", "https://[::127.0.0.1]/"),
    ],
)
async def test_what_is_plainly_not_public_is_never_asked(ref: str) -> None:
    failure = await fetched(PublicAddress(), ref)
    assert isinstance(failure, FetchFailed)
    assert failure.is_final


@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), ("10.1.2.3",), ("93.184.216.34", "192.168.1.1"), ("::1",), ("64:ff9b::a01:203",)]
)
async def test_a_name_that_leads_inside_is_never_connected_to(addresses: tuple[str, ...]) -> None:
    failure = await fetched(PublicAddress(names=Names(*addresses)), "https://cdn.example.com/a.jpg")
    assert isinstance(failure, FetchFailed)
    assert str(failure) == "not a public host"
    assert failure.is_final


async def test_sizes_and_times_are_capped_and_nobody_is_followed_elsewhere(inside: str) -> None:
    assert await fetched(PublicAddress(allow_private=True), f"{inside}/1000") == b"x" * 1000
    seen = {
        what: await fetched(PublicAddress(allow_private=True), f"{inside}/{what}")
        for what in ("1001", "slow", "gone", "elsewhere")
    }
    finals = {what: failure.is_final for what, failure in seen.items() if isinstance(failure, FetchFailed)}
    assert finals == {"1001": True, "slow": False, "gone": True, "elsewhere": False}


async def test_nothing_is_unpacked(inside: str) -> None:
    content = await fetched(PublicAddress(allow_private=True), f"{inside}/packed")
    assert isinstance(content, bytes)
    assert len(content) < 1000
