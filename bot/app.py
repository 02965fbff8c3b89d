"""Composition root: makes everything behind the platforms, and wires it together; `bot.run` starts and stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import structlog

from bot.casework.context import Context
from bot.casework.flag_pictures import flag_arrived
from bot.casework.talk_to_desk import pass_file_on
from bot.channels.web.drawings import Drawings
from bot.channels.web.guard import Guard
from bot.channels.web.house import House
from bot.channels.web.login import Logins
from bot.channels.web.maps import Maps
from bot.channels.web.metrics import Metrics
from bot.channels.web.pictures import Pictures
from bot.channels.web.signing import Signer
from bot.channels.web.stream import History, Lines
from bot.channels.web.uploads import Uploads
from bot.converse import Converse
from bot.desk import Desk
from bot.dialogue.session import Result
from bot.dialogue.texts import Texts, load_texts
from bot.live_config import LiveConfig
from bot.media import Fetcher, Media
from bot.reports.painter import Painter
from bot.settings import Settings
from nlp.reader import Reader
from routing.calendar import HANOI
from routing.config import Config
from routing.geography import Geography, GeographyUnavailable
from routing.places import Places
from storage.files import FileStore
from storage.heads import HeadFiles
from storage.records import File
from storage.sealed import MasterKeys
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)


def wall_clock() -> datetime:
    """The present time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """Everything behind the edges, wired together."""

    settings: Settings
    store: Store
    files: FileStore
    heads: HeadFiles
    live_config: LiveConfig
    reader: Reader
    texts: Texts
    converse: Converse
    desk: Desk
    geography: Geography | None
    clock: Callable[[], datetime]
    painter: Painter

    @property
    def current_config(self) -> Callable[[], Config]:
        """The configuration in force, asked anew for each transaction."""
        return self.live_config.current

    def close(self) -> None:
        self.store.close()


def open_service(
    settings: Settings,
    clock: Callable[[], datetime] = wall_clock,
    doubled: bool = False,
    reads: type[Reader] = Reader,
) -> Service:
    """Opens storage, configuration, reader and geography, and wires the two sides of the service.

    Raises ConfigFaults for a broken configuration file, NewerDatabase for a database of a newer version.
    """
    store, live = _opened(settings, clock, doubled)
    geography, places = read_shipped_places()

    def read_by(config: Config) -> Reader:
        keywords = {code: category.keywords for code, category in config.categories.items()}
        return reads.load(settings.model_file, keywords=keywords)

    reader = read_by(live.current())
    if reader.degraded:
        log.warning("reader.degraded", why=reader.degraded)
    converse = Converse(store, live.current, reader, places, geography)
    files = FileStore(settings.files_dir)
    desk = Desk(store, live.current, reader, places, files.get, settings.site)

    texts = load_texts()
    texts.take_own(live.current().texts)

    def follow(config: Config) -> None:
        """An administrator's new keyword is understood, and a sentence of their own said, at once."""
        changed = read_by(config)
        converse.read_with(changed)
        desk.read_with(changed)
        texts.take_own(config.texts)

    live.when_changed(follow)
    return Service(
        settings=settings,
        store=store,
        files=files,
        heads=HeadFiles(settings.heads_dir, HANOI),
        live_config=live,
        reader=reader,
        texts=texts,
        converse=converse,
        desk=desk,
        geography=geography,
        clock=clock,
        painter=Painter(geography),
    )


@cache
def read_shipped_places() -> tuple[Geography | None, Places | None]:
    """Without its data the service starts all the same: places are asked for, and the triage desk decides.

    Read once in a process: nothing changes it.
    """
    try:
        geography = Geography.load()
    except GeographyUnavailable as fault:
        log.error("geography.unavailable", why=str(fault))
        return None, None
    return geography, Places.load(geography)


def _opened(settings: Settings, clock: Callable[[], datetime], doubled: bool) -> tuple[Store, LiveConfig]:
    settings.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.database_file is not None:
        # A relative path gets its folder made, for nobody else on this machine.
        settings.database_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store.open(settings.database_url, MasterKeys.load(settings.key_file), doubled=doubled)
    try:
        return store, LiveConfig.open(store, settings.config_file, clock)
    except BaseException:
        store.close()
        raise


def media_of(service: Service, fetchers: Mapping[str, Fetcher], wake_delivery: Callable[[], None]) -> Media:
    """The way of pictures: what arrives for an officer goes to the desk, for a citizen into the conversation."""

    def tell(file: File, result: Result, now: datetime) -> Callable[[Transaction], None]:
        to_citizen = service.converse.result_work(file.channel, file.chat, result, now)
        to_officer = service.desk.result_work(file, result, now)

        def work(tx: Transaction) -> None:
            chat = tx.chats.get(file.channel, file.chat)
            (to_officer if chat is not None and chat.officer is not None else to_citizen)(tx)

        return work

    def arrived(tx: Transaction, file: File) -> None:
        ctx = Context(tx, service.current_config(), service.clock())
        flag_arrived(ctx, file)
        pass_file_on(ctx, file)

    return Media(service.store, service.files, tell, fetchers, service.clock, wake_delivery, arrived)


async def web_house(service: Service, lines: Lines, wake: Callable[[], None]) -> House:
    """The pages' parts around this service; `wake` is called when something was committed."""
    signer = await Signer.load(service.store)
    pictures = Pictures(
        service.store, service.files, service.current_config, signer, service.clock, service.settings.public_url
    )
    drawings = Drawings(service.store, service.current_config, service.texts, service.painter, service.clock)
    return House(
        store=service.store,
        config=service.current_config,
        texts=service.texts,
        clock=service.clock,
        hear={"web": service.converse.hear, "desk": service.desk.hear},
        guard=Guard(service.settings, signer),
        lines=lines,
        history=History(service.store, service.current_config, service.texts, pictures),
        pictures=pictures,
        drawings=drawings,
        uploads=Uploads(service.settings.uploads_dir, signer),
        logins=Logins(service.store, service.current_config, service.clock, signer.key_for("pin")),
        maps=Maps(service.geography) if service.geography else None,
        metrics=Metrics(),
        wake=wake,
    )
