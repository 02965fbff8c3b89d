"""Delivery to a platform with a window: joined, kept back, sent elsewhere, parked, and told to the officer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.casework.contact import hear_from
from bot.casework.notify import case_say, tell_citizen
from bot.delivery import Delivery, carrying
from bot.delivery.sender import Sender, SendFailed, Why
from bot.delivery.window import Knock as Knocked
from bot.desk.cards import card
from bot.dialogue.flows.rate import level_buttons
from bot.dialogue.message import Button, Outgoing, Say, Words, raw
from bot.dialogue.texts import load_texts
from routing.config import Knock, MessageWindow
from storage.outbox import NewPush
from storage.records import Case, Chat, Citizen, Officer, PersonId, Priority, Push
from tests.casework.house import HOLDER, House

ANSWER = (Button("say:x", raw("Trả lời")),)


class Account:
    """A platform with a window: a message for each 2,000 characters and each further picture."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.knocks: list[Knocked] = []
        self.faults: list[SendFailed] = []

    def places(self, message: Outgoing) -> int:
        return 1 + len(message.text) // 2000 + max(0, len(message.pictures) - 1)

    async def send(self, message: Outgoing) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(message)
        return f"m{len(self.sent)}"

    async def knock(self, knock: Knocked) -> None:
        self.knocks.append(knock)
        if self.faults:
            raise self.faults.pop(0)


class Page:
    """The web page's sender: nothing comes to anybody by itself."""

    lease_seconds = 1

    async def send(self, message: Outgoing) -> str:
        return str(message.number)


class Town:
    """A citizen on the account, an officer with a case of theirs, and the delivery."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.account = Account()
        self.telegram = Account()
        self.mai: Citizen = house.citizen()
        self.lan: Officer = house.officer(HOLDER)
        self.case: Case = house.file(self.mai)
        house.do(lambda ctx: ctx.tx.chats.drop("console", self.mai.id))
        house.do(lambda ctx: ctx.tx.outbox.purge(self.mai.id))
        self.hear()

    def hear(self, channel: str = "zalo_oa", chat: str = "u1") -> None:
        """Mai writes."""
        self.house.do(lambda ctx: hear_from(ctx, Chat(channel, chat, citizen=self.mai.id)))

    def push(self, words: str, *rows: tuple[Button, ...], priority: Priority = Priority.STATUS, **more: Any) -> int:
        say = Say(raw(words), rows, **more)

        def add(ctx: Any) -> int:
            new = NewPush("zalo_oa", "u1", PersonId(self.mai.id), "raw", say.to_json(), priority, ctx.now, self.case.id)
            return int(ctx.tx.outbox.add(new))

        return self.house.do(add)

    def rating(self, words: str = "Kết quả", **more: Any) -> int:
        return self.push(words, *level_buttons(self.case.code, 1), **more)

    def deliver(self, senders: Mapping[str, Sender] | None = None) -> None:
        mapped = senders or {"zalo_oa": self.account, "telegram": self.telegram}
        house = self.house
        delivery = Delivery(house.store, lambda: house.config, load_texts(), mapped, lambda: house.at)

        async def all_due() -> None:
            while await delivery.deliver_due():
                pass

        asyncio.run(all_due())

    def row(self, number: int) -> Push:
        found = self.house.see(lambda tx: tx.outbox.get(number))
        assert found is not None
        return found

    @property
    def left(self) -> int | None:
        chat = self.house.see(lambda tx: tx.chats.get("zalo_oa", "u1"))
        assert chat is not None
        return chat.free_left

    @property
    def said(self) -> list[str]:
        return [message.text for message in self.account.sent]

    def card(self) -> str:
        say = self.house.do(lambda ctx: card(ctx, self.lan, ctx.tx.cases.get(self.case.id)))
        return load_texts().say(say.words)


@pytest.fixture
def town(house: House) -> Town:
    return Town(house)


def limited(town: Town, **changes: Any) -> None:
    """Changes the limits of the window."""
    windows: dict[str, MessageWindow] = {"zalo_oa": replace(town.house.config.windows["zalo_oa"], **changes)}
    town.house.config = replace(town.house.config, windows=windows)


def test_the_shipped_limits_are_eight_in_forty_eight_hours_and_unverified(town: Town) -> None:
    window = town.house.config.windows["zalo_oa"]
    assert (window.messages, window.hours, window.kept_for_rating) == (8, 48, 1)
    assert "windows.zalo_oa" in {each.key for each in town.house.config.unverified}


def test_news_rides_along_with_what_must_be_answered(town: Town) -> None:
    town.push("Đã tiếp nhận")
    town.push("Rác nằm bên nào?", ANSWER)
    town.push("Hạn xử lý mới")
    town.deliver()
    assert town.said == ["Đã tiếp nhận\n\nHạn xử lý mới\n\nRác nằm bên nào?"]
    assert [choice.label for choice in town.account.sent[0].choices] == ["Trả lời"]
    assert town.left == 7


def test_rows_that_went_together_are_all_sent_once(town: Town) -> None:
    numbers = [town.push("một"), town.push("hai"), town.push("ba", ANSWER)]
    town.deliver()
    town.deliver()
    assert {town.row(number).message_ref for number in numbers} == {"m1"}
    assert len(town.said) == 1


def test_two_menus_never_stand_in_one_message(town: Town) -> None:
    town.rating("Kết quả một")
    town.push("Rác nằm bên nào?", ANSWER)
    town.deliver()
    assert town.said == ["Rác nằm bên nào?", "Kết quả một"]


def test_replies_go_before_what_was_waiting_and_by_themselves(town: Town) -> None:
    town.push("Tin cũ")
    town.push("Xin chào", priority=Priority.REPLY)
    town.push("Chọn việc cần làm", ANSWER, priority=Priority.REPLY)
    town.deliver()
    assert town.said == ["Xin chào\n\nChọn việc cần làm", "Tin cũ"]


def test_places_are_kept_for_an_action_and_for_the_rating(town: Town) -> None:
    for number in range(6):
        town.push(f"tin {number}")
        town.deliver()
    assert town.left == 2
    news = town.push("tin nữa")
    town.deliver()
    assert town.row(news).parked == "spent"
    town.push("Rác nằm bên nào?", ANSWER)
    town.deliver()
    late = town.push("Còn câu hỏi nữa", ANSWER)
    town.deliver()
    assert town.row(late).parked == "spent"
    town.rating(pictures=("p1", "p2", "p3"))
    town.deliver()
    assert town.left == 0
    assert town.said[-2:] == ["Rác nằm bên nào?", "Kết quả"]
    assert town.account.sent[-1].pictures == ("p1",), "further pictures would have cost further places"


def test_pictures_and_long_words_cost_their_places(town: Town) -> None:
    town.push("x" * 2500, pictures=("p1", "p2"))
    town.deliver()
    assert town.left == 5


def test_outside_the_window_messages_wait_and_the_officer_sees_why(town: Town) -> None:
    town.house.later(hours=48)
    number = town.rating()
    town.deliver()
    assert town.said == []
    assert town.row(number).parked == "closed"
    assert "Chưa tới được người dân: 1 tin" in town.card()
    assert "quá thời gian" in town.card()


def test_the_next_contact_brings_what_was_parked(town: Town) -> None:
    town.house.later(hours=49)
    town.push("Đã tiếp nhận")
    town.deliver()
    town.rating()
    town.deliver()
    town.hear()
    town.deliver()
    assert town.said == ["Đã tiếp nhận\n\nKết quả"]
    assert "Chưa tới được" not in town.card()


def test_a_contact_elsewhere_brings_it_there(town: Town) -> None:
    town.house.later(hours=49)
    town.rating()
    town.deliver()
    town.hear("telegram", "t1")
    town.deliver()
    assert town.said == []
    assert [message.text for message in town.telegram.sent] == ["Kết quả"]


def test_another_chat_of_the_same_person_is_used_when_the_window_is_closed(town: Town) -> None:
    town.hear("telegram", "t1")
    town.house.later(hours=49)
    town.push("Đã tiếp nhận")
    town.deliver()
    assert [message.text for message in town.telegram.sent] == ["Đã tiếp nhận"]
    assert town.telegram.sent[0].chat == "t1"
    assert "Chưa tới được" not in town.card()


def test_a_page_that_nobody_looks_at_is_no_other_chat(town: Town) -> None:
    town.hear("web", "w1")
    town.house.later(hours=49)
    number = town.push("Đã tiếp nhận")
    town.deliver({"zalo_oa": town.account, "web": Page()})
    assert town.row(number).parked == "closed"


def test_who_blocked_the_account_is_told_elsewhere(town: Town) -> None:
    town.hear("telegram", "t1")
    town.account.faults.append(SendFailed(Why.BLOCKED, "-213"))
    town.push("Đã tiếp nhận")
    town.deliver()
    assert [message.text for message in town.telegram.sent] == ["Đã tiếp nhận"]
    chat = town.house.see(lambda tx: tx.chats.get("zalo_oa", "u1"))
    assert chat is not None
    assert not chat.reachable


def test_who_blocked_the_only_chat_is_shown_as_not_reached(town: Town) -> None:
    town.account.faults.append(SendFailed(Why.BLOCKED, "-213"))
    town.push("Đã tiếp nhận")
    town.deliver()
    assert "đã chặn" in town.card()


def test_when_the_platform_says_that_the_window_is_closed_nothing_more_is_tried(town: Town) -> None:
    town.account.faults.append(SendFailed(Why.CLOSED, "-230"))
    first = town.push("một", ANSWER)
    town.deliver()
    second = town.push("hai", ANSWER)
    town.deliver()
    assert [town.row(number).parked for number in (first, second)] == ["closed", "spent"]
    assert town.said == []
    town.hear()
    town.deliver()
    assert sorted(town.said) == ["hai", "một"]


def test_a_failed_message_that_was_joined_waits_whole_and_what_went_is_counted(town: Town) -> None:
    failure = SendFailed(Why.AGAIN, "reset")
    failure.spent = 1
    town.account.faults.append(failure)
    numbers = [town.push("một"), town.push("hai")]
    town.deliver()
    assert [town.row(number).tries for number in numbers] == [1, 1]
    assert town.left == 7
    town.house.later(seconds=10)
    town.deliver()
    assert all(town.row(number).sent_at for number in numbers)


def test_a_number_chooses_from_the_menu_that_stands_last(town: Town) -> None:
    rating = town.rating()
    news = town.push("Tin sau")
    town.deliver()
    assert town.row(rating).message_ref == town.row(news).message_ref
    last = town.house.see(lambda tx: tx.outbox.last_sent("zalo_oa", "u1"))
    assert last is not None
    assert last.id == rating


def test_a_template_knocks_once_when_one_is_configured(town: Town) -> None:
    limited(town, template=Knock("123", {"ma": "code", "trang_thai": "status"}))
    town.house.later(hours=49)
    numbers = [town.rating()]
    town.deliver()
    numbers.append(town.push("Rác nằm bên nào?", ANSWER))
    town.deliver()
    (knock,) = town.account.knocks
    assert (knock.phone, knock.template) == ("0912345678", "123")
    assert knock.words == {"ma": str(town.case.code), "trang_thai": "chờ tiếp nhận"}
    assert [town.row(number).parked for number in numbers] == ["knocked", "closed"]
    assert "Chưa tới được người dân: 2 tin" in town.card()
    town.hear()
    town.deliver()
    assert len(town.said) == 2


def test_news_is_not_worth_a_paid_template(town: Town) -> None:
    limited(town, template=Knock("123", {}))
    town.house.later(hours=49)
    number = town.push("Đã tiếp nhận")
    town.deliver()
    assert town.account.knocks == []
    assert town.row(number).parked == "closed"


def test_a_refused_template_leaves_the_message_parked(town: Town) -> None:
    limited(town, template=Knock("123", {}))
    town.house.later(hours=49)
    town.account.faults.append(SendFailed(Why.NEVER, "-109"))
    number = town.rating()
    town.deliver()
    assert town.row(number).parked == "closed"


def test_a_chat_whose_window_was_never_opened_is_closed(town: Town) -> None:
    town.house.do(lambda ctx: ctx.tx.chats.save(Chat("zalo_oa", "u1", citizen=town.mai.id, last_heard_at=ctx.now)))
    number = town.push("Đã tiếp nhận")
    town.deliver()
    assert town.row(number).parked == "closed"


def test_channels_without_a_window_are_untouched(town: Town) -> None:
    town.hear("telegram", "t1")
    town.house.later(days=21)
    town.house.do(lambda ctx: tell_citizen(ctx, ctx.tx.cases.get(town.case.id), case_say("push.closed_silently")))
    town.deliver()
    assert len(town.telegram.sent) == 1


def test_english_and_vietnamese_say_why(town: Town) -> None:
    texts = load_texts()
    for why in ("closed", "spent", "knocked", "blocked", "refused"):
        for language in ("vi", "en"):
            said = texts.say(Words("desk.unreached", {"n": 1, "why": Words(f"unreached.{why}")}), language)
            assert len(said) > 20


def test_news_for_somebody_who_left_waits_until_they_are_back(town: Town) -> None:
    town.house.do(lambda ctx: ctx.tx.chats.save(Chat("zalo_oa", "u1", citizen=town.mai.id, reachable=False)))
    town.house.do(lambda ctx: tell_citizen(ctx, ctx.tx.cases.get(town.case.id), case_say("push.closed_silently")))
    town.deliver()
    assert town.said == []
    assert "bỏ theo dõi" in town.card()
    town.hear()
    town.deliver()
    assert len(town.said) == 1


def test_a_digest_does_not_wait_for_days(town: Town) -> None:
    town.house.later(hours=49)
    digest = town.push("Tóm tắt buổi sáng", priority=Priority.DIGEST)
    news = town.push("Đã tiếp nhận")
    town.deliver()
    assert town.row(news).parked == "closed"
    assert town.row(digest).dead_at is not None
    town.hear()
    town.deliver()
    assert town.said == ["Đã tiếp nhận"]


def test_rows_that_a_dead_process_had_claimed_together_go_when_their_lease_is_over(town: Town) -> None:
    class Dying(Account):
        async def send(self, message: Outgoing) -> str:
            raise asyncio.CancelledError

    numbers = [town.push("một"), town.push("hai")]
    with pytest.raises(asyncio.CancelledError):
        town.deliver({"zalo_oa": Dying()})
    town.deliver()
    assert town.said == []
    town.house.later(seconds=61)
    town.deliver()
    assert town.said == ["một\n\nhai"]
    assert all(town.row(number).sent_at for number in numbers)
    assert town.left == 7


def test_what_takes_longer_than_a_lease_to_send_is_not_sent_a_second_time_meanwhile(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "RENEWED_SECONDS", 0.01)

    class Slow(Account):
        async def send(self, message: Outgoing) -> str:
            for _ in range(6):
                await asyncio.sleep(0.1)
                town.house.later(seconds=20)
            return await super().send(message)

    slow, house = Slow(), town.house
    delivery = Delivery(house.store, lambda: house.config, load_texts(), {"zalo_oa": slow}, lambda: house.at)

    async def look_often() -> None:
        sending = asyncio.create_task(delivery.deliver_due())
        while not sending.done():
            await asyncio.sleep(0.02)
            await delivery.deliver_due()

    number = town.push("một")
    asyncio.run(look_often())
    assert [message.text for message in slow.sent] == ["một"]
    assert town.row(number).sent_at is not None
