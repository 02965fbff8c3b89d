"""What the citizen does to a case of their own: take it back, or open it again."""

from __future__ import annotations

from bot.dialogue.flow import Flow, choices, pressed, words
from bot.dialogue.message import Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn
from bot.dialogue.wishes import declines, plain

NAME = "own"
WITHDRAW = "withdraw"
REOPEN = "reopen"
REASONS = ("done", "mistake", "other")


def begin_withdrawal(session: Session, heard: Heard, scene: Scene) -> Turn:
    """A button under a case: asks why, and so whether it is meant."""
    return _begin(session, heard, scene, WITHDRAW)


def begin_reopening(session: Session, heard: Heard, scene: Scene) -> Turn:
    return _begin(session, heard, scene, REOPEN)


def _begin(session: Session, heard: Heard, scene: Scene, step: str) -> Turn:
    code = (heard.incoming.press or "").partition(":")[2]
    if not code:
        return Turn(session, (Say(words("button.old")),))
    session = session.at(NAME, step, code=code)
    return Turn(session, ask(session, scene))


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    """A reason ends it; words or a photo open it again."""
    code = str(session.memo.get("code", ""))
    press = pressed(session, heard)
    home = session.at("home")
    if press == "keep" or (session.step == WITHDRAW and declines(plain(heard.text))):
        return Turn(home, (Say(words("own.kept", code=code)),))
    if session.step == WITHDRAW:
        if press in REASONS:
            return Turn(home, effects=(Effect("withdraw_case", {"code": code, "reason": press}),))
        return Turn(session, (Say(words("choose")), *ask(session, scene)))
    if heard.text or heard.files:
        args = {"code": code, "why": heard.text[:2000], "files": [f.id for f in heard.files]}
        return Turn(home, effects=(Effect("reopen_case", args),))
    return Turn(session, (Say(words("answer.empty")), *ask(session, scene)))


def ask(session: Session, _scene: Scene) -> tuple[Say, ...]:
    """The present question again."""
    step, code = session.step, session.memo.get("code", "")
    options = [(reason, words(f"own.{reason}")) for reason in REASONS] if step == WITHDRAW else []
    return (
        Say(
            words(f"own.{step}", code=code),
            choices(session, step, *options, ("keep", words(f"own.{step}_no"))),
            asks_photos=step == REOPEN,
        ),
    )


FLOW = Flow(NAME, hear, ask, (WITHDRAW, REOPEN))
