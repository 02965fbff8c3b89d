"""Composition root: the one file that names every concrete class, and starts and stops them in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

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
from bot.media import Fetcher, Media
from bot.settings import Settings
from nlp.reader import Reader
from routing.config import Config, load
from routing.geography import Geography, GeographyUnavailable
from routing.places import Places
from storage.files import FileStore
from storage.records import ConfigVersion, File
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
    current_config: Callable[[], Config]
    reader: Reader
    texts: Texts
    converse: Converse
    desk: Desk
    geography: Geography | None
    clock: Callable[[], datetime]

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
    config = load(settings.config_file)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    store = Store.open(_anchored(settings.database_url), MasterKeys.load(settings.key_file), doubled=doubled)
    _remember_config(store, settings.config_file, config, clock())
    geography, places = _open_geography()
    keywords = {code: category.keywords for code, category in config.categories.items()}
    reader = reads.load(settings.model_file, keywords=keywords)
    if reader.degraded:
        log.warning("reader.degraded", why=reader.degraded)

    def current() -> Config:
        return config

    return Service(
        settings=settings,
        store=store,
        files=FileStore(settings.files_dir),
        current_config=current,
        reader=reader,
        texts=load_texts(),
        converse=Converse(store, current, reader, places, geography),
        desk=Desk(store, current),
        geography=geography,
        clock=clock,
    )


def _open_geography() -> tuple[Geography | None, Places | None]:
    """Without its data the service starts all the same: places are asked for, and the triage desk decides."""
    try:
        geography = Geography.load()
    except GeographyUnavailable as fault:
        log.error("geography.unavailable", why=str(fault))
        return None, None
    return geography, Places.load(geography)


def _anchored(url: str) -> str:
    """A relative SQLite path gets its folder made."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and len(url) > len(prefix):
        Path(url.removeprefix(prefix)).parent.mkdir(parents=True, exist_ok=True)
    return url


def _remember_config(store: Store, path: Path, config: Config, now: datetime) -> None:
    """Every configuration that ever routed a case is kept."""

    def remember(tx: Transaction) -> None:
        active = tx.configs.active()
        if active is None or active.hash != config.version_hash:
            text = path.read_text(encoding="utf-8")
            number = active.number + 1 if active else 1
            tx.configs.add(ConfigVersion(number, config.version_hash, text, "file", now))

    store.write_now(remember)


def media_of(service: Service, fetchers: Mapping[str, Fetcher], wake_delivery: Callable[[], None]) -> Media:
    """The way of pictures: what arrives for an officer goes to the desk, for a citizen into the conversation."""

    def tell(file: File, result: Result, now: datetime) -> Callable[[Transaction], None]:
        to_citizen = service.converse.result_work(file.channel, file.chat, result, now)
        to_officer = service.desk.result_work(file, result, now)

        def work(tx: Transaction) -> None:
            chat = tx.chats.get(file.channel, file.chat)
            (to_officer if chat is not None and chat.officer is not None else to_citizen)(tx)

        return work

    return Media(service.store, service.files, tell, fetchers, service.clock, wake_delivery)


async def web_house(service: Service, lines: Lines, wake: Callable[[], None]) -> House:
    """The pages' parts around this service; `wake` is called when something was committed."""
    signer = await Signer.load(service.store)
    pictures = Pictures(service.store, service.files, service.current_config, signer, service.clock)
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
        uploads=Uploads(service.settings.uploads_dir, signer),
        logins=Logins(service.store, service.current_config, service.clock),
        maps=Maps(service.geography) if service.geography else None,
        metrics=Metrics(),
        wake=wake,
    )
