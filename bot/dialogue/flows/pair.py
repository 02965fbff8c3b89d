"""One person, several chats: a one-time code from one chat, said in the other."""

from __future__ import annotations

from bot.dialogue.flow import Flow, choices, pressed, words
from bot.dialogue.message import Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn

NAME = "pair"
SURE = "sure"


def begin(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/lienket gives a code; /lienket CODE in another chat asks whether to become one person."""
    code = heard.incoming.argument.strip().upper()
    if not code:
        return Turn(session, effects=(Effect("pairing_code"),))
    if not session.draft.is_empty:
        return Turn(session, (Say(words("pair.draft_first")),))
    session = session.at(NAME, SURE, code=code[:20])
    return Turn(session, ask(session, scene))


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Nothing is joined without a yes: afterwards both chats see the same cases."""
    match pressed(session, heard):
        case "yes":
            code = session.memo.get("code", "")
            return Turn(session.at("home"), effects=(Effect("pair_chats", {"code": code}),))
        case "no":
            return Turn(session.at("home"), (Say(words("privacy.kept")),))
    return Turn(session, (Say(words("choose")), *ask(session, scene)))


def ask(session: Session, _scene: Scene) -> tuple[Say, ...]:
    rows = choices(session, SURE, ("yes", words("pair.yes")), ("no", words("pair.no")), per_row=2)
    return (Say(words("pair.ask"), rows),)


FLOW = Flow(NAME, hear, ask, (SURE,))
