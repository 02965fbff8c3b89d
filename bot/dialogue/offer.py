"""What a message offers to press, so that a number or a label typed instead counts as the button."""

from __future__ import annotations

from bot.dialogue.message import Say
from bot.dialogue.texts import load_texts
from nlp.normalize import fold

Offer = tuple[tuple[str, str], ...]
"""Presses and folded labels, in the order of their numbers."""


def offer_of(says: tuple[Say, ...], language: str) -> Offer:
    """Presses and folded labels of the last message that has buttons."""
    texts = load_texts()
    rows = next((say.buttons for say in reversed(says) if say.buttons), ())
    return tuple((b.press, fold(texts.say(b.label, language)).strip(" .!)?")) for row in rows for b in row if not b.url)
