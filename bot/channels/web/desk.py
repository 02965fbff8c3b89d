"""The staff's own routes: the door, the devices, the queue beside the chat, the map of a case."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.casework.context import Context
from bot.casework.digests import MOST, WORK, waiting_for
from bot.casework.facts import agency_name, category_label, officer_at_work, ward_name
from bot.casework.join_staff import new_code
from bot.casework.permissions import may_see, may_see_person
from bot.channels.web import pages
from bot.channels.web.guard import STAFF, refuse
from bot.channels.web.house import House, house_of
from bot.channels.web.keys import new_secret, offer
from bot.channels.web.login import Door, Entry
from bot.channels.web.talk import body_of, text_in
from bot.desk.cards import short
from bot.dialogue.message import Incoming
from storage.records import Case, CaseStatus, Officer, OfficerId, Point, Role, Urgency
from storage.store import Transaction

SHOWN = 60


async def show_desk(request: web.Request) -> web.Response:
    """The desk for a device that is in, the door for any other, and for one that is in and wants another key."""
    house = house_of(request)
    chat = house.guard.session(request, STAFF)
    entry = await house.logins.entry(chat) if chat else Entry(Door.STRANGER)
    # A device that nobody has entered on yet gets another session each time: one that somebody else planted in this
    # browser would be theirs too once an officer has come in with it.
    fresh = chat if chat and entry.door is not Door.STRANGER else house.guard.begin(request)
    token = house.guard.page_token(STAFF, fresh)
    if entry.officer is None or not entry.is_in:
        language = "en" if request.query.get("lang") == "en" else "vi"
        response = _door_page(house, token, entry.door, language)
    elif "change" in request.query:
        response = _door_page(house, token, Door.NEW_KEY, entry.officer.language, changes="yes")
    else:
        response = await _desk_page(house, entry.officer, token)
    house.guard.remember(response, STAFF, fresh)
    return response


def _door_page(house: House, token: str, door: Door, language: str, changes: str = "") -> web.Response:
    """`changes` is not empty for an officer who is in and wants another key."""
    return pages.page("login", house.texts, language, token=token, door=door.value, changes=changes)


async def _desk_page(house: House, officer: Officer, token: str) -> web.Response:
    agency = await house.store.read(lambda tx: agency_name(Context(tx, house.config(), house.clock()), officer.agency))
    return pages.page("desk", house.texts, officer.language, token=token, who=officer.name, agency=agency)


async def use_code(request: web.Request) -> web.Response:
    """An invitation or a device code."""
    house, chat, body = await _knock(request)
    agent = request.headers.get("User-Agent", "")
    refused = await house.logins.use_code(
        chat, text_in(body, "code", 64).strip(), text_in(body, "name", 80).strip(), agent
    )
    return await _answer(house, chat, refused, body)


async def use_key(request: web.Request) -> web.Response:
    """The PIN or the app's code. On a device without a key, and for one that is in, it is set."""
    house, chat, body = await _knock(request)
    pin, code, old = (text_in(body, name, 20).strip() for name in ("pin", "code", "old"))
    entry = await house.logins.entry(chat)
    if entry.door in (Door.PIN, Door.TOTP):
        return await _answer(house, chat, await house.logins.use_key(chat, pin or code), body)
    if entry.door is not Door.NEW_KEY and not entry.is_in:
        return await _answer(house, chat, None, body)
    refused = await house.logins.set_key(chat, pin, code, old)
    if refused is None and entry.door is Door.NEW_KEY:
        greeting = "english" if _language(body) == "en" else "trogiup"
        await house.hear[STAFF.channel](
            Incoming(STAFF.channel, chat, secrets.token_hex(16), house.clock(), command=greeting)
        )
        house.wake()
    elif refused is None:
        await _lock_others(house, chat)
    return await _answer(house, chat, refused, body)


async def offer_app(request: web.Request) -> web.Response:
    """A secret for an authenticator app; it opens nothing before `use_key` heard one of its codes."""
    house, chat, _ = await _knock(request)
    entry = await house.logins.entry(chat)
    if entry.door is not Door.NEW_KEY and not entry.is_in:
        refuse(HTTPStatus.FORBIDDEN, "login")
    secret = new_secret()
    officer = await house.logins.offer(chat, secret)
    if officer is None:
        refuse(HTTPStatus.FORBIDDEN, "login")
    issuer = house.texts.pattern("page.title", officer.language)
    return web.json_response(offer(secret, officer.name or officer.agency, issuer))


async def _lock_others(house: House, chat: str) -> None:
    """A new key is asked for wherever else its officer is in."""
    officer = (await house.logins.entry(chat)).officer
    assert officer is not None
    others = tuple(d.chat for d in await house.logins.devices(officer.id) if d.chat != chat)
    await house.logins.lock(others, officer)
    for other in others:
        house.lines.tell(STAFF.channel, other, "end")


async def _knock(request: web.Request) -> tuple[House, str, dict[str, Any]]:
    house = house_of(request)
    chat = house.guard.need_post(request, STAFF)
    house.guard.spend("login", house.guard.address(request))
    return house, chat, await body_of(request)


async def _answer(house: House, chat: str, refused: str | None, body: dict[str, Any]) -> web.Response:
    entry = await house.logins.entry(chat)
    if refused is None:
        return web.json_response({"door": entry.door.value})
    words = house.texts.pattern(refused, _language(body))
    return web.json_response({"door": entry.door.value, "words": words}, status=403)


def _language(body: dict[str, Any]) -> str:
    """The one that the page was served in."""
    return "en" if body.get("lang") == "en" else "vi"


async def list_devices(request: web.Request) -> web.Response:
    """Where this officer is in."""
    house, chat, officer = await need_officer(request)
    found = await house.logins.devices(officer.id)
    shown = [{**asdict(d), "chat": house.guard.page_token(STAFF, d.chat)[:16], "here": d.chat == chat} for d in found]
    return web.json_response(shown)


async def change_devices(request: web.Request) -> web.Response:
    """Locks this device or all, removes one, or makes a code for a new one."""
    house = house_of(request)
    house.guard.need_post(request, STAFF)
    house, chat, officer = await need_officer(request)
    body = await body_of(request)
    what = text_in(body, "do", 20)
    mine = {house.guard.page_token(STAFF, d.chat)[:16]: d.chat for d in await house.logins.devices(officer.id)}
    if what == "add":
        code = new_code()
        await house.logins.new_device_code(officer.id, code)
        return web.json_response({"code": code})
    if what in ("lock", "lock_all"):
        chats = tuple(mine.values()) if what == "lock_all" else (chat,)
        await house.logins.lock(chats, officer)
    elif what == "remove" and (gone := mine.get(text_in(body, "device", 16))) is not None and gone != chat:
        await house.logins.remove(gone, officer)
        chats = (gone,)
    else:
        refuse(HTTPStatus.BAD_REQUEST, "bad_message")
    for each in chats:
        house.lines.tell(STAFF.channel, each, "end")
    return web.json_response({"ok": True})


async def show_queue(request: web.Request) -> web.Response:
    """What lies before this officer now, the most pressing first."""
    house, _, officer = await need_officer(request)
    return web.json_response(await house.store.read(lambda tx: _queue(house, tx, officer)))


async def show_case_map(request: web.Request) -> web.Response:
    """The ward of a case and, for those who hold it, the exact point."""
    house, _, officer = await need_officer(request)

    def look(tx: Transaction) -> tuple[str | None, Point | None] | None:
        case = tx.cases.by_code(request.match_info["code"])
        if case is None or not may_see(Context(tx, house.config(), house.clock()), officer, case):
            return None
        return case.ward_code, case.point if may_see_person(officer, case) else None

    found = await house.store.read(look)
    if found is None or house.maps is None or found == (None, None):
        raise web.HTTPNotFound
    return web.Response(
        text=house.maps.thumbnail(*found),
        content_type="image/svg+xml",
        headers={"Cache-Control": "private, max-age=300"},
    )


async def need_officer(request: web.Request) -> tuple[House, str, Officer]:
    """The house, this device and who works on it; 401 for a device that is not in."""
    house = house_of(request)
    chat = house.guard.need_session(request, STAFF)
    entry = await house.logins.entry(chat)
    if entry.officer is None or not entry.is_in:
        refuse(HTTPStatus.UNAUTHORIZED, "login")
    return house, chat, entry.officer


def _queue(house: House, tx: Transaction, officer: Officer) -> dict[str, Any]:
    if not officer.is_active:
        return {"total": 0, "cases": []}
    ctx = Context(tx, house.config(), house.clock())
    cases = _cases(ctx, officer)
    return {"total": len(cases), "cases": [_line(house, ctx, officer, case) for case in cases[:SHOWN]]}


def _cases(ctx: Context, officer: Officer) -> tuple[Case, ...]:
    """The officer's own work, and behind it what colleagues took: everybody of a unit sees who holds what."""
    own = waiting_for(ctx, officer)
    if officer.role is not Role.OFFICER:
        return own
    unit = ctx.tx.cases.queue(agency=officer.agency, statuses=WORK, limit=MOST)
    known = {case.id for case in own}
    return (*own, *(case for case in unit if case.id not in known))


def _line(house: House, ctx: Context, officer: Officer, case: Case) -> dict[str, Any]:
    language = officer.language
    at_work = officer_at_work(ctx, case)
    return {
        "code": case.code,
        "category": house.texts.say(category_label(ctx, case.category), language),
        "ward": ward_name(ctx, case),
        "status": house.texts.pattern(f"status.{case.status}", language),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "is_late": case.due_at is not None and case.due_at < ctx.now,
        "is_urgent": case.urgency is Urgency.KHAN,
        "is_new": case.status is CaseStatus.RECEIVED,
        "is_mine": at_work == officer.id,
        "officer": _name(ctx, at_work),
        "text": short(case.masked or case.text, 90),
    }


def _name(ctx: Context, officer: OfficerId | None) -> str:
    return ctx.tx.officers.get(officer).name if officer is not None else ""
