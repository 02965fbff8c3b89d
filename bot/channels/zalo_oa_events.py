"""Events of an Official Account as messages of ours; the proof that a call is the platform's."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.moments import moment
from bot.dialogue.command import typed_command
from bot.dialogue.message import Attachment, Incoming
from storage.records import FileKind, Point

CHANNEL = "zalo_oa"
LONGEST_ID = 80
KINDS = {
    "image": FileKind.PHOTO,
    "photo": FileKind.PHOTO,
    "audio": FileKind.VOICE,
    "video": FileKind.VIDEO,
    "file": FileKind.DOCUMENT,
}


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody no longer follows the account."""

    chat: str
    key: str
    at: datetime


def signature(app_id: str, raw: bytes, timestamp: str, secret: str) -> str:
    """What the platform writes into X-ZEvent-Signature: plain SHA-256 over the raw bytes, as hexadecimal digits."""
    return hashlib.sha256(app_id.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()


def is_signed(given: str | None, app_id: str, raw: bytes, timestamp: str, secret: str) -> bool:
    """Compares in constant time; clients recorded the header with and without "mac="."""
    said = (given or "").strip().removeprefix("mac=").lower()
    return hmac.compare_digest(said.encode("utf-8", "replace"), signature(app_id, raw, timestamp, secret).encode())


def heard_in(event: Mapping[str, Any]) -> Incoming | Left | None:
    """An event as a message of ours, or that somebody left; None for what says nothing to us."""
    name = str(event.get("event_name", ""))
    at = moment(event.get("timestamp"))
    if name in ("follow", "unfollow"):
        chat = _id(event.get("follower"))
        key = f"{name}:{event.get('timestamp')}"
        if chat is None:
            return None
        return Left(chat, key, at) if name == "unfollow" else Incoming(CHANNEL, chat, key, at, command="start")
    if not name.startswith(("user_send_", "user_click_button")) or "group" in name:
        # What is said in a group is nobody's complaint.
        return None
    chat = _id(event.get("sender"))
    message = event.get("message")
    message = message if isinstance(message, Mapping) else {}
    if chat is None:
        return None
    return _message(event, message, chat, at)


def _message(event: Mapping[str, Any], message: Mapping[str, Any], chat: str, at: datetime) -> Incoming:
    parts = _parts(message)
    place = next((found for kind, payload in parts if kind == "location" and (found := _point(payload))), None)
    files = tuple(attached for kind, payload in parts if (attached := _attachment(kind, payload)))
    text = _text(event, message, parts)
    command = _command(text)
    quoted = message.get("quote_msg_id")
    return Incoming(
        channel=CHANNEL,
        chat=chat,
        key=str(message.get("msg_id") or f"{event.get('event_name')}:{event.get('timestamp')}"),
        at=at,
        text=None if command else text or None,
        command=command[0] if command else None,
        argument=command[1] if command else "",
        attachments=files,
        place=place,
        reply_to=str(quoted) if quoted else None,
        unsupported=not text and not files and place is None,
    )


def _parts(message: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    attachments = message.get("attachments")
    found = []
    for each in attachments if isinstance(attachments, list) else []:
        payload = each.get("payload") if isinstance(each, Mapping) else None
        if isinstance(payload, Mapping):
            found.append((str(each.get("type", "")), payload))
    return found


def _text(event: Mapping[str, Any], message: Mapping[str, Any], parts: list[tuple[str, Mapping[str, Any]]]) -> str:
    """Typed words; the word behind a pressed button; the address of a link, which may be one of a map."""
    pressed = event.get("payload") or message.get("payload")
    if event.get("event_name") == "user_click_button" and isinstance(pressed, str):
        return pressed
    words = message.get("text")
    links = [str(payload["url"]) for kind, payload in parts if kind == "link" and payload.get("url")]
    typed = words if isinstance(words, str) else ""
    return "\n".join(filter(None, (typed, *(link for link in links if link not in typed))))


def _command(text: str) -> tuple[str, str] | None:
    """ "/viec", or "#viec" as an account's own menu writes it."""
    return typed_command(f"/{text[1:]}" if text.startswith("#") else text)


def _attachment(kind: str, payload: Mapping[str, Any]) -> Attachment | None:
    address = payload.get("url")
    if kind not in KINDS or not isinstance(address, str) or not address:
        return None
    name = payload.get("name")
    return Attachment(KINDS[kind], address, name=str(name)[:200] if name else None)


def _point(payload: Mapping[str, Any]) -> Point | None:
    """Degrees, which come as strings."""
    given = payload.get("coordinates")
    if not isinstance(given, Mapping):
        return None
    try:
        lat, lon = float(str(given.get("latitude"))), float(str(given.get("longitude")))
    except ValueError:
        return None
    return Point(lat, lon) if abs(lat) <= 180 and abs(lon) <= 180 else None


def _id(who: object) -> str | None:
    given = str(who.get("id") or "") if isinstance(who, Mapping) else ""
    return given if 0 < len(given) <= LONGEST_ID else None
