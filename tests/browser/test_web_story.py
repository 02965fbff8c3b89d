"""Two people do the whole story: complaint with photo and place, acceptance, question, answer, result, rating."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from storage.records import FileStatus
from storage.transaction import Transaction
from tests.browser.conftest import DESKTOP, Open, picture
from tests.browser.story import answer_with_proof, file_on_phone, heard, later, log_in, press, write
from tests.channels.site import Site
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def photos_read(site: Site, code: str) -> None:
    """Waits for the photos of a case: they are read beside whatever people do meanwhile."""

    def waiting(tx: Transaction) -> bool:
        case = tx.cases.by_code(code)
        return case is None or any(file.status is FileStatus.WAITING for file in tx.files.of_case(case.id))

    await until(lambda: not site.service.store.read_now(waiting))


async def test_the_whole_story(site: Site, open_page: Open) -> None:
    officer = await open_page(f"{site.url}/desk", DESKTOP)
    await log_in(officer, site.invite(name="Nguyễn Thu Lan"), shown=True)
    citizen = await open_page(f"{site.url}/")
    code = await file_on_phone(citizen)
    await photos_read(site, code)

    await heard(officer, f"Vụ mới {code}")
    await expect(officer.locator("#queue .case")).to_contain_text([code])
    await officer.click(f"#queue [data-code='{code}']")
    await heard(officer, "Diễn biến")
    await expect(officer.locator(".them .picture img").first).to_be_visible()
    await expect(officer.locator(".them img.map").first).to_be_visible()
    await picture(officer, "desk-card")
    await press(officer, "Tiếp nhận")
    await heard(officer, f"Đã tiếp nhận {code}")
    await later(site, officer, citizen, minutes=2)
    await heard(citizen, "đã tiếp nhận phản ánh")

    await write(officer, f"/hoi {code} Đống rác nằm bên số chẵn hay số lẻ?")
    await later(site, officer, citizen, minutes=2)
    await heard(citizen, "bên số chẵn hay số lẻ")
    await press(citizen, "Trả lời")
    await heard(citizen, "Xin nhắn lời trả lời")
    await write(citizen, "Bên số chẵn, sát cột điện")
    await heard(officer, "Bên số chẵn, sát cột điện")

    await answer_with_proof(officer, code)
    await heard(officer, f"Đã trả kết quả {code}")
    await picture(officer, "desk-proof")
    await later(site, officer, citizen, minutes=2)
    await heard(citizen, "trả kết quả phản ánh")
    await expect(citizen.locator(".them .picture img")).to_have_count(2)
    await picture(citizen, "phone-result")
    await press(citizen, "Hài lòng")
    await heard(citizen, "Cảm ơn")
    await picture(citizen, "phone-rated")
    await citizen.set_viewport_size(DESKTOP)
    await picture(citizen, "desktop-rated")


async def test_the_desk_on_a_phone(site: Site, open_page: Open) -> None:
    citizen = await open_page(f"{site.url}/")
    officer = await open_page(f"{site.url}/desk")
    await picture(officer, "phone-desk-login")
    await log_in(officer, site.invite(name="Nguyễn Thu Lan"))
    code = await file_on_phone(citizen)
    await heard(officer, f"Vụ mới {code}")
    await officer.click("#to-queue")
    await expect(officer.locator(f"[data-code='{code}']")).to_be_visible()
    await picture(officer, "phone-desk-queue")
    await officer.click(f"[data-code='{code}']")
    await heard(officer, "Diễn biến")
    await picture(officer, "phone-desk-card")
    await officer.click("#menu")
    await officer.click("#devices")
    await officer.click("#device-add")
    await expect(officer.locator("#device-code code")).to_have_text(re.compile(r"^[0-9a-f]{32}$"))
    await picture(officer, "phone-desk-devices")
    await officer.click("#lock-all")
    await expect(officer.locator("#pin")).to_be_visible()
