"""The citizens' page over HTTP: what is sent takes effect once, what is answered arrives once."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
from PIL import Image

from bot.channels.web.pictures import Pictures
from bot.channels.web.signing import Signer
from bot.dialogue.message import Say, Words
from storage.outbox import NewPush
from storage.records import Priority
from storage.store import Transaction
from tests.channels.site import PICTURES, Site, Visitor, as_far_as_ready, until_ready, visiting
from tests.waiting import PATIENCE_SECONDS, until


async def test_a_greeting_is_answered_on_the_stream(citizen: Visitor) -> None:
    assert await citizen.say("/start") == 200
    heard = await citizen.hear_until("Xin chào")
    assert heard["key"].startswith("home.")


async def test_the_same_key_twice_takes_effect_once(citizen: Visitor) -> None:
    first = await citizen.post("/message", {"key": "abcdefgh-1", "text": "/start"})
    again = await citizen.post("/message", {"key": "abcdefgh-1", "text": "/start"})
    assert first[0] == again[0] == 200
    await citizen.say("/cuatoi")
    await citizen.hear_until("Chưa có phản ánh")
    assert sum("Xin chào" in m["text"] for m in citizen.messages) == 1


async def test_an_emoji_that_a_device_cut_in_half_costs_nobody_an_answer(citizen: Visitor) -> None:
    assert await citizen.say("/trogiup") == 200
    assert await citizen.say("Rác chất đống \ud83d") == 200
    await citizen.hear_until("Đã ghi lại lời kể")


async def test_a_body_that_is_not_packed_as_it_says_is_refused(citizen: Visitor) -> None:
    status, _ = await citizen.post("/message", {"key": "k" * 8, "text": "a"}, **{"Content-Encoding": "gzip"})
    assert status == 400


async def test_two_tabs_at_once_hear_the_same_in_the_same_order(citizen: Visitor) -> None:
    tabs = [citizen.events() for _ in range(2)]
    for tab in tabs:
        await as_far_as_ready(tab)
    for n in range(5):
        await citizen.say("/trogiup" if n % 2 else "/cuatoi")
    one, other = [await numbers_on(tab, 5) for tab in tabs]
    assert one == other
    assert len(one) == len(set(one))


async def numbers_on(tab: AsyncIterator[tuple[str, Any]], wanted: int) -> list[int]:
    heard: list[int] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for name, value in tab:
            if name == "message":
                heard.append(value["id"])
            if len(heard) == wanted:
                break
    return heard


async def test_a_dropped_line_resumes_without_loss_or_doubling(citizen: Visitor) -> None:
    await citizen.say("/start")
    first = await citizen.hear_until("Xin chào")
    await citizen.say("/trogiup")
    await citizen.say("/cuatoi")
    resumed: list[int] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for name, value in citizen.events(after=first["id"]):
            if name == "message":
                resumed.append(value["id"])
                if "Chưa có phản ánh" in value["text"]:
                    break
    whole = [m["id"] for m in await citizen.history()]
    assert resumed == whole[whole.index(first["id"]) + 1 :]
    assert await until_ready(citizen, whole[-1]) == []


async def test_a_push_that_waited_is_not_lost_behind_a_later_one(site: Site, citizen: Visitor) -> None:
    """A row written early and sent late has a smaller number than what the page already has."""
    await citizen.say("/start")
    greeted = await citizen.hear_until("Xin chào")
    chat = citizen.cookie("web").partition(".")[0]
    now = site.clock()
    person = site.service.store.read_now(lambda tx: tx.chats.get("web", chat)).citizen
    say = Say(Words("raw", {"words": "tin chờ"}))
    row = NewPush(
        "web", chat, person, "raw", say.to_json(), Priority.STATUS, now, not_before=now + timedelta(minutes=1)
    )
    site.service.store.write_now(lambda tx: tx.outbox.add(row))
    await citizen.say("/cuatoi")
    later = await citizen.hear_until("Chưa có phản ánh", after=greeted["id"])
    site.clock.jump(minutes=2)
    waited = await citizen.hear_until("tin chờ", after=later["id"])
    assert waited["id"] < later["id"]


async def test_a_page_hears_answers_after_a_clock_that_ran_ahead_was_set_right(site: Site, citizen: Visitor) -> None:
    site.clock.jump(hours=7)
    await citizen.say("/start")
    greeted = await citizen.hear_until("Xin chào")
    site.clock.jump(hours=-7)
    await citizen.say("/cuatoi")
    await citizen.hear_until("Chưa có phản ánh", after=greeted["id"])


async def test_a_page_opened_later_shows_what_was_pushed_meanwhile(citizen: Visitor) -> None:
    await citizen.say("/start")
    await citizen.hear_until("Xin chào")
    shown = await citizen.history()
    assert shown
    assert all(m["old"] for m in shown)


async def test_a_message_that_no_words_are_left_for_hides_no_other(site: Site, citizen: Visitor) -> None:
    """An older version sent it; its text has been given another name since."""
    await citizen.say("/start")
    await citizen.hear_until("Xin chào")
    chat = citizen.cookie("web").partition(".")[0]
    now = site.clock()
    person = site.service.store.read_now(lambda tx: tx.chats.get("web", chat)).citizen
    say = Say(Words("filed.of_an_older_version"))
    row = NewPush("web", chat, person, "filed.of_an_older_version", say.to_json(), Priority.REPLY, now)
    site.service.store.write_now(lambda tx: tx.outbox.mark_sent(tx.outbox.add(row), now, None))
    async with asyncio.timeout(PATIENCE_SECONDS):
        shown = await citizen.history()
    assert any("Xin chào" in message["text"] for message in shown)
    assert row.key not in {message["key"] for message in shown}


async def test_a_photo_goes_up_and_comes_back_under_a_signed_address(site: Site, citizen: Visitor) -> None:
    link = await send_photo(citizen)
    status, content = await citizen.get(link["large"])
    assert status == 200
    assert Image.open(io.BytesIO(content)).format == "JPEG"
    async with visiting(site) as stranger:
        assert (await stranger.get(link["large"]))[0] == 403
    wrong = link["large"].replace("s=", "s=0")
    assert (await citizen.get(wrong))[0] == 403
    site.clock.jump(hours=2)
    assert (await citizen.get(link["large"]))[0] == 403
    status, fresh = await citizen.get(f"/links?file={link['file']}")
    assert status == 200
    assert b"/picture/" in fresh


async def test_a_platform_gets_a_public_address_where_there_is_one(site: Site, citizen: Visitor) -> None:
    link = await send_photo(citizen)
    service = site.service
    signer = await Signer.load(service.store)
    parts = (service.store, service.files, service.current_config, signer, site.clock)
    assert Pictures(*parts).public_link(link["file"]) is None
    address = Pictures(*parts, public_url=site.url).public_link(link["file"]) or ""
    async with aiohttp.ClientSession() as http:
        async with http.get(address) as answer:
            assert (answer.status, answer.content_type) == (200, "image/jpeg")
        async with http.get(address.replace(link["file"], "0" * 32)) as answer:
            assert answer.status == 403
        site.clock.jump(hours=2)
        async with http.get(address) as answer:
            assert answer.status == 403


async def send_photo(citizen: Visitor) -> dict[str, str]:
    """Files a complaint with a photo; returns the link to it from the case's page."""
    await file_complaint(citizen)
    await citizen.say("/cuatoi")
    listed = await citizen.hear_until("mới nhất trước")
    await citizen.say(press=listed["buttons"][0][0]["press"])
    page = await citizen.hear_until("Diễn biến")
    return page["pictures"][0]


async def file_complaint(citizen: Visitor) -> str:
    """The whole way to a filed case in ward Hoàn Kiếm; returns its code."""
    await citizen.say("/start")
    for answer in ("Rác chất đống ở đầu ngõ Hàng Hành, phường Hoàn Kiếm bốc mùi cả tuần", "Đồng ý"):
        await citizen.say(answer)
        await citizen.answered()
    status, told = await citizen.upload((PICTURES / "o-ga.jpg").read_bytes())
    assert status == 200
    await citizen.say(files=[{"ref": told["ref"], "name": "o-ga.jpg"}])
    return await walk_to_filed(citizen)


async def walk_to_filed(citizen: Visitor) -> str:
    """Presses what leads on until the case is filed: send, else skip, else the first choice."""
    for _ in range(12):
        last = await citizen.answered()
        if "Mã phản ánh" in last["text"]:
            return last["text"].split("Mã phản ánh: ")[1].split()[0]
        choices = [c for row in last.get("buttons", []) for c in row]
        by_label = {c["label"]: c["press"] for c in choices}
        for label in ("Gửi phản ánh", "Bỏ qua tất cả", "Bỏ qua", "Không có ảnh"):
            if label in by_label and not (label == "Gửi phản ánh" and "home" in last["key"]):
                await citizen.say(press=by_label[label])
                break
        else:
            assert choices, last
            await citizen.say(press=choices[0]["press"])
    raise AssertionError(f"never filed; last said: {last}")


async def test_twenty_photos_in_one_message(citizen: Visitor) -> None:
    await citizen.say("/start")
    content = (PICTURES / "o-ga.jpg").read_bytes()
    told = await asyncio.gather(*(citizen.upload(content) for _ in range(20)))
    refs = [{"ref": answer["ref"]} for status, answer in told if status == 200]
    assert len(refs) == 20
    assert (await citizen.say("Ổ gà", files=[*refs, refs[0]])) == 400
    assert (await citizen.say("Ổ gà", files=refs)) == 200


async def test_a_renamed_program_is_turned_away(citizen: Visitor) -> None:
    status, told = await citizen.upload(b"MZ\x90\x00" + b"\x00" * 500)
    assert (status, told["error"]) == (415, "file_kind")


async def test_a_picture_of_too_many_pixels_is_refused_in_words(citizen: Visitor) -> None:
    await citizen.say("/start")
    out = io.BytesIO()
    Image.new("1", (10_000, 5_100)).save(out, "PNG")
    status, told = await citizen.upload(out.getvalue())
    assert status == 200
    await citizen.say("Có ổ gà to ở đây", files=[{"ref": told["ref"], "name": "to.png"}])
    assert "kích thước quá lớn" in (await citizen.hear_until("kích thước quá lớn"))["text"]


async def test_an_upload_is_capped(citizen: Visitor) -> None:
    status, told = await citizen.upload(b"\xff\xd8\xff" + bytes(10 * 1024 * 1024))
    assert (status, told["error"]) == (413, "file_too_big")


async def test_an_upload_without_length_is_capped_too(citizen: Visitor) -> None:
    async def endless():
        yield b"\xff\xd8\xff"
        for _ in range(11):
            yield bytes(1024 * 1024)

    url, headers = f"{citizen.site.url}/upload", {"X-Token": citizen.token}
    with contextlib.suppress(aiohttp.ClientError):  # the server may close before all is read
        async with citizen.http.post(url, data=endless(), headers=headers) as answer:
            assert answer.status == 413
    assert not list(citizen.site.service.settings.uploads_dir.glob("*"))


async def test_a_disk_that_takes_no_more_is_told_in_words(citizen: Visitor) -> None:
    citizen.site.service.settings.uploads_dir.write_text("a file where the folder should be")
    status, told = await citizen.upload((PICTURES / "o-ga.jpg").read_bytes())
    assert (status, told["error"]) == (507, "no_room")


async def test_anothers_upload_cannot_be_sent(site: Site, citizen: Visitor) -> None:
    _, told = await citizen.upload((PICTURES / "o-ga.jpg").read_bytes())
    async with visiting(site) as stranger:
        assert await stranger.say(files=[{"ref": told["ref"]}]) == 410


async def test_two_hundred_open_pages_hear_every_push_exactly_once(site: Site) -> None:
    """News for all at once, three times. A second is the aim; what is tested is that nothing is lost or doubled."""
    async with contextlib.AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(visiting(site)) for _ in range(200)]
        await asyncio.gather(*(page.say("/start") for page in pages))
        heard = [asyncio.create_task(news_on(page, 3)) for page in pages]
        await until(lambda: site.lines.count == len(pages))
        for number in range(3):
            push_to_all(site, pages, f"tin {number}")
            await pages[0].say("/cuatoi")  # whoever commits anything wakes the delivery
        async with asyncio.timeout(PATIENCE_SECONDS):
            everybody = await asyncio.gather(*heard)
    assert everybody == [["tin 0", "tin 1", "tin 2"]] * 200


async def news_on(page: Visitor, wanted: int) -> list[str]:
    """The pushed words that an open page is shown, the last ones twice if they should come twice."""
    words: list[str] = []
    with contextlib.suppress(TimeoutError):
        async for name, value in page.events():
            if name == "message" and value["key"] == "push.news":
                words.append(value["text"])
            if len(words) == wanted:
                async with asyncio.timeout(0.5):
                    async for again, more in page.events(after=value["id"]):
                        if again == "message" and more["key"] == "push.news":
                            words.append(more["text"])
                break
    return words


def push_to_all(site: Site, pages: list[Visitor], words: str) -> None:
    chats = [page.cookie("web").partition(".")[0] for page in pages]
    say = Say(Words("raw", {"words": words})).to_json()

    def add(tx: Transaction) -> None:
        for chat in chats:
            person = tx.chats.get("web", chat).citizen
            tx.outbox.add(NewPush("web", chat, person, "push.news", say, Priority.STATUS, site.clock()))

    site.service.store.write_now(add)


async def test_english_by_a_switch(citizen: Visitor) -> None:
    await citizen.say("/start")
    await citizen.say("/english")
    assert '<html lang="en">' in await citizen.open()
