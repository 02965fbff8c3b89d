"""Messages for channels without buttons: choices become a numbered menu, long texts are split at sentences."""

from __future__ import annotations

import re

from bot.dialogue.message import Outgoing, Words
from bot.dialogue.texts import Texts

_ENDS = re.compile(r"(?<=[.!?…\n])\s+")


def in_numbers(message: Outgoing, texts: Texts, hidden: int = 0) -> str:
    """The words with their choices as numbered lines; a choice that is an address is written out.

    `hidden` pictures, and any document, cannot be shown here: words stand in for them.
    """

    def say(key: str, **args: object) -> str:
        return texts.say(Words(f"numbered.{key}", args), message.language)

    lines = [message.text]
    if hidden:
        lines.append(say("pictures", n=hidden))
    if message.document is not None:
        lines.append(say("document", name=message.document[0]))
    count = len(message.choices)
    if count:
        lines.append("")
    for number, choice in enumerate(message.choices, 1):
        lines.append(f"{number}. {choice.label}" + (f": {choice.url}" if choice.url else ""))
    if count:
        lines.append(say("ask_one") if count == 1 else say("ask", n=count))
    return "\n".join(lines)


def split(text: str, limit: int) -> tuple[str, ...]:
    """Parts of at most `limit` characters, cut at a line, else at a sentence, else at a word, else anywhere."""
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _last_cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*parts, rest) if rest else tuple(parts)


def _last_cut(text: str, limit: int) -> int:
    """Where to cut: never in the first half, so that parts stay few."""
    half = limit // 2
    line = text.rfind("\n", half, limit)
    if line > 0:
        return line
    sentences = [found.start() for found in _ENDS.finditer(text, 0, limit) if found.start() > half]
    if sentences:
        return sentences[-1]
    word = text.rfind(" ", half, limit)
    return word if word > 0 else limit
