"""The one aiohttp app: routes of the citizens' page, the staff desk, health and metrics; headers on every answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

import structlog
from aiohttp import web

from bot.channels.web import answer_link, desk, pages, talk
from bot.channels.web.guard import CITIZENS, STAFF, Refusal, Side, need_this_machine
from bot.channels.web.house import HOUSE, House, house_of
from storage.records import Trouble
from storage.store import Transaction

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
COMPRESSED = ("text/html", "text/css", "text/javascript", "image/svg+xml", "application/json")


def make_app(house: House) -> web.Application:
    """Everything under one roof."""
    app = web.Application(middlewares=[_answered], client_max_size=talk.BODY_BYTES)
    app[HOUSE] = house
    app.on_response_prepare.append(add_headers)
    _add_talk(app, CITIZENS, "")
    _add_talk(app, STAFF, "/desk")
    app.router.add_get("/", show_chat)
    app.router.add_post("/leave", leave)
    app.router.add_get("/public/{file}", talk.show_public)
    for typed in ("/desk", "/desk/"):
        app.router.add_get(typed, desk.show_desk)
    app.router.add_post("/desk/code", desk.use_code)
    app.router.add_post("/desk/key", desk.use_key)
    app.router.add_post("/desk/offer", desk.offer_app)
    app.router.add_get("/desk/devices", desk.list_devices)
    app.router.add_post("/desk/devices", desk.change_devices)
    app.router.add_get("/desk/queue", desk.show_queue)
    app.router.add_get("/desk/map/{code}.svg", desk.show_case_map)
    app.router.add_get("/tra-loi/{token}", answer_link.show_link)
    app.router.add_post("/tra-loi/{token}", answer_link.take_answer)
    app.router.add_get("/map/city.svg", show_city)
    app.router.add_get(r"/map/{ward:\d+}.svg", show_ward)
    app.router.add_get("/static/{name}", show_static)
    app.router.add_get("/healthz", show_health)
    app.router.add_get("/metrics", show_metrics)
    return app


def _add_talk(app: web.Application, side: Side, prefix: str) -> None:
    app.router.add_post(f"{prefix}/message", partial(talk.hear, side=side))
    app.router.add_post(f"{prefix}/upload", partial(talk.take_file, side=side))
    app.router.add_get(f"{prefix}/events", partial(talk.listen, side=side))
    app.router.add_get(f"{prefix}/picture/{{file}}", partial(talk.show_picture, side=side))
    app.router.add_get(f"{prefix}/links", partial(talk.fresh_links, side=side))


async def show_chat(request: web.Request) -> web.Response:
    """The citizens' page; a browser that is new here gets its session with it."""
    house = house_of(request)
    known = house.guard.session(request, CITIZENS)
    chat = known or house.guard.begin(request)
    language = await _language(house, chat) if known else "vi"
    response = pages.page(
        "chat", house.texts, language, token=house.guard.page_token(CITIZENS, chat), city=house.config().city
    )
    house.guard.remember(response, CITIZENS, chat)
    return response


async def _language(house: House, chat: str) -> str:
    def look(tx: Transaction) -> str:
        known = tx.chats.get(CITIZENS.channel, chat)
        return tx.citizens.get(known.citizen).language if known is not None and known.citizen else "vi"

    return await house.store.read(look)


async def leave(request: web.Request) -> web.Response:
    """This browser forgets the conversation: its cookie is taken back."""
    house = house_of(request)
    chat = house.guard.need_post(request, CITIZENS)
    house.lines.tell(CITIZENS.channel, chat, "end")
    response = web.json_response({"ok": True})
    response.del_cookie(CITIZENS.channel, path=CITIZENS.path)
    return response


async def show_city(request: web.Request) -> web.Response:
    """All wards on one map."""
    maps = house_of(request).maps
    if maps is None:
        raise web.HTTPNotFound
    return _map(maps.city)


async def show_ward(request: web.Request) -> web.Response:
    """One ward, large."""
    maps = house_of(request).maps
    try:
        if maps is not None:
            return _map(maps.ward(request.match_info["ward"]))
    except KeyError:
        pass
    raise web.HTTPNotFound


def _map(svg: str) -> web.Response:
    return web.Response(text=svg, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


async def show_static(request: web.Request) -> web.Response:
    """Scripts and styles."""
    response = pages.static(request.match_info["name"])
    if request.headers.get("If-None-Match", "").removeprefix("W/") == response.headers["ETag"]:
        return web.Response(status=304, headers={"ETag": response.headers["ETag"]})
    return response


async def show_health(request: web.Request) -> web.Response:
    """Live: it answers. Ready: the database answers and takes writes, and we do not stop. For this machine only."""
    house = house_of(request)
    need_this_machine(request)
    is_ready = not house.lines.is_closed and not house.store.is_refusing
    troubles: tuple[Trouble, ...] = ()
    try:
        troubles = await house.store.read(lambda tx: tx.troubles.all())
    except Exception:
        log.exception("health.database")
        is_ready = False
    said: dict[str, object] = {"live": True, "ready": is_ready}
    if troubles:
        # A start anew would mend none of them: they do not make us unready.
        said["troubles"] = [{"kind": t.kind, "where": t.where, "since": t.since.isoformat()} for t in troubles]
    return web.json_response(said, status=200 if is_ready else 503)


async def show_metrics(request: web.Request) -> web.Response:
    """Figures, for this machine only."""
    need_this_machine(request)
    house = house_of(request)
    outbox, queues, troubles = await house.store.read(
        lambda tx: (tx.outbox.counts(), tx.outbox.queues(house.clock()), tx.troubles.all())
    )
    house.metrics.queued({channel: (queue.count, queue.seconds) for channel, queue in queues.items()})
    house.metrics.troubled((trouble.kind, trouble.where) for trouble in troubles)
    return web.Response(
        body=house.metrics.shown(house.lines.count, outbox), headers={"Content-Type": house.metrics.content_type}
    )


@web.middleware
async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer has its headers, every fault is an answer, and every answer is counted."""
    house = house_of(request)
    started = time.monotonic()
    try:
        house.guard.need_host(request)
        response = await handler(request)
    except Refusal as refusal:
        response = _fault(refusal.why, refusal.status)
    except web.HTTPException as answer:
        response = _fault("too_long" if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else "none", answer.status)
    except web.RequestPayloadError:
        # Packed otherwise than its header says, or cut off.
        response = _fault("bad_message", HTTPStatus.BAD_REQUEST)
    except Exception:
        log.exception("web.fault", route=_route(request))
        is_ours = not house.store.is_refusing
        response = _fault("fault", HTTPStatus.INTERNAL_SERVER_ERROR if is_ours else HTTPStatus.SERVICE_UNAVAILABLE)
    house.metrics.answered(_route(request), response.status, time.monotonic() - started)
    return response


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Just before an answer begins, streams too."""
    for name, value in pages.HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "phananh"
    if response.content_type in COMPRESSED and not isinstance(response, web.FileResponse):
        response.enable_compression()


def _fault(why: str, status: int) -> web.Response:
    return web.json_response({"error": why}, status=status)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"
