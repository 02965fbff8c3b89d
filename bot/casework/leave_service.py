"""A member of staff is away for a while, or leaves for good: nobody's cases are forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.casework.context import Context, Refused
from bot.casework.lifecycle import remark
from bot.casework.notify import plain_say, tell_plainly
from bot.casework.permissions import ensure_active, ensure_role
from storage.records import OPEN_STATUSES, Case, CaseStatus, Officer, Role

HELD = tuple(sorted(OPEN_STATUSES - {CaseStatus.DISPUTED}))
MOST = 10_000


def take_leave(ctx: Context, officer: Officer, until_at: datetime | None, cover: Officer | None) -> Officer:
    """Out until then, a colleague covering; None ends the absence. New matters go to the cover. Raises Refused."""
    ensure_active(officer)
    if until_at is not None and until_at <= ctx.now:
        raise Refused("refused.leave_past")
    if until_at is not None and cover is not None:
        ensure_colleague(officer, cover)
    changed = replace(officer, out_until=until_at, cover=cover.id if cover and until_at else None)
    ctx.tx.officers.save(changed)
    ctx.tx.audit.add(officer.actor, "out" if until_at else "back", ctx.now, {"cover": changed.cover})
    if until_at is not None and cover is not None:
        tell_plainly(
            ctx,
            (cover,),
            plain_say("push.cover", name=officer.name, until=until_at),
            f"{officer.id}:{ctx.now.timestamp()}",
        )
    return changed


def leave_service(ctx: Context, officer: Officer, heir: Officer | None) -> int:
    """Ends an officer's service and rights; open cases go to `heir` or back to the unit. Returns how many."""
    ensure_active(officer)
    if heir is not None:
        ensure_colleague(officer, heir)
    count = hand_over(ctx, officer, heir, officer.actor)
    ctx.tx.officers.save(replace(officer, revoked_at=ctx.now))
    ctx.tx.audit.add(officer.actor, "left", ctx.now, {"cases": count})
    return count


def hand_over(ctx: Context, officer: Officer, heir: Officer | None, by: str) -> int:
    """Every open case of an officer goes to a colleague, or waits for the unit; told in one message."""
    cases: tuple[Case, ...] = ctx.tx.cases.queue(officer=officer.id, statuses=HELD, limit=MOST)
    for case in cases:
        facts = {"from": officer.id, "to": heir.id if heir else None}
        remark(ctx, ctx.tx.cases.lock(case.id), "handed_over", by, facts=facts, officer=heir.id if heir else None)
    unit = tuple(o for o in ctx.tx.officers.of_agency(officer.agency) if o.id != officer.id)
    told = (heir,) if heir else tuple(o for o in unit if o.role is Role.LEAD) or unit
    if cases:
        say = plain_say("push.handed_over", name=officer.name, n=len(cases))
        tell_plainly(ctx, told, say, f"{officer.id}:{ctx.now.timestamp()}")
    return len(cases)


def confirm_officer(ctx: Context, admin: Officer, officer: Officer) -> Officer:
    """An administrator has checked who is behind an invitation. Raises Refused."""
    ensure_role(admin, Role.ADMIN)
    if officer.revoked_at is not None:
        raise Refused("refused.revoked")
    if officer.confirmed_at is not None:
        raise Refused("refused.confirmed_already")
    confirmed = replace(officer, confirmed_at=ctx.now)
    ctx.tx.officers.save(confirmed)
    ctx.tx.audit.add(admin.actor, "confirmed", ctx.now, {"officer": officer.id})
    tell_plainly(ctx, (confirmed,), plain_say("push.confirmed"), "once")
    return confirmed


def revoke_officer(ctx: Context, admin: Officer, officer: Officer) -> int:
    """Takes the rights away, acting at the next message; open cases go back to the unit. Returns how many. Refused."""
    ensure_role(admin, Role.ADMIN)
    if officer.id == admin.id:
        raise Refused("refused.revoke_self")
    if officer.revoked_at is not None:
        raise Refused("refused.revoked_already")
    count = hand_over(ctx, officer, None, admin.actor)
    ctx.tx.officers.save(replace(officer, revoked_at=ctx.now))
    ctx.tx.audit.add(admin.actor, "revoked", ctx.now, {"officer": officer.id, "cases": count})
    return count


def ensure_colleague(officer: Officer, other: Officer) -> None:
    """Raises Refused for oneself, another agency, or somebody without rights."""
    if other.id == officer.id or other.agency != officer.agency or not other.is_active:
        raise Refused("refused.not_a_colleague")
