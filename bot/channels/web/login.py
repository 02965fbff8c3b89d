"""How staff come in: an invitation once, a PIN or an app's code on every opening, a list of the devices that are in."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.casework.context import Context, Refused
from bot.casework.join_staff import code_hash, join_staff
from bot.channels.web.keys import fits_pin, hash_pin, is_good_pin, step_of
from routing.config import Config
from storage.records import Chat, Officer, OfficerId
from storage.store import Store, Transaction

CHANNEL = "desk"
WRONG_KEYS = 5
LOCKED_FOR = timedelta(minutes=15)
OPEN_FOR = timedelta(hours=12)
"""Without a message for this long a device asks for the key again."""
SEEN_EVERY = timedelta(minutes=5)
DEVICE_CODE_FOR = timedelta(minutes=10)
DEVICE = "desk_device"


class Door(StrEnum):
    """How far a device is in."""

    STRANGER = "stranger"
    NEW_KEY = "new_key"
    PIN = "pin"
    TOTP = "totp"
    UNCONFIRMED = "unconfirmed"
    REVOKED = "revoked"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Entry:
    """A device and who works on it."""

    door: Door
    officer: Officer | None = None

    @property
    def is_in(self) -> bool:
        """The key fits: the desk is shown, to somebody unconfirmed without any work."""
        return self.door in (Door.OPEN, Door.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class Device:
    """One line of an officer's list of devices."""

    chat: str
    opened_at: str
    seen_at: str
    agent: str
    is_open: bool


class Logins:
    """Doors of the desk page. What is remembered of a device lies sealed in the database."""

    def __init__(
        self, store: Store, config: Callable[[], Config], clock: Callable[[], datetime], pepper: bytes
    ) -> None:
        """`pepper`: see `hash_pin`."""
        self._pepper = pepper
        self._store = store
        self._config = config
        self._clock = clock

    async def entry(self, chat: str) -> Entry:
        """How far this device is in."""
        return await self._store.read(lambda tx: entry_of(tx, chat, self._clock()))

    async def use_code(self, chat: str, code: str, name: str, agent: str) -> str | None:
        """An invitation, or a code made on another device of the same officer; a text key when it does not open."""
        now = self._clock()

        def enter(tx: Transaction) -> str | None:
            ctx = Context(tx, self._config(), now)
            taken = tx.links.take(code_hash(code), DEVICE, now) if code.strip() else None
            if taken is not None:
                known = tx.chats.get(CHANNEL, chat) or Chat(CHANNEL, chat)
                tx.chats.save(replace(known, officer=OfficerId(taken[1]), reachable=True, last_heard_at=now))
            else:
                try:
                    join_staff(ctx, CHANNEL, chat, code, name)
                except Refused as refusal:
                    return refusal.key
            _remember(tx, chat, {"opened_at": now.isoformat(), "seen_at": now.isoformat(), "agent": agent[:120]})
            return None

        return await self._store.write(enter)

    async def offer(self, chat: str, secret: str) -> Officer | None:
        """Keeps a secret, drawn by the caller, until `set_key` hears a code of it; None for a device of nobody."""

        def keep(tx: Transaction) -> Officer | None:
            officer = _officer(tx, chat)
            if officer is not None:
                _remember(tx, chat, {**_remembered(tx, chat), "offer": secret})
            return officer

        return await self._store.write(keep)

    async def set_key(self, chat: str, pin: str = "", code: str = "", old: str = "") -> str | None:
        """A PIN, or a code of the offered secret, opens from now on and nothing else; a text key when it is refused.

        Whoever has a key already must show it as `old`.
        """
        now = self._clock()
        if pin and not is_good_pin(pin):
            return "page.pin_rule"
        had_key = await self._store.read(lambda tx: _has_key(_officer(tx, chat)))
        if had_key and (refused := await self._refused(chat, old)) is not None:
            return refused
        hashed = await asyncio.to_thread(hash_pin, pin, secrets.token_bytes(16), self._pepper) if pin else None

        def keep(tx: Transaction) -> str | None:
            officer = _officer(tx, chat)
            offered = str(_remembered(tx, chat).get("offer", ""))
            step = step_of(offered, code, now) if offered and not pin else None
            if officer is None or (hashed is None and step is None) or _has_key(officer) is not had_key:
                return "page.totp_wrong"
            totp = None if step is None else offered
            tx.officers.save(replace(officer, pin_hash=hashed, totp=totp, failures=0, locked_until=None))
            if step is not None:
                _use_step(tx, officer.id, step)
            tx.audit.add(officer.actor, "key_set", now, {"kind": "totp" if totp else "pin"})
            _remember(tx, chat, {k: v for k, v in _remembered(tx, chat).items() if k != "offer"})
            _open(tx, chat, now)
            return None

        return await self._store.write(keep)

    async def use_key(self, chat: str, said: str) -> str | None:
        """Opens a known device with its officer's PIN or code; a text key when it does not open."""
        refused = await self._refused(chat, said)
        if refused is None:
            now = self._clock()
            await self._store.write(lambda tx: _enter(tx, chat, now))
        return refused

    async def _refused(self, chat: str, said: str) -> str | None:
        """Why this key does not fit. A try is counted before it is checked, so that many at once gain nothing."""
        now = self._clock()
        officer = await self._store.write(lambda tx: _count_try(tx, chat, now))
        if officer is None:
            return "page.pin_locked"
        if officer.totp is None:
            fits = await asyncio.to_thread(fits_pin, said, officer.pin_hash or "", self._pepper)
        else:
            step = step_of(officer.totp, said, now)
            fits = step is not None and await self._store.write(lambda tx: _use_step(tx, officer.id, step))
        if fits:
            return None
        wrong = "page.pin_wrong" if officer.totp is None else "page.totp_wrong"
        return wrong if officer.failures < WRONG_KEYS else "page.pin_locked"

    async def seen(self, chat: str) -> None:
        """A message came from this device: its twelve hours begin anew."""
        now = self._clock()
        known = await self._store.read(lambda tx: _remembered(tx, chat))
        if now - datetime.fromisoformat(known.get("seen_at", now.isoformat())) > SEEN_EVERY:
            await self._store.write(
                lambda tx: _remember(tx, chat, {**_remembered(tx, chat), "seen_at": now.isoformat()})
            )

    async def devices(self, officer: OfficerId) -> tuple[Device, ...]:
        """Where an officer is in, the device used last first."""
        now = self._clock()

        def look(tx: Transaction) -> tuple[Device, ...]:
            mine = [c.chat for c in tx.chats.of_officer(officer) if c.channel == CHANNEL]
            return tuple(_device(chat, _remembered(tx, chat), now) for chat in mine)

        return await self._store.read(look)

    async def new_device_code(self, officer: OfficerId, code: str) -> None:
        """A single-use code, drawn by the caller, that lets another device of the same officer in for ten minutes."""
        until = self._clock() + DEVICE_CODE_FOR
        await self._store.write(lambda tx: tx.links.add(code_hash(code), DEVICE, "", officer, until))

    async def lock(self, chats: tuple[str, ...], officer: Officer) -> None:
        """These devices of the officer ask for the key again."""
        now = self._clock()

        def close(tx: Transaction) -> None:
            for chat in chats:
                if (known := tx.chats.get(CHANNEL, chat)) is not None and known.officer == officer.id:
                    _remember(tx, chat, {**_remembered(tx, chat), "open": False})
            tx.audit.add(officer.actor, "logged_out", now, {"devices": len(chats)})

        await self._store.write(close)

    async def remove(self, chat: str, officer: Officer) -> bool:
        """A device of the officer that is gone for good: it is a stranger again."""
        now = self._clock()

        def forget(tx: Transaction) -> bool:
            known = tx.chats.get(CHANNEL, chat)
            if known is None or known.officer != officer.id:
                return False
            tx.chats.drop(CHANNEL, chat)
            _remember(tx, chat, {})
            tx.audit.add(officer.actor, "device_removed", now, {})
            return True

        return await self._store.write(forget)


def entry_of(tx: Transaction, chat: str, now: datetime) -> Entry:
    """How far a device is in, as of now."""
    officer = _officer(tx, chat)
    if officer is None:
        return Entry(Door.STRANGER)
    if officer.revoked_at is not None:
        return Entry(Door.REVOKED, officer)
    if not _has_key(officer):
        return Entry(Door.NEW_KEY, officer)
    if not _is_open(_remembered(tx, chat), now):
        return Entry(Door.TOTP if officer.totp else Door.PIN, officer)
    return Entry(Door.OPEN if officer.is_active else Door.UNCONFIRMED, officer)


def _has_key(officer: Officer | None) -> bool:
    return officer is not None and (officer.pin_hash is not None or officer.totp is not None)


def _use_step(tx: Transaction, officer: OfficerId, step: int) -> bool:
    """A code opens once: whether this step is later than every one that was used."""
    known = tx.tokens.get(f"totp:{officer}")
    if known is not None and int(known[0]["step"]) >= step:
        return False
    tx.tokens.set(f"totp:{officer}", {"step": step}, None)
    return True


def _enter(tx: Transaction, chat: str, now: datetime) -> None:
    officer = _officer(tx, chat)
    assert officer is not None
    tx.officers.save(replace(officer, failures=0, locked_until=None))
    tx.audit.add(officer.actor, "logged_in", now, {})
    _open(tx, chat, now)


def _count_try(tx: Transaction, chat: str, now: datetime) -> Officer | None:
    """The officer, one failure richer; None while locked."""
    officer = _officer(tx, chat)
    if officer is None or (officer.locked_until is not None and officer.locked_until > now):
        return None
    was_locked = officer.locked_until is not None
    failures = 1 if was_locked else officer.failures + 1
    until = now + LOCKED_FOR if failures >= WRONG_KEYS else None
    counted = replace(officer, failures=failures, locked_until=until)
    tx.officers.save(counted)
    if until is not None:
        tx.audit.add(officer.actor, "key_locked", now, {})
    return counted


def _officer(tx: Transaction, chat: str) -> Officer | None:
    known = tx.chats.get(CHANNEL, chat)
    return tx.officers.get(OfficerId(known.officer)) if known is not None and known.officer is not None else None


def _remembered(tx: Transaction, chat: str) -> dict[str, Any]:
    found = tx.tokens.get(f"desk:{chat}")
    return found[0] if found is not None else {}


def _remember(tx: Transaction, chat: str, device: dict[str, Any]) -> None:
    tx.tokens.set(f"desk:{chat}", device, None)


def _open(tx: Transaction, chat: str, now: datetime) -> None:
    _remember(tx, chat, {**_remembered(tx, chat), "open": True, "seen_at": now.isoformat()})


def _is_open(device: dict[str, Any], now: datetime) -> bool:
    return bool(device.get("open")) and now - datetime.fromisoformat(device["seen_at"]) < OPEN_FOR


def _device(chat: str, known: dict[str, Any], now: datetime) -> Device:
    opened = str(known.get("opened_at", ""))
    return Device(chat, opened, str(known.get("seen_at", "")), str(known.get("agent", "")), _is_open(known, now))
