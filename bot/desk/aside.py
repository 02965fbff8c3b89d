"""What is said of a command that was set aside, taken up again or given up."""

from __future__ import annotations

from dataclasses import replace

from bot.desk.session import DeskSession, Unfinished
from bot.dialogue.message import Button, Say, Words

Said = tuple[tuple[Say, ...], DeskSession]


def dropped(session: DeskSession, code: str) -> Said:
    """The command under way is given up; else the last one set aside, else what was sent for nothing yet."""
    if session.unfinished is not None and code in ("", session.unfinished.code):
        return (given_up(session.unfinished),), replace(session, unfinished=None)
    resumed = session.resumed(code)
    if session.set_aside and resumed.unfinished is not None:
        return (given_up(resumed.unfinished),), replace(resumed, unfinished=session.unfinished)
    key = "desk.dropped_loose" if session.loose_words or session.loose_files else "desk.nothing_to_drop"
    return (Say(Words(key)),), session.without_loose()


def kept_aside(unfinished: Unfinished) -> Say:
    """What was set aside is not lost."""
    return Say(Words("desk.kept_aside", _named(unfinished)), resume_buttons(unfinished))


def resume_buttons(unfinished: Unfinished) -> tuple[tuple[Button, ...], ...]:
    """Go on with it, or give it up."""
    go_on = Button(f"resume:{unfinished.code}", Words("desk.resume"))
    return ((go_on, Button(f"drop:{unfinished.code}", Words("desk.drop"))),)


def given_up(unfinished: Unfinished) -> Say:
    """It will not be done."""
    return Say(Words("desk.dropped", _named(unfinished)))


def _named(unfinished: Unfinished) -> dict[str, object]:
    code = f" {unfinished.code}" if unfinished.code else ""
    return {"what": Words(f"desk.can.{unfinished.command}"), "code": code}
