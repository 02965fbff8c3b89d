"""Help knows where one is: every step of every dialogue says what is being asked and what may be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue.engine import FLOWS, step
from bot.dialogue.message import Incoming
from bot.dialogue.session import Draft, Heard, Known, Scene, Session, Understood, Where
from bot.dialogue.slots.slot import Report
from bot.dialogue.texts import load_texts
from routing.config import load
from storage.records import FileKind

CONFIG = load(Path(__file__).parent.parent.parent / "config.yaml")
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
TEXTS = load_texts()
CODE = "HN-7K3M-2QX"
STEPS = [(flow.name, at) for flow in FLOWS.values() for at in flow.steps]
TWO = Understood(
    "moi_truong_rac_thai", (), False, ("chieu_sang",), "binh_thuong", "114", None, "khieu_nai", *[False] * 3, "", ""
)
DRAFT = Draft(
    text="Rác chất đống, đèn hỏng",
    understood=TWO,
    category="moi_truong_rac_thai",
    where=Where("00070", "phường Hoàn Kiếm"),
    neighbours=((CODE, "120"),),
)
MEMO = {"code": CODE, "round": 1, "level": 2}


def helped(session: Session, known: Known) -> list[str]:
    """What is said to somebody who asks for help there, in Vietnamese."""
    heard = Heard(Incoming("test", "chat", "1", NOW, text="trợ giúp"))
    turn = step(session, heard, Scene(CONFIG, known, NOW, {"00070": "phường Hoàn Kiếm"}))
    assert (turn.session.flow, turn.session.step, turn.session.draft) == (session.flow, session.step, session.draft)
    return [TEXTS.say(say.words) for say in turn.say]


@pytest.mark.parametrize(("flow", "at"), STEPS)
def test_every_step_has_a_help_of_its_own(flow: str, at: str) -> None:
    mine = TEXTS.pattern(f"help.at.{flow}.{at}")
    assert [key for key in STEPS if TEXTS.pattern("help.at.{}.{}".format(*key)) == mine] == [(flow, at)]
    assert TEXTS.pattern(f"help.at.{flow}.{at}", "en") != mine


@pytest.mark.parametrize(("flow", "at"), STEPS)
def test_help_says_what_is_asked_and_asks_again(flow: str, at: str) -> None:
    draft = DRAFT if flow == "report" else Draft()
    session = Session(flow, at, draft, memo=MEMO)
    first, *again = helped(session, Known(consented=True, open_cases=()))
    assert first.startswith(TEXTS.pattern(f"help.at.{flow}.{at}"))
    assert "/huy" in first
    assert again, "the question is asked again"


def test_every_text_of_help_belongs_to_a_step() -> None:
    written = {key.removeprefix("help.at.") for key in TEXTS.keys("vi") if key.startswith("help.at.")}
    assert written == {f"{flow}.{at}" for flow, at in STEPS}
    assert {at for flow, at in STEPS if flow == "report"} == {each.value for each in Report}


def test_help_at_home_begins_with_what_is_open() -> None:
    asked = Known(consented=True, questions=((CODE, "Số nhà nào?"),), banned_until=NOW)
    (said,) = helped(Session(draft=DRAFT), asked)
    question, draft, ban, everything = (said.index(part) for part in (CODE, "bản nháp", "tạm không gửi", "/cuatoi"))
    assert question < draft < ban < everything
    (plain,) = helped(Session(), Known(consented=True))
    assert plain == TEXTS.pattern("help.home")


def test_help_in_a_draft_of_photos_keeps_them() -> None:
    draft = replace(DRAFT, text="", files=("f1",), kinds=(FileKind.PHOTO.value,))
    assert helped(Session("report", "what", draft), Known(consented=True))[0].startswith("Cứ kể như nói chuyện")
