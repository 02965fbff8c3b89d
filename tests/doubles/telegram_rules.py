"""What the Bot API takes: parameters of the methods that bots use here, as its documentation states them.

A call that breaks a rule is refused and also remembered, because a bot may hide a refusal by trying again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

SENDING = ("business_connection_id", "message_thread_id", "disable_notification", "protect_content",
           "allow_paid_broadcast", "message_effect_id", "reply_parameters")  # fmt: skip
CAPTIONED = ("caption", "parse_mode", "caption_entities", "reply_markup")
PLACED = ("chat_id", "message_id", "inline_message_id", "business_connection_id", "reply_markup")

METHODS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "getMe": ((), ()),
    "getUpdates": ((), ("offset", "limit", "timeout", "allowed_updates")),
    "setWebhook": (("url",), ("certificate", "ip_address", "max_connections", "allowed_updates",
                              "drop_pending_updates", "secret_token")),
    "getWebhookInfo": ((), ()),
    "deleteWebhook": ((), ("drop_pending_updates",)),
    "getFile": (("file_id",), ()),
    "sendMessage": (("chat_id", "text"), (*SENDING, "parse_mode", "entities", "link_preview_options", "reply_markup")),
    "sendPhoto": (("chat_id", "photo"), (*SENDING, *CAPTIONED, "show_caption_above_media", "has_spoiler")),
    "sendDocument": (("chat_id", "document"),
                     (*SENDING, *CAPTIONED, "thumbnail", "disable_content_type_detection")),
    "sendMediaGroup": (("chat_id", "media"), SENDING),
    "sendChatAction": (("chat_id", "action"), ("business_connection_id", "message_thread_id")),
    "editMessageText": (("text",), (*PLACED, "parse_mode", "entities", "link_preview_options")),
    "editMessageMedia": (("media",), PLACED),
    "editMessageCaption": ((), (*PLACED, *CAPTIONED, "show_caption_above_media")),
    "editMessageReplyMarkup": ((), PLACED),
    "answerCallbackQuery": (("callback_query_id",), ("text", "show_alert", "url", "cache_time")),
    "getMyDescription": ((), ("language_code",)),
    "setMyDescription": ((), ("description", "language_code")),
    "setMyCommands": (("commands",), ("scope", "language_code")),
    "deleteMyCommands": ((), ("scope", "language_code")),
}  # fmt: skip
"""Method -> (required, optional) parameters."""
WHOLE = ("offset", "limit", "timeout", "message_id", "message_thread_id", "max_connections", "cache_time")
JSON = ("allowed_updates", "entities", "caption_entities", "link_preview_options", "reply_markup", "reply_parameters",
        "media", "commands", "scope")  # fmt: skip
"""Parameters that are JSON inside a form."""
UPDATE_KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
    ]
)
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
SCOPES: Mapping[str, frozenset[str]] = {
    "default": frozenset(),
    "all_private_chats": frozenset(),
    "all_group_chats": frozenset(),
    "all_chat_administrators": frozenset(),
    "chat": frozenset({"chat_id"}),
    "chat_administrators": frozenset({"chat_id"}),
    "chat_member": frozenset({"chat_id", "user_id"}),
}
PRESSABLE = frozenset(["url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "pay"])


def broken_rules(method: str, given: Mapping[str, Any], files: Mapping[str, bytes], is_form: bool) -> list[str]:
    """What is wrong with a call; `given` as it came, with JSON inside a form still closed."""
    if method not in METHODS:
        return [f"no such method: {method}"]
    required, optional = METHODS[method]
    broken = [f"{name} is missing" for name in required if given.get(name) in (None, "")]
    broken += [f"{name} is no parameter" for name in given if name not in (*required, *optional) and name not in files]
    broken += [
        f"{name} is no number: {given[name]!r}" for name in WHOLE if name in given and not _is_whole(given[name])
    ]
    if "chat_id" in given and not _is_whole(given["chat_id"]) and not str(given["chat_id"]).startswith("@"):
        broken.append(f"chat_id is no chat: {given['chat_id']!r}")
    opened: dict[str, Any] = {}
    for name in JSON:
        if name in given:
            try:
                opened[name] = json.loads(given[name]) if is_form else given[name]
            except (TypeError, ValueError):
                broken.append(f"{name} is no JSON: {given[name]!r}")
    if is_form:
        broken += [f"{name} is an empty string" for name, value in given.items() if value == ""]
    return broken + _about(method, {**given, **opened}, files)


def _about(method: str, said: Mapping[str, Any], files: Mapping[str, bytes]) -> list[str]:
    """Rules of single methods."""
    broken = _about_keyboard(said.get("reply_markup"), is_edit=method.startswith("edit"))
    kinds = said.get("allowed_updates")
    if kinds is not None and not (isinstance(kinds, list) and set(kinds) <= UPDATE_KINDS):
        broken.append(f"allowed_updates: {kinds!r}")
    if method == "answerCallbackQuery" and len(str(said.get("text", ""))) > 200:
        broken.append("text: more than 200 characters")
    if method == "sendChatAction" and said.get("action") not in ACTIONS:
        broken.append(f"action: {said.get('action')!r}")
    if method == "setWebhook" and not str(said.get("url", "")).startswith("https://"):
        broken.append("a webhook must be HTTPS")
    if method == "setWebhook" and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", str(said.get("secret_token", "x"))):
        broken.append("secret_token")
    if method == "setMyDescription" and len(str(said.get("description", ""))) > 512:
        broken.append("description: more than 512 characters")
    if method == "setMyCommands":
        broken += _about_commands(said.get("commands"))
    if said.get("scope") is not None:
        broken += _about_scope(said["scope"])
    media = said.get("media")
    for each in media if isinstance(media, list) else [media] if media else []:
        name = str(each.get("media", "")).removeprefix("attach://")
        if each.get("type") not in ("photo", "video", "document", "audio", "animation") or name not in files:
            broken.append(f"media: {each!r}")
    for name in ("photo", "document"):
        attached = str(said.get(name, "")).removeprefix("attach://")
        if name in said and method.startswith("send") and not (files.get(name) or files.get(attached)):
            broken.append(f"{name} has no bytes")
    return broken


def _about_commands(commands: Any) -> list[str]:
    if not isinstance(commands, list) or len(commands) > 100:
        return ["commands"]
    return [
        f"command: {each!r}"
        for each in commands
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(each.get("command")))
        or not 1 <= len(str(each.get("description", ""))) <= 256
    ]


def _about_scope(scope: Any) -> list[str]:
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in SCOPES or set(scope) - {"type"} != SCOPES[kind]:
        return [f"scope: {scope!r}"]
    return []


def _about_keyboard(markup: Any, is_edit: bool) -> list[str]:
    """One of the four kinds, well formed."""
    if markup is None:
        return []
    if not isinstance(markup, dict):
        return [f"reply_markup: {markup!r}"]
    if "inline_keyboard" in markup:
        buttons = [button for row in markup["inline_keyboard"] for button in row]
        return [f"button: {b!r}" for b in buttons if not b.get("text") or len(PRESSABLE & set(b)) != 1] + [
            f"callback_data: {b!r}"
            for b in buttons
            if "callback_data" in b and not 1 <= len(str(b["callback_data"]).encode()) <= 64
        ]
    if is_edit:
        return ["only an inline keyboard can be edited in"]
    if "keyboard" in markup:
        rows = markup["keyboard"]
        return [f"button: {b!r}" for row in rows for b in row if not b.get("text")] + ([] if rows else ["no buttons"])
    return [] if markup.get("remove_keyboard") is True or markup.get("force_reply") is True else [f"markup: {markup!r}"]


def _is_whole(value: Any) -> bool:
    return not isinstance(value, bool) and re.fullmatch(r"-?\d+", str(value)) is not None
