"""A contractor without an account answers by the link: once, with photos, and learns nothing of who complained."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.casework.accept_case import accept_case
from bot.casework.answer_externally import link_case
from bot.dialogue.message import Incoming
from storage.records import Case, CaseStatus, FileStatus, Officer, Purpose
from tests.casework.house import HOLDER, House
from tests.channels.site import PICTURES, Site, open_site
from tests.waiting import until

TEXT = "Rác đầu ngõ 12 Hàng Hành, gọi chị Mai 0987654321"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with open_site(tmp_path) as opened:
        yield opened


class Story:
    """A case in hand, its officer, and a link that was given to a firm."""

    def __init__(self, site: Site) -> None:
        self.house = House(site.service.store, site.clock())
        self.lan: Officer = self.house.officer(HOLDER)
        self.case: Case = self.house.file(self.house.citizen(), text=TEXT)
        self.house.do(lambda ctx: accept_case(ctx, self.lan, self.case.id))
        link = self.house.do(lambda ctx: link_case(ctx, self.lan, self.case.id, "Công ty Môi trường Xanh"))
        self.url = f"{site.url}/tra-loi/{link.token}"


def answer(text: str = "Đã thu gom lúc 15 giờ", *files: bytes) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("who", "Anh Tám, Công ty Xanh")
    form.add_field("text", text)
    for content in files:
        form.add_field("photos", content, filename="anh.jpg", content_type="image/jpeg")
    return form


async def test_the_page_tells_the_work_and_nothing_of_the_citizen(site: Site) -> None:
    story = Story(site)
    async with aiohttp.ClientSession() as http, http.get(story.url) as got:
        page = await got.text()
        assert got.status == 200
        assert "form-action 'self'" in got.headers["Content-Security-Policy"]
        assert got.headers["Referrer-Policy"] == "no-referrer"
    assert str(story.case.code) in page
    assert "Hoàn Kiếm" in page
    assert "0987654321" not in page
    assert "0912345678" not in page
    assert "Mai" not in re.sub(r"<[^>]+>", "", page)


async def test_an_answer_with_a_photo_reaches_the_office_and_the_link_is_spent(site: Site) -> None:
    story = Story(site)
    photo = (PICTURES / "da-va.jpg").read_bytes()
    async with aiohttp.ClientSession() as http:
        async with http.post(story.url, data=answer("Đã thu gom lúc 15 giờ", photo)) as got:
            assert got.status == 200
            assert "Đã nhận câu trả lời" in await got.text()
        async with http.get(story.url) as again:
            assert again.status == 410
        async with http.post(story.url, data=answer()) as twice:
            assert twice.status == 410
    notes = story.house.see(lambda tx: tx.notes.of(story.case.id))
    assert [n.text for n in notes] == ["Anh Tám, Công ty Xanh: Đã thu gom lúc 15 giờ"]
    assert story.house.pushes(story.lan.id)[-1] == "push.answered_outside"
    await until(lambda: not story.house.see(lambda tx: tx.files.waiting(site.clock(), 1)))
    proof = story.house.see(lambda tx: tx.files.of_case(story.case.id, Purpose.PROOF))
    assert [f.status for f in proof] == [FileStatus.READY]
    assert story.house.case(story.case).status is CaseStatus.ACCEPTED


@pytest.mark.parametrize("form", [answer("  "), answer("xong", b"MZ\x90 not a picture")])
async def test_a_faulty_answer_is_asked_again_and_spends_nothing(site: Site, form: aiohttp.FormData) -> None:
    story = Story(site)
    async with aiohttp.ClientSession() as http:
        async with http.post(story.url, data=form) as got:
            assert got.status == 400
        async with http.get(story.url) as again:
            assert again.status == 200


async def test_two_weeks_later_or_when_guessed_the_link_opens_nothing(site: Site) -> None:
    story = Story(site)
    site.clock.jump(days=14, minutes=1)
    async with aiohttp.ClientSession() as http:
        for url in (story.url, f"{site.url}/tra-loi/{'0' * 32}", f"{site.url}/tra-loi/x"):
            async with http.get(url) as got:
                page = await got.text()
                assert got.status == 410
                assert str(story.case.code) not in page


async def test_the_desk_gives_an_address_that_opens(site: Site) -> None:
    story = Story(site)
    said = f"/ngoai {story.case.code} Công ty Xanh"
    site.service.desk.hear_now(Incoming("console", story.lan.id, "k1", site.clock(), text=said))
    told = story.house.see(lambda tx: tx.outbox.waiting("console", story.lan.id))[-1]
    url = re.search(r"http\S+/tra-loi/\w+", str(told.args))
    assert url is not None
    assert url[0].startswith(site.service.settings.site)
