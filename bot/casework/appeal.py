"""A person who may not file for a while says why that is wrong; somebody else than who decided it judges."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.thread import open_thread, tell_desk
from bot.dialogue.message import Button, Say, Words
from storage.records import Ban, Citizen, Officer

LONGEST = 1000


def appeal(ctx: Context, citizen: Citizen, words: str) -> Ban:
    """Keeps the words beside the ban and tells who may judge it. Raises Refused.

    Words said before the judgement are added; after it the ban stays as it is until its end.
    """
    ban = ctx.tx.bans.active(citizen.id, ctx.now)
    if ban is None:
        raise Refused("appeal.none")
    if ban.judged_at is not None:
        raise Refused("appeal.judged", until=ban.until_at)
    if not words.strip():
        raise Refused("appeal.words")
    said = "\n".join(part for part in (ban.appeal, words.strip()) if part)[:LONGEST]
    appealed = replace(ban, appeal=said, appealed_at=ban.appealed_at or ctx.now)
    ctx.tx.bans.save(appealed)
    thread = open_thread(ctx, citizen.id)
    args = {"thread": thread, "words": words.strip()[:LONGEST], "reason": ban.reason, "until": ban.until_at}
    say = Say(Words("push.appeal", args), appeal_buttons(thread))
    tell_desk(ctx, citizen.id, say, _judges(ctx, ban), "appeal:")
    return appealed


def appeal_buttons(thread: str) -> tuple[tuple[Button, ...], ...]:
    """What whoever judges may do."""
    lift = Button(f"do:mokhoa {thread}", Words("desk.lift_ban"))
    return ((lift, Button(f"do:giukhoa {thread}", Words("desk.keep_ban"))),)


def _judges(ctx: Context, ban: Ban) -> tuple[Officer, ...]:
    """The triage desk without who imposed the ban; where nobody else is there, the reviewers."""
    others = tuple(o for o in ctx.tx.officers.of_agency(ctx.triage) if o.id != ban.by)
    return others or tuple(ctx.tx.officers.of_agency(ctx.reviewer))
