"""One conversation over HTTP: a message in, a file in, the events out; the same for citizens and staff."""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.channels.web.drawings import is_drawing
from bot.channels.web.guard import STAFF, Side, refuse
from bot.channels.web.house import House, house_of
from bot.channels.web.pictures import PUBLIC
from bot.channels.web.stream import EVERYWHERE, events
from bot.channels.web.uploads import MAX_BYTES, MAX_FILES, NoRoom, TooBig, UnknownKind
from bot.dialogue.command import typed_command
from bot.dialogue.message import Attachment, Incoming, mime_of
from storage.records import File, Point, Role

KEY = re.compile(r"^[0-9A-Za-z_-]{8,64}$")
TEXT_LIMIT = 8000
PRESS_LIMIT = 80
NAME_LIMIT = 120
BODY_BYTES = 64 * 1024
CONFIG_TYPE = "application/yaml"
"""What the desk's page says of a file whose name ends in .yaml or .yml."""
CONFIG_NAME = "config.yaml"
PICTURE_TYPE = "image/jpeg"
"""What every picture is once it came through the gate."""


async def hear(request: web.Request, side: Side) -> web.Response:
    """A message. Answers after COMMIT; the same key a second time changes nothing."""
    house = house_of(request)
    chat = house.guard.need_post(request, side)
    house.guard.spend("message", f"{side.channel}:{chat}")
    await need_open(house, side, chat)
    incoming = _incoming(house, side, chat, await body_of(request))
    house.lines.tell(side.channel, chat, "busy")
    await house.hear[side.channel](incoming)
    house.metrics.heard(side.channel)
    house.wake()
    if side is STAFF:
        await house.logins.seen(chat)
    return web.json_response({"ok": True})


async def take_file(request: web.Request, side: Side) -> web.Response:
    """The bytes of one file as the body; answers with the name by which a message refers to it."""
    house = house_of(request)
    chat = house.guard.need_post(request, side)
    house.guard.spend("upload", f"{side.channel}:{chat}")
    await need_open(house, side, chat)
    if (request.content_length or 0) > MAX_BYTES:
        refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "file_too_big")
    house.guard.spend("upload_bytes", house.guard.address(request), request.content_length or MAX_BYTES)
    try:
        is_config = side is STAFF and request.content_type == CONFIG_TYPE
        upload = await house.uploads.take(chat, request.content.iter_chunked(64 * 1024), is_config)
    except TooBig:
        refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "file_too_big")
    except UnknownKind:
        refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "file_kind")
    except (NoRoom, OSError):
        refuse(HTTPStatus.INSUFFICIENT_STORAGE, "no_room")
    return web.json_response({"ref": upload.ref, "kind": upload.kind.value})


async def listen(request: web.Request, side: Side) -> web.StreamResponse:
    """The events of this chat as a stream, from the row after `Last-Event-ID` (or `?after=`)."""
    house = house_of(request)
    chat = house.guard.need_session(request, side)
    house.guard.spend("stream", f"{side.channel}:{chat}")
    await need_open(house, side, chat)
    said = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    after = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None
    response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    await response.prepare(request)
    if house.lines.is_closed:
        return response
    with house.lines.open(side.channel, chat, await _room(house, side, chat)) as line:
        try:
            async for piece in events(house.history, line, side.channel, chat, after):
                await response.write(piece)
                if piece.startswith(b"event: tick") and side is STAFF and not await _is_open(house, chat):
                    break
        except (ConnectionError, TimeoutError):
            pass
    return response


async def show_picture(request: web.Request, side: Side) -> web.Response:
    """A picture by its signed address, for whom it was signed, while that person may see it."""
    house = house_of(request)
    chat = house.guard.need_session(request, side)
    house.guard.spend("picture", f"{side.channel}:{chat}")
    await need_open(house, side, chat)
    name = request.match_info["file"]
    if not house.pictures.is_signed(side.channel, chat, name, request.query.get("e", ""), request.query.get("s", "")):
        refuse(HTTPStatus.FORBIDDEN, "old_link")
    if is_drawing(name):
        return _drawn(await house.drawings.png(name, side.channel, chat))
    return await _picture(house, await house.pictures.visible(side.channel, chat, name), "small" in request.query)


async def show_public(request: web.Request) -> web.Response:
    """A picture for a platform's own servers, by the address that we gave them."""
    house = house_of(request)
    house.guard.spend("picture", house.guard.address(request))
    name = request.match_info["file"]
    if not house.pictures.is_signed(PUBLIC, "", name, request.query.get("e", ""), request.query.get("s", "")):
        refuse(HTTPStatus.FORBIDDEN, "old_link")
    if is_drawing(name):
        return _drawn(await house.drawings.png(name))
    return await _picture(house, await house.pictures.stored(name), False)


async def _picture(house: House, file: File | None, is_small: bool) -> web.Response:
    if file is None:
        raise web.HTTPNotFound
    try:
        content = await asyncio.to_thread(house.pictures.read, file, is_small)
    except FileNotFoundError:
        raise web.HTTPNotFound from None
    content_type = mime_of(file.mime) or "application/octet-stream"
    headers = {"Cache-Control": "private, max-age=3600, immutable"}
    if content_type != PICTURE_TYPE:
        # What did not come through the gate for pictures is fetched or played, never opened as a page of ours.
        headers["Content-Disposition"] = "attachment"
    return web.Response(body=content, content_type=content_type, headers=headers)


def _drawn(content: bytes | None) -> web.Response:
    if content is None:
        raise web.HTTPNotFound
    return web.Response(body=content, content_type="image/png", headers={"Cache-Control": "private, no-store"})


async def fresh_links(request: web.Request, side: Side) -> web.Response:
    """New addresses for pictures of a page that has been open for long."""
    house = house_of(request)
    chat = house.guard.need_session(request, side)
    await need_open(house, side, chat)
    names = request.query.getall("file", [])[:MAX_FILES]
    return web.json_response([house.pictures.link(side.channel, chat, name) for name in names])


async def need_open(house: House, side: Side, chat: str) -> None:
    """The staff side answers only on a device that is in; 401 otherwise."""
    if side is STAFF and not await _is_open(house, chat):
        refuse(HTTPStatus.UNAUTHORIZED, "login")


async def _room(house: House, side: Side, chat: str) -> str:
    """Whose queue stands beside this conversation."""
    officer = (await house.logins.entry(chat)).officer if side is STAFF else None
    if officer is None:
        return ""
    return officer.agency if officer.role in (Role.OFFICER, Role.LEAD) else EVERYWHERE


async def _is_open(house: House, chat: str) -> bool:
    return (await house.logins.entry(chat)).is_in


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON object that was posted; 400 or 415 for anything else."""
    if request.content_type != "application/json":
        refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json")
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        refuse(HTTPStatus.BAD_REQUEST, "not_json")
    if not isinstance(body, dict):
        refuse(HTTPStatus.BAD_REQUEST, "not_json")
    return body


def text_in(body: dict[str, Any], name: str, limit: int) -> str:
    """A text of the body, "" when it is absent; 400 for another type or above the limit."""
    value = body.get(name, "")
    if not isinstance(value, str) or "\x00" in value:
        refuse(HTTPStatus.BAD_REQUEST, "bad_message")
    if len(value) > limit:
        refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_long")
    return value


def _incoming(house: House, side: Side, chat: str, body: dict[str, Any]) -> Incoming:
    key = text_in(body, "key", 64)
    if not KEY.match(key):
        refuse(HTTPStatus.BAD_REQUEST, "bad_message")
    blank = Incoming(side.channel, chat, key, house.clock(), reply_to=text_in(body, "reply_to", 20) or None)
    text = text_in(body, "text", TEXT_LIMIT).strip()
    press = text_in(body, "press", PRESS_LIMIT)
    files = _attachments(house, chat, body)
    place = _place(body)
    if press:
        return replace(blank, press=press)
    command = typed_command(text) if text and not files else None
    if command is not None:
        return replace(blank, command=command[0], argument=command[1])
    if not text and not files and place is None:
        refuse(HTTPStatus.BAD_REQUEST, "empty")
    return replace(blank, text=text or None, attachments=files, place=place)


def _attachments(house: House, chat: str, body: dict[str, Any]) -> tuple[Attachment, ...]:
    listed = body.get("files", [])
    if not isinstance(listed, list) or len(listed) > MAX_FILES:
        refuse(HTTPStatus.BAD_REQUEST, "too_many_files")
    found = []
    for each in listed:
        if not isinstance(each, dict):
            refuse(HTTPStatus.BAD_REQUEST, "bad_message")
        upload = house.uploads.find(chat, text_in(each, "ref", 64))
        if upload is None:
            refuse(HTTPStatus.GONE, "file_gone")
        name = CONFIG_NAME if upload.is_config else text_in(each, "name", NAME_LIMIT) or None
        found.append(Attachment(upload.kind, upload.ref, name=name, mime=upload.mime))
    return tuple(found)


def _place(body: dict[str, Any]) -> Point | None:
    place = body.get("place")
    if place is None:
        return None
    numbers = (place.get("lat"), place.get("lon")) if isinstance(place, dict) else (None, None)
    lat, lon = (n if isinstance(n, int | float) and not isinstance(n, bool) else math.nan for n in numbers)
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        refuse(HTTPStatus.BAD_REQUEST, "bad_message")
    return Point(float(lat), float(lon))
