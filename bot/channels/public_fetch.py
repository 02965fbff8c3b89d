"""Fetches a picture from an address that a platform named: only from public hosts, capped in size and time."""

from __future__ import annotations

import ipaddress
import socket

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from bot.media import MAX_BYTES, FetchFailed

SECONDS = 30.0
AS_IT_IS = {"Accept-Encoding": "identity"}
"""Pictures are small already; what is never unpacked cannot be a few bytes that become gigabytes."""
WRAPPED = tuple(map(ipaddress.IPv6Network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "fec0::/10")))
"""IPv6 that carries an IPv4 address to somewhere else (RFC 4291, 6052, 8215, 3056), or was once for sites (3879)."""


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
        if not all(is_public(each["host"]) for each in found):
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
        address = self._public(ref)
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with self._session().get(address, timeout=timeout, allow_redirects=False) as answer:
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
            self._client = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), headers=AS_IT_IS, auto_decompress=False
            )
        return self._client

    def _public(self, ref: str) -> URL:
        """The address just as it will be asked, when nothing speaks against it so far. Raises FetchFailed.

        A host may be an IP address written in a way that only the client understands (①②⑦.⓪.⓪.①), and such a one is
        never resolved: what is looked at here is therefore the client's own reading of it.
        """
        try:
            address = URL(ref)
        except ValueError:
            raise FetchFailed("not an address", is_final=True) from None
        if self._allow_private:
            return address
        if address.scheme != "https" or not address.raw_host:
            raise FetchFailed("not an https address", is_final=True)
        try:
            is_inside = not is_public(address.raw_host)
        except ValueError:  # a name
            is_inside = False
        if is_inside:
            raise FetchFailed("not a public host", is_final=True)
        return address


def is_public(host: str) -> bool:
    """Whether an IP address is one host's on the public internet. Raises ValueError for a name."""
    address = ipaddress.ip_address(host)
    is_wrapped = isinstance(address, ipaddress.IPv6Address) and any(address in network for network in WRAPPED)
    return address.is_global and not address.is_multicast and not is_wrapped
