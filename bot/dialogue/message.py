"""What any channel can hear and say, without a word of any platform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.records import FileKind, Point

LONGEST_MIME = 80
_MIME = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture or recording that a message refers to; its bytes are fetched afterwards by `bot.media`."""

    kind: FileKind
    ref: str
    """How the channel names the bytes: a platform file id, a URL, a path in the upload folder."""
    name: str | None = None
    mime: str | None = None
    forwarded: bool = False
    taken_at: datetime | None = None


def mime_of(said: str | None) -> str | None:
    """A file's type as its sender's device names it; None for what is no type that can be kept and sent on."""
    named = (said or "").strip().lower()
    return named if len(named) <= LONGEST_MIME and _MIME.fullmatch(named) else None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a person, whatever the channel."""

    channel: str
    chat: str
    key: str
    """Unique within the chat: a second delivery has the same key and changes nothing."""
    at: datetime
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    place: Point | None = None
    """A shared position."""
    press: str | None = None
    """The value of a pressed button."""
    command: str | None = None
    """Without its slash: "cuatoi", "start"."""
    argument: str = ""
    """What follows the command."""
    reply_to: str | None = None
    """The platform's id of our message that this one answers."""
    phone: str | None = None
    """A shared contact."""
    name: str | None = None
    """The sender's display name: a suggestion, never an identity."""
    edits: str | None = None
    """The key of the earlier message of this person that this one puts right."""
    unsupported: bool = False
    """A sticker or another thing that says nothing."""


def whole(incoming: Incoming) -> Incoming:
    """The message without halves of characters, which a device leaves when it cuts an emoji; nothing can keep those."""
    attachments = tuple(replace(each, name=_mended(each.name)) for each in incoming.attachments)
    text, name = _mended(incoming.text), _mended(incoming.name)
    return replace(incoming, text=text, name=name, argument=_mended(incoming.argument) or "", attachments=attachments)


def _mended(text: str | None) -> str | None:
    return text and text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Outcome(StrEnum):
    """What became of an incoming message."""

    HEARD = "heard"
    AGAIN = "again"
    """Delivered before: nothing was done."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text key and its arguments: words that are chosen when the language is known."""

    key: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"key": self.key, "args": {k: _plain(v) for k, v in self.args.items()}}

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> Words:
        return Words(raw["key"], {k: _words(v) for k, v in raw.get("args", {}).items()})


def raw(words: str) -> Words:
    """Words that are the same in every language: a name, a person's own text."""
    return Words("raw", {"words": words})


def either(vi: str, en: str) -> Words:
    """Words that an administrator has written in both languages."""
    return Words("raw", {"words": {"vi": vi, "en": en}})


FIRST_WORDS = "case.first_words"


def first_words(code: str, limit: int) -> Words:
    """Stands for at most so many characters of what a case tells, masked: put in when the message is sent."""
    return Words(FIRST_WORDS, {"code": code, "limit": limit, "words": ""})


@dataclass(frozen=True, slots=True)
class Button:
    """One choice. `press` comes back unchanged when it is chosen, at most 60 ASCII characters."""

    press: str
    label: Words
    url: str | None = None


def in_pairs(buttons: Iterable[Button]) -> tuple[tuple[Button, ...], ...]:
    """Short buttons, two in a row."""
    made = tuple(buttons)
    return tuple(made[i : i + 2] for i in range(0, len(made), 2))


@dataclass(frozen=True, slots=True)
class Say:
    """One message to a person, before it is put into words."""

    words: Words
    buttons: tuple[tuple[Button, ...], ...] = ()
    """Rows of choices, numbered through in reading order."""
    pictures: tuple[str, ...] = ()
    """File ids."""
    slot: str | None = None
    """A later message with the same slot replaces this one where the channel can edit."""
    asks_place: bool = False
    """The channel may offer its native way to share a position."""
    asks_phone: bool = False
    asks_photos: bool = False
    document: tuple[str, str] | None = None
    """A file to hand over: name and text content (CSV, JSON, YAML)."""
    drawing: Words | None = None
    """A picture that is drawn when it is sent: a key of `bot.reports.painter`, with `title` among the arguments.

    The words say the same without it.
    """

    def to_json(self) -> dict[str, Any]:
        """The outbox form; `Words` keys are rendered at send time."""
        out: dict[str, Any] = {"words": self.words.to_json()}
        if self.buttons:
            out["buttons"] = [[_button_json(b) for b in row] for row in self.buttons]
        if self.document:
            out["document"] = list(self.document)
        if self.drawing:
            out["drawing"] = self.drawing.to_json()
        for name in ("pictures", "slot", "asks_place", "asks_phone", "asks_photos"):
            value = getattr(self, name)
            if value:
                out[name] = list(value) if isinstance(value, tuple) else value
        return out

    @staticmethod
    def from_json(raw_say: Mapping[str, Any]) -> Say:
        document = raw_say.get("document")
        return Say(
            words=Words.from_json(raw_say["words"]),
            buttons=tuple(
                tuple(Button(b["press"], Words.from_json(b["label"]), b.get("url")) for b in row)
                for row in raw_say.get("buttons", ())
            ),
            pictures=tuple(raw_say.get("pictures", ())),
            slot=raw_say.get("slot"),
            asks_place=bool(raw_say.get("asks_place")),
            asks_phone=bool(raw_say.get("asks_phone")),
            asks_photos=bool(raw_say.get("asks_photos")),
            document=(document[0], document[1]) if document else None,
            drawing=Words.from_json(raw_say["drawing"]) if raw_say.get("drawing") else None,
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A button in words."""

    press: str
    label: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to be drawn, in words: everything that is in it, and so the same picture whenever it is drawn."""

    key: str
    args: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What it shows, for whoever does not see it."""
        return str(self.args.get("title", ""))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message in words, ready for a channel's sender."""

    channel: str
    chat: str
    text: str
    buttons: tuple[tuple[Choice, ...], ...] = ()
    pictures: tuple[str, ...] = ()
    slot: str | None = None
    edits: str | None = None
    """The platform's id of an earlier message of the same slot, when the channel may edit it."""
    asks_place: bool = False
    asks_phone: bool = False
    asks_photos: bool = False
    document: tuple[str, str] | None = None
    drawing: Drawing | None = None
    case_code: str | None = None
    language: str = "vi"
    """Of the words that a channel may have to add."""
    number: int = 0
    """Its row in the outbox: for channels whose history is the outbox itself."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """All buttons in reading order: number n is choices[n - 1]."""
        return tuple(choice for row in self.buttons for choice in row)


def drawing_name(number: int) -> str:
    """The drawing of an outbox row, where a picture has a name: no file id looks like it."""
    return f"drawing-{number}"


def _button_json(button: Button) -> dict[str, Any]:
    out: dict[str, Any] = {"press": button.press, "label": button.label.to_json()}
    if button.url:
        out["url"] = button.url
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, Words):
        return {"$words": value.to_json()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    return value


def _words(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "$words" in value:
            return Words.from_json(value["$words"])
        if "$at" in value:
            return datetime.fromisoformat(value["$at"])
    if isinstance(value, list):
        return [_words(v) for v in value]
    return value
