"""A few words without a command: which mean one, which are courtesy, and which are words about a case."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.desk.meaning import meaning
from bot.desk.session import DeskSession, Unfinished
from bot.desk.wishes import HELLO, NOTHING_ASKED, THANKS, command_of, courtesy_in
from bot.dialogue.message import Incoming
from storage.codes import make_code

NINE = datetime.fromisoformat("2026-12-01T09:00:00+07:00")
FIRST, SECOND = make_code(bytes([1] * 8)), make_code(bytes([2] * 8))
LIST = ((f"open:{FIRST}", FIRST.lower()), (f"open:{SECOND}", SECOND.lower()))
CARD = ((f"take:{FIRST}", "tiep nhan"), (f"transfer:{FIRST}", "chuyen"))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nhan", ("nhan", "")),
        ("Nhận!", ("nhan", "")),
        ("em nhận ạ", ("nhan", "")),
        ("xong", ("xong", "")),
        ("nghỉ mai", ("nghi", "mai")),
        ("Em xin nghỉ đến 5/12", ("nghi", "đến 5/12")),
        ("thứ hai tôi nghỉ", ("nghi", "thứ hai")),
        ("xin phép nghỉ 3 ngày", ("nghi", "3 ngày")),
        ("hoàn tác", ("hoantac", "")),
        ("ghi chú ạ", ("ghichu", "")),
        ("nghỉ lễ nên chưa thay bóng đèn", None),
        ("tổ thợ nghỉ", None),
        ("bỏ nhé", ("huy", "")),
        ("Cán bộ", None),
        ("can bo oi", None),
        ("anh cán bộ ơi!", None),
        ("đã thay bóng đèn", None),
    ],
)
def test_what_a_whole_message_means(text: str, meant: tuple[str, str] | None) -> None:
    assert command_of(text) == meant


@pytest.mark.parametrize(
    ("text", "courtesy"),
    [
        ("xin chào", HELLO),
        ("Chào anh chị", HELLO),
        ("cảm ơn nhé", THANKS),
        ("đồng ý", NOTHING_ASKED),
        ("gửi", NOTHING_ASKED),
        ("không ạ", NOTHING_ASKED),
        ("không có rác ở đó nữa", None),
        ("đã thay bóng đèn", None),
    ],
)
def test_what_is_never_kept(text: str, courtesy: str | None) -> None:
    assert courtesy_in(text) == courtesy


def todo(session: DeskSession, **said: str) -> Unfinished:
    return meaning(Incoming("console", "lan", "1", NINE, **said), session, "", ()).todo


@pytest.mark.parametrize(
    ("command", "argument", "meant"),
    [
        ("gia", "hạn 15/12", ("giahan", "15/12")),
        ("hoan", "tac", ("hoantac", "")),
        ("giao", "lại Lan", ("giao", "lại Lan")),
        ("chua", "biết", ("chua", "biết")),
    ],
)
def test_a_command_may_be_written_as_two_words(command: str, argument: str, meant: tuple[str, str]) -> None:
    said = todo(DeskSession(), command=command, argument=argument)
    assert (said.command, said.words) == meant


@pytest.mark.parametrize(
    ("offered", "argument", "code", "words"),
    [
        (LIST, "2", SECOND, ""),
        (LIST, "2 Cho xin số nhà", SECOND, "Cho xin số nhà"),
        (LIST, "3 xe rác", "", "3 xe rác"),
        (LIST, SECOND.replace("-", " ").lower() + " Cho xin số nhà", SECOND, "Cho xin số nhà"),
        (LIST, f"{FIRST} 2 xe rác", FIRST, "2 xe rác"),
        (CARD, "2", FIRST, ""),
        (CARD, "2 xe rác", "", "2 xe rác"),
        ((), "2", "", "2"),
    ],
)
def test_a_number_behind_a_command_is_the_case_of_that_button(
    offered: tuple[tuple[str, str], ...], argument: str, code: str, words: str
) -> None:
    meant = todo(DeskSession(offered=offered), command="ghichu", argument=argument)
    assert (meant.code, meant.words) == (code, words)


def test_a_command_about_no_case_keeps_its_numbers() -> None:
    assert todo(DeskSession(offered=LIST), command="viec", argument="2").words == "2"


def test_a_command_needs_no_slash_before_a_number_on_offer() -> None:
    assert todo(DeskSession(offered=LIST), text="nhận 2") == Unfinished("nhan", SECOND)
    assert todo(DeskSession(offered=LIST), text="nhận 2 xe rác").command == "loi"


def test_giving_up_is_no_answer_to_a_question() -> None:
    asked = DeskSession(unfinished=Unfinished("hoi", FIRST))
    assert todo(asked, text="Huỷ") == Unfinished("huy")
    assert todo(asked, text="xin chào").words == ""
    assert todo(asked, text="Xin chào, nhà mình số mấy?").words == "Xin chào, nhà mình số mấy?"


def test_words_that_wait_for_a_use_are_asked_about_again_when_somebody_only_agrees() -> None:
    kept = DeskSession(loose_words="đã thay bóng", loose_at=NINE)
    assert todo(kept, text="đồng ý") == Unfinished("loi", words="đã thay bóng")
    assert todo(kept, text="xin chào").command == HELLO
