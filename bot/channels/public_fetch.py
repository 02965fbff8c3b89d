"""Fetches a picture from an address that a platform named: only from public hosts, capped in size and time."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

import aiohttp

from bot.media import MAX_BYTES, FetchFailed

SECONDS = 30.0


class PublicAddress:
    """A Fetcher of https addresses. `allow_private` is for tests on loopback only."""

    def __init__(self, client: aiohttp.ClientSession, allow_private: bool = False) -> None:
        self._client = client
        self._allow_private = allow_private

    async def fetch(self, ref: str) -> bytes:
        """Raises FetchFailed; finally for an address that must not be asked or a body that is too large."""
        await self._ensure_public(ref)
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with self._client.get(ref, timeout=timeout, allow_redirects=False) as answer:
                if answer.status in (404, 410):
                    raise FetchFailed(f"HTTP {answer.status}", is_final=True)
                if answer.status != 200:
                    raise FetchFailed(f"HTTP {answer.status}")
                content = await answer.content.read(MAX_BYTES + 1)
                while len(content) <= MAX_BYTES and (more := await answer.content.read(MAX_BYTES + 1)):
                    content += more
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise FetchFailed(type(fault).__name__) from fault
        if len(content) > MAX_BYTES:
            raise FetchFailed("too large", is_final=True)
        return content

    async def _ensure_public(self, ref: str) -> None:
        parts = urlsplit(ref)
        if self._allow_private:
            return
        if parts.scheme != "https" or not parts.hostname:
            raise FetchFailed("not an https address", is_final=True)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                parts.hostname, parts.port or 443, type=socket.SOCK_STREAM
            )
        except OSError as fault:
            raise FetchFailed("unknown host") from fault
        if not all(ipaddress.ip_address(each[4][0]).is_global for each in found):
            raise FetchFailed("not a public host", is_final=True)
