"""The Official Account's access token: renewed by one process at a time; both tokens stored, sealed, before use."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

import structlog

from bot.delivery.sender import SendFailed, Why
from storage.failpoints import reach
from storage.store import Store, Transaction

log = structlog.get_logger(__name__)

NAME = "zalo_oa"
MARGIN = timedelta(minutes=10)
"""An access token is renewed so long before its end (it lives about 25 hours, third party)."""
LEASE = timedelta(seconds=30)
"""So long one process has the renewal for itself; the OAuth call ends well before."""
LOOK_SECONDS = 0.5
WAIT_SECONDS = 15.0
REFUSED_SECONDS = 600.0
"""How long messages wait between looks at a token that only an administrator can replace."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What one renewal gives. The refresh token is single-use: the next renewal needs this new one."""

    access: str
    refresh: str
    lives: timedelta


class RenewalRefused(Exception):
    """The platform will not renew: the refresh token is used, expired or wrong."""


class RenewalUncertain(Exception):
    """No answer came: the refresh token may or may not have been used up."""


class _Step(Enum):
    GOOD = auto()
    """The token in hand is good."""
    ASK = auto()
    """The renewal is ours."""
    WAIT = auto()
    """Another process is at it."""
    REFUSED = auto()
    """Only an administrator can help."""


Renew = Callable[[str], Awaitable[Pair]]
"""Refresh token -> new pair. Raises RenewalRefused, RenewalUncertain."""
Tell = Callable[[Transaction, datetime, str], object]
"""(transaction, now, why): tells the administrators that the account must be authorised anew."""


class TokenKeeper:
    """Hands out an access token that is good, whoever renewed it.

    A process that dies between the platform's answer and our COMMIT takes the new refresh token with it. The next
    renewal then sends the used one, is refused, and the refusal is kept: nobody asks again, and the administrators
    are told once, until a new first token is put into the settings.
    """

    def __init__(
        self, store: Store, renew: Renew, first_refresh: str, clock: Callable[[], datetime], tell: Tell
    ) -> None:
        self._store = store
        self._renew = renew
        self._first = first_refresh
        self._clock = clock
        self._tell = tell
        self._lock = asyncio.Lock()
        self._access = ""
        self._good_until: datetime | None = None
        self._asking: asyncio.Task[None] | None = None

    async def access(self, spent: str = "") -> str:
        """An access token other than `spent`, which the platform has called invalid. Raises SendFailed."""
        if self._is_good(spent):
            return self._access
        async with self._lock:
            if not self._is_good(spent):
                await self._obtain(spent)
        return self._access

    async def settle(self) -> None:
        """Lets a renewal that has begun come to its end; call it before the connection is closed."""
        if self._asking is not None:
            await asyncio.gather(self._asking, return_exceptions=True)

    def _is_good(self, spent: str) -> bool:
        return self._access not in ("", spent) and self._good_until is not None and self._good_until > self._clock()

    async def _obtain(self, spent: str) -> None:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + WAIT_SECONDS
        while True:
            step, token = await self._store.write(lambda tx: self._begin(tx, spent))
            if step is _Step.GOOD:
                self._access, self._good_until = token
                return
            if step is _Step.ASK:
                # Whoever waits may be cancelled; a renewal that has begun goes on, else the new token would be lost.
                self._asking = asyncio.create_task(self._ask(token[0]))
                await asyncio.shield(self._asking)
                return
            if step is _Step.REFUSED:
                raise SendFailed(Why.WAIT, "the account must be authorised anew", retry_after=REFUSED_SECONDS)
            if loop.time() >= ends_at:
                raise SendFailed(Why.WAIT, "the token is being renewed", retry_after=LEASE.total_seconds())
            await asyncio.sleep(LOOK_SECONDS)

    def _begin(self, tx: Transaction, spent: str) -> tuple[_Step, tuple[str, datetime]]:
        """What to do about the token as it is stored; takes the renewal when it is free."""
        now = self._clock()
        state, expires_at = self._state(tx)
        access = str(state.get("access", ""))
        if access not in ("", spent) and expires_at is not None and expires_at - MARGIN > now:
            return _Step.GOOD, (access, expires_at - MARGIN)
        if state.get("refused"):
            return _Step.REFUSED, ("", now)
        if state.get("asked_at") and datetime.fromisoformat(state["asked_at"]) + LEASE > now:
            return _Step.WAIT, ("", now)
        if state.get("asked_at"):
            # Whoever asked before us never stored an answer.
            state = {**state, "interrupted": True}
        tx.tokens.set(NAME, {**state, "asked_at": now.isoformat()}, expires_at)
        return _Step.ASK, (str(state["refresh"]), now)

    def _state(self, tx: Transaction) -> tuple[dict[str, Any], datetime | None]:
        """The stored tokens; the settings' own token where there are none yet, or when it has been replaced."""
        seed = hashlib.sha256(self._first.encode()).hexdigest()
        stored = tx.tokens.get(NAME)
        if stored is not None and stored[0].get("seed") == seed:
            return stored
        return {"seed": seed, "refresh": self._first}, None

    async def _ask(self, refresh: str) -> None:
        reach("token.before_ask")
        try:
            pair = await self._renew(refresh)
        except RenewalRefused as refusal:
            why = str(refusal)
            await self._store.write(lambda tx: self._refused(tx, refresh, why))
            raise SendFailed(Why.WAIT, "the account must be authorised anew", retry_after=REFUSED_SECONDS) from None
        except RenewalUncertain as fault:
            # The lease stays: the next try comes when it is over, here or in another process.
            raise SendFailed(Why.WAIT, f"token: {fault}", retry_after=LEASE.total_seconds()) from None
        reach("token.after_ask")
        expires_at = self._clock() + pair.lives
        await self._store.write(lambda tx: self._keep(tx, pair, expires_at))
        reach("token.after_store")
        self._access, self._good_until = pair.access, expires_at - MARGIN
        log.info("zalo_oa.token_renewed")

    def _keep(self, tx: Transaction, pair: Pair, expires_at: datetime) -> None:
        state, _ = self._state(tx)
        tx.tokens.set(NAME, {"seed": state["seed"], "access": pair.access, "refresh": pair.refresh}, expires_at)

    def _refused(self, tx: Transaction, refresh: str, why: str) -> None:
        state, expires_at = self._state(tx)
        if state.get("refresh") != refresh:
            return
        reason = "interrupted" if state.get("interrupted") else why
        log.error("zalo_oa.token_refused", why=why, interrupted=bool(state.get("interrupted")))
        tx.tokens.set(NAME, {**state, "asked_at": None, "refused": reason}, expires_at)
        self._tell(tx, self._clock(), reason)
