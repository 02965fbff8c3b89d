"""A site for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.site import Site, Visitor, open_site, visiting


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(tmp_path) as opened:
        yield opened


@pytest.fixture
async def citizen(site: Site) -> AsyncIterator[Visitor]:
    async with visiting(site) as visitor:
        yield visitor
