"""What every dialogue is made of: a name, how it hears, how it asks again, and buttons that know their step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.dialogue.message import Button, Say, Words
from bot.dialogue.session import Heard, Result, Scene, Session, Turn


@dataclass(frozen=True, slots=True)
class Flow:
    """One dialogue. `hear` takes a message meant for it; `ask` says its present question again."""

    name: str
    hear: Callable[[Session, Heard, Scene], Turn]
    ask: Callable[[Session, Scene], tuple[Say, ...]]
    steps: tuple[str, ...] = ()
    """Where a conversation may rest in it: each has a help of its own (help.at.NAME.STEP)."""


def local(session: Session, step: str, value: str) -> str:
    """A press that means something only while this step of this draft is being asked."""
    return f"{session.drafts}.{step}:{value}"


def pressed(session: Session, heard: Heard) -> str | None:
    """The value of a button of the present step, or None."""
    press = heard.incoming.press
    stamp = f"{session.drafts}.{session.step}:"
    return press[len(stamp) :] if press and press.startswith(stamp) else None


def choices(
    session: Session, step: str, *options: tuple[str, Words], per_row: int = 1
) -> tuple[tuple[Button, ...], ...]:
    """Buttons of a step in rows."""
    buttons = [Button(local(session, step, value), label) for value, label in options]
    return tuple(tuple(buttons[i : i + per_row]) for i in range(0, len(buttons), per_row))


def in_one(*says: Say) -> tuple[Say, ...]:
    """Remarks and the question after them as one message, so that there is one question on the screen.

    A danger and a greeting stand by themselves; a card that is edited in place must not swallow a remark.
    """
    *before, last = says
    if last.slot:
        return says
    apart = [say for say in before if say.words.key.partition(".")[0] in ("danger", "home")]
    remarks = tuple(say.words for say in before if say not in apart)
    return (*apart, replace(last, words=words("raw", words=(*remarks, last.words)))) if remarks else (*apart, last)


def look_at(code: str) -> tuple[tuple[Button, ...], ...]:
    """The button that opens a case."""
    return ((Button(f"case:{code}", words("filed.open")),),)


def told(result: Result, otherwise: str = "fault") -> Say:
    """What came of an act in its own words, with the case that it was about at hand; `otherwise`: when it has none."""
    facts = dict(result.facts)
    key, code = str(facts.pop("key", otherwise)), facts.get("code")
    return Say(words(key, **facts), look_at(str(code)) if code and result.ok else ())


def words(key: str, **args: Any) -> Words:
    return Words(key, args)
