"""A person's consent, identity and rights over their own data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.casework.context import Context
from bot.casework.hearing import OF_MANY
from bot.casework.lifecycle import LEGAL
from bot.casework.outlast_erasure import outlast_erasure
from bot.casework.thread import prefix_of
from bot.casework.withdraw_case import withdraw_case
from storage.records import CaseStatus, Citizen, FileId, FileStatus, PersonId

ACKNOWLEDGE_DAYS = 2
FINISH_DAYS = 15
"""Working days in which requests about one's own data are acknowledged and finished (NĐ 356/2025)."""


def give_consent(ctx: Context, citizen: Citizen, version: str) -> Citizen:
    """Records consent to this version of the notice: provable, with its time."""
    agreed = replace(citizen, consent=version, consent_at=ctx.now)
    ctx.tx.consents.add(citizen.id, version, ctx.now)
    ctx.tx.citizens.save(agreed)
    return agreed


def save_identity(ctx: Context, citizen: Citizen, said: Mapping[str, Any]) -> Citizen:
    """Keeps the name, the phone or the home ward that the citizen gave."""
    known = replace(
        citizen,
        name=said.get("name", citizen.name),
        phone=said.get("phone", citizen.phone),
        home_ward=said.get("home", citizen.home_ward),
    )
    ctx.tx.citizens.save(known)
    return known


def forget_files(ctx: Context, citizen: Citizen, files: Iterable[FileId]) -> None:
    """Gives up pictures of a draft that was thrown away; their bytes are swept afterwards."""
    for file_id in files:
        file = ctx.tx.files.get(file_id)
        if file.person == PersonId(citizen.id) and file.case is None:
            ctx.tx.files.save(replace(file, status=FileStatus.REFUSED, refused="forgotten", retry_at=None))


def correct_data(ctx: Context, citizen: Citizen, said: Mapping[str, Any]) -> Citizen:
    """Puts right what was `said`; with nothing said forgets name, phone and home ward, so that they are asked again."""
    note_request(ctx, citizen, "correct", is_done=True)
    return save_identity(ctx, citizen, said or {"name": None, "phone": None, "home": None})


def withdraw_consent(ctx: Context, citizen: Citizen) -> int:
    """Ends consent: no new filing and no pushes, cases under way are finished. Returns the request's number."""
    ctx.tx.consents.withdraw(citizen.id, ctx.now)
    ctx.tx.citizens.save(replace(citizen, consent=None))
    ctx.tx.outbox.purge(citizen.id)
    return note_request(ctx, citizen, "withdraw", is_done=True)


def erase_data(ctx: Context, citizen: Citizen) -> tuple[int, datetime]:
    """Destroys the person's key, purges what waits to be sent, and gives up the pictures; the chain stays whole.

    Open cases end, as nobody can work on words that are gone; the offices are told; a ban stays with the chats. Returns
    the request's number and the date by which the last picture must be deleted.
    """
    ban, chats = ctx.tx.bans.active(citizen.id, ctx.now), ctx.tx.chats.of_citizen(citizen.id)
    cases = ctx.tx.cases.of_citizen(citizen.id, limit=10_000)
    for case in cases:
        ctx.tx.outbox.forget_case(case.id)
        if CaseStatus.WITHDRAWN in LEGAL[case.status]:
            withdraw_case(ctx, citizen, case.id)
    for file in ctx.tx.files.of_person(citizen.id):
        ctx.tx.files.save(replace(file, status=FileStatus.REFUSED, refused="erased", retry_at=None))
    ctx.tx.outbox.forget_dedupe(prefix_of(citizen.id))
    ctx.tx.outbox.forget_dedupe(OF_MANY)
    ctx.tx.outbox.purge(citizen.id)
    number = note_request(ctx, citizen, "erase")
    ctx.tx.citizens.erase(citizen.id, ctx.now)
    if ban is not None:
        ctx.tx.bans.save(replace(ban, lifted_at=ctx.now))
        outlast_erasure(ctx, ban, chats)
    return number, ctx.config.calendar.add_days(ctx.now, FINISH_DAYS)


def note_request(ctx: Context, citizen: Citizen, kind: str, is_done: bool = False) -> int:
    """Notes a request with its statutory dates; what is asked for in the chat is acknowledged at once."""
    calendar = ctx.config.calendar
    return ctx.tx.requests.add(
        citizen.id,
        kind,
        asked_at=ctx.now,
        acknowledge_by=calendar.add_days(ctx.now, ACKNOWLEDGE_DAYS),
        finish_by=calendar.add_days(ctx.now, FINISH_DAYS),
        acknowledged_at=ctx.now,
        finished_at=ctx.now if is_done else None,
    )
