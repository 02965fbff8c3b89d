"""Keeping somebody from filing for a while, and letting them again; their name is never shown for it."""

from __future__ import annotations

from datetime import datetime, time

from bot.casework.ban_citizen import BANNERS, ban_citizen, ensure_bannable, latest_end, reason_in_words
from bot.casework.context import Refused
from bot.casework.keep_ban import ensure_appealed, keep_ban
from bot.casework.lift_ban import JUDGES, lift_ban
from bot.casework.permissions import ensure_may_see, ensure_role
from bot.casework.resolve_case import day_named
from bot.casework.thread import citizen_behind, is_thread, open_thread, thread_of
from bot.desk.act import Act, Ask, done
from bot.desk.cards import short
from bot.dialogue.message import Button, Say, Words
from bot.reports.pages import page_in, page_of
from nlp.normalize import fold
from routing.calendar import HANOI
from storage.records import Ban, CitizenId

UNTIL = "until"
OFFERED_DAYS = (1, 7, 30)
SURE = (("yes", Words("desk.ban_yes")), ("no", Words("desk.ban_no")))
SHOWN = 10
MOST = 5000


def ban(act: Act) -> tuple[Say, ...]:
    """/khoa CODE or T-…: reason, words and end are asked for; nothing happens without a yes."""
    ensure_role(act.officer, *BANNERS)
    whose, said = _whose(act)
    ensure_bannable(act.ctx, act.officer, whose)
    thread = thread_of(whose)
    reasons = tuple(act.ctx.config.reasons.ban.items())
    reason = act.choose("reason", "desk.ask_ban_reason", reasons, thread=thread) if reasons else ""
    words = said or act.need("words", "desk.ask_ban_words", thread=thread)
    until_at = _end(act, thread)
    told = reason_in_words(act.ctx, reason, words)
    if act.choose("sure", "desk.ask_ban", SURE, thread=thread, until=until_at, reason=told) == "no":
        return done("desk.not_banned", thread=thread)
    ban_citizen(act.ctx, act.officer, whose, reason, words, until_at)
    lift = ((Button(f"do:mokhoa {thread}", Words("desk.lift_ban")),),)
    return (Say(Words("desk.banned", {"thread": thread, "until": until_at}), lift),)


def lift(act: Act) -> tuple[Say, ...]:
    """/mokhoa CODE or T-…; without either the bans in force, those with an appeal first."""
    ensure_role(act.officer, *JUDGES)
    whom, number = page_in(fold(act.words))
    if act.case is None and not whom:
        return _standing(act, number)
    whose, _ = _whose(act)
    lift_ban(act.ctx, act.officer, whose)
    return done("desk.unbanned", thread=thread_of(whose))


def keep(act: Act) -> tuple[Say, ...]:
    """/giukhoa T-… words: an appeal is not granted."""
    whose, said = _whose(act)
    ensure_appealed(act.ctx, act.officer, whose)
    thread = thread_of(whose)
    keep_ban(act.ctx, act.officer, whose, said or act.need("words", "desk.ask_keep_ban", thread=thread))
    return done("desk.ban_kept", thread=thread)


def _whose(act: Act) -> tuple[CitizenId, str]:
    """Whom it is about (the thread or the case that was named) and the words after it. Raises Ask, Refused."""
    first, _, rest = act.words.strip().partition(" ")
    if is_thread(first):
        return citizen_behind(act.ctx, first), rest.strip()
    case, rest = act.case, act.words.strip()
    if case is None and first:
        case, rest = act.ctx.case_of(first), rest.partition(" ")[2].strip()
        if case is None:
            raise Refused("refused.unknown_case", code=first)
    if case is None:
        raise Ask("desk.ask_ban_whom")
    ensure_may_see(act.ctx, act.officer, case)
    open_thread(act.ctx, case.citizen)
    return case.citizen, rest


def _end(act: Act, thread: str) -> datetime:
    """The end of the day that was named. Raises Ask, with a few on offer, also when it is too far off."""
    said = str(act.memo.get(UNTIL) or "").strip()
    day = day_named(act.ctx, said) if said else None
    last = latest_end(act.ctx)
    until_at = datetime.combine(day, time(23, 59, 59), tzinfo=HANOI) if day is not None else None
    if until_at is not None and act.ctx.now < until_at <= last:
        return until_at
    key = "desk.ask_ban_until_again" if said else "desk.ask_ban_until"
    longest = act.ctx.config.limits.longest_ban_days
    row = tuple(
        Button(f"pick:{days} ngay", Words("desk.days", {"n": days})) for days in OFFERED_DAYS if days <= longest
    )
    raise Ask(key, Say(Words(key, {"thread": thread, "n": longest}), (row,)), slot=UNTIL, drop=(UNTIL,))


def _standing(act: Act, number: int) -> tuple[Say, ...]:
    bans = act.ctx.tx.bans.standing(act.ctx.now, MOST)
    if not bans:
        return done("desk.no_bans")
    page = page_of(sorted(bans, key=lambda ban: not _waits(ban)), number, SHOWN)
    for each in page.shown:
        open_thread(act.ctx, each.citizen)
    lines = tuple(_line(each) for each in page.shown)
    rows = tuple(row for each in page.shown for row in _decisions(each))
    if not page.is_last:
        rows = (*rows, (Button(f"do:mokhoa trang {page.number + 1}", Words("more")),))
    return (Say(Words("desk.bans", {"n": len(bans), "lines": lines}), rows),)


def _decisions(ban: Ban) -> tuple[tuple[Button, ...], ...]:
    thread = thread_of(ban.citizen)
    presses = ("mokhoa", "giukhoa") if _waits(ban) else ("mokhoa",)
    return (tuple(Button(f"do:{press} {thread}", Words(f"desk.{press}", {"thread": thread})) for press in presses),)


def _waits(ban: Ban) -> bool:
    return ban.appealed_at is not None and ban.judged_at is None


def _line(ban: Ban) -> Words:
    appeal = ("", Words("desk.ban_appeal", {"words": short(ban.appeal or "", 120)})) if _waits(ban) else ""
    args = {"thread": thread_of(ban.citizen), "until": ban.until_at, "reason": short(ban.reason, 80), "appeal": appeal}
    return Words("desk.ban_line", args)
