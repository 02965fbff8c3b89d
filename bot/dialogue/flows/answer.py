"""Words for a case that exists: the answer to an officer's question, or something to add."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.flow import Flow, choices, in_one, pressed, words
from bot.dialogue.flows import report, track
from bot.dialogue.message import Say, Words
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn
from bot.dialogue.slots.slot import category_words, shorten
from bot.dialogue.wishes import plain, says_unsure
from storage.codes import check_code

NAME = "answer"
WHICH = "which"
WORDS = "words"
SHOWN = 8


def begin(session: Session, heard: Heard, scene: Scene) -> Turn:
    """An answer button was pressed on a case: the next words belong to it."""
    code = (heard.incoming.press or "").partition(":")[2]
    session = session.at(NAME, WORDS, code=code)
    return Turn(session, ask(session, scene))


def add(session: Session, heard: Heard, scene: Scene) -> Turn:
    """ "Gửi thêm ảnh": to the report under way, to the one open case, or to the one that is chosen."""
    cases = scene.known.open_cases
    if not cases or session.flow == report.NAME:
        return report.begin(session, heard, scene)
    session = session.at(NAME, WORDS, code=cases[0].code) if len(cases) == 1 else session.at(NAME, WHICH)
    return Turn(session, ask(session, scene))


def hear_reply(session: Session, heard: Heard, code: str, text: str) -> Turn:
    """A reply to one of our messages about a case, or words that begin with its code, go into that case.

    Whatever else is under way stays where it is.
    """
    effect = Effect("add_words", {"code": code, "text": text, "files": [f.id for f in heard.files]})
    return Turn(session, effects=(effect,))


def ask_which(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Words or a photo arrive that may belong to a case: ask to which, keeping them."""
    kept = session.at(
        NAME, WHICH, text=heard.text, files=[f.id for f in heard.files], kinds=[f.kind.value for f in heard.files]
    )
    return Turn(kept, ask(kept, scene))


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Takes the choice of case, or the words for it."""
    if session.step == WORDS:
        if not heard.text and not heard.files:
            return Turn(session, (Say(words("answer.empty")), *ask(session, scene)))
        return _add(session, str(session.memo.get("code", "")), heard.text, [f.id for f in heard.files])
    return _take_which(session, heard, scene)


def _take_which(session: Session, heard: Heard, scene: Scene) -> Turn:
    press = pressed(session, heard) or _code_alone(heard)
    text, files = str(session.memo.get("text", "")), list(session.memo.get("files", ()))
    if press == "new":
        return report.begin_with(session, text, heard, scene)
    if press == "none":
        given_up = Effect("forget_draft", {"files": files})
        return Turn(session.at("home"), (Say(words("scope.left")),), (given_up,))
    if press in {code for code, _ in _options(scene)}:
        if not text and not files:
            chosen = session.at(NAME, WORDS, code=press)
            return Turn(chosen, ask(chosen, scene))
        return _add(session, str(press), text, files)
    if says_unsure(plain(heard.text)):
        return Turn(session, in_one(Say(words("answer.unsure")), *ask(session, scene)))
    more = f"{text}\n{heard.text}".strip()
    kinds = [*session.memo.get("kinds", ()), *(f.kind.value for f in heard.files)]
    kept = replace(session, memo={"text": more, "files": [*files, *(f.id for f in heard.files)], "kinds": kinds})
    return Turn(kept, ask(kept, scene))


def _code_alone(heard: Heard) -> str | None:
    """The case that is chosen by its code, typed as people type it."""
    code = track.code_in(heard.text) if not heard.files else None
    return str(check_code(code) or "") if code else None


def _add(session: Session, code: str, text: str, files: list[str]) -> Turn:
    effect = Effect("add_words", {"code": code, "text": text, "files": files})
    return Turn(session.at("home"), effects=(effect,))


def ask(session: Session, scene: Scene) -> tuple[Say, ...]:
    if session.step == WORDS:
        return (Say(words("answer.ask", code=session.memo.get("code", ""))),)
    options = [*_options(scene), ("new", words("answer.new")), ("none", words("answer.none"))]
    key = "which" if session.memo else "which_case"
    return (Say(words(f"answer.{key}"), choices(session, WHICH, *options)),)


def _options(scene: Scene) -> tuple[tuple[str, Words], ...]:
    """The cases that the words may be meant for: those with an open question, else all that are open."""
    if scene.known.questions:
        asked = scene.known.questions[:SHOWN]
        return tuple((code, words("answer.to", code=code, question=shorten(q, 80))) for code, q in asked)
    return tuple(
        (case.code, words("answer.about", code=case.code, category=category_words(scene, case.label)))
        for case in scene.known.open_cases[:SHOWN]
    )


FLOW = Flow(NAME, hear, ask, (WHICH, WORDS))
