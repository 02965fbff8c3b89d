"""Further problems in one message: asked about, kept through what is said after, and read from older sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.dialogue.message import Incoming
from bot.dialogue.session import Draft, Heard, Known, Session, Understood, Where
from bot.dialogue.slots.person import WHO_SPEAKS
from bot.dialogue.slots.slot import Report
from nlp.reading import Scope
from tests.dialogue.talker import NOW, PLACES, READER, TEXTS, Talker

RUBBISH, LAMP, WATER, ROAD = "moi_truong_rac_thai", "chieu_sang", "nuoc_sach", "ha_tang_duong"
KNOWN = Known(consented=True)
READING = replace(
    READER.read("rác chất đống trước cổng chợ"),
    category=RUBBISH,
    abstain=False,
    scope=Scope.IN_SCOPE,
    further=(LAMP, WATER),
)
HERE = Where("00070", "Phường Hoàn Kiếm")
DRAFT = Draft(
    text="rác chất đống, đèn hỏng, nước đục",
    understood=Understood.of(READING),
    category=RUBBISH,
    where=HERE,
    photos_asked=True,
    neighbours=(),
    identity_settled=WHO_SPEAKS,
)


def at(step: Report, draft: Draft = DRAFT) -> Talker:
    return Talker(KNOWN, Session("report", step.value, draft, drafts=3))


def told(text: str, **read: Any) -> Heard:
    """Words whose reading is given: how they are read is tested elsewhere."""
    return Heard(Incoming("test", "chat", "9", NOW, text=text), replace(READING, **read), PLACES.find(text))


def named(talker: Talker) -> str:
    """What the question of how many problems there are shows, as it is asked now."""
    (say,) = talker.hear(command="phananh")[0]
    return TEXTS.say(say.words) if talker.session.step == Report.SECOND else ""


def test_all_are_named_with_the_first_and_each_is_filed_when_it_is_wanted() -> None:
    talker = at(Report.SECOND)
    asked = named(talker)
    places = [asked.index(label) for label in ("• Rác thải", "• Chiếu sáng", "• Nước sạch")]
    assert places == sorted(places)
    talker.hear(press="3.second:two")
    assert talker.session.draft.further == (LAMP, WATER)
    card = TEXTS.say(at(Report.CONFIRM, talker.session.draft).hear(command="phananh")[0][-1].words)
    assert card.count("Gửi thêm một phản ánh") == 2


def test_one_is_enough_for_whoever_says_so() -> None:
    talker = at(Report.SECOND)
    talker.hear(press="3.second:one")
    assert (talker.session.draft.further, talker.session.step) == ((), Report.CONFIRM)


def test_a_trouble_in_another_ward_joins_those_already_told() -> None:
    talker = at(Report.SECOND)
    talker.take(told("đường lún sâu ở phường Phú Diễn", category=ROAD, further=()))
    assert talker.session.draft.understood.further == (ROAD, LAMP, WATER)


@pytest.mark.parametrize("further", [(RUBBISH, WATER), (WATER, RUBBISH)])
def test_what_was_put_right_is_no_further_problem(further: tuple[str, ...]) -> None:
    talker = at(Report.SECOND)
    talker.take(told("nhầm, không phải rác, đèn hỏng", category=LAMP, further=further))
    assert (talker.session.draft.category, talker.session.draft.understood.further) == (LAMP, (WATER,))


def test_when_the_topic_is_told_anew_the_further_ones_are_asked_about_again() -> None:
    talker = at(Report.CONFIRM, replace(DRAFT, further=(LAMP,)))
    talker.hear(text="sai lĩnh vực rồi")
    assert talker.session.step == Report.CATEGORY
    talker.take(told("xe rác cả tuần nay không vào ngõ, túi chất cao ngang cửa sổ"))
    assert talker.session.step == Report.SECOND


def stored(draft: Draft, step: Report, **one_by_one: Any) -> dict[str, Any]:
    """A session as it was stored when each further problem had a field of its own."""
    raw = Session("report", step.value, draft, drafts=3, offered=(("3.second:two", "gui thanh ba phan anh"),)).to_json()
    del raw["draft"]["further"], raw["draft"]["understood"]["further"]
    raw["draft"]["understood"] |= {"second": LAMP, "third": WATER}
    raw["draft"] |= {"second_settled": False, "second_case": None, "third_case": None, **one_by_one}
    return raw


def test_the_question_of_an_older_session_is_still_answered() -> None:
    talker = Talker(KNOWN, Session.from_json(stored(DRAFT, Report.SECOND)))
    assert talker.session.draft == DRAFT
    talker.hear(text="1")
    assert (talker.session.draft.further, talker.session.step) == ((LAMP, WATER), Report.CONFIRM)


@pytest.mark.parametrize(
    ("second", "third", "further"), [(LAMP, WATER, (LAMP, WATER)), (LAMP, None, (LAMP,)), (None, None, ())]
)
def test_what_an_older_session_had_settled_stays_settled(
    second: str | None, third: str | None, further: tuple[str, ...]
) -> None:
    raw = stored(DRAFT, Report.CONFIRM, second_settled=True, second_case=second, third_case=third)
    talker = Talker(KNOWN, Session.from_json(raw))
    assert talker.session.draft == replace(DRAFT, further=further)
    _, done = talker.hear(press="3.confirm:send")
    assert [effect.args["draft"]["further"] for effect in done if effect.do == "file_case"] == [further]


def test_an_older_session_without_further_problems_has_none() -> None:
    raw = stored(DRAFT, Report.CONFIRM)
    del raw["draft"]["understood"]["third"]
    raw["draft"]["understood"]["second"] = None
    assert Session.from_json(raw).draft.understood.further == ()
