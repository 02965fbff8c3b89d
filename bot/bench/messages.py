"""Telegram's updates as they come to a webhook, each with a number of its own."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

_numbers = itertools.count(1)
NAMED = "Tôi là nguyễn văn hùng, "
"""A name in small letters: only segmentation can tell where it ends."""


def update(chat: int, text: str) -> dict[str, Any]:
    """A private text message."""
    number = next(_numbers)
    person = {"id": chat, "is_bot": False, "first_name": "Lan", "last_name": "Trần", "language_code": "vi"}
    message = {
        "message_id": number,
        "date": 1_790_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "Lan", "last_name": "Trần"},
        "from": person,
        "text": text,
    }
    return {"update_id": number, "message": message}


def updates(texts: Sequence[str], count: int, chats: int, first_chat: int = 1_000) -> list[dict[str, Any]]:
    """So many messages with these texts in turn, from so many chats in turn."""
    return [update(first_chat + n % chats, texts[n % len(texts)]) for n in range(count)]
