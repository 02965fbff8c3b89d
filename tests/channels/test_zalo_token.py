"""The Official Account's tokens: stored before use, renewed by one at a time, and given up with one clear notice."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.channels.zalo_oa_api import renew
from bot.channels.zalo_oa_token import NAME, Pair, TokenKeeper
from bot.delivery.sender import SendFailed, Why
from storage.store import Store, Transaction
from tests.doubles.zalo_oa import APP_ID, APP_SECRET, ZaloOaDouble

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


class World:
    """The platform, the database, and keepers as several processes would have them."""

    def __init__(self, store: Store, double: ZaloOaDouble, client: aiohttp.ClientSession) -> None:
        self.store = store
        self.double = double
        self.now = NOW
        self.notices: list[str] = []
        self._client = client

    def keeper(self, first: str = "refresh-0") -> TokenKeeper:
        return TokenKeeper(self.store, self.renew, first, lambda: self.now, self._tell)

    async def renew(self, refresh: str) -> Pair:
        return await renew(self._client, self.double.base, APP_ID, APP_SECRET, refresh)

    def _tell(self, tx: Transaction, _now: datetime, why: str) -> None:
        # The test's store runs every work twice: what is told is counted in the database.
        tx.meta.set("told", f"{tx.meta.get('told') or ''}{why};")

    @property
    def told(self) -> str:
        return self.store.read_now(lambda tx: tx.meta.get("told")) or ""

    def stored(self) -> dict[str, str]:
        found = self.store.write_now(lambda tx: tx.tokens.get(NAME))
        assert found is not None
        return found[0]


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    async with ZaloOaDouble() as double, aiohttp.ClientSession() as client:
        yield World(store, double, client)


async def test_both_tokens_are_stored_and_the_next_renewal_uses_the_new_one(world: World) -> None:
    keeper = world.keeper()
    assert await keeper.access() == "access-1"
    assert (world.stored()["access"], world.stored()["refresh"]) == ("access-1", "refresh-1")
    world.now += timedelta(hours=25)
    assert await keeper.access() == "access-2"
    assert world.double.renewals == ["refresh-0", "refresh-1"]


async def test_a_good_token_is_shared_and_survives_a_restart(world: World) -> None:
    assert await world.keeper().access() == "access-1"
    assert await world.keeper().access() == "access-1"
    assert world.double.renewals == ["refresh-0"]


async def test_many_at_once_and_several_processes_renew_once(world: World) -> None:
    keepers = [world.keeper() for _ in range(4)]
    got = await asyncio.gather(*(keeper.access() for keeper in keepers for _ in range(5)))
    assert set(got) == {"access-1"}
    assert world.double.renewals == ["refresh-0"]
    spent = await asyncio.gather(*(keeper.access(spent="access-1") for keeper in keepers))
    assert set(spent) == {"access-2"}
    assert world.double.renewals == ["refresh-0", "refresh-1"]


async def test_a_refused_renewal_is_told_once_and_never_tried_again(world: World) -> None:
    world.double.refresh = "somebody else used it"
    for keeper in (world.keeper(), world.keeper()):
        for _ in range(3):
            with pytest.raises(SendFailed) as failed:
                await keeper.access()
            assert failed.value.why is Why.WAIT
            assert failed.value.retry_after >= 60
            world.now += timedelta(hours=1)
    assert world.double.renewals == ["refresh-0"]
    assert world.told == "-14014 Invalid refresh token;"


async def test_a_new_first_token_in_the_settings_starts_anew(world: World) -> None:
    world.double.refresh = "fresh"
    with pytest.raises(SendFailed):
        await world.keeper().access()
    assert await world.keeper(first="fresh").access() == "access-2"
    assert "refused" not in world.stored()


async def test_an_answer_that_never_came_is_asked_for_again_after_a_pause(world: World) -> None:
    world.double.oauth_faults.append(503)
    keeper = world.keeper()
    with pytest.raises(SendFailed) as failed:
        await keeper.access()
    assert failed.value.why is Why.WAIT
    assert world.told == ""
    world.now += timedelta(seconds=31)
    assert await keeper.access() == "access-2"
    assert world.double.renewals == ["refresh-0", "refresh-0"]


async def test_a_process_that_died_with_the_answer_leaves_a_clear_notice(world: World) -> None:
    # As if killed: the platform has rotated the token, nobody stored the new one.
    world.store.write_now(
        lambda tx: tx.tokens.set(NAME, {**(tx.tokens.get(NAME) or ({}, None))[0], **_begun("refresh-0", NOW)}, None)
    )
    world.double.refresh = "lost"
    keeper = world.keeper()
    world.now += timedelta(seconds=31)
    with pytest.raises(SendFailed):
        await keeper.access()
    assert world.told == "interrupted;"
    world.now += timedelta(days=1)
    with pytest.raises(SendFailed):
        await world.keeper().access()
    assert world.double.renewals == ["refresh-0"]


def _begun(first: str, at: datetime) -> dict[str, str]:
    return {"seed": hashlib.sha256(first.encode()).hexdigest(), "refresh": first, "asked_at": at.isoformat()}


async def test_tokens_lie_sealed(world: World) -> None:
    await world.keeper().access()

    def raw(tx: Transaction) -> bytes:
        return bytes(tx.connection.exec_driver_sql("SELECT sealed FROM tokens WHERE name = 'zalo_oa'").scalar_one())

    assert b"refresh-1" not in world.store.read_now(raw)


async def test_a_renewal_that_has_begun_ends_well_though_whoever_asked_is_cancelled(world: World) -> None:
    answered, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow(refresh: str) -> Pair:
        pair = await world.renew(refresh)
        answered.set()
        await may_go_on.wait()
        return pair

    keeper = TokenKeeper(world.store, slow, "refresh-0", lambda: world.now, no_notice)
    asking = asyncio.create_task(keeper.access())
    await answered.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    may_go_on.set()
    await keeper.settle()
    assert world.stored()["refresh"] == "refresh-1"
    assert await world.keeper().access() == "access-1"


def no_notice(_tx: Transaction, _now: datetime, _why: str) -> None:
    raise AssertionError("nobody need be told")
