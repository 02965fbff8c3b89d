"""/solieu: the figures of a period as a picture, in words, and as a table file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.casework.facts import agency_name, category_label
from bot.casework.permissions import ensure_may_count
from bot.desk.act import Act
from bot.desk.agency_names import find_agency
from bot.dialogue.message import Button, Say, Words, in_pairs
from bot.dialogue.texts import load_texts
from bot.reports.charts import View, chart_of
from bot.reports.pages import page_in
from bot.reports.statistics import Period, Statistics, Tally, scope_of, statistics_for
from bot.reports.tables import table_file
from nlp.normalize import fold
from storage.records import AgencyId

SAID: dict[str, Period] = {"tuan": Period.WEEK, "thang": Period.MONTH, "quy": Period.QUARTER}
"""What else people call a period."""
COLUMNS = ("received", "done", "refused", "late", "on_time", "judged", "satisfied", "dissatisfied")
SLOT = "figures"


def show_figures(act: Act) -> tuple[Say, ...]:
    """/solieu [7 ngày | 4 tuần | 13 tuần] [đúng hạn | hài lòng | lĩnh vực] [đơn vị] [csv] [trang]."""
    asked = _Asked(act)
    made = statistics_for(act.ctx, act.officer, asked.period, asked.agency)
    if asked.as_table:
        name = f"so-lieu-{made.last:%Y-%m-%d}.csv"
        return (Say(Words("figures.table"), document=(name, table_file(_table(act, made, asked.view)))),)
    chart = chart_of(act.ctx, made, asked.view, asked.page)
    rows = [
        tuple(asked.button(period.name.lower(), period=period, is_chosen=period is asked.period) for period in Period),
        *in_pairs(asked.button(view.name.lower(), view=view, is_chosen=view is asked.view) for view in View),
    ]
    if chart.drawing is not None:
        more = (asked.button("more", page=asked.page + 1),) if chart.has_more else ()
        rows.append((asked.button("csv", as_table=True), *more))
    return (Say(chart.words, tuple(rows), slot=SLOT, drawing=chart.drawing),)


class _Asked:
    """What was asked for. Raises Refused for somebody whom no figures are shown."""

    def __init__(self, act: Act) -> None:
        words = f" {fold(act.words).replace(',', ' ')} "
        self.as_table = " csv " in words
        words, self.page = page_in(words.replace(" csv ", " "))
        words = f" {words} "
        self.period, self.view = Period.MONTH, View.FLOW
        for period in Period:
            if f" {period} " in words:
                self.period, words = period, words.replace(f" {period} ", " ")
        for view in View:
            if f" {view} " in words:
                self.view, words = view, words.replace(f" {view} ", " ")
        for said, period in SAID.items():
            if f" {said} " in words:
                self.period, words = period, words.replace(f" {said} ", " ")
        own = scope_of(act.officer)
        ensure_may_count(act.officer, own)
        self._chosen = _agency_in(act, words.strip())
        self.agency = self._chosen or own

    def button(
        self,
        label: str,
        period: Period | None = None,
        view: View | None = None,
        page: int = 1,
        as_table: bool = False,
        is_chosen: bool = False,
    ) -> Button:
        """The same with one thing changed."""
        parts = ["do:solieu", period or self.period, view or self.view, self._chosen or ""]
        parts += [f"trang {page}"] if page > 1 else []
        parts += ["csv"] if as_table else []
        words = Words(f"figures.button.{label}")
        return Button(" ".join(filter(None, parts)), Words("figures.chosen", {"label": words}) if is_chosen else words)


def _agency_in(act: Act, words: str) -> AgencyId | None:
    """The agency that is named, by its code on a button; None for none."""
    if not words:
        return None
    if act.ctx.agency(words) is not None:
        return AgencyId(words)
    found = find_agency(act.ctx.config, words, act.tools.wards_in)
    return found.agency or (found.near[0] if len(found.near) == 1 else None)


def _table(act: Act, made: Statistics, view: View) -> Iterator[Sequence[object]]:
    """By day or week, by agency, or by category: whatever the chart beside it shows, and all its rows."""
    texts, language = load_texts(), act.officer.language

    def say(words: Words) -> str:
        return texts.say(words, language)

    by_agency = view is View.ON_TIME and made.agency is None
    first = "agency" if by_agency else "since" if view in (View.FLOW, View.RATING) else "category"
    yield [say(Words(f"figures.column.{name}")) for name in (first, *COLUMNS)]
    rows: list[tuple[str, Tally]]
    if first == "since":
        rows = [(made.begins(part).isoformat(), tally) for part, tally in enumerate(made.by_part)]
    elif by_agency:
        rows = [(agency_name(act.ctx, AgencyId(code)), tally) for code, tally in made.by_agency.items()]
    else:
        rows = [(say(category_label(act.ctx, code)), tally) for code, tally in made.by_category.items()]
    yield from ((name, *(tally[column] for column in COLUMNS)) for name, tally in rows)
