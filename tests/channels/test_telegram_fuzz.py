"""Whatever an update holds, no bot stops and no chat is blocked: it is heard, or put aside after five tries."""

from __future__ import annotations

import contextlib
import copy
import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels import telegram_budget, telegram_updates
from bot.channels.telegram_bot import TelegramBot
from bot.channels.telegram_citizen import TelegramCitizens
from bot.channels.telegram_message import parts_of, units
from bot.channels.telegram_staff import TelegramStaff
from tests.channels.telegram_stage import CITIZENS, STAFF, Town, town
from tests.doubles.telegram_rules import UPDATE_KINDS

CHAT = 7777
PERSON = {"id": CHAT, "is_bot": False, "first_name": "Lan"}
PLACE = {"id": CHAT, "type": "private", "first_name": "Lan"}
THING = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9, "length": 9, "duration": 1}
MESSAGE: dict[str, Any] = {"message_id": 5, "date": 1_700_000_000, "chat": PLACE, "from": PERSON}
PARTS: dict[str, Any] = {
    "text": "Rác chất đống",
    "caption": "ảnh đây",
    "photo": [THING],
    "document": {**THING, "file_name": "x.pdf", "mime_type": "application/pdf"},
    "voice": THING,
    "video": THING,
    "video_note": THING,
    "audio": THING,
    "animation": THING,
    "location": {"latitude": 21.0, "longitude": 105.8},
    "venue": {"location": {"latitude": 21.0, "longitude": 105.8}, "title": "a", "address": "b"},
    "contact": {"phone_number": "0912345678", "first_name": "a", "user_id": CHAT},
    "poll": {"id": "1", "question": "?", "options": []},
    "dice": {"emoji": "x", "value": 1},
    "game": {"title": "a"},
    "pinned_message": MESSAGE,
    "new_chat_members": [PERSON],
    "migrate_to_chat_id": -5,
    "sticker": {**THING, "type": "regular", "is_animated": False, "is_video": False},
    "reply_to_message": MESSAGE,
    "forward_origin": {"type": "hidden_user", "sender_user_name": "x", "date": 1},
    "media_group_id": "9",
    "edit_date": 1_700_000_001,
    "entities": [{"type": "bot_command", "offset": 0, "length": 4}],
}
SEEDS: list[dict[str, Any]] = [
    *({"message": {**MESSAGE, name: part}} for name, part in PARTS.items()),
    *({"edited_message": {**MESSAGE, "edit_date": 1, name: part}} for name, part in list(PARTS.items())[:4]),
    {"callback_query": {"id": "1", "from": PERSON, "chat_instance": "1", "data": "x", "message": MESSAGE}},
    {"callback_query": {"id": "1", "from": PERSON, "chat_instance": "1", "data": "x", "inline_message_id": "3"}},
    {
        "my_chat_member": {
            "chat": PLACE,
            "from": PERSON,
            "date": 1,
            "old_chat_member": {"status": "member", "user": PERSON},
            "new_chat_member": {"status": "kicked", "user": PERSON, "until_date": 0},
        }
    },
    *({kind: {**MESSAGE, "text": "x", "id": "1", "user": PERSON}} for kind in sorted(UPDATE_KINDS)),
    {},
]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([-1, 0, 2**31, 2**63, 2**200, 1e308, -1e308]),
    st.text(max_size=20),
    st.sampled_from(["", "\x00", "\ud800", "/start", "/" + "x" * 500, "{}", "%s", "\u202e", "a" * 5000]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


def places_in(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a JSON tree where something can be changed."""
    keys = tree.keys() if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    found = []
    for key in keys:
        found += [(*path, key), *places_in(tree[key], (*path, key))]
    return found


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    """An update of which something is missing, strange, or new."""
    update = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 3))):
        places = places_in(update)
        if not places:
            break
        *way, last = draw(st.sampled_from(places))
        inner: Any = update
        for step in way:
            inner = inner[step]
        what = draw(st.sampled_from(["change", "remove", "add"]))
        if what == "change":
            inner[last] = draw(JUNK)
        elif what == "add" and isinstance(inner, dict):
            inner["new_field_of_tomorrow"] = draw(JUNK)
        elif isinstance(inner, dict):
            del inner[last]
    return update


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telegram_budget, "CHAT_SECONDS", 0.0)
        patch.setattr(telegram_updates, "FIRST_PAUSE", 0.0)
        patch.setattr(telegram_updates, "QUIET_SECONDS", 0.0)
        async with town(tmp_path_factory.mktemp("town")) as made:
            bots = TelegramCitizens(made.parts(CITIZENS)), TelegramStaff(made.parts(STAFF))
            made.bots = {bot.name: bot for bot in bots}
            async with made.at_work(*bots):
                yield made


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", ["telegram", "telegram_staff"])
@given(update=updates())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_update_stops_a_bot(city: Town, name: str, update: dict[str, Any]) -> None:
    await city.bots[name].hear({**update, "update_id": city.server.next_update()})


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("name", "token"), [("telegram", CITIZENS), ("telegram_staff", STAFF)])
async def test_a_poison_update_is_put_aside_after_five_tries_and_its_chat_goes_on(
    city: Town, name: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    feed = TelegramBot.commit

    async def poisoned(bot: TelegramBot, heard: Any) -> None:
        if any(incoming.text == "độc" for incoming in heard.said):
            tries.append(1)
            raise RuntimeError("poison")
        await feed(bot, heard)

    monkeypatch.setattr(TelegramBot, "commit", poisoned)
    city.lan += 1
    poison = city.server.say(token, city.lan, "độc")
    city.server.say(token, city.lan, "/start")
    await city.server.until_idle(token)
    assert len(tries) == 5
    assert dead(city, name, poison["update_id"]) == "RuntimeError"
    await city.said("Xin chào" if name == "telegram" else "mã mời")


@pytest.mark.asyncio(loop_scope="module")
async def test_an_update_that_cannot_be_read_holds_up_none_beside_it(city: Town) -> None:
    for token in (CITIZENS, STAFF):
        city.lan += 1
        bad = city.server.give(token, {"message": {"message_id": "không phải số", "chat": {"id": city.lan}}})
        city.server.say(token, city.lan, "/start")
        await city.server.until_idle(token)
        await city.said("")
        assert dead(city, "telegram" if token == CITIZENS else "telegram_staff", bad["update_id"])


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("number", [False, -1e308, "12"])
async def test_what_is_no_whole_number_is_no_chat_and_nothing_is_sent_to_it(city: Town, number: object) -> None:
    for token in (CITIZENS, STAFF):
        city.lan += 1
        chat = {"id": number, "type": "private"}
        person = {"id": city.lan, "is_bot": False, "first_name": "A"}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": "x"}
        bad = city.server.give(token, {"message": message})
        await city.server.until_idle(token)
        assert dead(city, "telegram" if token == CITIZENS else "telegram_staff", bad["update_id"])


def dead(city: Town, name: str, number: int) -> str | None:
    """The error of an update that was put aside; its content lies there sealed."""
    with contextlib.closing(sqlite3.connect(city.folder / "test.db")) as database:
        query = "select error from updates where bot = ? and update_id = ? and dead_at is not null"
        row = database.execute(query, (name, number)).fetchone()
    return str(row[0]) if row else None


@pytest.mark.asyncio(loop_scope="module")
async def test_when_the_database_fails_nothing_is_acknowledged(city: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    city.lan += 1
    broken = True
    store = city.service.store

    async def failing(write: Any, work: Any) -> Any:
        if broken:
            raise OSError("disk full")
        return await write(work)

    for name in ("write", "write_made"):
        monkeypatch.setattr(store, name, partial(failing, getattr(store, name)))
    update = city.server.say(CITIZENS, city.lan, "/start")
    with pytest.raises(OSError, match="disk full"):
        await city.bots["telegram"].hear(update)
    assert city.server.confirmed[CITIZENS] <= update["update_id"]
    broken = False
    await city.server.until_idle(CITIZENS)
    await city.said("Đồng ý chứ?")


@given(st.text(max_size=9000))
@settings(max_examples=60, deadline=None)
def test_pieces_of_a_text_lose_nothing_and_cut_no_character(text: str) -> None:
    parts = parts_of(text)
    assert all(units(part) <= 4096 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


FAMILY = "👨\u200d👩\u200d👧\u200d👦"
CHARACTERS = [FAMILY, "🇻🇳", "e\u0302\u0301", "👍🏽", "1\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e007f", "😀"]


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_text_without_a_space_is_cut_between_characters_as_people_see_them(character: str) -> None:
    for shift in range(12):
        text = "x" * shift + character * 3000
        parts = parts_of(text)
        assert "".join(parts) == text
        assert all(units(part) <= 4096 for part in parts)
        assert all(part.lstrip("x").replace(character, "") == "" for part in parts)
