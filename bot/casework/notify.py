"""Who must know of a move, and the outbox rows that tell them, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.casework.context import Context
from bot.casework.facts import holder
from bot.casework.mute_pushes import wants
from bot.casework.notices import Notices
from bot.casework.pushes import push_of
from bot.dialogue.message import Button, Say, Words
from storage.records import (
    AgencyId,
    Case,
    CaseStatus,
    Chat,
    CitizenId,
    Officer,
    OfficerId,
    PersonId,
    Priority,
    Role,
    Urgency,
)

UNDOABLE = timedelta(seconds=60)
"""Pushes of a move that may be undone wait this long (DOMAIN: undo within 60 s); khẩn waits for nothing."""


def tell_citizen(
    ctx: Context,
    case: Case,
    say: Say,
    undoable: bool = False,
    notices: Notices | None = None,
) -> None:
    """Tells the citizen of a case, and all who follow it, on the chat each used last."""
    for citizen in (case.citizen, *ctx.tx.followers.of(case.id)):
        tell_person(ctx, case, citizen, say, undoable=undoable, notices=notices)


def tell_person(
    ctx: Context,
    case: Case,
    citizen: CitizenId,
    say: Say,
    priority: Priority = Priority.STATUS,
    undoable: bool = False,
    notices: Notices | None = None,
) -> None:
    """Tells one citizen about a case, unless they are gone or switched this kind off."""
    if not wants(ctx.tx.citizens.get(citizen), say.words.key, priority):
        return
    chat = best_chat(ctx.tx.chats.of_citizen(citizen))
    if chat is not None:
        quiet = None if case.urgency is Urgency.KHAN else after_quiet_hours(ctx)
        _push(ctx, case, chat, PersonId(citizen), say, priority, undoable, quiet, notices)


def tell_office(
    ctx: Context,
    case: Case,
    say: Say,
    undoable: bool = False,
    agency: AgencyId | None = None,
    notices: Notices | None = None,
) -> int:
    """Tells whoever holds the case: its officer, else everybody of the agency who is in; returns how many."""
    officers = _holders(ctx, case, agency or holder(ctx, case))
    tell_officers(ctx, case, officers, say, undoable, notices)
    return len(officers)


def tell_officers(
    ctx: Context,
    case: Case,
    officers: Iterable[Officer],
    say: Say,
    undoable: bool = False,
    notices: Notices | None = None,
) -> None:
    """Tells these members of staff about a case; administrators work on none."""
    priority = Priority.URGENT if case.urgency is Urgency.KHAN else Priority.STATUS
    for officer in officers:
        chat = best_chat(ctx.tx.chats.of_officer(officer.id)) if officer.role is not Role.ADMIN else None
        if chat is not None:
            _push(ctx, case, chat, PersonId(officer.id), say, priority, undoable, None, notices)


def case_say(key: str, *buttons: tuple[Button, ...], pictures: tuple[str, ...] = (), **args: object) -> Say:
    """A message about a case: the facts of the case (code, agency, due_at, custody …) are put in at send time."""
    return Say(Words(key, args), buttons, pictures)


def desk_button(case: Case, press: str) -> Button:
    """What staff can do with a case ("open", "take", "review" …), under the words of the same name."""
    return Button(f"{press}:{case.code}", Words(f"desk.{press}"))


def first_step(case: Case) -> Button:
    """What whoever hears of a new case must press: sort it, or take it on."""
    return desk_button(case, "triage" if case.status is CaseStatus.TRIAGE else "take")


def plain_say(key: str, *buttons: tuple[Button, ...], **args: object) -> Say:
    """A message that is about no single case."""
    return Say(Words(key, args), buttons)


def tell_plainly(
    ctx: Context, officers: Iterable[Officer], say: Say, dedupe: str, priority: Priority = Priority.STATUS
) -> int:
    """Tells members of staff something that is about no single case, once for each `dedupe`; returns how many."""
    told = 0
    for officer in officers:
        chat = best_chat(ctx.tx.chats.of_officer(officer.id))
        if chat is None:
            continue
        key = f"{say.words.key}:{dedupe}:{officer.id}"
        push = push_of(say, chat.channel, chat.chat, officer.id, priority, ctx.now, dedupe=key)
        told += ctx.tx.outbox.add(push) is not None
    return told


def best_chat(chats: tuple[Chat, ...]) -> Chat | None:
    """The reachable chat used last; else the one used last, where messages wait until its person comes back."""
    return next((chat for chat in chats if chat.reachable), chats[0] if chats else None)


def _holders(ctx: Context, case: Case, agency: AgencyId | None) -> tuple[Officer, ...]:
    """The officer of the case, else the cover, else everybody of the agency who is in; if nobody is, all of them."""
    if case.officer is not None and agency == case.agency:
        officer = ctx.tx.officers.get(case.officer)
        cover = ctx.tx.officers.get(OfficerId(officer.cover)) if officer.cover is not None else None
        for each in (officer, cover):
            if each is not None and each.is_active and not each.is_out(ctx.now):
                return (each,)
    unit = tuple(o for o in ctx.tx.officers.of_agency(agency or ctx.triage) if o.role is not Role.ADMIN)
    return tuple(o for o in unit if not o.is_out(ctx.now)) or unit


def _push(
    ctx: Context,
    case: Case,
    chat: Chat,
    person: PersonId,
    say: Say,
    priority: Priority,
    undoable: bool,
    not_before: datetime | None = None,
    notices: Notices | None = None,
) -> None:
    if undoable and case.urgency is not Urgency.KHAN:
        not_before = max(filter(None, (not_before, ctx.now + UNDOABLE)))
    where, dedupe = (chat.channel, chat.chat, person, priority), f"{case.id}:{case.seq}:{person}"
    push = push_of(say, *where, ctx.now, case=case, dedupe=dedupe, not_before=not_before)
    # Danger is told on its own, at once.
    if notices is not None and case.urgency is not Urgency.KHAN:
        notices.add(push, case)
    else:
        ctx.tx.outbox.put(push)


def after_quiet_hours(ctx: Context) -> datetime | None:
    """The end of the quiet hours when it is quiet now."""
    quiet = ctx.config.quiet_hours
    local = ctx.local
    at = local.time()
    is_past_start, is_before_end = at >= quiet.start, at < quiet.end
    spans_midnight = quiet.start > quiet.end
    is_quiet = is_past_start or is_before_end if spans_midnight else is_past_start and is_before_end
    if not is_quiet:
        return None
    ends = local.replace(hour=quiet.end.hour, minute=quiet.end.minute, second=0, microsecond=0)
    return ends if ends > local else ends + timedelta(days=1)
