"""An invitation is made, used once, and confirmed: how somebody becomes staff."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta

from bot.casework.apply_config import tell_administrators
from bot.casework.contact import hear_from
from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from storage.records import AgencyId, Chat, Invitation, Officer, OfficerId, Role

VALID_FOR = timedelta(hours=24)
CODE_BYTES = 16
WRONG_CODES = 5
LOCK_SECONDS = 15 * 60


def new_code() -> str:
    """A single-use code of 128 random bits, 32 letters and digits, so that one double click takes it whole.

    It fits a deep link's 64 characters. Drawn before the transaction.
    """
    return secrets.token_hex(CODE_BYTES)


def code_hash(code: str) -> str:
    """What is stored in place of a code."""
    return hashlib.sha256(code.strip().encode()).hexdigest()


def invite(
    ctx: Context, code: str, agency: AgencyId, role: Role, by: str, name: str = "", confirmed: bool = False
) -> Invitation:
    """Stores an invitation; the code itself is shown once by the caller. Raises Refused for an unknown agency."""
    if ctx.agency(agency) is None:
        raise Refused("refused.unknown_agency", agency=agency)
    invitation = Invitation(code_hash(code), agency, role, ctx.now, ctx.now + VALID_FOR, by, name, confirmed)
    ctx.tx.invitations.add(invitation)
    ctx.tx.audit.add(by, "invited", ctx.now, {"agency": agency, "role": role.value})
    return invitation


def join_staff(ctx: Context, channel: str, chat: str, code: str, name: str) -> Officer:
    """Uses an invitation exactly once. Five wrong codes lock the chat for 15 minutes. Raises Refused."""
    if not code:
        raise Refused("staff.need_code")
    who = f"{channel}:{chat}"
    wrong = ctx.tx.rates.hit(who, "staff_code", ctx.now, LOCK_SECONDS)
    if wrong > WRONG_CODES:
        raise Refused("staff.locked")
    invitation = ctx.tx.invitations.take(code_hash(code), ctx.now)
    if invitation is None:
        ctx.tx.audit.add(who, "wrong_code", ctx.now, {})
        raise Refused("staff.wrong_code")
    officer = Officer(
        id=OfficerId(ctx.tx.new_id()),
        agency=invitation.agency,
        role=invitation.role,
        name=invitation.name or name,
        created_at=ctx.now,
        confirmed_at=ctx.now if invitation.confirmed else None,
    )
    ctx.tx.officers.add(officer)
    known = ctx.tx.chats.get(channel, chat) or Chat(channel, chat)
    hear_from(ctx, replace(known, officer=officer.id))
    ctx.tx.audit.add(officer.actor, "joined", ctx.now, {"agency": officer.agency, "role": officer.role.value})
    if officer.confirmed_at is None:
        agency = agency_name(ctx, officer.agency)
        tell_administrators(ctx, "staff.waits", name=officer.name or "–", agency=agency, number=chat)
    return officer
