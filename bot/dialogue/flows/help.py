"""Help that knows where one is, and the language switch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.dialogue.flow import Flow, in_one, words
from bot.dialogue.flows import answer, own, pair, privacy, rate, report, talk
from bot.dialogue.message import Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn

FLOWS: Mapping[str, Flow] = {
    flow.name: flow for flow in (report.FLOW, rate.FLOW, answer.FLOW, own.FLOW, privacy.FLOW, talk.FLOW, pair.FLOW)
}
"""The dialogues that ask something."""


def show(session: Session, heard: Heard, scene: Scene) -> Turn:
    """What is being asked and what may be answered, then the question again; at home all that can be done."""
    flow = FLOWS.get(session.flow)
    if flow is None or session.step not in flow.steps:
        return Turn(session, in_one(*_waiting(session, scene), Say(words("help.home"))))
    ways = words("help.report" if flow is report.FLOW else "help.beside")
    here = words("help.here", here=words(f"help.at.{flow.name}.{session.step}"), ways=ways)
    return Turn(session, (Say(here), *flow.ask(session, scene)))


def _waiting(session: Session, scene: Scene) -> Iterator[Say]:
    """What is open at home: a question, a draft, a ban."""
    for code, _ in scene.known.questions[:1]:
        yield Say(words("help.question", code=code))
    if not session.draft.is_empty:
        yield Say(words("help.draft"))
    if scene.known.banned_until is not None:
        yield Say(words("help.banned", until=scene.known.banned_until))


def welcome(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Thanks are answered kindly; a question under way is asked again."""
    flow = answer.FLOW if session.flow == answer.NAME else report.FLOW
    return Turn(session, in_one(Say(words("help.welcome")), *flow.ask(session, scene)))


def acknowledge_call(session: Session, heard: Heard, scene: Scene) -> Turn:
    """ "Gọi rồi": the hotline knows; what was asked is asked again, and whether there is danger is answered."""
    if session.flow == report.NAME and session.draft.in_danger is None:
        return report.hear(session, replace(heard, incoming=replace(heard.incoming, command=None, press=None)), scene)
    return Turn(session, in_one(Say(words("help.called")), *report.ask(session, scene)))


def promise_rating(session: Session, heard: Heard, scene: Scene) -> Turn:
    """A verdict before there is a result: when it can be given."""
    key = "help.rating" if scene.known.open_cases or session.flow == report.NAME else "help.rated"
    return Turn(session, in_one(Say(words(key)), *report.ask(session, scene)))


def tell_who_sees(session: Session, heard: Heard, scene: Scene) -> Turn:
    """ "Có lộ tên tôi không": what of a person is seen by whom."""
    return Turn(session, in_one(Say(words("help.hidden")), *report.ask(session, scene)))


def keep_private(session: Session, heard: Heard, scene: Scene) -> Turn:
    """ "Đừng công khai": the report under way is kept from the public; of one that was sent, who sees it."""
    if session.flow != report.NAME or session.draft.is_empty:
        return tell_who_sees(session, heard, scene)
    session = session.with_draft(private=True)
    return Turn(session, in_one(Say(words("help.private")), *report.ask(session, scene)))


def tell_it_is_free(session: Session, heard: Heard, scene: Scene) -> Turn:
    return Turn(session, in_one(Say(words("help.free")), *report.ask(session, scene)))


def tell_who_speaks(session: Session, heard: Heard, scene: Scene) -> Turn:
    """ "Bạn là ai", "có phải người thật không": a machine, and how to reach a person."""
    return Turn(session, in_one(Say(words("help.machine")), *report.ask(session, scene)))


def speak_english(session: Session, heard: Heard, scene: Scene) -> Turn:
    return _speak(session, "en", scene)


def speak_vietnamese(session: Session, heard: Heard, scene: Scene) -> Turn:
    return _speak(session, "vi", scene)


def _speak(session: Session, language: str, scene: Scene) -> Turn:
    session = replace(session, language=language)
    effect = Effect("set_language", {"language": language})
    return Turn(session, (Say(words("help.language")), *report.ask(session, scene, in_full=True)), (effect,))
