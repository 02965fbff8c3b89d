"""A person's rights over their own data: see, correct, withdraw consent, erase."""

from __future__ import annotations

from bot.dialogue.flow import Flow, choices, pressed, words
from bot.dialogue.message import Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn

NAME = "privacy"
SURE = {"erase": "erase_data", "withdraw": "withdraw_consent"}


def show(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/dulieu: what is held, in words and as JSON."""
    return Turn(session, effects=(Effect("show_data"),))


def correct(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/sua: name, telephone and home are asked again at the next report."""
    return Turn(session.with_draft(identity_settled=()), effects=(Effect("correct_data"),))


def withdraw(session: Session, heard: Heard, scene: Scene) -> Turn:
    return _sure(session, "withdraw", scene)


def erase(session: Session, heard: Heard, scene: Scene) -> Turn:
    return _sure(session, "erase", scene)


def _sure(session: Session, step: str, scene: Scene) -> Turn:
    session = session.at(NAME, step)
    return Turn(session, ask(session, scene))


def hear(session: Session, heard: Heard, scene: Scene) -> Turn:
    """Nothing is erased or withdrawn without a second yes."""
    if heard.result is not None:
        facts = dict(heard.result.facts)
        says = (Say(words(str(facts.pop("key", "privacy.kept")), **facts)),)
        is_gone = heard.result.ok and heard.result.kind == "erase_data"
        return Turn(Session(language=session.language) if is_gone else session.at("home"), says)
    press = pressed(session, heard)
    if press == "yes" and session.step in SURE:
        return Turn(session, effects=(Effect(SURE[session.step]),))
    if press == "no":
        return Turn(session.at("home"), (Say(words("privacy.kept")),))
    return Turn(session, (Say(words("choose")), *ask(session, scene)))


def ask(session: Session, _scene: Scene) -> tuple[Say, ...]:
    step = session.step
    return (
        Say(
            words(f"privacy.{step}"),
            choices(session, step, ("yes", words(f"privacy.{step}_yes")), ("no", words("privacy.no")), per_row=2),
        ),
    )


FLOW = Flow(NAME, hear, ask)
