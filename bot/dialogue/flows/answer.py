"""Words for a case that exists: the answer to an officer's question, or something to add."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import Flow, choices, pressed, words
from bot.dialogue.flows import report
from bot.dialogue.message import Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn
from bot.dialogue.slots.slot import shorten

NAME = "answer"
WHICH = "which"
WORDS = "words"


def begin(session: Session, heard: Heard, scene: Scene) -> Turn:
    """An answer button was pressed on a case: the next words belong to it."""
    code = (heard.incoming.press or "").partition(":")[2]
    session = session.at(NAME, WORDS, code=code)
    return Turn(session, ask(session, scene))


def hear_reply(session: Session, heard: Heard, _scene: Scene, code: str) -> Turn:
    """A reply to one of our messages about a case goes into that case."""
    return _add(session, code, heard.text, [f.id for f in heard.files])


def ask_which(session: Session, heard: Heard, scene: Scene) -> Turn:
    """An officer waits for an answer and words arrive: ask whether they are that answer, keeping them."""
    kept = session.at(
        NAME, WHICH, text=heard.text, files=[f.id for f in heard.files], kinds=[f.kind.value for f in heard.files]
    )
    return Turn(kept, ask(kept, scene))


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Takes the choice of case, or the words for it."""
    if heard.result is not None:
        facts = dict(heard.result.facts)
        return Turn(session.at("home"), (Say(words(str(facts.pop("key", "answer.added")), **facts)),))
    if session.step == WORDS:
        if not heard.text and not heard.files:
            return Turn(session, (Say(words("answer.empty")), *ask(session, scene)))
        return _add(session, str(session.memo.get("code", "")), heard.text, [f.id for f in heard.files])
    return _take_which(session, heard, scene)


def _take_which(session: Session, heard: Heard, scene: Scene) -> Turn:
    press = pressed(session, heard)
    text, files = str(session.memo.get("text", "")), list(session.memo.get("files", ()))
    if press == "new":
        incoming = replace(heard.incoming, press=None, text=text or None)
        home = session.at("home")
        draft = replace(home.draft, files=tuple(files), kinds=tuple(session.memo.get("kinds", ())))
        return report.begin(replace(home, draft=draft), replace(heard, incoming=incoming), scene)
    if press in {code for code, _ in scene.known.questions}:
        return _add(session, str(press), text, files)
    more = f"{text}\n{heard.text}".strip()
    kinds = [*session.memo.get("kinds", ()), *(f.kind.value for f in heard.files)]
    kept = replace(session, memo={"text": more, "files": [*files, *(f.id for f in heard.files)], "kinds": kinds})
    return Turn(kept, ask(kept, scene))


def _add(session: Session, code: str, text: str, files: list[str]) -> Turn:
    effect = Effect("add_words", {"code": code, "text": text, "files": files})
    return Turn(session.at("home"), effects=(effect,))


def ask(session: Session, scene: Scene) -> tuple[Say, ...]:
    if session.step == WORDS:
        return (Say(words("answer.ask", code=session.memo.get("code", ""))),)
    options = [(code, words("answer.to", code=code, question=shorten(q, 80))) for code, q in scene.known.questions]
    return (Say(words("answer.which"), choices(session, WHICH, *options, ("new", words("answer.new")))),)


FLOW = Flow(NAME, hear, ask)
