"""The week's figures, which leads and reviewers get at its beginning: a picture, and the same numbers in words."""

from __future__ import annotations

from datetime import timedelta

from bot.casework.context import Context
from bot.casework.digests import is_first_time, is_morning
from bot.casework.notify import tell_plainly
from bot.dialogue.message import Button, Say, Words
from bot.reports.charts import View, chart_of, day, name_of_scope
from bot.reports.statistics import Period, scope_of, statistics
from storage.records import OPEN_STATUSES, AgencyId, Priority, Role

TOLD = (Role.LEAD, Role.REVIEWER)


def weekly_digest(ctx: Context, _limit: int) -> int:
    """On the week's first working morning, once: leads and reviewers see the seven days up to yesterday.

    Returns how many were told.
    """
    if not is_morning(ctx):
        return 0
    year, week, _ = ctx.local.isocalendar()
    if not is_first_time(ctx, "digest.weekly", f"{year}-{week:02}"):
        return 0
    told, says = 0, dict[AgencyId | None, Say]()
    for officer in ctx.tx.officers.all():
        if not officer.is_active or officer.role not in TOLD:
            continue
        agency = scope_of(officer)
        if agency not in says:
            says[agency] = week_of(ctx, agency)
        told += tell_plainly(ctx, (officer,), says[agency], f"{year}{week:02}", Priority.DIGEST)
    return told


def week_of(ctx: Context, agency: AgencyId | None) -> Say:
    """The past seven whole days of one agency or of the city: counts only, drawn when they are sent."""
    yesterday = ctx.local.date() - timedelta(days=1)
    made = statistics(ctx, Period.WEEK, agency, yesterday)
    names = ("received", "done", "refused", "late", "satisfied", "dissatisfied")
    args = {
        **{name: made.total[name] for name in names},
        "overdue": ctx.tx.cases.count(agency=agency, statuses=OPEN_STATUSES, overdue_at=ctx.now),
        "agency": name_of_scope(ctx, agency),
        "first": day(made.first),
        "last": day(made.last),
    }
    before = Button("do:solieu 4 tuần", Words("desk.weekly_chart"))
    return Say(Words("push.weekly", args), ((before,),), drawing=chart_of(ctx, made, View.FLOW).drawing)
