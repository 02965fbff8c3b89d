"""The staff's own routes: the door, the devices, the queue beside the chat, the map of a case."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.casework.context import Context
from bot.casework.digests import MOST, WORK, waiting_for
from bot.casework.facts import agency_name, category_label, ward_name
from bot.casework.join_staff import new_code
from bot.casework.permissions import may_see, may_see_person
from bot.channels.web import pages
from bot.channels.web.guard import STAFF, refuse
from bot.channels.web.house import House, house_of
from bot.channels.web.login import Door, Entry
from bot.channels.web.talk import body_of, need_open, text_in
from bot.desk.cards import short
from bot.dialogue.message import Incoming
from storage.records import Case, CaseStatus, Officer, OfficerId, Point, Role, Urgency
from storage.store import Transaction

SHOWN = 60


async def show_desk(request: web.Request) -> web.Response:
    """The desk for a device that is in, the door for any other."""
    house = house_of(request)
    chat = house.guard.session(request, STAFF)
    entry = await house.logins.entry(chat) if chat else Entry(Door.STRANGER)
    fresh = chat or house.guard.begin(request)
    token = house.guard.page_token(STAFF, fresh)
    if entry.officer is not None and entry.door in (Door.OPEN, Door.UNCONFIRMED):
        response = await _desk_page(house, entry.officer, token)
    else:
        response = pages.page("login", house.texts, "vi", token=token, door=entry.door.value)
    house.guard.remember(response, STAFF, fresh)
    return response


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
    return await _answer(house, chat, refused)


async def use_pin(request: web.Request) -> web.Response:
    """The PIN; the first one is set."""
    house, chat, body = await _knock(request)
    pin = text_in(body, "pin", 20).strip()
    entry = await house.logins.entry(chat)
    is_first = entry.door is Door.NEW_PIN
    if entry.door not in (Door.NEW_PIN, Door.PIN):
        return await _answer(house, chat, None)
    refused = await (house.logins.set_pin(chat, pin) if is_first else house.logins.use_pin(chat, pin))
    if refused is None and is_first:
        await house.hear[STAFF.channel](
            Incoming(STAFF.channel, chat, secrets.token_hex(16), house.clock(), command="trogiup")
        )
        house.wake()
    return await _answer(house, chat, refused)


async def _knock(request: web.Request) -> tuple[House, str, dict[str, Any]]:
    house = house_of(request)
    chat = house.guard.need_post(request, STAFF)
    house.guard.spend("login", house.guard.address(request))
    return house, chat, await body_of(request)


async def _answer(house: House, chat: str, refused: str | None) -> web.Response:
    entry = await house.logins.entry(chat)
    if refused is None:
        return web.json_response({"door": entry.door.value})
    return web.json_response({"door": entry.door.value, "words": house.texts.pattern(refused)}, status=403)


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
        await house.logins.lock(chats, officer.id)
    elif what == "remove" and (gone := mine.get(text_in(body, "device", 16))) is not None and gone != chat:
        await house.logins.remove(gone, officer.id)
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
    await need_open(house, STAFF, chat)
    entry = await house.logins.entry(chat)
    assert entry.officer is not None
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
    holder = _name(ctx, case.officer)
    return {
        "code": case.code,
        "category": house.texts.say(category_label(ctx, case.category), language),
        "ward": ward_name(ctx, case),
        "status": house.texts.pattern(f"status.{case.status}", language),
        "due_at": case.due_at.isoformat() if case.due_at else None,
        "is_late": case.due_at is not None and case.due_at < ctx.now,
        "is_urgent": case.urgency is Urgency.KHAN,
        "is_new": case.status is CaseStatus.RECEIVED,
        "is_mine": case.officer == officer.id,
        "officer": holder,
        "text": short(case.masked or case.text, 90),
    }


def _name(ctx: Context, officer: OfficerId | None) -> str:
    return ctx.tx.officers.get(officer).name if officer is not None else ""
