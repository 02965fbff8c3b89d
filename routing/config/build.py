"""Turns the written file into the snapshot in use; expects a file without faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time
from types import MappingProxyType
from typing import TypeVar

from routing.calendar import PublicHolidays, PublicSwapDays, Span, WorkingCalendar, WorkingHours
from routing.config.agencies import Unit, all_agencies
from routing.config.model import (
    AgencyId,
    Category,
    Config,
    Deadlines,
    Handle,
    Hotline,
    Identity,
    Knock,
    Ladder,
    Limits,
    MessageWindow,
    OfficeHours,
    OfficialWords,
    Privacy,
    Proof,
    Question,
    QuestionKind,
    QuietHours,
    RatingTimes,
    Reasons,
    Road,
    Roles,
    Rule,
    RuleId,
    Stop,
    Subcategory,
    Template,
    Unverified,
    When,
)
from routing.config.written import (
    WrittenCategory,
    WrittenConfig,
    WrittenDeadlines,
    WrittenOwner,
    WrittenQuestion,
    WrittenRule,
    WrittenSub,
    WrittenWindow,
)

K = TypeVar("K")
V = TypeVar("V")

DAYS_OF_THE_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def build(
    written: WrittenConfig, units: tuple[Unit, ...], version_hash: str, unverified: tuple[Unverified, ...] = ()
) -> Config:
    """The snapshot of a checked file."""
    return Config(
        version_hash=version_hash,
        city=written.city,
        identity=Identity(written.identity),
        categories=_frozen({code: _category(code, each) for code, each in written.categories.items()}),
        agencies=_frozen(all_agencies(written, units)),
        rules=all_rules(written),
        managed_by=_frozen(_managed(written)),
        roles=Roles(*map(AgencyId, (written.roles.triage, written.roles.reviewer, written.roles.officials))),
        officials=OfficialWords(**written.about_official.model_dump()),
        deadlines=_deadlines(written.deadlines),
        calendar=_calendar(written),
        reasons=_reasons(written),
        templates=_frozen(
            {
                code: Template(code, each.label, each.use, each.categories, each.text)
                for code, each in written.templates.items()
            }
        ),
        texts=_frozen(dict(written.texts)),
        ladder=Ladder(**written.ladder.model_dump()),
        limits=Limits(**written.limits.model_dump(exclude={"photo_megabytes"})),
        rating=RatingTimes(**written.rating.model_dump()),
        quiet_hours=QuietHours(**written.quiet_hours.model_dump()),
        approvals=frozenset(written.approvals),
        windows=_frozen({channel: _window(each) for channel, each in written.windows.items()}),
        hotlines=_frozen(
            {number: Hotline(number, each.label, each.verified) for number, each in written.hotlines.items()}
        ),
        unverified=unverified,
    )


def _frozen(mapping: Mapping[K, V]) -> Mapping[K, V]:
    return MappingProxyType(dict(mapping))


def _calendar(written: WrittenConfig) -> WorkingCalendar:
    days = (getattr(written.hours, day) for day in DAYS_OF_THE_WEEK)
    week = WorkingHours(tuple(tuple(span_of(words) for words in day) for day in days))
    holidays = written.holidays
    return WorkingCalendar(
        week, PublicHolidays(holidays.added, holidays.removed), PublicSwapDays(holidays.swap_days, holidays.added)
    )


def span_of(words: str) -> Span:
    """ "08:00-12:00" as a Span."""
    start, _, end = words.partition("-")
    return Span(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))


def _deadlines(written: WrittenDeadlines) -> Deadlines:
    handles = {code: getattr(written.handle, code) for code in ("khan", "phuc_tap", "binh_thuong")}
    return Deadlines(
        triage_hours=written.triage_hours,
        accept_hours=written.accept_hours,
        handle=_frozen({code: Handle(each.hours, each.days) for code, each in handles.items()}),
        citizen_days=written.citizen_days,
        review_days=written.review_days,
        decision_days=written.decision_days,
        proof_remedy_days=written.proof_remedy_days,
        urgent_repeat_minutes=written.urgent_watch.repeat_minutes,
        urgent_lead_minutes=written.urgent_watch.lead_after_minutes,
    )


def _window(written: WrittenWindow) -> MessageWindow:
    template = written.template
    knock = Knock(template.id, _frozen(template.fields)) if template else None
    return MessageWindow(written.messages, written.hours, written.kept_for_action, written.kept_for_rating, knock)


def _reasons(written: WrittenConfig) -> Reasons:
    return Reasons(**{kind: _frozen(words) for kind, words in written.reasons})


def _category(code: str, written: WrittenCategory) -> Category:
    return Category(
        code=code,
        label=written.label,
        label_en=written.label_en,
        keywords=written.keywords,
        subcategories=_frozen({sub: _subcategory(sub, each, written) for sub, each in written.subs.items()}),
        privacy=Privacy(written.privacy),
        proof=Proof(written.proof),
        questions=tuple(map(_question, written.questions)),
        urgent_if=written.urgent_if,
        hotlines=written.hotlines,
    )


def _subcategory(code: str, written: WrittenSub, category: WrittenCategory) -> Subcategory:
    deadline = written.deadline
    handle = Handle(deadline.hours, deadline.days) if deadline else None
    # An author who complains about an official is hidden, whatever the category's own setting.
    privacy = "private" if written.about_official else written.privacy or category.privacy
    return Subcategory(
        code=code,
        label=written.label,
        keywords=written.keywords,
        about_official=written.about_official,
        always_urgent=written.always_urgent,
        urgent_if=written.urgent_if,
        privacy=Privacy(privacy),
        proof=Proof(written.proof or category.proof),
        hotlines=written.hotlines or category.hotlines,
        accept_hours=deadline.accept_hours if deadline else None,
        handle=handle if handle and handle != Handle() else None,
    )


def _question(written: WrittenQuestion) -> Question:
    stop = {answer: Stop(each.text, each.hotline) for answer, each in written.stop.items()}
    kind = QuestionKind(written.kind)
    text_en = written.text_en or ""
    return Question(written.id, written.text, kind, written.choices, _frozen(stop), written.subs, text_en)


def _managed(written: WrittenConfig) -> dict[str, AgencyId]:
    return {street: AgencyId(agency) for agency, streets in written.city_streets.streets.items() for street in streets}


def all_rules(written: WrittenConfig) -> tuple[Rule, ...]:
    """The written rules in their order, then the owner of every sub-category, then that of every category."""
    return (*(_written_rule(rule, written) for rule in written.rules), *_owner_rules(written))


def many(words: tuple[str, ...] | str) -> tuple[str, ...]:
    """A condition's words: one may be written without its list."""
    return (words,) if isinstance(words, str) else words


def _written_rule(rule: WrittenRule, written: WrittenConfig) -> Rule:
    wards: set[str] = set()
    for word in many(rule.when.ward):
        wards.update(written.groups.get(word, (word,)))
    when = When(
        category=many(rule.when.category),
        sub=many(rule.when.sub),
        ward=frozenset(wards),
        road=Road(rule.when.road) if rule.when.road else None,
        urgency=many(rule.when.urgency),
        hours=OfficeHours(rule.when.hours) if rule.when.hours else None,
        about_official=rule.when.about_official,
        words=many(rule.when.words),
    )
    return Rule(
        id=RuleId(rule.id),
        when=when,
        to=rule.to,
        executor=rule.executor,
        co_handling=rule.together,
        parent=rule.parent,
        because=rule.because,
        written=True,
    )


def _owner_rules(written: WrittenConfig) -> Iterator[Rule]:
    for code, category in written.categories.items():
        for sub_code, sub in category.subs.items():
            if sub.to is not None:
                when = When(category=(code,), sub=(sub_code,), about_official=sub.about_official or None)
                yield _owner_rule(f"{code}.{sub_code}", when, sub)
    for code, category in written.categories.items():
        yield _owner_rule(code, When(category=(code,)), category)


def _owner_rule(rule_id: str, when: When, owner: WrittenOwner) -> Rule:
    return Rule(
        id=RuleId(rule_id),
        when=when,
        to=owner.to or "",
        executor=owner.executor,
        co_handling=owner.together,
        parent=owner.parent,
        because=owner.because or "",
        written=False,
    )
