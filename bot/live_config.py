"""The configuration in force: the last good version, kept in the database and followed from the file.

A plain edit of the file runs the same checks as the command. A harmless change is taken within seconds; one that would
move cases waits for `phananh config apply`; a broken one is refused, the last good one stays, administrators are told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import structlog

from bot.casework.apply_config import BY_FILE, Written, apply_config, rehearse_change, tell_administrators
from bot.casework.change_config import shown_faults
from bot.casework.context import Context, Refused
from routing.config import Config, ConfigFaults, parse, read_text
from routing.config_edit import EditRefused, fingerprint, save
from storage.records import ConfigVersion
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 2.0


class Seen(StrEnum):
    """What became of the file as it is now."""

    UNCHANGED = "unchanged"
    TAKEN = "taken"
    WAITS = "waits"
    """Cases would move: somebody must apply it."""
    BROKEN = "broken"


class LiveConfig:
    """One process's view of the configuration in force. Several processes follow the database's active version."""

    def __init__(self, store: Store, path: Path, written: Written, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._path = path
        self._config = written.config
        self._text = written.text
        self._clock = clock
        self._listeners: list[Callable[[Config], None]] = []
        self._judged: str | None = None
        """Text of the file that was judged last, or why it could not be read: each is judged, and told, once."""
        self._suspected: str | None = None

    def current(self) -> Config:
        """The snapshot for one transaction."""
        return self._config

    def when_changed(self, tell: Callable[[Config], None]) -> None:
        """Calls `tell` with each version that comes into force from now on."""
        self._listeners.append(tell)

    @classmethod
    def open(cls, store: Store, path: Path, clock: Callable[[], datetime]) -> LiveConfig:
        """The last good version when there is one, else the file. Raises ConfigFaults when neither is good."""
        active = store.read_now(lambda tx: tx.configs.active())
        if active is None:
            text = read_text(path)
            written = Written(text, parse(text, str(path)))
            store.write_now(lambda tx: apply_config(tx, written, None, BY_FILE, clock()))
            return cls(store, path, written, clock)
        live = cls(store, path, Written(active.text, parse(active.text, f"{path} (phiên bản {active.number})")), clock)
        live._bring_stale_file_along(active)
        live.look(telling=False)
        return live

    async def follow(self) -> None:
        """Looks at the file and at the database until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.look, patient=True)
            except Exception:  # whatever it was, the next edit must not go unseen
                log.exception("config.not_followed")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def look(self, patient: bool = False, telling: bool = True) -> Seen:
        """Takes over what another process applied, then judges the file if it changed.

        `patient`: a broken file is believed when it is as broken at the next look, for an editor may be writing it.
        `telling`: administrators are told of a file that is not taken. A command beside the service leaves that to it.
        """
        self._take_active()
        try:
            text = read_text(self._path)
        except ConfigFaults as unreadable:
            return self._refuse(str(unreadable), unreadable, patient, telling)
        if text == self._judged:
            return Seen.UNCHANGED
        try:
            written = Written(text, parse(text, str(self._path)))
        except ConfigFaults as broken:
            return self._refuse(text, broken, patient, telling)
        self._suspected = None
        if written.config.version_hash == self._config.version_hash:
            self._judged = text
            return Seen.UNCHANGED
        seen = self._store.write_now(lambda tx: self._judge(tx, written, telling))
        if telling or seen is Seen.TAKEN:
            self._judged = text
        if seen is Seen.TAKEN:
            self._use(written)
        return seen

    def _refuse(self, seen: str, broken: ConfigFaults, patient: bool, telling: bool) -> Seen:
        """Tells of a broken file, once; `seen` is its text, or why it has none."""
        if seen == self._judged:
            return Seen.UNCHANGED
        if not telling:
            log.warning("config.broken", n=len(broken.faults))
            return Seen.BROKEN
        if patient and seen != self._suspected:
            self._suspected = seen
            return Seen.UNCHANGED
        self._judged = seen
        self._tell("config.broken", n=len(broken.faults), faults=shown_faults(broken.faults))
        return Seen.BROKEN

    def _judge(self, tx: Transaction, written: Written, telling: bool) -> Seen:
        ctx = Context(tx, self._config, self._clock())
        outcome = rehearse_change(tx, self._config, written.config)
        if outcome.faults:
            if telling:
                tell_administrators(ctx, "config.not_taken", faults=shown_faults(outcome.faults))
            log.warning("config.not_taken", faults=len(outcome.faults))
            return Seen.BROKEN
        if outcome.moved:
            if telling:
                tell_administrators(ctx, "config.waits", n=len(outcome.moved))
            log.warning("config.waits", moved=len(outcome.moved))
            return Seen.WAITS
        try:
            apply_config(tx, written, self._config, BY_FILE, self._clock())
        except Refused:
            return Seen.WAITS
        return Seen.TAKEN

    def _take_active(self) -> None:
        active = self._store.read_now(lambda tx: tx.configs.active())
        if active is not None and active.hash != self._config.version_hash:
            before = self._text
            self._use(Written(active.text, parse(active.text, f"{self._path} (phiên bản {active.number})")))
            self._bring_file_along(before, active)

    def _bring_file_along(self, before: str, active: ConfigVersion) -> bool:
        """A version applied elsewhere is written into the file, unless the file holds somebody's other change."""
        try:
            if read_text(self._path) != active.text:
                save(self._path, active.text, fingerprint(before))
        except (EditRefused, ConfigFaults):
            self._tell("config.file_differs", number=active.number)
            return False
        except OSError as fault:
            log.warning("config.file_not_written", why=type(fault).__name__)
            return False
        self._judged = active.text
        return True

    def _bring_stale_file_along(self, active: ConfigVersion) -> None:
        """At the start: a version was applied while nobody followed the file, which still holds an earlier one."""
        try:
            text = read_text(self._path)
            earlier = self._store.read_now(lambda tx: tx.configs.by_hash(parse(text, str(self._path)).version_hash))
        except ConfigFaults:
            return
        if earlier is not None and earlier.hash != active.hash and self._bring_file_along(text, active):
            self._tell("config.file_brought", number=active.number)

    def _use(self, written: Written) -> None:
        self._config, self._text = written.config, written.text
        log.info("config.in_force", version=written.config.version_hash[:12])
        for tell in self._listeners:
            tell(written.config)

    def _tell(self, key: str, **args: object) -> None:
        log.warning(key, **args)
        self._store.write_now(lambda tx: tell_administrators(Context(tx, self._config, self._clock()), key, **args))
