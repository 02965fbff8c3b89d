"""A person's rights over their own data: see, correct, withdraw consent, erase."""

from __future__ import annotations

from bot.dialogue.flow import Flow, choices, in_one, pressed, told, words
from bot.dialogue.message import Say
from bot.dialogue.session import Effect, Heard, Scene, Session, Turn
from bot.dialogue.slots.person import identity_value
from bot.dialogue.slots.slot import Report

NAME = "privacy"
CORRECT = "correct"
KINDS = (Report.NAME, Report.PHONE, Report.HOME)
SURE = {"erase": "erase_data", "withdraw": "withdraw_consent"}


def show(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/dulieu: what is held, in words and as JSON."""
    return Turn(session, effects=(Effect("show_data"),))


def correct(session: Session, heard: Heard, scene: Scene) -> Turn:
    """/sua: what is wrong is chosen, then given anew."""
    return _sure(session, CORRECT, scene)


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
        says = (told(heard.result, otherwise="privacy.kept"),)
        is_gone = heard.result.ok and heard.result.kind == "erase_data"
        return Turn(Session(language=session.language) if is_gone else session.at("home"), says)
    if session.step == CORRECT or session.step in KINDS:
        return _correct(session, heard, scene)
    press = pressed(session, heard)
    if press == "yes" and session.step in SURE:
        return Turn(session, effects=(Effect(SURE[session.step]),))
    if press == "no":
        return Turn(session.at("home"), (Say(words("privacy.kept")),))
    return Turn(session, (Say(words("choose")), *ask(session, scene)))


def _correct(session: Session, heard: Heard, scene: Scene) -> Turn:
    press = pressed(session, heard)
    home = session.at("home")
    if press == "no":
        return Turn(home, (Say(words("privacy.kept")),))
    if press == "forget":
        forgotten = home.with_draft(identity_settled=())
        return Turn(forgotten, (Say(words("privacy.forgotten")),), (Effect("correct_data"),))
    if session.step == CORRECT:
        if press in KINDS:
            return _sure(session, press, scene)
        return Turn(session, in_one(Say(words("choose")), *ask(session, scene)))
    kind = Report(session.step)
    value = identity_value(kind, heard)
    if value is None:
        return Turn(session, in_one(Say(words(f"identity.{kind}_again")), *ask(session, scene)))
    return Turn(home, (Say(words("privacy.corrected")),), (Effect("correct_data", {kind.value: value}),))


def _ask_correct(session: Session, step: str) -> Say:
    if step == CORRECT:
        kinds = [(kind.value, words(f"privacy.{kind}")) for kind in KINDS]
        options = [*kinds, ("forget", words("privacy.forget")), ("no", words("privacy.no"))]
        return Say(words("privacy.correct"), choices(session, step, *options))
    return Say(
        words(f"identity.{step}"),
        choices(session, step, ("no", words("privacy.no"))),
        asks_phone=step == Report.PHONE,
        asks_place=step == Report.HOME,
    )


def ask(session: Session, _scene: Scene) -> tuple[Say, ...]:
    """The present question again."""
    step = session.step
    if step not in SURE:
        return (_ask_correct(session, step),)
    return (
        Say(
            words(f"privacy.{step}"),
            choices(session, step, ("yes", words(f"privacy.{step}_yes")), ("no", words("privacy.no")), per_row=2),
        ),
    )


FLOW = Flow(NAME, hear, ask, (CORRECT, *KINDS, *SURE))
