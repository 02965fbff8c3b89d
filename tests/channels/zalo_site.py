"""The service of `phananh run` beside a double of one of Zalo's platforms."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.channels.public_fetch import PublicAddress
from tests.channels.site import Site, open_site
from tests.doubles.zalo_oa import APP_ID, APP_SECRET, OA_SECRET, ZaloOaDouble

OA_KEYS = {
    "zalo_oa_app_id": APP_ID,
    "zalo_oa_app_secret": APP_SECRET,
    "zalo_oa_secret": OA_SECRET,
    "zalo_oa_refresh_token": "refresh-0",
}


@contextlib.asynccontextmanager
async def open_account(folder: Path) -> AsyncIterator[tuple[Site, ZaloOaDouble]]:
    """A whole service with an Official Account, both on loopback and on one clock."""
    async with ZaloOaDouble() as double:
        bases = {f"zalo_oa_{name}_base": double.base for name in ("api", "oauth", "zns")}
        async with open_site(folder, **OA_KEYS, **bases) as site:
            double.clock = lambda: site.clock().timestamp()
            double.hook = f"{site.url}/hook/zalo_oa"
            yield site, double


def allow_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doubles' pictures lie on loopback, where the service asks nobody."""

    def as_it_is(_self: PublicAddress, ref: str) -> URL:
        return URL(ref)

    monkeypatch.setattr(PublicAddress, "_public", as_it_is)


async def calls(site: Site) -> dict[tuple[str, str], int]:
    """The counter of webhook calls by channel and outcome."""
    async with aiohttp.ClientSession() as client, client.get(f"{site.url}/metrics") as answer:
        page = await answer.text()
    found = re.findall(r'phananh_webhook_calls_total\{channel="(\w+)",outcome="(\w+)"\} ([\d.]+)', page)
    return {(channel, outcome): int(float(count)) for channel, outcome, count in found}
