"""Help that knows where one is, and the language switch."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import in_one, words
from bot.dialogue.flows import report
from bot.dialogue.message import Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn


def show(session: Session, heard: Heard, scene: Scene) -> Turn:
    """What can be done here, then the present question again."""
    if session.flow == report.NAME and session.step:
        return Turn(session, (Say(words("help.report")), *report.ask(session, scene)))
    return Turn(session, (Say(words("help.home")),))


def welcome(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Thanks are answered kindly; a question under way is asked again."""
    return Turn(session, in_one(Say(words("help.welcome")), *report.ask(session, scene)))


def speak_english(session: Session, heard: Heard, scene: Scene) -> Turn:
    return _speak(session, "en", scene)


def speak_vietnamese(session: Session, heard: Heard, scene: Scene) -> Turn:
    return _speak(session, "vi", scene)


def _speak(session: Session, language: str, scene: Scene) -> Turn:
    session = replace(session, language=language)
    effect = Effect("set_language", {"language": language})
    return Turn(session, (Say(words("help.language")), *report.ask(session, scene)), (effect,))
