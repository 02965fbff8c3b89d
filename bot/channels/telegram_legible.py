"""What of an update is read at all: the rest may have a shape that a library does not know, and must not reach it.

Libraries take an update whole or not at all. A poll with one field less than the library expects, or a kind of
membership with one more, would otherwise cost its sender an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.telegram_message import UPDATES

READ = frozenset(
    {"message_id", "date", "edit_date", "text", "caption", "photo", "animation", "video", "video_note"}
    | {"voice", "audio", "document", "location", "venue", "contact", "media_group_id"}
    | {"migrate_to_chat_id", "migrate_from_chat_id"}
)
"""Parts of a message that are taken as they come."""
NOTES = frozenset(
    {"pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "chat_background_set"}
    | {"connected_website", "boost_added", "users_shared", "chat_shared", "proximity_alert_triggered"}
    | {"forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"}
    | {"chat_owner_left", "chat_owner_changed", "direct_message_price_changed", "paid_message_price_changed"}
    | {"video_chat_scheduled", "video_chat_started", "video_chat_ended", "video_chat_participants_invited"}
    | {"successful_payment", "refunded_payment", "gift", "unique_gift", "gift_upgrade_sent"}
)
"""What the platform itself notes in a private chat; nobody waits for an answer to it."""
MEMBERS = ("member", "administrator", "creator", "restricted")
SOMEBODY = {"type": "hidden_user", "sender_user_name": "?"}


def legible(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    """The update as far as it is read; None when there is nothing to hear. Takes anything."""
    update = {name: part for name, part in raw.items() if name in ("update_id", *UPDATES)}
    if len(update) < 2:
        return None  # a kind of update that we never asked for
    for kind in ("message", "edited_message"):
        found = update.get(kind)
        if isinstance(found, Mapping):
            if NOTES & found.keys():
                return None
            update[kind] = _message(found)
    press = update.get("callback_query")
    if isinstance(press, Mapping):
        kept = _with_person({name: press[name] for name in ("id", "from", "chat_instance", "data") if name in press})
        below = press.get("message")
        update["callback_query"] = {**kept, "message": _place_of(below)} if isinstance(below, Mapping) else kept
    change = update.get("my_chat_member")
    if isinstance(change, Mapping):
        update["my_chat_member"] = _change(change)
    return update


def _message(found: Mapping[str, Any]) -> dict[str, Any]:
    kept = _with_person({name: part for name, part in found.items() if name in READ or name == "from"})
    for name in ("chat", "sender_chat"):
        if name in found:
            kept[name] = _chat(found[name])
    answered = found.get("reply_to_message")
    if isinstance(answered, Mapping):
        kept["reply_to_message"] = _place_of(answered)
    if found.get("forward_origin") is not None or found.get("forward_date") is not None:
        kept["forward_origin"] = {**SOMEBODY, "date": found.get("date", 0)}
    return kept


def _place_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """A message of which only its place in a chat matters."""
    kept = _with_person({name: found[name] for name in ("message_id", "date", "from") if name in found})
    return {**kept, "chat": _chat(found["chat"])} if "chat" in found else kept


def _with_person(kept: dict[str, Any]) -> dict[str, Any]:
    return {**kept, "from": _person(kept["from"])} if "from" in kept else kept


def _person(found: Any) -> Any:
    """Whoever has deleted their account has no name any more, which libraries do not expect."""
    if not isinstance(found, Mapping):
        return found
    names = {name: found[name] for name in ("first_name", "last_name") if isinstance(found.get(name), str)}
    return {"first_name": "", **names, "is_bot": False} | {n: found[n] for n in ("id", "is_bot") if n in found}


def _chat(found: Any) -> Any:
    if not isinstance(found, Mapping):
        return found
    kept = {name: part for name, part in found.items() if name in ("id", "type", "title", "first_name", "last_name")}
    number = kept.get("id")
    if isinstance(number, bool) or not isinstance(number, int):
        kept.pop("id", None)  # a library may take a truth value or 1e308 for a number; to the platform it is no chat
    return kept


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    kept = _with_person({name: change[name] for name in ("from", "date") if name in change})
    if "chat" in change:
        kept["chat"] = _chat(change["chat"])
    for side in ("old_chat_member", "new_chat_member"):
        member = change.get(side)
        if isinstance(member, Mapping):
            is_there = member.get("status") in MEMBERS and member.get("is_member") is not False
            kept[side] = {"status": "member" if is_there else "left", "user": _person(member.get("user"))}
    return kept
