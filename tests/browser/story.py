"""What two people do on the two pages, step by step, as their fingers would."""

from __future__ import annotations

import re

from playwright.async_api import FilePayload, Page, expect

from bot.sample import drawn
from tests.browser.conftest import picture
from tests.channels.site import Site

PIN = "294817"
NEXT = ("Bỏ qua tất cả", "Bỏ qua", "Không có ảnh")
"""Labels that lead on when a question is not part of the story."""


async def heard(page: Page, words: str) -> None:
    """A message with these words is on the page, as the last that says so."""
    await expect(page.locator(".them", has_text=words).last).to_be_visible()


async def write(page: Page, words: str) -> None:
    await page.fill("#say", words)
    await page.press("#say", "Enter")
    await expect(page.locator(".me", has_text=words.split("\n")[0][:60]).last).to_contain_text("✓")


async def attach(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Chooses files that lie on the person's own machine: name, type, content."""
    chosen = [FilePayload(name=name, mimeType=kind, buffer=content) for name, kind, content in files]
    await page.set_input_files("#files", chosen)


async def press(page: Page, label: str) -> None:
    exact = page.locator("span", has_text=re.compile(f"^{re.escape(label)}$"))
    await page.locator(".choice:not(:disabled)").filter(has=exact).last.click()


async def skip_until(page: Page, words: str) -> None:
    """Passes over questions of no concern until these words are said."""
    wanted = page.locator(".them", has_text=words)
    for _ in range(8):
        live = page.locator(".them:last-of-type .choice:not(:disabled)")
        for _ in range(40):
            if await wanted.count():
                return
            labels = await live.all_inner_texts()
            label = next((n for n in NEXT if any(n == text.split("\n")[-1] for text in labels)), None)
            if label:
                await press(page, label)
                await page.wait_for_timeout(500)
                break
            await page.wait_for_timeout(100)
    said = await page.locator("#list").inner_text()
    raise AssertionError(f"“{words}” was never said, but:\n{said}")


async def later(site: Site, *pages: Page, minutes: float) -> None:
    """Time goes on, for the service and for the browsers; what waited that long is sent."""
    site.clock.jump(minutes=minutes)
    for page in pages:
        await page.clock.set_system_time(site.clock())


async def log_in(page: Page, code: str, shown: bool = False, says: str = "/viec") -> None:
    """Invitation, new PIN, desk."""
    if shown:
        await picture(page, "desk-login")
    await page.fill("#code", code)
    await page.click("#code-form button")
    await page.fill("#new-pin", PIN)
    await page.fill("#pin-again", PIN)
    await page.click("#new-pin-form button")
    await expect(page.locator("#list")).to_contain_text(says)


async def tell_with_photo(citizen: Page) -> None:
    """Words, consent, two photos, up to the question of where."""
    await heard(citizen, "Xin chào")
    await write(citizen, "Rác chất đống ở đầu ngõ bốc mùi cả tuần nay, không ai dọn")
    await press(citizen, "Đồng ý")
    await skip_until(citizen, "Việc xảy ra ở đâu")


async def send_photos(page: Page, *names: str) -> None:
    await attach(page, *((f"{name}.jpg", "image/jpeg", drawn(name)) for name in names))
    await expect(page.locator("#waiting li.there")).to_have_count(len(names))


async def choose_on_map(citizen: Page, ward: str) -> None:
    """The map of the city, the ward by its name, a click in its middle."""
    await citizen.click("#place")
    await picture(citizen, "phone-place")
    await citizen.click("#map-way")
    await expect(citizen.locator("#map .ward")).to_have_count(126)
    await picture(citizen, "phone-map-city")
    await citizen.select_option("#ward", label=ward)
    await expect(citizen.locator("#map .ward")).to_have_count(1)
    await citizen.locator("#map svg").click()
    await expect(citizen.locator("#map-send")).to_be_enabled()
    await picture(citizen, "phone-map-ward")
    await citizen.click("#map-send")


async def file_on_phone(citizen: Page) -> str:
    """The whole complaint with photos and place; returns its code."""
    await tell_with_photo(citizen)
    await picture(citizen, "phone-question")
    await choose_on_map(citizen, "Phường Hoàn Kiếm")
    await skip_or_photos(citizen)
    await heard(citizen, "Xin xem lại trước khi gửi")
    await picture(citizen, "phone-card")
    await press(citizen, "Gửi phản ánh")
    await heard(citizen, "Mã phản ánh")
    await picture(citizen, "phone-filed")
    text = await citizen.locator(".them", has_text="Mã phản ánh").last.inner_text()
    return text.split("Mã phản ánh: ")[1].split()[0]


async def skip_or_photos(citizen: Page) -> None:
    await heard(citizen, "Có ảnh thì gửi luôn")
    await send_photos(citizen, "rubbish", "pavement")
    await picture(citizen, "phone-photos")
    await citizen.click("#send")


async def answer_with_proof(officer: Page, code: str) -> None:
    await write(officer, f"/xong {code}")
    await heard(officer, "đã làm gì")
    await send_photos(officer, "clean")
    await officer.fill(
        "#say",
        "Tổ thu gom đã dọn sạch điểm rác ở đầu ngõ lúc 14 giờ ngày 1/12, rửa mặt đường và đặt biển cấm đổ rác.",
    )
    await officer.click("#send")
    await heard(officer, "Đã trả kết quả")
