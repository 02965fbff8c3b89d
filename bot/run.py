"""Everything in one event loop: web, delivery, pictures, jobs; started in order, stopped within ten seconds."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog
from aiohttp import web

from bot.app import Service, media_of, web_house
from bot.channels.telegram_webhook import webhook_routes
from bot.channels.web.app import make_app
from bot.channels.web.stream import Lines
from bot.channels.web.uploads import Uploads
from bot.channels.web.watch import Watch
from bot.channels.zalo_webhook import zalo_routes
from bot.delivery import Delivery
from bot.delivery.queue_watch import QueueWatch
from bot.delivery.sender import Sender
from bot.edges import edges_of
from bot.jobs import Jobs
from bot.media import Fetcher
from storage.store import Store

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 6.0
"""How long requests and deliveries under way may take to finish; with the rest of the stop, under ten seconds."""
LINGER_SECONDS = 2.0
"""How long the rest of a refused upload is read, so that its sender sees the answer."""
CHORE_SECONDS = 300.0


class PortTaken(Exception):
    """Another program listens on the port."""


def listen_on(host: str, port: int) -> socket.socket:
    """The listening socket; raises PortTaken, or OSError for an address of no use, before anything else is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        if fault.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(f"{host}:{port}") from fault
    listener.listen(512)
    listener.setblocking(False)
    return listener


def allow_open_pages() -> None:
    """Every open page holds a connection; most systems start a program with room for a thousand, and allow more."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextlib.asynccontextmanager
async def running(service: Service, listener: socket.socket) -> AsyncIterator[Lines]:
    """The service at work for as long as the block lasts; whatever was accepted is finished or kept.

    Yields the lines to open pages.
    """
    lines = Lines()
    senders: dict[str, Sender] = {"web": lines, "desk": lines}
    delivery = Delivery(service.store, service.current_config, service.texts, senders, service.clock, told=lines.told)

    watch = Watch(service.store, lines, service.clock)

    def wake() -> None:
        delivery.wake()
        media.wake()
        watch.wake()

    house = await web_house(service, lines, wake)
    edges = edges_of(service, wake, house.pictures.public_link)
    senders.update({edge.name: edge for edge in edges})
    fetchers: dict[str, Fetcher] = {"web": house.uploads, "desk": house.uploads, "link": house.uploads}
    fetchers.update({edge.name: edge for edge in edges})
    media = media_of(service, fetchers, wake)
    jobs = Jobs(service.store, service.current_config, service.clock, wake)
    app = make_app(house)
    app.router.add_routes([*webhook_routes(edges), *zalo_routes(edges)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=DRAIN_SECONDS, lingering_time=LINGER_SECONDS)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    chores = (
        _again_and_again("uploads.sweep", lambda: _sweep_uploads(service.store, house.uploads)),
        _again_and_again("heads.note", lambda: _note_heads(service)),
    )
    queues = QueueWatch(service.store, service.current_config, senders.keys(), service.clock, delivery.wake)
    works = (delivery.run(), queues.run(), media.run(), watch.run(), service.live_config.follow(), *chores)
    tasks = [asyncio.create_task(work) for work in works]
    jobs.start()
    try:
        for edge in edges:
            await edge.start()
        yield lines
    finally:
        jobs.stop()
        await asyncio.gather(*(edge.stop_hearing() for edge in edges), return_exceptions=True)
        lines.close()
        await runner.cleanup()
        await _drain(delivery.deliver_due)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(edge.stop() for edge in edges), return_exceptions=True)


async def _drain(deliver: Callable[[], Awaitable[int]]) -> None:
    """Sends what is due; what cannot be sent in time, or at all, stays in the outbox for the next start."""
    try:
        async with asyncio.timeout(1.0):
            while await deliver():
                pass
    except TimeoutError:
        pass
    except Exception:  # the disk may be full: what is left of the stop is needed all the same
        log.exception("stop.not_drained")


async def _again_and_again(name: str, chore: Callable[[], Awaitable[object]]) -> None:
    """Now and after each pause; what fails is tried again."""
    while True:
        try:
            await chore()
        except Exception:
            log.exception(name)
        await asyncio.sleep(CHORE_SECONDS)


async def _sweep_uploads(store: Store, uploads: Uploads) -> None:
    """Removes uploads that nobody took."""
    await asyncio.to_thread(uploads.sweep, await store.read(lambda tx: tx.files.awaited()))


async def _note_heads(service: Service) -> None:
    """Once a day is over, a file says where each chain of that day ended."""
    await asyncio.to_thread(service.heads.note, service.store, service.clock())


def stop_asked() -> asyncio.Event:
    """An event that Ctrl-C or SIGTERM sets, from now on; a second one kills as usual."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopped.set()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)

    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop)
    return stopped
