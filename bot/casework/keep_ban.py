"""An appeal against a ban was looked at by somebody else, and the ban stays."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.lift_ban import ban_before
from bot.casework.thread import tell_back, thread_of
from bot.dialogue.message import Say, Words
from storage.records import Ban, CitizenId, Officer


def keep_ban(ctx: Context, officer: Officer, citizen_id: CitizenId, words: str) -> Ban:
    """The person reads why. Nobody judges an appeal against a ban of their own. Raises Refused."""
    ban = ensure_appealed(ctx, officer, citizen_id)
    if not words.strip():
        raise Refused("refused.keep_ban_words")
    kept = replace(ban, judged_at=ctx.now)
    ctx.tx.bans.save(kept)
    ctx.tx.audit.add(officer.actor, "ban_kept", ctx.now, {"thread": thread_of(citizen_id)})
    say = Say(Words("push.ban_kept", {"until": ban.until_at, "words": words.strip()}))
    tell_back(ctx, citizen_id, say, "ban_kept")
    return kept


def ensure_appealed(ctx: Context, officer: Officer, citizen_id: CitizenId) -> Ban:
    """The ban whose appeal this member of staff may turn down. Raises Refused."""
    ban = ban_before(ctx, officer, citizen_id)
    if ban.by == officer.id:
        raise Refused("refused.own_ban", thread=thread_of(citizen_id))
    if ban.appealed_at is None or ban.judged_at is not None:
        raise Refused("refused.no_appeal", thread=thread_of(citizen_id))
    return ban
