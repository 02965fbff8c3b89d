"""An agency hears of a case that is new to it: its staff, its groups; and where nobody reads, the triage desk does."""

from __future__ import annotations

from bot.casework.bind_group import post_to_group
from bot.casework.context import Context
from bot.casework.notify import case_say, desk_button, first_step, tell_office, tell_officers
from storage.records import Case, CaseStatus, Urgency


def announce_case(ctx: Context, case: Case, undoable: bool = False) -> None:
    """Tells whoever must take the case now. With `undoable` after the minute in which the move may be taken back."""
    look = desk_button(case, "open")
    told = tell_office(ctx, case, case_say(_key(case), (first_step(case), look)), undoable)
    if case.status is CaseStatus.TRIAGE:
        return
    posted = post_to_group(ctx, case, case.agency, undoable=undoable)
    if told == 0 and posted == 0:
        # An agency without anybody to read is no place to forget a case.
        key = "push.nobody_urgent" if case.urgency is Urgency.KHAN else "push.nobody"
        tell_officers(ctx, case, ctx.tx.officers.of_agency(ctx.triage), case_say(key, (look,)), undoable)


def _key(case: Case) -> str:
    if case.urgency is Urgency.KHAN:
        return "push.new_urgent"
    return "push.new_triage" if case.status is CaseStatus.TRIAGE else "push.new"
