"""Somebody may not file for a while: told at once why, until when, and how to say that it is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.casework.context import Context, Refused
from bot.casework.permissions import ensure_role
from bot.casework.thread import open_thread, tell_back
from bot.dialogue.message import Button, Say, Words
from storage.records import Ban, CitizenId, Officer, Role

BANNERS = (Role.TRIAGE, Role.ADMIN)
"""Who may ban, and sees who is banned."""


def ban_citizen(
    ctx: Context, officer: Officer, citizen_id: CitizenId, reason: str, words: str, until_at: datetime
) -> Ban:
    """`reason`: a code of config (reasons.ban); `words`: what the person did, in words that they will read.

    Open cases go on, and emergencies are heard. Raises Refused.
    """
    ensure_bannable(ctx, officer, citizen_id)
    reasons = ctx.config.reasons.ban
    if reasons and reason not in reasons:
        raise Refused("refused.ban_reason")
    if not words.strip():
        raise Refused("refused.ban_words")
    if until_at <= ctx.now:
        raise Refused("refused.ban_past")
    if until_at > latest_end(ctx):
        raise Refused("refused.ban_too_long", n=ctx.config.limits.longest_ban_days)
    ban = Ban(citizen_id, reason_in_words(ctx, reason, words), officer.id, ctx.now, until_at)
    ctx.tx.bans.add(ban)
    facts = {"thread": open_thread(ctx, citizen_id), "reason": reason, "until": until_at.isoformat()}
    ctx.tx.audit.add(officer.actor, "banned", ctx.now, facts)
    tell_back(ctx, citizen_id, banned_say("push.banned", ban), "banned")
    return ban


def ensure_bannable(ctx: Context, officer: Officer, citizen_id: CitizenId) -> None:
    """Raises Refused without the right to, or when the person is banned already or gone."""
    ensure_role(officer, *BANNERS)
    if ctx.tx.citizens.get(citizen_id).erased_at is not None:
        raise Refused("refused.ban_gone")
    ban = ctx.tx.bans.active(citizen_id, ctx.now)
    if ban is not None:
        raise Refused("refused.banned_already", until=ban.until_at, reason=ban.reason)


def latest_end(ctx: Context) -> datetime:
    """The last moment at which a ban imposed now may end: the end of the day, so many days ahead (config)."""
    last = ctx.local + timedelta(days=ctx.config.limits.longest_ban_days)
    return last.replace(hour=23, minute=59, second=59, microsecond=0)


def reason_in_words(ctx: Context, reason: str, words: str) -> str:
    """The reason as the person reads it; it stands as it was said, whatever config says later."""
    label = ctx.config.reasons.ban.get(reason, "")
    return ". ".join(part for part in (label, words.strip()) if part)


def banned_say(key: str, ban: Ban) -> Say:
    """The truth about a ban, with the way to appeal."""
    return Say(
        Words(key, {"until": ban.until_at, "reason": ban.reason}),
        ((Button("do:khieunai", Words("appeal.button")),),),
    )
