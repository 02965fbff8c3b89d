"""What Telegram's messages mean to us and ours to Telegram, whichever library carries them.

Both libraries give a message the field names of the Bot API, so one translation serves both.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from bot.dialogue.command import typed_command
from bot.dialogue.message import Attachment, Incoming, Outgoing, mime_of
from storage.records import FileKind, Point

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
"""Limits of the Bot API, in UTF-16 code units."""
JOINER = "\u200d"
VARIATIONS = ("\ufe0e", "\ufe0f", "\u20e3")
LONGEST_CHARACTER = 40
"""Code points of the longest thing that people see as one character."""
ALBUM_PICTURES = 10
TOO_BIG = "file is too big"
"""What getFile says of more than 20 MB."""
LONGEST_NAME = 80
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Controls, marks of direction, halves of characters, line ends: what has no place in a name."""
REPORT = "phananh"
"""The command that begins a complaint."""
PRIVATE = "private"
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that we ask for."""
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"})


def incoming_of(channel: str, message: Any, now: datetime, edited: bool = False) -> Incoming | None:
    """A message of a private chat as any channel hears it. None for a live location that merely moves."""
    if edited and message.location is not None:
        return None
    key = f"m{message.message_id}"
    if edited:
        changed_at = message.edit_date
        key += f"e{int(changed_at.timestamp() if isinstance(changed_at, datetime) else changed_at or 0)}"
    author = message.from_user
    heard = Incoming(
        channel=channel,
        # python-telegram-bot takes a chat as it comes.
        chat=str(int(message.chat.id)),
        key=key,
        at=now,
        # A caption may be put right; its picture has been taken in already.
        attachments=() if edited else _attachments(message),
        place=_place(message),
        reply_to=str(message.reply_to_message.message_id) if message.reply_to_message else None,
        name=name_of(author.full_name) if author is not None else None,
        edits=f"m{message.message_id}" if edited else None,
    )
    heard = _with_words(heard, message)
    is_silent = not (heard.text or heard.attachments or heard.place or heard.command or heard.phone)
    return replace(heard, unsupported=is_silent)


def name_of(full_name: str | None) -> str:
    """A name as one short line: people may put anything there, also what turns the writing round."""
    shown = "".join(" " if unicodedata.category(c) in UNSEEN else c for c in full_name or "")
    return " ".join(shown.split())[:LONGEST_NAME].strip()


def _with_words(heard: Incoming, message: Any) -> Incoming:
    """Text, caption, command or contact; a contact of somebody else counts as words."""
    if message.contact is not None:
        # Somebody else's number must not be taken for the sender's own: such a card says nothing to us.
        is_own = message.from_user is not None and message.contact.user_id == message.from_user.id
        return replace(heard, phone=message.contact.phone_number) if is_own else heard
    text = message.text or message.caption
    if not text and message.venue is not None:
        text = f"{message.venue.title}, {message.venue.address}"
    command = typed_command(text) if text else None
    if command is None:
        return replace(heard, text=text or None)
    if not heard.attachments:
        return replace(heard, command=command[0], argument=command[1])
    # A picture with /phananh below it is told of in the rest of the words; what else a caption means is the desk's.
    return replace(heard, text=(command[1] if command[0] == REPORT else text) or None)


def _place(message: Any) -> Point | None:
    found = message.venue.location if message.venue is not None else message.location
    return Point(found.latitude, found.longitude) if found is not None else None


def _attachments(message: Any) -> tuple[Attachment, ...]:
    forwarded = message.forward_origin is not None
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (Attachment(FileKind.PHOTO, largest.file_id, mime="image/jpeg", forwarded=forwarded),)
    kinds = (
        (FileKind.VIDEO, message.animation or message.video or message.video_note),
        (FileKind.VOICE, message.voice or message.audio),
        (FileKind.DOCUMENT, message.document),
    )
    for kind, found in kinds:
        if found is not None:
            name, mime = getattr(found, "file_name", None), mime_of(getattr(found, "mime_type", None))
            kind = FileKind.PHOTO if kind is FileKind.DOCUMENT and _is_picture(name, mime) else kind
            return (Attachment(kind, found.file_id, name=name, mime=mime, forwarded=forwarded),)
    return ()


def _is_picture(name: str | None, mime: str | None) -> bool:
    """A picture sent as a file keeps its position; clients do not always say what a file is."""
    return (mime or "").startswith("image/") or PurePath(name or "").suffix.lower() in _PICTURES


def album_of(parts: tuple[Incoming, ...]) -> Incoming:
    """The parts of an album as one message: in the order of their numbers, under the first one's key."""
    ordered = sorted(parts, key=lambda part: int(part.key[1:]) if part.key[1:].isdigit() else 0)
    words = "\n".join(part.text for part in ordered if part.text)
    return replace(
        ordered[0],
        text=words or None,
        attachments=tuple(attachment for part in ordered for attachment in part.attachments),
        unsupported=all(part.unsupported for part in ordered),
    )


def chat_in(raw: Mapping[str, Any]) -> str:
    """The chat that an update belongs to, for keeping its order; "" when it has none. Takes anything."""
    for name in UPDATES:
        found = raw.get(name)
        if isinstance(found, Mapping):
            inner = found.get("message") if name == "callback_query" else found
            chat = inner.get("chat") if isinstance(inner, Mapping) else None
            return str(chat.get("id", "")) if isinstance(chat, Mapping) else ""
    return ""


def album_in(raw: Mapping[str, Any]) -> str | None:
    """The album that an update is a part of. Takes anything."""
    found = raw.get("message")
    album = found.get("media_group_id") if isinstance(found, Mapping) else None
    return str(album) if album else None


def units(text: str) -> int:
    """Length in UTF-16 code units, as the Bot API counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parts_of(text: str, limit: int = TEXT_UNITS) -> tuple[str, ...]:
    """The text in pieces of at most `limit` UTF-16 units, cut between paragraphs, lines or words where it can be."""
    parts = []
    rest = text.strip()
    while units(rest) > limit:
        head = _head(rest, limit)
        cut = max((head.rfind(mark) for mark in ("\n\n", "\n", " ")), default=-1)
        for mark in ("\n\n", "\n", " "):
            found = head.rfind(mark)
            if found > len(head) // 2:
                cut = found
                break
        piece = head[:cut] if cut > 0 else rest[: _between_characters(rest, len(head))]
        parts.append(piece.rstrip())
        rest = rest[len(piece) :].lstrip()
    return (*parts, rest) if rest or not parts else tuple(parts)


def _head(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units that cuts no character in two."""
    head = text[:limit]
    while units(head) > limit:
        head = head[: len(head) - max(1, (units(head) - limit) // 2)]
    return head


def _between_characters(text: str, cut: int) -> int:
    """The last place at or before `cut` that tears no emoji and no accented letter apart; `cut` if there is none."""
    for place in range(cut, max(0, cut - LONGEST_CHARACTER), -1):
        before, after = text[place - 1], text[place : place + 1]
        is_inside = after and (
            unicodedata.combining(after)
            or after in (JOINER, *VARIATIONS)
            or before == JOINER
            or "\U0001f3fb" <= after <= "\U0001f3ff"  # a skin's colour
            or "\U000e0020" <= after <= "\U000e007f"  # the tag of a flag
            or _letters_before(text, place) % 2 == 1
        )
        if not is_inside:
            return place
    return cut


def _letters_before(text: str, place: int) -> int:
    """How many letters of flags stand right before a place that another follows: a flag is two of them."""
    if not (_is_flag_letter(text[place : place + 1]) and _is_flag_letter(text[place - 1])):
        return 0
    count = 0
    while count < place and _is_flag_letter(text[place - 1 - count]):
        count += 1
    return count


def _is_flag_letter(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def is_short(message: Outgoing) -> bool:
    """Whether the words fit below a picture."""
    return units(message.text) <= CAPTION_UNITS
