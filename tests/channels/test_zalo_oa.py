"""The Official Account: what proves an event, what it says, what its errors mean, and its doors under attack."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa_api import failure
from bot.channels.zalo_oa_events import Left, heard_in, is_signed, signature
from bot.delivery.sender import Why
from bot.delivery.window import Knock
from bot.dialogue.message import Incoming, Say, Words, raw
from bot.zalo_edge import zalo_channels
from storage.files import thumb_name
from storage.outbox import NewPush
from storage.records import File, FileId, FileKind, FileStatus, PersonId, Point, Priority, Purpose
from storage.store import Transaction
from tests.channels.site import Site
from tests.channels.zalo_site import allow_loopback, calls, open_account
from tests.doubles.zalo_oa import ZaloOaDouble, signed
from tests.waiting import until, until_at_rest

RAW = (
    '{"app_id":"4711","event_name":"user_send_text","sender":{"id":"u1"},'
    '"message":{"msg_id":"m1","text":"Đèn đường hỏng"},"timestamp":"1795000000000"}'
).encode()
# Each made with: printf '%s%s%s%s' APP_ID RAW TIMESTAMP SECRET | sha256sum
VECTORS = (
    ("4711", RAW, "1795000000000", "oa-secret", "97551fe4c91f3e4b92c6adc838a497f61841c1feadf0a14edeba7cd92dc0050a"),
    ("4711", b"{}", "1", "khoá-bí-mật", "dad8ce85024928173250f50762e8894867601379bff175821a9fec6090617c66"),
    ("4711", b"", "", "oa-secret", "12df8fc9abaeb7f8d379cbf0a7b464b6873ef11a2efeb105831e82fb7679a2c6"),
)


@pytest.fixture
async def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Site, ZaloOaDouble]]:
    allow_loopback(monkeypatch)
    async with open_account(tmp_path) as opened:
        yield opened


def heard(event: dict[str, object]) -> Incoming:
    found = heard_in(event)
    assert isinstance(found, Incoming)
    return found


@pytest.mark.parametrize(("app_id", "raw", "timestamp", "secret", "digest"), VECTORS)
def test_the_signature_is_what_sha256sum_says(
    app_id: str, raw: bytes, timestamp: str, secret: str, digest: str
) -> None:
    assert signature(app_id, raw, timestamp, secret) == digest
    assert is_signed(f"mac={digest}", app_id, raw, timestamp, secret)
    assert is_signed(digest.upper(), app_id, raw, timestamp, secret)
    for wrong in (None, "", "mac=", digest[:-1], f"mac={'0' * 64}", "mac=é"):
        assert not is_signed(wrong, app_id, raw, timestamp, secret)
    assert not is_signed(digest, app_id, raw + b" ", timestamp, secret)
    assert not is_signed(digest, app_id, raw, timestamp + "0", secret)


def test_coordinates_come_as_strings_and_times_as_strings_of_milliseconds() -> None:
    double = ZaloOaDouble(lambda: 1795000000.5)
    said = heard(double.place("u1", 21.0285, 105.8542, "Hồ Gươm"))
    assert said.place == Point(21.0285, 105.8542)
    assert said.text == "Hồ Gươm"
    assert said.at == datetime.fromtimestamp(1795000000.5, UTC)


@pytest.mark.parametrize(
    ("kind", "file_kind"),
    [("image", FileKind.PHOTO), ("audio", FileKind.VOICE), ("video", FileKind.VIDEO), ("file", FileKind.DOCUMENT)],
)
def test_what_is_attached_is_a_reference_of_its_kind(kind: str, file_kind: FileKind) -> None:
    payload = {"url": "https://cdn/x", "name": "bien-ban.pdf", "size": "123"}
    event = ZaloOaDouble().event(f"user_send_{kind}", "u1", attachments=[{"type": kind, "payload": payload}])
    attached = heard(event).attachments[0]
    assert (attached.kind, attached.ref, attached.name) == (file_kind, "https://cdn/x", "bien-ban.pdf")


def test_a_link_is_heard_as_its_address_and_a_pressed_button_as_typed() -> None:
    double = ZaloOaDouble()
    payload = {"url": "https://maps.google.com/?q=21.0285,105.8542", "title": "Bản đồ"}
    link = double.event("user_send_link", "u1", attachments=[{"type": "link", "payload": payload}])
    assert heard(link).text == payload["url"]
    assert heard({**double.event("user_click_button", "u1"), "payload": "#cuatoi"}).command == "cuatoi"
    assert heard({**double.event("user_click_button", "u1"), "payload": "Đồng ý"}).text == "Đồng ý"


def test_who_follows_begins_and_who_leaves_is_left_in_peace() -> None:
    double = ZaloOaDouble()
    assert heard(double.event("follow", "u1")).command == "start"
    left = heard_in(double.event("unfollow", "u1"))
    assert isinstance(left, Left)
    assert left.chat == "u1"


def test_stickers_are_answered_and_echoes_of_our_own_messages_say_nothing() -> None:
    double = ZaloOaDouble()
    sticker = double.event("user_send_sticker", "u1", attachments=[{"type": "sticker", "payload": {"id": "1"}}])
    assert heard(sticker).unsupported
    for name in ("user_send_group_text", "oa_send_text", "user_received_message", "user_seen_message", ""):
        assert heard_in(double.event(name, "u1", text="x")) is None
    assert heard_in({"event_name": "user_send_text", "sender": {"id": "x" * 200}}) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "sender",
                        "id",
                        "message",
                        "msg_id",
                        "text",
                        "attachments",
                        "type",
                        "payload",
                        "coordinates",
                        "latitude",
                        "longitude",
                        "timestamp",
                        "follower",
                        "url",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=20,
    )
)
def test_no_shape_of_an_event_makes_us_stumble(value: object) -> None:
    for name in ("user_send_text", "user_send_location", "user_send_image", "follow", "unfollow", "user_click_button"):
        event = {**(value if isinstance(value, dict) else {"message": value}), "event_name": name}
        found = heard_in(event)
        assert found is None or found.chat


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (-230, Why.CLOSED),
        (-211, Why.CLOSED),
        (-213, Why.BLOCKED),
        (-244, Why.BLOCKED),
        (-210, Why.NEVER),
        (-32, Why.WAIT),
        (-224, Why.WAIT),
        (-216, Why.WAIT),
        (-9999, Why.AGAIN),
    ],
)
def test_an_error_code_says_what_becomes_of_the_message(code: int, why: Why) -> None:
    assert failure("/v3.0/oa/message/cs", code, "x").why is why


async def test_forged_stale_and_broken_calls_are_refused_and_counted(account: tuple[Site, ZaloOaDouble]) -> None:
    site, double = account
    event = double.text("u1", "xin chào")
    raw = json.dumps(event).encode()
    assert await double.post_raw(raw) == 403
    assert await double.post(event, **{"X-ZEvent-Signature": "mac=" + "0" * 64}) == 403
    genuine = signed(raw, str(event["timestamp"]))
    assert await double.post_raw(raw.replace(b"xin", b"Xin"), **{"X-ZEvent-Signature": genuine}) == 403
    assert await double.post_raw(raw, **{"X-ZEvent-Signature": signed(raw, str(event["timestamp"]), "other")}) == 403
    assert await double.post_raw(b"[1]", **{"X-ZEvent-Signature": genuine}) == 400
    assert await double.post_raw(b"{" * 2_000_000) == 400
    now = site.clock().timestamp()
    for seconds in (-14 * 3600, 600):
        old = {**event, "timestamp": str(int((now + seconds) * 1000))}
        assert await double.post(old) == 403
    assert await calls(site) == {("zalo_oa", "forged"): 4, ("zalo_oa", "malformed"): 2, ("zalo_oa", "stale"): 2}
    assert site.service.store.read_now(lambda tx: tx.chats.get("zalo_oa", "u1")) is None
    assert double.sent == []


async def test_a_replayed_event_takes_effect_once_and_is_counted(account: tuple[Site, ZaloOaDouble]) -> None:
    site, double = account
    event = double.text("u1", "/start")
    assert [await double.post(event) for _ in range(3)] == [200, 200, 200]
    await until(lambda: double.texts("u1"))
    await until_at_rest(site.service.store, site.clock)
    assert await calls(site) == {("zalo_oa", "heard"): 1, ("zalo_oa", "again"): 2}
    rows = site.service.store.read_now(lambda tx: tx.outbox.sent("zalo_oa", "u1"))
    assert len({row.message_ref for row in rows}) == len(double.texts("u1"))
    assert len({row.key for row in rows}) == len(rows), "something was said twice"


async def test_a_repeat_within_twelve_hours_is_still_heard(account: tuple[Site, ZaloOaDouble]) -> None:
    site, double = account
    event = double.text("u1", "/start")
    site.clock.jump(hours=11.9)
    assert await double.post(event) == 200
    assert await calls(site) == {("zalo_oa", "heard"): 1}


async def test_a_slow_database_is_answered_within_two_seconds_and_loses_nothing(
    account: tuple[Site, ZaloOaDouble],
) -> None:
    site, double = account
    loop = asyncio.get_running_loop()

    begun, answered = threading.Event(), threading.Event()

    def slow(_tx: Transaction) -> None:
        begun.set()
        assert answered.wait(60)

    busy = asyncio.create_task(site.service.store.write(slow))
    await until(begun.is_set)
    event = double.text("u1", "/start")
    began = loop.time()
    assert await double.post(event) == 503
    assert loop.time() - began < 2.0
    answered.set()
    await busy
    assert await double.post(event) == 200
    await until(lambda: double.texts("u1"))
    counted = await calls(site)
    assert counted["zalo_oa", "late"] == 1
    assert counted.get(("zalo_oa", "heard"), 0) + counted.get(("zalo_oa", "again"), 0) == 1


async def test_nothing_waits_for_somebody_who_left_until_they_write_again(
    account: tuple[Site, ZaloOaDouble],
) -> None:
    site, double = account
    store = site.service.store
    await double.post(double.text("u1", "/start"))
    leaving = double.event("unfollow", "u1")
    assert await double.post(leaving) == 200
    assert not store.read_now(lambda tx: tx.chats.get("zalo_oa", "u1")).reachable
    await double.post(double.text("u1", "xin chào"))
    assert store.read_now(lambda tx: tx.chats.get("zalo_oa", "u1")).reachable
    assert await double.post(leaving) == 200
    assert store.read_now(lambda tx: tx.chats.get("zalo_oa", "u1")).reachable, "a replay must not silence anybody"


async def test_an_event_that_fails_five_times_is_put_aside_and_others_are_heard(
    account: tuple[Site, ZaloOaDouble], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, double = account
    work = site.service.converse.work

    def breaks(incoming: Incoming) -> object:
        if incoming.text == "độc":
            raise RuntimeError
        return work(incoming)

    monkeypatch.setattr(site.service.converse, "work", breaks)
    await double.post(double.text("u1", "/start"))
    await until(lambda: double.texts("u1"))
    event = double.text("u1", "độc")
    assert [await double.post(event) for _ in range(5)] == [503, 503, 503, 503, 200]
    assert await double.post(double.text("u2", "/start")) == 200
    await until(lambda: double.texts("u2"))
    await until(lambda: site.service.texts.pattern("fault") in double.texts("u1"))


async def test_a_spent_token_is_renewed_once_and_the_message_arrives(account: tuple[Site, ZaloOaDouble]) -> None:
    site, double = account

    def waiting() -> int:
        return site.service.store.read_now(lambda tx: tx.outbox.counts())["waiting"]

    await double.post(double.text("u1", "/start"))
    await until(lambda: waiting() == 0)
    before = len(double.texts("u1"))
    double.access = "another"
    await double.post(double.text("u1", "trợ giúp"))
    await until(lambda: waiting() == 0)
    assert len(double.texts("u1")) > before
    assert double.renewals == ["refresh-0", "refresh-1"]


@pytest.mark.parametrize(
    ("fault", "parked", "is_reachable"),
    [
        ({"error": -230, "message": "User has not interacted with the OA in the past 7 days"}, "closed", True),
        ({"error": "-213", "message": "User has not followed OA"}, "blocked", False),
    ],
)
async def test_a_refusal_inside_a_200_parks_the_message(
    account: tuple[Site, ZaloOaDouble], fault: dict[str, object], parked: str, is_reachable: bool
) -> None:
    site, double = account
    store = site.service.store
    double.faults.append(fault)
    await double.post(double.text("u1", "/start"))
    await until(lambda: store.read_now(lambda tx: tx.outbox.counts())["parked"])
    await until(lambda: not store.read_now(lambda tx: tx.outbox.waiting("zalo_oa", "u1")))
    assert store.read_now(lambda tx: tx.outbox.has_parked("zalo_oa", "u1", parked))
    assert store.read_now(lambda tx: tx.chats.get("zalo_oa", "u1")).reachable is is_reachable
    await double.post(double.text("u1", "xin chào"))
    await until(lambda: double.texts("u1"))


@pytest.mark.parametrize("fault", [502, {"error": -9999, "message": "?"}, {"surprise": True}])
async def test_a_passing_fault_is_tried_again(
    account: tuple[Site, ZaloOaDouble], fault: dict[str, object] | int
) -> None:
    site, double = account
    double.faults.append(fault)
    await double.post(double.text("u1", "/start"))
    await until(lambda: not double.faults)
    site.clock.jump(seconds=10)
    await until(lambda: double.texts("u1"))


async def test_a_heavy_picture_is_handed_over_as_its_small_copy(account: tuple[Site, ZaloOaDouble]) -> None:
    site, double = account
    service, now = site.service, site.clock()
    heavy, small, light = b"\xff\xd8\xff" + b"x" * 1_100_000, b"\xff\xd8\xff-small", b"\xff\xd8\xff-light"
    contents = {"1" * 64: heavy, "2" * 64: light, thumb_name("1" * 64): small, thumb_name("2" * 64): b"unused"}
    for name, content in contents.items():
        service.files.put(name, content)
    ready = (FileKind.PHOTO, Purpose.PROOF, PersonId("p1"), "zalo_oa", "u1", now, FileStatus.READY)
    await double.post(double.text("u1", "/start"))
    await until(lambda: double.texts("u1"))
    say = Say(raw("Kết quả đây"), pictures=("1", "2", "gone"))
    new = NewPush("zalo_oa", "u1", None, "raw", say.to_json(), Priority.STATUS, now)
    await service.store.write(
        lambda tx: (
            [tx.files.add(File(FileId(name), *ready, sha256=name * 64)) for name in ("1", "2")],
            tx.outbox.add(new),
        )
    )
    await until(lambda: "Kết quả đây" in double.texts("u1"))
    assert list(double.uploads.values()) == [small, light]
    with_words = next(message for _, message in double.sent if message.get("text") == "Kết quả đây")
    assert with_words["attachment"]["payload"]["elements"][0]["attachment_id"] == "attachment-1"
    # One message was the greeting; three pictures and words take at most three.
    await until(lambda: service.store.read_now(lambda tx: tx.chats.get("zalo_oa", "u1")).free_left == 8 - 1 - 3)


async def test_a_drawing_is_uploaded_and_its_words_stand_below_it(account: tuple[Site, ZaloOaDouble]) -> None:
    site, double = account
    service, now = site.service, site.clock()
    await double.post(double.text("u1", "/start"))
    await until(lambda: double.texts("u1"))
    drawing = Words("chart.bars", {"title": "Nhận 5", "note": "4 tuần", "rows": [["Rác", 1.0, "5", True]]})
    say = Say(raw("Nhận 5: rác 5"), drawing=drawing)
    new = NewPush("zalo_oa", "u1", None, "raw", say.to_json(), Priority.STATUS, now)
    await service.store.write(lambda tx: tx.outbox.add(new))
    await until(lambda: "Nhận 5: rác 5" in double.texts("u1"))
    [content] = double.uploads.values()
    assert content.startswith(b"\x89PNG")
    with_words = next(message for _, message in double.sent if message.get("text") == "Nhận 5: rác 5")
    assert with_words["attachment"]["payload"]["elements"][0]["attachment_id"] == "attachment-1"
    await until(lambda: service.store.read_now(lambda tx: tx.chats.get("zalo_oa", "u1")).free_left == 8 - 1 - 1)


async def test_a_template_goes_to_a_number_as_the_platform_writes_it(account: tuple[Site, ZaloOaDouble]) -> None:
    site, double = account
    (edge,) = zalo_channels(site.service, lambda: None, lambda _file: None)
    await edge.knock(Knock("0912345678", "123", {"ma": "HN-1"}, 7))
    await edge.stop()
    assert double.templates == [
        {"phone": "84912345678", "template_id": "123", "template_data": {"ma": "HN-1"}, "tracking_id": "phananh-7"}
    ]
