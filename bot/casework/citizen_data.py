"""A person's consent, identity and rights over their own data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.casework.context import Context
from bot.dialogue.message import Say, Words
from storage.records import Citizen, FileId, FileStatus, PersonId

ACKNOWLEDGE_DAYS = 2
FINISH_DAYS = 15
"""Working days and days of NĐ 356/2025 for requests about one's own data."""


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


def data_held(ctx: Context, citizen: Citizen) -> tuple[Say, ...]:
    """What is held about a person, in words and as JSON."""
    cases = ctx.tx.cases.of_citizen(citizen.id, open_only=False, limit=1000, offset=0)
    held = {
        "name": citizen.name,
        "phone": citizen.phone,
        "home_ward": citizen.home_ward,
        "consent": citizen.consent,
        "consent_at": citizen.consent_at.isoformat() if citizen.consent_at else None,
        "language": citizen.language,
        "cases": [
            {
                "code": case.code,
                "filed_at": case.filed_at.isoformat(),
                "status": case.status.value,
                "category": case.category,
                "text": case.text,
                "place": case.place_words,
                "point": [case.point.lat, case.point.lon] if case.point else None,
                "files": len(ctx.tx.files.of_case(case.id)),
            }
            for case in cases
        ],
    }
    words = Words(
        "privacy.held",
        {
            "name": citizen.name or "–",
            "phone": citizen.phone or "–",
            "home": citizen.home_ward or "–",
            "consent_at": citizen.consent_at or "–",
            "n": len(cases),
        },
    )
    return (Say(words, document=("du-lieu-cua-toi.json", json.dumps(held, ensure_ascii=False, indent=2))),)


def correct_data(ctx: Context, citizen: Citizen) -> Citizen:
    """Forgets name, phone and home ward, so that they are asked again."""
    blank = replace(citizen, name=None, phone=None, home_ward=None)
    ctx.tx.citizens.save(blank)
    return blank


def withdraw_consent(ctx: Context, citizen: Citizen) -> int:
    """Ends consent: no new filing and no pushes, cases under way are finished. Returns the request's number."""
    ctx.tx.consents.withdraw(citizen.id, ctx.now)
    ctx.tx.citizens.save(replace(citizen, consent=None))
    ctx.tx.outbox.purge(citizen.id)
    return _request(ctx, citizen, "withdraw")


def erase_data(ctx: Context, citizen: Citizen) -> None:
    """Destroys the person's key, purges what waits to be sent, and gives up the pictures; the chain stays whole."""
    for file in ctx.tx.files.of_person(citizen.id):
        ctx.tx.files.save(replace(file, status=FileStatus.REFUSED, refused="erased", retry_at=None))
    ctx.tx.outbox.purge(citizen.id)
    _request(ctx, citizen, "erase", is_done=True)
    ctx.tx.citizens.erase(citizen.id, ctx.now)


def _request(ctx: Context, citizen: Citizen, kind: str, is_done: bool = False) -> int:
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
