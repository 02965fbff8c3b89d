"""A group chat of an agency: new cases are posted there without personal data, and the first press takes one."""

from __future__ import annotations

from dataclasses import replace

from bot.casework.context import Context, Refused
from bot.casework.facts import agency_name
from bot.casework.notify import UNDOABLE, desk_button
from bot.casework.permissions import ensure_role
from bot.casework.pushes import push_of
from bot.dialogue.message import Say, Words
from storage.records import AgencyId, Case, Chat, Officer, Priority, Role, Urgency


def bind_group(ctx: Context, officer: Officer, channel: str, chat: str, is_bound: bool = True) -> Chat:
    """Binds a group to the agency of a lead (or frees it), and tells the group.

    Raises Refused for a private chat or another's group.
    """
    ensure_role(officer, Role.LEAD, Role.TRIAGE, Role.ADMIN)
    known = ctx.tx.chats.get(channel, chat) or Chat(channel, chat)
    if known.citizen is not None or known.officer is not None:
        raise Refused("refused.not_a_group")
    if known.agency is not None and known.agency != officer.agency and officer.role is not Role.ADMIN:
        raise Refused("refused.group_taken")
    bound = replace(known, agency=officer.agency if is_bound else None, reachable=True, last_heard_at=ctx.now)
    ctx.tx.chats.save(bound)
    key = "push.group_bound" if is_bound else "push.group_freed"
    told = Say(Words(key, {"agency": agency_name(ctx, officer.agency)}))
    ctx.tx.outbox.add(push_of(told, channel, chat, None, Priority.REPLY, ctx.now))
    what = "group_bound" if is_bound else "group_freed"
    ctx.tx.audit.add(officer.actor, what, ctx.now, {"agency": officer.agency, "channel": channel})
    return bound


def post_to_group(
    ctx: Context, case: Case, agency: AgencyId | None, key: str = "push.new_group", undoable: bool = False
) -> int:
    """Posts a case to the agency's groups: code, topic, ward, deadline; never a word of the citizen. How many."""
    if agency is None:
        return 0
    groups = [g for g in ctx.tx.chats.of_agency(agency) if g.reachable and g.officer is None and g.citizen is None]
    take = (desk_button(case, "take"),)
    priority = Priority.URGENT if case.urgency is Urgency.KHAN else Priority.STATUS
    may_be_undone = undoable and case.urgency is not Urgency.KHAN
    for group in groups:
        say = Say(Words(key), (take,) if key == "push.new_group" else (), slot=f"group{case.code}")
        dedupe = f"{case.id}:{case.seq}:{group.channel}:{group.chat}:{key}"
        where, not_before = (group.channel, group.chat, None, priority), ctx.now + UNDOABLE if may_be_undone else None
        ctx.tx.outbox.add(push_of(say, *where, ctx.now, case=case, dedupe=dedupe, not_before=not_before))
    return len(groups)
