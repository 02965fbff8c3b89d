"""What the platform answers to the citizens' bot is read with classes that are made once."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageMedia,
    EditMessageText,
    GetFile,
    SendChatAction,
    SendDocument,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
)
from aiogram.methods.base import Response

from bot.channels.telegram_citizen import _RawUpdates

CALLS = (
    *(AnswerCallbackQuery, EditMessageMedia, EditMessageText, GetFile, SendChatAction, SendDocument, SendMediaGroup),
    *(SendMessage, SendPhoto, _RawUpdates),
)
"""What the bot calls while people write to it."""


def test_no_class_of_an_answer_is_lost_between_two_calls() -> None:
    classes = {call.__name__: _class_of(call) for call in CALLS}
    gc.collect()
    assert [name for name, found in classes.items() if found() is None] == []


def _class_of(call: Any) -> weakref.ref[Any]:
    return weakref.ref(Response.__class_getitem__(call.__returning__))
