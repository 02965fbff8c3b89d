"""Who stands at the staff door: somebody known, or a stranger whom only an invitation lets in."""

from __future__ import annotations

from bot.casework.contact import hear_from
from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from bot.casework.join_staff import join_staff
from bot.dialogue.message import Incoming, Say, Words
from storage.records import Officer, PersonId


def officer_behind(ctx: Context, incoming: Incoming) -> Officer | None:
    """The member of staff of a chat, who has just been in touch; None for a stranger."""
    chat = ctx.tx.chats.get(incoming.channel, incoming.chat)
    if chat is None or chat.officer is None:
        return None
    hear_from(ctx, chat)
    return ctx.tx.officers.get(chat.officer)


def person_behind(ctx: Context, incoming: Incoming) -> PersonId | None:
    """Whose key seals what is said in this chat now: somebody may have just come in."""
    chat = ctx.tx.chats.get(incoming.channel, incoming.chat)
    return PersonId(chat.officer) if chat is not None and chat.officer is not None else None


def let_in(ctx: Context, incoming: Incoming) -> tuple[Say, ...]:
    """A stranger's invitation is taken, or asked for."""
    code = (incoming.argument or incoming.text or "").strip()
    if incoming.command not in (None, "start") or len(code.split()) > 1:
        # A greeting or a command is no wrong code.
        code = ""
    try:
        officer = join_staff(ctx, incoming.channel, incoming.chat, code, incoming.name or "")
    except Refused as refusal:
        return (Say(Words(refusal.key, refusal.args_for_words)),)
    key = "desk.welcome" if officer.is_active else "desk.welcome_unconfirmed"
    return (Say(Words(key, {"agency": agency_name(ctx, officer.agency), "number": incoming.chat})),)
