"""The first words of a case where several cases stand in one message: put in when it is sent, kept in no row.

Who erases their data has their cases' words taken from every message about one case; a list is about many.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.casework.context import Context
from bot.dialogue.message import FIRST_WORDS, Button, Say, Words
from bot.dialogue.slots.slot import shorten


def with_first_words(ctx: Context, say: Say) -> Say:
    """A message with the first words of its cases, as far as there still are any."""

    def put(value: Any) -> Any:
        if isinstance(value, tuple | list):
            return tuple(put(each) for each in value)
        if not isinstance(value, Words):
            return value
        if value.key == FIRST_WORDS:
            return replace(value, args={**value.args, "words": _words_of(ctx, value)})
        return replace(value, args={name: put(arg) for name, arg in value.args.items()})

    def labelled(button: Button) -> Button:
        return replace(button, label=put(button.label))

    buttons = tuple(tuple(labelled(button) for button in row) for row in say.buttons)
    return replace(say, words=put(say.words), buttons=buttons)


def _words_of(ctx: Context, stands: Words) -> str:
    case = ctx.tx.cases.by_code(str(stands.args["code"]))
    told = " ".join((case.masked or case.text).split()) if case is not None else ""
    return shorten(told, int(stands.args["limit"]))
