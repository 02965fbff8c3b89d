"""An administrator sends a changed config.yaml to the desk, sees what it would do, and applies it."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from storage.records import Role
from tests.browser.conftest import DESKTOP, Open, picture
from tests.browser.story import attach, heard, log_in, press, write
from tests.channels.site import ROOT, Site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SHIPPED = (ROOT / "config.yaml").read_text(encoding="utf-8")


async def send_file(page: Page, text: str) -> None:
    await attach(page, ("config.yaml", "application/yaml", text.encode()))
    await expect(page.locator("#waiting li.there")).to_have_count(1)
    await page.click("#send")


async def test_a_changed_configuration_is_rehearsed_and_applied(site: Site, open_page: Open) -> None:
    admin = await open_page(f"{site.url}/desk", DESKTOP)
    await log_in(admin, site.invite("vp-ubnd-tp", Role.ADMIN, "Trần Minh Quy"), says="Cấu hình")
    broken = SHIPPED.replace("  citizen_days: 5", "  citizen_days: năm").replace(
        "executor: cay-xanh-hn", "executor: cay-xanh"
    )
    await send_file(admin, broken)
    await heard(admin, "có phải “cay-xanh-hn”?")
    await picture(admin, "desk-config-faults")

    await send_file(admin, SHIPPED.replace("  citizen_days: 5", "  citizen_days: 7"))
    await heard(admin, "citizen_days: 5 → 7")
    await press(admin, "Bỏ")
    await heard(admin, "Đã bỏ, không đổi gì")
    await write(admin, "/cauhinh dat categories.chieu_sang.to so-xd")
    await heard(admin, "16 chuyển cơ quan")
    # Who would hand how many to whom is drawn when it is asked for.
    await expect(admin.locator(".them img").last).to_have_js_property("naturalWidth", 900)
    await picture(admin, "desk-config-rehearsal")
    await press(admin, "Áp dụng")
    await heard(admin, "Đang dùng cấu hình số 2")
    assert site.service.store.read_now(lambda tx: tx.configs.active().number) == 2
