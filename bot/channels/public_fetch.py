"""Fetches a picture from an address that a platform named: only from public hosts, capped in size and time."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.media import MAX_BYTES, FetchFailed

SECONDS = 30.0


class NotPublic(OSError):
    """A name leads to an address inside."""


class PublicResolver(AbstractResolver):
    """Names of public hosts only. What is checked is what is connected to: a name cannot change its mind in between."""

    def __init__(self, names: AbstractResolver | None = None) -> None:
        self._names = names or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises NotPublic when any address of the name is not public."""
        found = await self._names.resolve(host, port, family)
        if not all(ipaddress.ip_address(each["host"]).is_global for each in found):
            raise NotPublic(host)
        return found

    async def close(self) -> None:
        await self._names.close()


class PublicAddress:
    """A Fetcher of https addresses. `allow_private` is for tests on loopback only."""

    def __init__(self, allow_private: bool = False, names: AbstractResolver | None = None) -> None:
        self._allow_private = allow_private
        self._names = names
        self._client: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def fetch(self, ref: str) -> bytes:
        """Raises FetchFailed; finally for an address that must not be asked or a body that is too large."""
        self._ensure_public(ref)
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with self._session().get(ref, timeout=timeout, allow_redirects=False) as answer:
                if answer.status in (404, 410):
                    raise FetchFailed(f"HTTP {answer.status}", is_final=True)
                if answer.status != 200:
                    raise FetchFailed(f"HTTP {answer.status}")
                content = await answer.content.read(MAX_BYTES + 1)
                while len(content) <= MAX_BYTES and (more := await answer.content.read(MAX_BYTES + 1)):
                    content += more
        except (aiohttp.ClientError, TimeoutError) as fault:
            is_inside = isinstance(fault.__cause__, NotPublic)
            raise FetchFailed("not a public host" if is_inside else type(fault).__name__, is_final=is_inside) from fault
        if len(content) > MAX_BYTES:
            raise FetchFailed("too large", is_final=True)
        return content

    def _session(self) -> aiohttp.ClientSession:
        if self._client is None:
            connector = aiohttp.TCPConnector(resolver=PublicResolver(self._names), use_dns_cache=False)
            self._client = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._client

    def _ensure_public(self, ref: str) -> None:
        """What can be told before anything is resolved. Raises FetchFailed."""
        if self._allow_private:
            return
        parts = urlsplit(ref)
        if parts.scheme != "https" or not parts.hostname:
            raise FetchFailed("not an https address", is_final=True)
        try:
            is_public = ipaddress.ip_address(parts.hostname).is_global
        except ValueError:
            return
        if not is_public:
            raise FetchFailed("not a public host", is_final=True)
