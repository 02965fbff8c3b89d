"""A site for every test, and a town for all tests of a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.channels.site import Site, Visitor, open_site, visiting

if TYPE_CHECKING:
    from tests.channels.telegram_stage import Town


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(tmp_path) as opened:
        yield opened


@pytest.fixture
async def citizen(site: Site) -> AsyncIterator[Visitor]:
    async with visiting(site) as visitor:
        yield visitor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """Both Telegram bots at work, and Minh, who leads phường Hoàn Kiếm."""
    # Imported late: the bots' libraries take seconds, and most tests here need none.
    from tests.channels.telegram_office import office

    async with office(tmp_path_factory.mktemp("town")) as made:
        yield made


@pytest.fixture
def hanoi(city: Town) -> Town:
    """The town and somebody who has never been there."""
    city.lan += 1
    return city
