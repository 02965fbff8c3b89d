"""Who must know of a move, and the outbox rows that tell them, in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.casework.context import Context
from bot.casework.facts import facts_of, holder
from bot.casework.mute_pushes import wants
from bot.casework.pushes import push_of
from bot.dialogue.message import Button, Say, Words, raw
from storage.outbox import NewPush
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


class Notices:
    """What a sweep has to tell: several notices due to one chat become one message."""

    SHOWN = 10

    def __init__(self) -> None:
        self._pushes: dict[tuple[str, str, PersonId | None], list[tuple[NewPush, Case, Say]]] = {}

    def add(self, push: NewPush, case: Case, say: Say) -> None:
        told = self._pushes.setdefault((push.channel, push.chat, push.person), [])
        if all(earlier.dedupe != push.dedupe for earlier, _, _ in told):
            told.append((push, case, say))

    def send(self, ctx: Context) -> None:
        """Writes them into the outbox."""
        for told in self._pushes.values():
            if len(told) == 1:
                ctx.tx.outbox.add(told[0][0])
            else:
                ctx.tx.outbox.add(self._joined(ctx, told))

    def _joined(self, ctx: Context, told: list[tuple[NewPush, Case, Say]]) -> NewPush:
        first = told[0][0]
        # A joined message belongs to no single case, so nothing that a citizen wrote may stand in it.
        lines = [
            Words(say.words.key, {**facts_of(ctx, case), "text": "", **say.words.args})
            for _, case, say in told[: self.SHOWN]
        ]
        if len(told) > self.SHOWN:
            lines.append(Words("push.joined_more", {"n": len(told) - self.SHOWN}))
        is_staff = any(b.press.startswith(("open:", "take:")) for _, _, say in told for row in say.buttons for b in row)
        name = "open" if is_staff else "case"
        rows = [(Button(f"{name}:{case.code}", raw(str(case.code))),) for _, case, _ in told[: self.SHOWN]]
        say = Say(Words("push.joined", {"n": len(told), "lines": tuple(lines)}), tuple(rows))
        digest = hashlib.sha256("|".join(sorted(str(p.dedupe) for p, _, _ in told)).encode()).hexdigest()
        return replace(
            first,
            key=say.words.key,
            args=say.to_json(),
            case=None,
            event=None,
            dedupe=f"joined:{digest}",
            not_before=max((p.not_before for p, _, _ in told if p.not_before), default=None),
        )


def tell_citizen(
    ctx: Context,
    case: Case,
    say: Say,
    priority: Priority = Priority.STATUS,
    undoable: bool = False,
    notices: Notices | None = None,
) -> None:
    """Tells the citizen of a case, and all who follow it, on the chat each used last."""
    for citizen in (case.citizen, *ctx.tx.followers.of(case.id)):
        tell_person(ctx, case, citizen, say, priority, undoable, notices)


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


def first_step(case: Case) -> Button:
    """What whoever hears of a new case must press: sort it, or take it on."""
    if case.status is CaseStatus.TRIAGE:
        return Button(f"triage:{case.code}", Words("desk.triage"))
    return Button(f"take:{case.code}", Words("desk.take"))


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
            if each is not None and each.is_active and not _is_out(each, ctx.now):
                return (each,)
    unit = tuple(o for o in ctx.tx.officers.of_agency(agency or ctx.triage) if o.role is not Role.ADMIN)
    return tuple(o for o in unit if not _is_out(o, ctx.now)) or unit


def _is_out(officer: Officer, now: datetime) -> bool:
    return officer.out_until is not None and officer.out_until > now


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
        notices.add(push, case, say)
    else:
        ctx.tx.outbox.add(push)


def after_quiet_hours(ctx: Context) -> datetime | None:
    """The end of the quiet hours when it is quiet now."""
    quiet = ctx.config.quiet_hours
    local = ctx.now.astimezone(ctx.config.calendar.next_open(ctx.now).tzinfo)
    at = local.timetz().replace(tzinfo=None)
    is_past_start, is_before_end = at >= quiet.start, at < quiet.end
    spans_midnight = quiet.start > quiet.end
    is_quiet = is_past_start or is_before_end if spans_midnight else is_past_start and is_before_end
    if not is_quiet:
        return None
    ends = local.replace(hour=quiet.end.hour, minute=quiet.end.minute, second=0, microsecond=0)
    return ends if ends > local else ends + timedelta(days=1)
