"""Staff files a complaint for somebody on the telephone or at the counter."""

from __future__ import annotations

from dataclasses import dataclass

from bot.casework.context import Context, Refused
from bot.casework.file_case import Complaint, file_one
from bot.casework.permissions import ensure_role
from bot.dialogue.session import Draft, Where
from storage.records import Case, Citizen, CitizenId, Officer, Role, Urgency

CHANNELS = ("phone", "counter")
CONSENT = "spoken"
"""Version noted for a consent given by word of mouth, heard by the member of staff who files."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who complains: nothing of it is required but the spoken consent."""

    name: str = ""
    phone: str = ""
    consented: bool = False


def file_for_someone(
    ctx: Context, officer: Officer, caller: Caller, channel: str, text: str, category: str, ward_code: str | None
) -> Case:
    """Files it under the caller's own name; a caller known by telephone keeps one account. Raises Refused."""
    ensure_role(officer, Role.OFFICER, Role.LEAD, Role.TRIAGE)
    if channel not in CHANNELS:
        raise Refused("refused.channel")
    if category not in ctx.config.categories:
        raise Refused("refused.unknown_category", category=category)
    if not text.strip():
        raise Refused("refused.empty_filing")
    if not caller.consented:
        raise Refused("refused.spoken_consent")
    citizen = _citizen(ctx, caller)
    place = None
    if ward_code is not None:
        committee = ctx.config.committee_of(ward_code)
        place = Where(ward_code, ctx.config.agencies[committee].name if committee else ward_code)
    draft = Draft(text=text.strip(), category=category, where=place)
    return file_one(ctx, citizen, Complaint(draft, channel), category, Urgency.BINH_THUONG, None, officer.actor)


def _citizen(ctx: Context, caller: Caller) -> Citizen:
    known = ctx.tx.citizens.by_phone(caller.phone) if caller.phone else ()
    living = [c for c in known if c.erased_at is None]
    if living:
        return living[0]
    citizen = Citizen(
        id=CitizenId(ctx.tx.new_id()),
        created_at=ctx.now,
        name=caller.name or None,
        phone=caller.phone or None,
        consent=CONSENT,
        consent_at=ctx.now,
    )
    ctx.tx.citizens.add(citizen)
    ctx.tx.consents.add(citizen.id, CONSENT, ctx.now)
    return citizen
