"""The staff desk over HTTP: the door, the devices, the queue that everybody of a unit sees."""

from __future__ import annotations

import asyncio
import base64
import codecs
import contextlib
import hashlib
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDictProxy
from PIL import Image
from yarl import URL

from bot.channels.web.keys import code_at, fits_pin, hash_pin, is_good_pin, step_of
from bot.channels.web.pictures import Pictures
from bot.channels.web.signing import Signer
from storage.records import FileId, Role
from storage.store import Transaction
from tests.channels.site import PICTURES, ROOT, Site, Visitor, as_far_as_ready, until_ready, visiting
from tests.channels.test_web_chat import file_complaint
from tests.waiting import PATIENCE_SECONDS, let_pass

SHIPPED = (ROOT / "config.yaml").read_text(encoding="utf-8")

PIN = "294817"


@contextlib.asynccontextmanager
async def officer_at(site: Site, name: str = "Lan", role: Role = Role.OFFICER) -> AsyncIterator[Visitor]:
    """A device whose officer is in."""
    async with visiting(site, "/desk") as device:
        await enter(device, site.invite(name=name, role=role))
        yield device


async def enter(device: Visitor, code: str) -> None:
    assert await device.post("/code", {"code": code}) == (200, {"door": "new_key"})
    assert await device.post("/key", {"pin": PIN}) == (200, {"door": "open"})
    assert "data-door" not in await device.open()


async def test_an_invitation_and_a_new_pin_open_the_desk(site: Site) -> None:
    async with officer_at(site) as device:
        assert "/viec" in (await device.hear_until("/viec"))["text"]
        assert "Hoàn Kiếm" in await device.open()


async def test_the_desk_is_found_with_a_stroke_at_the_end_of_its_address_too(site: Site) -> None:
    async with visiting(site, "/desk") as device:
        status, page = await device.get("/desk/")
        assert status == 200
        assert b'data-door="stranger"' in page


async def test_a_stranger_sees_only_the_door(site: Site) -> None:
    async with visiting(site, "/desk") as device:
        assert 'data-door="stranger"' in await device.open()
        for path in ("/desk/events", "/desk/queue", "/desk/devices", "/desk/map/HN-2222-222.svg", "/desk/links?file=1"):
            assert (await device.get(path))[0] == 401
        assert await device.say("/viec") == 401
        assert (await device.upload(b"\xff\xd8\xff"))[0] == 401
        assert (await device.post("/key", {"pin": PIN}))[1]["door"] == "stranger"


async def test_a_session_that_somebody_planted_before_is_not_the_one_that_comes_in(site: Site) -> None:
    async with visiting(site, "/desk") as attacker, visiting(site, "/desk") as victim:
        victim.http.cookie_jar.clear()
        victim.http.cookie_jar.update_cookies({"desk": attacker.cookie("desk")}, URL(f"{site.url}/"))
        await victim.open()
        await enter(victim, site.invite())
        assert 'data-door="stranger"' in await attacker.open()
        kept = victim.cookie("desk")
        await victim.open()
        assert victim.cookie("desk") == kept


async def test_an_invitation_opens_once(site: Site) -> None:
    code = site.invite()
    async with visiting(site, "/desk") as first, visiting(site, "/desk") as second:
        await enter(first, code)
        status, told = await second.post("/code", {"code": code})
        assert (status, told["door"]) == (403, "stranger")
        assert "mã mời" in told["words"].lower()


async def test_a_locked_device_asks_for_the_pin(site: Site) -> None:
    async with officer_at(site) as device:
        assert (await device.post("/devices", {"do": "lock"}))[0] == 200
        assert await device.say("/viec") == 401
        assert 'data-door="pin"' in await device.open()
        assert (await device.post("/key", {"pin": "111222"}))[0] == 403
        assert await device.post("/key", {"pin": PIN}) == (200, {"door": "open"})
        assert await device.say("/viec") == 200


async def test_five_wrong_pins_lock_for_fifteen_minutes(site: Site) -> None:
    async with officer_at(site) as device:
        await device.post("/devices", {"do": "lock"})
        for _ in range(5):
            assert (await device.post("/key", {"pin": "111222"}))[0] == 403
        status, told = await device.post("/key", {"pin": PIN})
        assert status == 403
        assert "15 phút" in told["words"]
        site.clock.jump(minutes=16)
        assert (await device.post("/key", {"pin": PIN}))[0] == 200


async def test_many_guesses_at_once_gain_nothing(site: Site) -> None:
    async with officer_at(site) as device:
        await device.post("/devices", {"do": "lock"})
        await asyncio.gather(*(device.post("/key", {"pin": f"{n:06}"}) for n in range(100_000, 100_012)))
        assert (await device.post("/key", {"pin": PIN}))[0] == 403


async def test_twelve_idle_hours_close_a_device(site: Site) -> None:
    async with officer_at(site) as device:
        site.clock.jump(hours=11)
        assert await device.say("/viec") == 200
        site.clock.jump(hours=11)
        assert await device.say("/viec") == 200
        site.clock.jump(hours=13)
        assert await device.say("/viec") == 401


async def test_a_second_device_comes_in_by_a_code_and_the_pin(site: Site) -> None:
    async with officer_at(site) as first, visiting(site, "/desk") as second:
        _, told = await first.post("/devices", {"do": "add"})
        assert await second.post("/code", {"code": told["code"]}) == (200, {"door": "pin"})
        assert (await second.post("/key", {"pin": PIN}))[0] == 200
        await second.open()
        assert (await second.post("/code", {"code": told["code"]}))[0] in (200, 403)
        devices = json.loads((await second.get("/desk/devices"))[1])
        assert [d["here"] for d in devices].count(True) == 1
        assert len(devices) == 2


async def test_a_device_code_is_good_once_and_for_ten_minutes(site: Site) -> None:
    async with officer_at(site) as first, visiting(site, "/desk") as second, visiting(site, "/desk") as third:
        _, told = await first.post("/devices", {"do": "add"})
        assert (await second.post("/code", {"code": told["code"]}))[0] == 200
        assert (await third.post("/code", {"code": told["code"]}))[0] == 403
        _, late = await first.post("/devices", {"do": "add"})
        site.clock.jump(minutes=11)
        assert (await third.post("/code", {"code": late["code"]}))[0] == 403


async def test_logging_out_everywhere_ends_every_stream(site: Site) -> None:
    async with officer_at(site) as first, visiting(site, "/desk") as second:
        _, told = await first.post("/devices", {"do": "add"})
        await second.post("/code", {"code": told["code"]})
        await second.post("/key", {"pin": PIN})
        events = second.events()
        await as_far_as_ready(events)
        assert (await first.post("/devices", {"do": "lock_all"}))[0] == 200
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for _ in events:
                pass
        assert await first.say("/viec") == 401
        assert await second.say("/viec") == 401


async def test_a_removed_device_is_a_stranger_again(site: Site) -> None:
    async with officer_at(site) as first, visiting(site, "/desk") as second:
        _, told = await first.post("/devices", {"do": "add"})
        await second.post("/code", {"code": told["code"]})
        devices = json.loads((await first.get("/desk/devices"))[1])
        (other,) = (d["chat"] for d in devices if not d["here"])
        (own,) = (d["chat"] for d in devices if d["here"])
        assert (await first.post("/devices", {"do": "remove", "device": own}))[0] == 400
        assert (await first.post("/devices", {"do": "remove", "device": other}))[0] == 200
        assert 'data-door="stranger"' in await second.open()


async def test_what_one_officer_takes_the_other_sees(site: Site) -> None:
    async with officer_at(site, "Lan") as lan, officer_at(site, "Minh") as minh, visiting(site) as citizen:
        code = await file_complaint(citizen)
        await until_ready(minh, None)
        events = minh.events()
        await as_far_as_ready(events)
        assert await lan.say(f"/nhan {code}") == 200
        async with asyncio.timeout(PATIENCE_SECONDS):
            await next_queue_news(events)
        (line,) = (await queue_of(minh))["cases"]
        assert (line["code"], line["officer"], line["is_mine"]) == (code, "Lan", False)
        (own,) = (await queue_of(lan))["cases"]
        assert own["is_mine"]


async def test_what_was_passed_up_is_in_the_hands_of_nobody_below(site: Site) -> None:
    async with officer_at(site) as lan, visiting(site, "/desk") as above, visiting(site) as citizen:
        code = await file_complaint(citizen)
        await enter(above, site.invite(agency="so-nnmt"))
        await lan.say(f"/vuottham {code} Cần Thành phố bố trí đất; đề xuất dùng lô đất trống ở bãi sông")
        await lan.hear_until("Đã trình")
        (line,) = (await queue_of(above))["cases"]
        assert (line["code"], line["officer"]) == (code, "")


async def test_only_the_desks_that_a_case_concerns_look_anew(site: Site) -> None:
    """Four hundred open desks must not all ask for their queue when somebody greets the service."""
    async with contextlib.AsyncExitStack() as stack:
        own = await stack.enter_async_context(officer_at(site, "Lan"))
        other, desk = [await stack.enter_async_context(visiting(site, "/desk")) for _ in range(2)]
        await enter(other, site.invite(agency="ubnd-00004"))
        await enter(desk, site.invite(agency="triage", role=Role.TRIAGE))
        citizen = await stack.enter_async_context(visiting(site))
        devices = (own, other, desk)
        looked = [0] * len(devices)
        listening = [asyncio.create_task(count_queue_news(d, looked, n)) for n, d in enumerate(devices)]
        code = await file_complaint(citizen)
        await let_pass(1.5)
        filed = list(looked)
        assert filed[0] >= 1
        await citizen.say("/trogiup")
        await let_pass(1.5)
        assert looked == filed
        assert await own.say(f"/nhan {code}") == 200
        await let_pass(2)
        assert looked[0] > filed[0]
        assert looked[2] > filed[2]
        assert looked[1] == 0
        for task in listening:
            task.cancel()


async def count_queue_news(device: Visitor, looked: list[int], number: int) -> None:
    async for name, _ in device.events():
        looked[number] += name == "queue"


async def next_queue_news(events: AsyncIterator[tuple[str, Any]]) -> None:
    async for name, _ in events:
        if name == "queue":
            return


async def queue_of(device: Visitor) -> dict:
    status, told = await device.get("/desk/queue")
    assert status == 200
    return json.loads(told)


async def test_a_case_card_has_its_pictures_and_its_map_for_its_unit_only(site: Site) -> None:
    async with officer_at(site) as device, visiting(site, "/desk") as other, visiting(site) as citizen:
        code = await file_complaint(citizen)
        pushed = await device.hear_until("Vụ mới")
        await device.say(f"/xem {code}")
        card = await device.hear_until("Diễn biến", after=pushed["id"])
        assert card["slot"] == f"case{code}"
        assert (await device.get(card["pictures"][0]["large"]))[0] == 200
        status, drawn = await device.get(f"/desk/map/{code}.svg")
        assert status == 200
        assert drawn.startswith(b"<svg")
        await enter(other, site.invite(agency="ubnd-00004"))
        assert (await other.get(f"/desk/map/{code}.svg"))[0] == 404
        status, links = await other.get(f"/desk/links?file={card['pictures'][0]['file']}")
        assert status == 200
        assert (await other.get(json.loads(links)[0]["large"]))[0] == 404


@pytest.mark.parametrize("said", ["image/svg+xml", "text/html", "text/html; charset=utf-8", "a\nb/c", None])
async def test_only_what_came_through_the_gate_is_shown_as_a_page_of_ours(site: Site, said: str | None) -> None:
    async with officer_at(site) as device, visiting(site) as citizen:
        code = await file_complaint(citizen)
        await device.say(f"/xem {code}")
        link = (await device.hear_until("Diễn biến"))["pictures"][0]
        assert "Content-Disposition" not in await headers_of(device, link["large"])

        def rename(tx: Transaction) -> None:
            tx.files.save(replace(tx.files.get(FileId(link["file"])), mime=said))

        site.service.store.write_now(rename)
        assert (await headers_of(device, link["large"]))["Content-Disposition"] == "attachment"


async def headers_of(device: Visitor, path: str) -> CIMultiDictProxy[str]:
    async with device.http.get(f"{device.site.url}{path}") as answer:
        assert answer.status == 200
        return answer.headers


async def test_a_picture_of_a_talk_is_seen_by_the_desk_and_its_citizen_only(site: Site) -> None:
    content = (PICTURES / "o-ga.jpg").read_bytes()
    async with visiting(site, "/desk") as desk, officer_at(site) as ward, visiting(site) as citizen:
        await enter(desk, site.invite(agency="triage", role=Role.TRIAGE, name="Thu"))
        await file_complaint(citizen)
        await citizen.say("/gapnguoi")
        await citizen.hear_until("nhắn với người trực")
        _, told = await citizen.upload(content)
        await citizen.say(files=[{"ref": told["ref"], "name": "o-ga.jpg"}])
        passed_on = await desk.hear_until("Người dân gửi ảnh")
        link = passed_on["pictures"][0]
        assert (await desk.get(link["large"]))[0] == 200
        _, links = await ward.get(f"/desk/links?file={link['file']}")
        assert (await ward.get(json.loads(links)[0]["large"]))[0] == 404
        thread = passed_on["text"].split("[")[1].split("]")[0]
        _, told = await desk.upload(content)
        await desk.say(f"/dap {thread} Chỗ này?", files=[{"ref": told["ref"], "name": "o-ga.jpg"}])
        answer = await citizen.hear_until("Chỗ này?")
        assert (await citizen.get(answer["pictures"][0]["large"]))[0] == 200


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (codecs.BOM_UTF8 + SHIPPED.replace("citizen_days: 5", "citizen_days: 6").encode(), "citizen_days: 5 → 6"),
        (SHIPPED.partition("\ncity:")[2].encode(), "chỗ sai"),
        (b"", "tệp trống"),
        ("city: Hà Nội".encode("utf-16"), "UTF-16"),
        ("city: Hà Tây".encode("latin-1"), "không theo bảng mã UTF-8"),
        (b"PK\x03\x04\xff\x00", "không phải tệp chữ"),
        ((PICTURES / "o-ga.jpg").read_bytes(), "là ảnh, không phải tệp chữ"),
    ],
)
async def test_whatever_a_configuration_begins_with_the_desk_takes_it_and_says_what_is_wrong(
    site: Site, content: bytes, words: str
) -> None:
    async with visiting(site, "/desk") as desk, visiting(site) as citizen:
        await enter(desk, site.invite(agency="vp-ubnd-tp", role=Role.ADMIN, name="Quy"))
        _, told = await desk.upload(content, "application/yaml")
        await desk.say(files=[{"ref": told["ref"], "name": "config.yaml"}])
        await desk.hear_until(words)
        assert (await citizen.upload(b"MZ" + content, "application/yaml"))[0] == 415, "only staff send configurations"


async def test_the_queue_of_another_unit_is_empty(site: Site) -> None:
    async with officer_at(site), visiting(site, "/desk") as other, visiting(site) as citizen:
        await file_complaint(citizen)
        await enter(other, site.invite(agency="ubnd-00004"))
        assert (await queue_of(other))["cases"] == []


async def with_app(site: Site, device: Visitor) -> str:
    """An officer who comes in with an authenticator app in place of a PIN; returns its secret."""
    assert (await device.post("/code", {"code": site.invite()}))[1] == {"door": "new_key"}
    status, offered = await device.post("/offer", {})
    assert status == 200
    secret = offered["secret"].replace(" ", "")
    assert f"secret={secret}" in offered["uri"]
    assert offered["qr"].startswith("data:image/svg+xml")
    assert await device.post("/key", {"code": code_now(site, secret)}) == (200, {"door": "open"})
    return secret


def code_now(site: Site, secret: str, later: int = 0) -> str:
    return code_at(secret, int(site.clock().timestamp()) // 30 + later)


async def test_an_authenticator_app_opens_in_place_of_a_pin(site: Site) -> None:
    async with visiting(site, "/desk") as device:
        secret = await with_app(site, device)
        assert await device.say("/viec") == 200
        site.clock.jump(hours=13)
        assert 'data-door="totp"' in await device.open()
        assert (await device.post("/key", {"pin": PIN}))[0] == 403
        assert await device.post("/key", {"code": code_now(site, secret)}) == (200, {"door": "open"})


async def test_a_code_of_the_app_opens_once(site: Site) -> None:
    async with visiting(site, "/desk") as device:
        secret = await with_app(site, device)
        site.clock.jump(minutes=5)
        code = code_now(site, secret)
        for wanted in (200, 403):
            await device.post("/devices", {"do": "lock"})
            assert (await device.post("/key", {"code": code}))[0] == wanted


async def test_guessing_codes_of_the_app_locks_too(site: Site) -> None:
    async with visiting(site, "/desk") as device:
        secret = await with_app(site, device)
        await device.post("/devices", {"do": "lock"})
        site.clock.jump(minutes=5)
        right = code_now(site, secret)
        for n in range(5):
            assert (await device.post("/key", {"code": f"{(int(right) + 7 + n) % 10**6:06}"}))[0] == 403
        status, told = await device.post("/key", {"code": right})
        assert status == 403
        assert "15 phút" in told["words"]


async def test_the_apps_secret_lies_sealed(site: Site) -> None:
    async with visiting(site, "/desk") as device:
        secret = await with_app(site, device)
    stored = b"".join(path.read_bytes() for path in site.service.settings.var_dir.parent.glob("site.db*"))
    assert stored
    assert secret.encode() not in stored


async def test_whose_rights_were_taken_away_sees_a_closed_door(site: Site) -> None:
    async with officer_at(site) as device:

        def revoke(tx: Transaction) -> None:
            (officer,) = tx.officers.all()
            tx.officers.save(replace(officer, revoked_at=site.clock()))

        site.service.store.write_now(revoke)
        assert await device.say("/viec") == 401
        assert 'data-door="revoked"' in await device.open()
        assert (await device.post("/key", {"pin": PIN}))[1]["door"] == "revoked"


async def test_another_key_needs_the_old_one_and_is_asked_for_on_every_other_device(site: Site) -> None:
    async with officer_at(site) as first, visiting(site, "/desk") as second:
        _, told = await first.post("/devices", {"do": "add"})
        await second.post("/code", {"code": told["code"]})
        await second.post("/key", {"pin": PIN})
        secret = (await first.post("/offer", {}))[1]["secret"].replace(" ", "")
        for old in ("", "111222"):
            assert (await first.post("/key", {"code": code_now(site, secret), "old": old}))[0] == 403
        assert await second.say("/viec") == 200
        assert (await first.post("/key", {"code": code_now(site, secret), "old": PIN}))[0] == 200
        assert await first.say("/viec") == 200
        assert await second.say("/viec") == 401
        assert (await second.post("/key", {"pin": PIN}))[0] == 403
        assert await second.post("/key", {"code": code_now(site, secret, later=1)}) == (200, {"door": "open"})


async def test_a_stranger_is_offered_no_key(site: Site) -> None:
    async with visiting(site, "/desk") as stranger, officer_at(site) as device:
        assert (await stranger.post("/offer", {}))[0] == 403
        await device.post("/devices", {"do": "lock"})
        assert (await device.post("/offer", {}))[0] == 403


async def test_the_desk_in_english(site: Site) -> None:
    async with officer_at(site) as device, visiting(site) as citizen:
        await device.say("/english")
        assert '<html lang="en">' in await device.open()
        code = await file_complaint(citizen)
        await device.say(f"/xem {code}")
        card = await device.hear_until("So far")
        labels = [choice["label"] for row in card["buttons"] for choice in row]
        assert "Take up" in labels
        await device.say("take up")
        await device.hear_until(f"{code} taken up", after=card["id"])
        assert (await queue_of(device))["cases"][0]["status"] == "in work"
        await device.say("/tiengviet")
        assert '<html lang="vi">' in await device.open()


async def test_the_door_in_english(site: Site) -> None:
    async with visiting(site, "/desk") as device:
        assert "Invitation" in await device.open("?lang=en")
        assert "invitation" in (await device.post("/code", {"code": "x", "lang": "en"}))[1]["words"].lower()
        await device.post("/code", {"code": site.invite()})
        await device.post("/key", {"pin": PIN, "lang": "en"})
        assert '<html lang="en">' in await device.open()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B (SHA-1), the last six of its eight digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert code_at(secret, seconds // 30) == code
    at = datetime.fromtimestamp(seconds, UTC)
    assert step_of(secret, code, at) == seconds // 30
    assert step_of(secret, f"{code[:3]} {code[3:]}", at + timedelta(seconds=30)) == seconds // 30
    assert step_of(secret, code, at + timedelta(seconds=61)) is None


def test_a_pin_has_rules() -> None:
    for bad in ("12345", "1234567890123", "111111", "123456", "456789", "987654", "12a456", "", "１２３９８７"):
        assert not is_good_pin(bad), bad
    for good in (PIN, "000001", "135790", "294817294817"):
        assert is_good_pin(good), good


def test_a_pin_is_kept_as_a_salted_and_peppered_hash() -> None:
    one, other = hash_pin(PIN, b"a" * 16, b"pepper"), hash_pin(PIN, b"b" * 16, b"pepper")
    assert one != other
    assert PIN not in one
    assert fits_pin(PIN, one, b"pepper")
    assert not fits_pin(PIN, one, b"another")
    assert not fits_pin("294818", one, b"pepper")
    assert not fits_pin(PIN, "", b"pepper")


def test_a_pin_from_before_there_was_a_pepper_still_opens() -> None:
    digest = hashlib.scrypt(PIN.encode(), salt=b"a" * 16, n=2**14, r=8, p=1)
    kept = f"scrypt:{(b'a' * 16).hex()}:{digest.hex()}"
    assert fits_pin(PIN, kept, b"pepper")
    assert not fits_pin("294818", kept, b"pepper")


async def test_figures_are_a_picture_for_whoever_asked_and_nobody_else(site: Site) -> None:
    async with officer_at(site, "Hoa", Role.LEAD) as device, officer_at(site, "Hung", Role.LEAD) as other:
        async with visiting(site) as citizen:
            await file_complaint(citizen)
        await device.say("/solieu")
        said = await device.hear_until("UBND phường Hoàn Kiếm · 4 tuần")
        [link] = said["pictures"]
        assert link["alt"] in said["text"]
        status, content = await device.get(link["large"])
        assert status == 200
        assert Image.open(io.BytesIO(content)).format == "PNG"
        assert (await other.get(link["large"]))[0] == 403
        own = await other.get(f"/desk/links?file={link['file']}")
        assert (await other.get(json.loads(own[1])[0]["large"]))[0] == 404
        assert (await device.get(link["large"].replace("drawing-", "drawing-9")))[0] == 403
        service = site.service
        parts = (service.store, service.files, service.current_config, await Signer.load(service.store), site.clock)
        address = Pictures(*parts, public_url=site.url).public_link(link["file"]) or ""
        async with aiohttp.ClientSession() as platform:
            async with platform.get(address) as answer:
                assert (answer.status, answer.content_type) == (200, "image/png")
                assert await answer.read() == content
            async with platform.get(address.replace("drawing-", "drawing-9")) as answer:
                assert answer.status == 403
