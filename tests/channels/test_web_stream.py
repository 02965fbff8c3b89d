"""What goes over the line of an open page."""

from __future__ import annotations

from typing import cast

from bot.channels.web.stream import HISTORY, History, Line, Page, events


class TwoPages:
    """A history of one full page, and a shorter one behind it."""

    async def after(self, _channel: str, _chat: str, number: int | None) -> Page:
        count = HISTORY if number == 0 else 1
        first = (number or 0) + 1
        messages = tuple({"id": row} for row in range(first, first + count))
        return Page(messages, messages[-1]["id"], count == HISTORY)


async def test_what_came_with_a_full_page_is_told_behind_the_last_of_it() -> None:
    line = Line()
    line.tell("queue")
    told = []
    async for sent in events(cast(History, TwoPages()), line, "webdesk", "a", 0):
        told.append(next(row for row in sent.decode().splitlines() if row.startswith("event: ")))
        if told[-1] == "event: queue":
            break
    assert told == ["event: message"] * (HISTORY + 1) + ["event: ready", "event: queue"]
