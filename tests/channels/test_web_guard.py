"""What is not ours is turned away: forged ids, other sites, other hosts, old pages, floods."""

from __future__ import annotations

import json
import secrets
import sqlite3
from datetime import datetime

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from sqlalchemy.exc import OperationalError

from bot.channels.web.guard import RATES, Guard, Rate, Rates
from bot.channels.web.signing import Signer
from bot.settings import Settings
from storage import store as store_module
from storage.records import Trouble
from storage.store import Transaction
from tests.channels.site import Site, Visitor, open_site, visiting


async def test_a_forged_id_is_nobody(site: Site, citizen: Visitor) -> None:
    real = citizen.cookie("web")
    for forged in (f"{'0' * 32}.{real[33:]}", f"{secrets.token_hex(16)}.{secrets.token_hex(16)}", "x", real[:-1] + "z"):
        async with aiohttp.ClientSession(cookies={"web": forged}) as http:
            for path in ("/events", "/links?file=1", "/picture/1?e=9&s=1"):
                async with http.get(site.url + path) as answer:
                    assert answer.status == 403
            async with http.post(f"{site.url}/message", json={"key": "k" * 8, "text": "x"}) as answer:
                assert answer.status == 403


async def test_a_forged_id_gets_a_session_of_its_own(site: Site) -> None:
    forged = f"{'a' * 32}.{'b' * 32}"
    async with aiohttp.ClientSession(cookies={"web": forged}) as http, http.get(f"{site.url}/") as answer:
        assert answer.cookies["web"].value != forged


async def test_a_cookie_of_one_side_does_not_open_the_other(site: Site, citizen: Visitor) -> None:
    cookies = {"desk": citizen.cookie("web")}
    async with aiohttp.ClientSession(cookies=cookies) as http, http.get(f"{site.url}/desk/events") as answer:
        assert answer.status == 403


async def test_the_cookie_is_out_of_scripts_reach(site: Site) -> None:
    for path, part in (("/", "Path=/;"), ("/desk", "Path=/desk;")):
        async with aiohttp.ClientSession() as http, http.get(f"{site.url}{path}") as answer:
            cookie = answer.headers["Set-Cookie"] + ";"
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert part in cookie


async def test_an_id_is_of_128_random_bits_and_signed(site: Site) -> None:
    ids = set()
    for _ in range(20):
        async with aiohttp.ClientSession() as http, http.get(f"{site.url}/") as answer:
            number, _, signature = answer.cookies["web"].value.partition(".")
        assert len(bytes.fromhex(number)) == len(bytes.fromhex(signature)) == 16
        ids.add(number)
    assert len(ids) == 20


async def test_another_site_cannot_post(citizen: Visitor) -> None:
    body = {"key": "k" * 8, "text": "/start"}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert (await citizen.post("/message", body, **headers))[0] == 403
    assert (await citizen.post("/message", body, Origin=citizen.site.url))[0] == 200


async def test_a_post_needs_the_pages_token(site: Site, citizen: Visitor) -> None:
    async with visiting(site) as stranger:
        for token in ("", "0" * 32, stranger.token):
            assert (await citizen.post("/message", {"key": "k" * 8, "text": "x"}, **{"X-Token": token}))[0] == 403


async def test_a_form_is_no_message(citizen: Visitor) -> None:
    headers = {"X-Token": citizen.token}
    async with citizen.http.post(f"{citizen.site.url}/message", data={"key": "k" * 8}, headers=headers) as answer:
        assert answer.status == 415


async def test_another_name_for_this_machine_gets_nothing(site: Site) -> None:
    async with aiohttp.ClientSession() as http:
        for host in ("evil.example", "evil.example:8080", "127.0.0.1.evil.example"):
            async with http.get(f"{site.url}/", headers={"Host": host}) as answer:
                assert answer.status == 421


async def test_a_message_has_its_limits(citizen: Visitor) -> None:
    assert await citizen.say("a" * 8001) == 413
    assert await citizen.say("a" * 70_000) == 413
    for wrong in (
        {"key": "short", "text": "x"},
        {"text": "x"},
        {"key": "k" * 8},
        {"key": "k" * 8, "text": 7},
        {"key": "k" * 8, "text": "\x00"},
        {"key": "k" * 8, "place": {"lat": 91, "lon": 0}},
        {"key": "k" * 8, "place": {"lat": True, "lon": 0}},
        {"key": "k" * 8, "place": {"lat": 10**400, "lon": 0}},
        {"key": "k" * 8, "place": "here"},
        {"key": "k" * 8, "files": "x"},
        {"key": "k" * 8, "files": [7]},
        [],
    ):
        assert (await citizen.post("/message", wrong))[0] == 400, wrong
    assert (await citizen.post("/message", {"key": "k" * 8, "files": [{"ref": "../../etc/passwd"}]}))[0] == 410


async def test_a_flood_is_slowed_for_its_own_session_only(site: Site, citizen: Visitor) -> None:
    answers = [await citizen.say("/start") for _ in range(RATES["message"].burst + 3)]
    assert 429 in answers
    async with visiting(site) as other:
        assert await other.say("/start") == 200


async def test_one_address_does_not_fill_the_folder_of_uploads(
    site: Site, citizen: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"\xff\xd8\xff" + bytes(600)
    monkeypatch.setitem(RATES, "upload_bytes", Rate(1500, 3600))
    assert [(await citizen.upload(content))[0] for _ in range(2)] == [200, 200]
    async with visiting(site) as other:
        status, told = await other.upload(content)
    assert (status, told["error"]) == (429, "too_fast")


def test_rates_are_told_apart_by_kind_and_person() -> None:
    rates = Rates()
    taken = [rates.take("login", "a") for _ in range(RATES["login"].burst + 1)]
    assert taken == [True] * RATES["login"].burst + [False]
    assert rates.take("login", "b")
    assert rates.take("message", "a")


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        ((), "10.0.0.1"),
        (("203.0.113.9",), "203.0.113.9"),
        (("6.6.6.6, 203.0.113.9",), "203.0.113.9"),
        (("6.6.6.6", "203.0.113.9"), "203.0.113.9"),
        (("2001:db8:1:2:3:4:5:6",), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:ffff::1",), "2001:db8:1:2::/64"),
        (("::ffff:203.0.113.9",), "::ffff:203.0.113.9"),
        (("unknown",), "unknown"),
    ],
)
def test_rates_count_what_the_nearest_proxy_saw(lines: tuple[str, ...], counted: str) -> None:
    guard = Guard(Settings(_env_file=None, behind_proxy=True), Signer(b"k" * 32))
    headers = CIMultiDict([("X-Forwarded-For", line) for line in lines])
    request = make_mocked_request("GET", "/", headers=headers).clone(remote="10.0.0.1")
    assert guard.address(request) == counted


def test_without_a_proxy_nobody_is_asked_where_they_come_from() -> None:
    guard = Guard(Settings(_env_file=None), Signer(b"k" * 32))
    request = make_mocked_request("GET", "/", headers=CIMultiDict({"X-Forwarded-For": "6.6.6.6"})).clone(
        remote="10.0.0.1"
    )
    assert guard.address(request) == "10.0.0.1"


def test_a_signature_is_good_for_its_purpose_only() -> None:
    signer = Signer(b"k" * 32)
    made = signer.sign("cookie", "web", "id")
    assert signer.fits(made, "cookie", "web", "id")
    assert not signer.fits(made, "page", "web", "id")
    assert not signer.fits(made, "cookie", "webid")
    assert not Signer(b"x" * 32).fits(made, "cookie", "web", "id")
    assert not signer.fits("đ", "cookie", "web", "id")


async def test_every_answer_carries_the_headers(site: Site) -> None:
    async with aiohttp.ClientSession() as http:
        for path in ("/", "/desk", "/static/talk.js", "/healthz", "/nothing", "/map/city.svg"):
            async with http.get(site.url + path) as answer:
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "same-origin"


async def test_only_the_pages_files_are_served(site: Site) -> None:
    async with visiting(site) as visitor:
        for path in ("/static/chat.html", "/static/../app.py", "/static/%2e%2e/app.py", "/static/x.js"):
            assert (await visitor.get(path))[0] == 404


async def test_metrics_are_for_this_machine(site: Site) -> None:
    async with visiting(site) as visitor:
        await visitor.say("/start")
        status, told = await visitor.get("/metrics")
        assert status == 200
        assert b'phananh_web_messages_total{channel="web"} 1.0' in told


async def test_a_proxy_shows_neither_metrics_nor_health(tmp_path) -> None:
    """Not even one that forgets to say where a request came from."""
    settings = {"public_url": "https://phananh.example", "behind_proxy": True}
    async with open_site(tmp_path, **settings) as site, aiohttp.ClientSession() as http:
        for path in ("/metrics", "/healthz"):
            for headers in ({"X-Forwarded-For": "1.2.3.4"}, {"Forwarded": "for=1.2.3.4"}, {"Host": "phananh.example"}):
                async with http.get(site.url + path, headers=headers) as answer:
                    assert answer.status == 404, (path, headers)
            async with http.get(site.url + path) as answer:
                assert answer.status == 200


async def test_health_tells_live_and_ready(site: Site) -> None:
    async with visiting(site) as visitor:
        assert await visitor.get("/healthz") == (200, b'{"live": true, "ready": true}')


async def test_while_the_database_takes_no_writes_it_is_not_ready_and_nothing_is_taken(
    site: Site, citizen: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_tx: Transaction) -> None:
        raise OperationalError("", None, sqlite3.OperationalError("database or disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr(site.service.converse, "work", lambda _incoming: full)
        assert await citizen.say("/start") == 503
        assert (await citizen.get("/healthz"))[0] == 503
    monkeypatch.setattr(store_module, "REFUSED_SECONDS", 0.0)
    assert await citizen.say("/start") == 200
    assert (await citizen.get("/healthz"))[0] == 200


async def test_what_does_not_work_at_present_is_seen_in_health_and_metrics(site: Site) -> None:
    since = datetime.fromisoformat("2026-12-01T09:00:00+07:00")
    site.service.store.write_now(lambda tx: tx.troubles.begin(Trouble("late", "telegram", since, told=True)))
    async with visiting(site) as visitor:
        status, told = await visitor.get("/healthz")
        assert status == 200, "a start anew would not mend it"
        assert json.loads(told)["troubles"] == [{"kind": "late", "where": "telegram", "since": since.isoformat()}]
        assert b'phananh_trouble{channel="telegram",kind="late"} 1.0' in (await visitor.get("/metrics"))[1]
    site.service.store.write_now(lambda tx: tx.troubles.end("late", "telegram"))
    async with visiting(site) as visitor:
        assert b"phananh_trouble{" not in (await visitor.get("/metrics"))[1]


async def test_behind_a_proxy_the_public_address_counts(tmp_path) -> None:
    settings = {"public_url": "https://phananh.example", "behind_proxy": True}
    async with open_site(tmp_path, **settings) as site, aiohttp.ClientSession() as http:
        outside = {"Host": "phananh.example", "X-Forwarded-For": "6.6.6.6, 203.0.113.9"}
        async with http.get(f"{site.url}/", headers=outside) as answer:
            assert answer.status == 200
            assert "Secure" in answer.headers["Set-Cookie"]
            page, cookie = await answer.text(), answer.cookies["web"].value
        token = page.split('data-token="')[1].split('"')[0]
        sent = {**outside, "X-Token": token, "Cookie": f"web={cookie}"}
        for origin, status in (("https://phananh.example", 200), (site.url, 403)):
            body = {"key": "k" * 8, "text": "/start"}
            async with http.post(f"{site.url}/message", json=body, headers={**sent, "Origin": origin}) as answer:
                assert answer.status == status
