"""The facts of a case in words: who holds it, since when, what comes next; put into every message about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.casework.clocks import LADDER_CLOCKS, UNTAKEN, is_urgent
from bot.casework.context import Context
from bot.dialogue.message import Words, either, raw
from nlp.personal_data import find_personal_data, mask
from storage.records import AgencyId, Case, CaseStatus, Officer, OfficerId


def facts_of(ctx: Context, case: Case) -> dict[str, Any]:
    """Arguments for any text about a case: code, category, ward, agency, due_at, promised_at, date, status, custody, n.

    None of its citizen's words: these facts stand in messages about several cases, too.
    """
    is_over = case.promised_at is not None and case.promised_at < ctx.now
    return {
        "code": case.code,
        "category": category_label(ctx, case.category),
        "ward": ward_name(ctx, case) or Words("custody.nowhere"),
        "agency": agency_name(ctx, holder(ctx, case)),
        "unit": agency_name(ctx, case.agency),
        "parent": agency_name(ctx, case.parent),
        "due_at": case.due_at,
        "promised_at": case.promised_at,
        "date": Words(f"custody.date_{'over' if is_over else 'stays'}", {"promised_at": case.promised_at}),
        "filed_at": case.filed_at,
        "status": Words(f"status.{case.status}"),
        "custody": custody_line(ctx, case),
        "round": case.round,
        "supporters": case.supporters,
    }


def custody_line(ctx: Context, case: Case) -> Words:
    """Who holds the case since when, the next deadline, and what happens if it is missed; every message carries it."""
    main = ctx.tx.cases.get(case.main_case).code if case.main_case else ""
    args = {
        "agency": agency_name(ctx, holder(ctx, case)),
        "since": case.clock_started_at,
        "due_at": case.due_at,
        "main": main,
    }
    if case.clock in LADDER_CLOCKS and case.due_at is not None and case.due_at < ctx.now:
        above = ctx.reviewer if case.status is CaseStatus.ESCALATED else case.parent or ctx.reviewer
        if is_urgent(case) and case.clock in UNTAKEN:
            above = case.parent or ctx.triage
        parent, city = agency_name(ctx, above), agency_name(ctx, ctx.reviewer)
        return Words(f"custody.late_{_told_of_delay(ctx, case)}", {**args, "parent": parent, "city": city})
    return Words(f"custody.{case.status}", args)


def _told_of_delay(ctx: Context, case: Case) -> str:
    """How far up a missed deadline has been told: to the unit itself, its parent agency, or the city office."""
    if not (is_urgent(case) and case.clock in UNTAKEN):
        return ("unit", "unit", "unit", "parent", "city")[min(case.ladder, 4)]
    # Told again and again by the wall clock; the last time lies one pause before the next.
    deadlines, started_at, next_at = ctx.config.deadlines, case.clock_started_at, case.remind_at
    if started_at is None or next_at is None:
        return "unit"
    waited = (next_at - started_at) / timedelta(minutes=1) - deadlines.urgent_repeat_minutes
    return ("unit", "parent", "city")[min(int(waited // deadlines.urgent_lead_minutes), 2)]


def holder(ctx: Context, case: Case) -> AgencyId | None:
    """Who owes the next step now."""
    if case.status is CaseStatus.TRIAGE:
        return ctx.triage
    if case.status is CaseStatus.ESCALATED:
        return case.parent or case.agency
    if case.status is CaseStatus.DISPUTED:
        return ctx.reviewer
    return case.agency


def officer_at_work(ctx: Context, case: Case) -> OfficerId | None:
    """Who of its agency has the case in hand; None also while the reviewers or the level above have it."""
    return case.officer if holder(ctx, case) == case.agency else None


def officer_label(officer: Officer) -> Words:
    """The name, or the role of somebody who has given none."""
    return raw(officer.name) if officer.name else Words(f"role.{officer.role}")


def agency_name(ctx: Context, agency: AgencyId | None) -> str:
    if agency is None:
        return ""
    known = ctx.agency(agency)
    return known.short_name if known else str(agency)


def category_label(ctx: Context, code: str) -> Words:
    category = ctx.config.categories.get(code)
    return either(category.label, category.label_en) if category else raw(code)


def reasons_of(case: Case) -> tuple[Words, ...]:
    """Why the rules named its agency, a line each."""
    return tuple(raw(f"• {reason}") for reason in case.because)


def masked_words(text: str) -> str:
    """A text with its personal data hidden."""
    return mask(text, find_personal_data(text))


def words_for_office(case: Case, words: str) -> str:
    """A citizen's words as the office may read them: of a complaint about an official without any personal data."""
    return masked_words(words) if case.about_official else words


def ward_name(ctx: Context, case: Case) -> str:
    """The full name of the ward where it happened, or nothing."""
    return ward_label(ctx, case.ward_code) if case.ward_code is not None else ""


def ward_label(ctx: Context, ward_code: str) -> str:
    """A ward's full name: "Phường Hoàn Kiếm"."""
    committee = ctx.config.committee_of(ward_code)
    name = ctx.config.agencies[committee].short_name if committee else ward_code
    name = name.removeprefix("UBND ")
    return name[:1].upper() + name[1:]
