"""An answer that ends the filing says what to do instead, with a hotline only when its number has been checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue.message import Incoming
from bot.dialogue.session import Draft, Heard, Known, Scene, Session
from bot.dialogue.slots.extras import QUESTION
from bot.dialogue.slots.slot import Onward, Report
from bot.dialogue.texts import load_texts
from routing.config import Config, Question, QuestionKind, Stop, load

SHIPPED = load(Path(__file__).parents[2] / "config.yaml")
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
SESSION = Session("report", Report.QUESTION, Draft(category="dien"), drafts=1)


def config_that_stops(hotline: str | None) -> Config:
    stop = {"có": Stop("Việc này gọi thẳng bên điện sẽ nhanh hơn.", hotline)}
    question = Question("nguy_hiem", "Dây có đang toé lửa không?", QuestionKind.YES_NO, (), stop, ())
    dien = replace(SHIPPED.categories["dien"], questions=(question,))
    return replace(SHIPPED, categories={**SHIPPED.categories, "dien": dien})


def said_to(answer: str, hotline: str | None) -> str:
    scene = Scene(config_that_stops(hotline), Known(), NOW, {})
    heard = Heard(Incoming("test", "chat", "1", NOW, press=f"1.{Report.QUESTION}:{answer}"))
    taken = QUESTION.take(SESSION, heard, scene)
    if not isinstance(taken, Onward):
        return ""
    return "\n".join(load_texts().put(say, "test", "chat", "vi").text for say in taken.say)


def test_a_checked_number_is_shown_with_its_owner() -> None:
    assert SHIPPED.hotlines["114"].verified
    said = said_to("yes", "114")
    assert "gọi thẳng bên điện" in said
    assert f"{SHIPPED.hotlines['114'].label}: 114" in said


@pytest.mark.parametrize("hotline", ["19001288", None])
def test_an_unchecked_number_is_never_shown_but_the_words_are(hotline: str | None) -> None:
    assert hotline is None or not SHIPPED.hotlines[hotline].verified
    said = said_to("yes", hotline)
    assert "gọi thẳng bên điện" in said
    assert not any(letter.isdigit() for letter in said)


def test_the_other_answer_goes_on_without_a_word() -> None:
    assert said_to("no", "114") == ""
