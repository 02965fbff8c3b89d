"""Chromium of the machine; screenshots for the documentation when asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.channels.site import ROOT, Site, open_site
from tests.waiting import BEGIN

REQUIRED = os.environ.get("PHANANH_REQUIRE_BROWSER") == "1"
PICTURED = os.environ.get("PHANANH_SCREENSHOTS") == "1"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
Open = Callable[..., Awaitable[Page]]
# A machine that runs everything at once is slow; what is tested is what happens, not how soon.
expect.set_options(timeout=20_000)


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests, each with windows and cookies of its own.

    Skips where there is no Chromium, fails where PHANANH_REQUIRE_BROWSER=1 demands one.
    """
    found = chromium()
    if found is None:
        if REQUIRED:
            pytest.fail("Chromium is required and not on this machine (Debian: apt-get install chromium)")
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[Open]:
    """Opens a page in a browser of its own; a fault in its scripts fails the test."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    async def open_at(url: str, size: dict[str, int] = PHONE, **more: object) -> Page:
        context = await browser.new_context(
            viewport=size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", reduced_motion="reduce", **more
        )
        contexts.append(context)
        await context.clock.install(time=BEGIN)
        page = await context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        await page.goto(url)
        return page

    yield open_at
    for context in contexts:
        await context.close()
    assert faults == []


async def picture(page: Page, name: str) -> None:
    """A screenshot for docs/img, when PHANANH_SCREENSHOTS=1."""
    if PICTURED:
        await page.evaluate("document.activeElement?.blur()")
        await page.wait_for_timeout(400)
        folder = ROOT / "docs" / "img"
        folder.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=folder / f"web-{name}.png")
