"""Telegram's budgets on a virtual clock: 30,000 pushes use the whole bucket and breach none, and replies go first."""

from __future__ import annotations

import asyncio

from bot.bench.measuring import percentile
from bot.bench.outbound import flood, on_virtual_clock
from bot.channels.telegram_budget import Budget

PUSHES = 30_000


def test_thirty_thousand_pushes_fill_the_bucket_without_a_breach_while_replies_wait_two_seconds_at_most() -> None:
    sent = on_virtual_clock(flood(PUSHES, 900))
    assert sent.platform.budgets.breaches == 0
    assert len(sent.platform.arrived) == PUSHES + 900
    assert sent.share >= 0.95
    assert percentile(sent.waits, 0.99) <= 2.0


def test_a_chat_hears_one_message_a_second_and_a_group_twenty_a_minute() -> None:
    async def talk(chat: str) -> list[float]:
        budget, times = Budget(), []
        for _ in range(4):
            async with budget.turn(chat).used():
                times.append(asyncio.get_running_loop().time())
        return times

    assert on_virtual_clock(talk("5")) == [0.0, 1.0, 2.0, 3.0]
    assert on_virtual_clock(talk("-5")) == [0.0, 3.0, 6.0, 9.0]


def test_no_second_after_a_silence_holds_more_than_thirty_messages() -> None:
    async def burst() -> list[float]:
        budget, times = Budget(), []
        for silence in (0, 5):
            await asyncio.sleep(silence)
            for chat in range(100):
                async with budget.turn(f"{silence}{chat}").used():
                    times.append(asyncio.get_running_loop().time())
        return times

    times = on_virtual_clock(burst())
    assert max(sum(at <= other < at + 1 for other in times) for at in times) <= 30


def test_a_push_that_was_taken_does_not_hold_a_later_reply_of_another_chat() -> None:
    sent = on_virtual_clock(flood(100, 20))
    assert sent.platform.budgets.breaches == 0
    assert max(sent.waits) <= 2.0
