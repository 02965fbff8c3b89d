"""The arithmetic of a platform's window: nobody is sent more than it lets through, and what is kept is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.casework.window import BETWEEN, Need, Piece, group, left_now, need_of, opened, room_for
from bot.dialogue.flows.rate import level_buttons
from bot.dialogue.message import Button, Say, raw
from routing.config import MessageWindow
from storage.records import Priority

NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
LIMIT = 200


@st.composite
def windows(draw: st.DrawFn) -> MessageWindow:
    action, rating = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    return MessageWindow(draw(st.integers(action + rating + 1, 20)), draw(st.floats(0.1, 100)), action, rating)


needs = st.sampled_from(list(Need))
pieces = st.lists(
    st.builds(Piece, st.integers(1, 10_000), needs, st.integers(1, 250), st.booleans()),
    min_size=1,
    max_size=12,
    unique_by=lambda piece: piece.number,
)


def send(limits: MessageWindow, wanted: list[tuple[Need, int]]) -> tuple[int, list[Need]]:
    """What goes of some messages in one window, and how many places are left."""
    left, _ = opened(limits, NOW)
    gone = []
    for need, places in wanted:
        if places <= room_for(limits, left, need):
            left -= places
            gone.append(need)
    return left, gone


@given(windows(), st.lists(st.tuples(needs, st.integers(1, 4)), max_size=40))
def test_never_more_than_the_window_lets_through(limits: MessageWindow, wanted: list[tuple[Need, int]]) -> None:
    left, _ = send(limits, wanted)
    assert 0 <= left <= limits.messages


@given(windows(), st.lists(st.integers(1, 4), max_size=40))
def test_however_much_news_there_was_an_action_and_then_a_rating_still_go(
    limits: MessageWindow, news: list[int]
) -> None:
    actions = [(Need.ACT, 1)] * limits.kept_for_action
    ratings = [(Need.RATING, 1)] * limits.kept_for_rating
    _, gone = send(limits, [*((Need.NEWS, places) for places in news), *actions, *ratings])
    assert gone.count(Need.ACT) == limits.kept_for_action
    assert gone.count(Need.RATING) == limits.kept_for_rating


@given(windows(), st.lists(st.tuples(st.sampled_from([Need.NEWS, Need.ACT]), st.integers(1, 4)), max_size=40))
def test_nothing_but_a_rating_takes_the_place_kept_for_it(
    limits: MessageWindow, wanted: list[tuple[Need, int]]
) -> None:
    left, _ = send(limits, wanted)
    assert left >= limits.kept_for_rating
    assert room_for(limits, left, Need.RATING) == left


@given(windows(), st.integers(0, 20))
def test_whoever_needs_it_more_has_no_less_room(limits: MessageWindow, left: int) -> None:
    rooms = {need: room_for(limits, left, need) for need in Need}
    assert rooms[Need.ANSWER] >= rooms[Need.ACT] >= rooms[Need.NEWS]
    assert rooms[Need.RATING] >= rooms[Need.NEWS]
    assert all(0 <= room <= left for room in rooms.values())


@given(windows(), st.integers(0, 20), st.floats(0, 200))
def test_a_window_ends_to_the_moment(limits: MessageWindow, used: int, hours: float) -> None:
    left, ends_at = opened(limits, NOW)
    at = NOW + timedelta(hours=hours)
    assert left_now(left - used, ends_at, at) == (max(0, left - used) if at < ends_at else 0)
    assert left_now(left, None, at) == 0
    assert left_now(None, ends_at, at) == 0


@given(pieces)
def test_one_message_is_short_enough_and_has_one_menu_at_its_end(waiting: list[Piece]) -> None:
    together = group(waiting, LIMIT)
    assert len(together) == 1 or sum(p.length for p in together) + BETWEEN * (len(together) - 1) <= LIMIT
    assert all(piece.is_plain for piece in together[:-1])
    words = [piece.number for piece in together if piece.is_plain]
    assert words == sorted(words)


@given(pieces)
def test_what_is_needed_most_goes_first(waiting: list[Piece]) -> None:
    first = min(waiting, key=lambda piece: (piece.need, piece.number))
    assert first in group(waiting, LIMIT)


@given(pieces)
def test_replies_go_by_themselves_and_in_their_order(waiting: list[Piece]) -> None:
    together = group(waiting, LIMIT)
    answers = sorted((p for p in waiting if p.need is Need.ANSWER), key=lambda piece: piece.number)
    if answers:
        assert list(together) == answers[: len(together)]
    else:
        assert all(piece.need is not Need.ANSWER for piece in together)


@given(pieces)
def test_everything_goes_in_the_end_each_once(waiting: list[Piece]) -> None:
    left, gone = list(waiting), []
    while left:
        together = group(left, LIMIT)
        gone += together
        left = [piece for piece in left if piece not in together]
    assert sorted(p.number for p in gone) == sorted(p.number for p in waiting)


@pytest.mark.parametrize(
    ("buttons", "priority", "need"),
    [
        (((Button("say:HN-1", raw("Trả lời")),),), Priority.STATUS, Need.ACT),
        (((Button("case:HN-1", raw("Xem")),),), Priority.STATUS, Need.NEWS),
        ((), Priority.STATUS, Need.NEWS),
        ((), Priority.URGENT, Need.ACT),
        (level_buttons("HN-1", 1), Priority.STATUS, Need.RATING),
        (level_buttons("HN-1", 1), Priority.REPLY, Need.ANSWER),
        (((Button("take:HN-1", raw("Nhận")),),), Priority.STATUS, Need.ACT),
    ],
)
def test_the_need_is_read_from_what_a_message_offers(
    buttons: tuple[tuple[Button, ...], ...], priority: Priority, need: Need
) -> None:
    assert need_of(Say(raw("x"), buttons), priority) is need
