"""A ban outlives the erasure of data: whoever begins anew in the same chat is banned until the same day."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context
from storage.records import Ban, Chat, Citizen, CitizenId


def outlast_erasure(ctx: Context, ban: Ban, chats: tuple[Chat, ...]) -> None:
    """Puts a person of whom nothing is known in place of the erased one, with the end of the ban and its kind.

    What was said in the ban about the person is gone with them; a reason of config stays, so that they are told why.
    """
    stranger = Citizen(CitizenId(ctx.tx.new_id()), ctx.now)
    ctx.tx.citizens.add(stranger)
    reasons = ctx.config.reasons.ban.values()
    reason = next((label for label in reasons if ban.reason.startswith(label)), "–")
    ctx.tx.bans.add(replace(ban, citizen=stranger.id, reason=reason, appeal=None))
    for chat in chats:
        ctx.tx.chats.save(replace(chat, citizen=stranger.id))
