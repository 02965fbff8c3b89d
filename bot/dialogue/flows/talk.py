"""A person instead of a machine: what is said here goes to the triage desk until one ends it."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import Flow, choices, in_one, pressed, words
from bot.dialogue.flows import report
from bot.dialogue.message import Button, Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn

NAME = "talk"
WORDS = "words"
APPEAL = "appeal"


def begin(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/gapnguoi: opens the thread; words after the command are its first ones. A draft is kept for later."""
    if not scene.known.consented:
        return _ask_consent(session, heard, scene)
    session = session.at(NAME, WORDS)
    if heard.incoming.argument.strip():
        return Turn(session, effects=(_tell(heard.incoming.argument, []),))
    return Turn(session, ask(session, scene))


def _ask_consent(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Words for the desk are kept, which wants consent: the question for it stands there at once."""
    why = Say(words("talk.consent"))
    if session.flow == report.NAME:
        return Turn(session, in_one(why, *report.ask(session, scene)))
    bare = replace(heard, incoming=replace(heard.incoming, command=None, argument="", press=None))
    turn = report.begin(session, bare, scene)
    return replace(turn, say=(why, *turn.say))


def appeal(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/khieunai, for somebody who may not file for a while: why that is wrong, at once or when asked."""
    said = heard.incoming.argument.strip()
    if scene.known.banned_until is None or said:
        return Turn(session, effects=(Effect("appeal", {"words": said}),))
    session = session.at(NAME, APPEAL)
    return Turn(session, ask(session, scene))


def _hear_appeal(session: Session, heard: Heard, scene: Scene) -> Turn:
    home = session.at("home")
    if pressed(session, heard) == "no":
        return Turn(home, (Say(words("appeal.not_now")),))
    if not heard.text:
        return Turn(session, ask(session, scene))
    return Turn(home, effects=(Effect("appeal", {"words": heard.text}),))


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Passes on whatever is said, shown or recorded."""
    if session.step == APPEAL:
        return _hear_appeal(session, heard, scene)
    if pressed(session, heard) == "end":
        home = session.at("home")
        key = "talk.ended_draft" if not session.draft.is_empty else "talk.ended"
        return Turn(home, (Say(words(key)),))
    if not heard.text and not heard.files:
        return Turn(session, ask(session, scene))
    return Turn(session, effects=(_tell(heard.text, [f.id for f in heard.files]),))


def hear_reply(session: Session, heard: Heard) -> Turn:
    """A reply to the desk's words goes to the desk, whatever else is under way."""
    return Turn(session, effects=(_tell(heard.text, [f.id for f in heard.files]),))


def _tell(text: str, files: list[str]) -> Effect:
    return Effect("talk_to_desk", {"text": text[:2000], "files": files})


def ask(session: Session, _scene: Scene) -> tuple[Say, ...]:
    if session.step == APPEAL:
        return (Say(words("appeal.ask"), choices(session, APPEAL, ("no", words("appeal.no")))),)
    return (Say(words("talk.ask"), end_button(session)),)


def end_button(session: Session) -> tuple[tuple[Button, ...], ...]:
    """The way out of the thread, under every word that it says."""
    return choices(session, WORDS, ("end", words("talk.end")))


FLOW = Flow(NAME, hear, ask, (WORDS, APPEAL))
