"""A citizen files a complaint: it gets a code, an agency, a date, and its first clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.casework.announce_case import announce_case
from bot.casework.clocks import promised_date
from bot.casework.context import Context, Refused
from bot.casework.decision import as_decided, handle_hours
from bot.casework.facts import masked_words
from bot.casework.flag_pictures import flag_pictures
from bot.casework.lifecycle import move
from bot.dialogue.session import Draft, Understood, Where
from nlp.normalize import fold
from routing.config import Config
from routing.decide import Ask, Decision, decide
from storage.records import Case, CaseId, CaseStatus, Citizen, Example, FileId, Point, Urgency

CELL_DEGREES = 0.001
"""Side of the plain square that stands for a position: about 100 m (111 m north, 104 m east at 21° N)."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is filed: a settled draft, and where it came from."""

    draft: Draft
    channel: str


def file_case(ctx: Context, citizen: Citizen, complaint: Complaint) -> tuple[Case, ...]:
    """Files a complaint, and further problems of the same message as cases linked to it; the main case comes first.

    Raises Refused without consent, under a ban (never for urgent cases) or above the hourly limit.
    """
    draft = complaint.draft
    understood = draft.understood
    urgency = _urgency(understood)
    if citizen.consent is None:
        raise Refused("consent.again")
    _ensure_welcome(ctx, citizen, urgency)
    by = citizen.actor
    first = file_one(ctx, citizen, complaint, draft.category or "khac", urgency, None, by)
    more = tuple(file_one(ctx, citizen, complaint, each, urgency, first.id, by) for each in draft.further or ())
    if not more:
        return (first,)
    linked = replace(first, linked_case=more[0].id)
    ctx.tx.cases.save(linked)
    return (linked, *more)


def _urgency(understood: Understood | None) -> Urgency:
    return Urgency(understood.urgency) if understood else Urgency.BINH_THUONG


def _ensure_welcome(ctx: Context, citizen: Citizen, urgency: Urgency) -> None:
    if urgency is Urgency.KHAN:
        return
    ban = ctx.tx.bans.active(citizen.id, ctx.now)
    if ban is not None:
        raise Refused("banned", until=ban.until_at, reason=ban.reason)
    limit = ctx.config.limits.filings_per_hour
    filed = ctx.tx.rates.hit(citizen.id, "filing", ctx.now, 3600)
    if filed > limit:
        raise Refused("too_many_filings", n=limit)


def file_one(
    ctx: Context,
    citizen: Citizen,
    complaint: Complaint,
    category: str,
    urgency: Urgency,
    linked: CaseId | None,
    by: str,
) -> Case:
    """One problem becomes one case: decided, clocked, told to its agency; `by` is whoever files it."""
    draft = complaint.draft
    decision = decide(ctx.config, _ask(ctx, draft, category, urgency))
    told = _told(ctx, citizen, complaint, category, urgency)
    case = _first_move(ctx, replace(_decided(ctx, told, draft, decision), linked_case=linked), draft, by)
    for file in draft.files:
        stored = ctx.tx.files.get(FileId(file))
        if stored.case is None or linked is None:
            ctx.tx.files.save(replace(stored, case=case.id))
    case = flag_pictures(ctx, case)
    _remember_choice(ctx, case, draft)
    announce_case(ctx, case)
    return case


def _told(ctx: Context, citizen: Citizen, complaint: Complaint, category: str, urgency: Urgency) -> Case:
    """The case as its citizen tells it, before anybody has it."""
    draft, understood, where = complaint.draft, complaint.draft.understood, _known_place(complaint.draft)
    masked = understood.masked if understood else masked_words(draft.text)
    return Case(
        id=CaseId(ctx.tx.new_id()),
        code=ctx.tx.new_code(),
        citizen=citizen.id,
        status=CaseStatus.TRIAGE,
        category=category,
        urgency=urgency,
        filed_at=ctx.now,
        channel=complaint.channel,
        text=draft.text,
        ward_code=where.ward_code if where else None,
        cell=cell_of(where.point) if where and where.point else None,
        point=where.point if where else None,
        place_words=(where.words if where else draft.words_of_place) or None,
        answers={k: v for k, v in draft.answers.items() if v},
        on_behalf=draft.on_behalf,
        masked=masked,
        folded=understood.folded if understood else fold(masked),
        flags=_flags(draft),
        insisted=draft.insisted,
    )


def _decided(ctx: Context, told: Case, draft: Draft, decision: Decision) -> Case:
    """The case with whoever has it now and the date that its citizen is told; what is unclear the triage desk has."""
    case = replace(told, **as_decided(decision, told.urgency))
    is_unclear = draft.voice_only or told.ward_code is None or (draft.understood is not None and draft.insisted)
    holder = ctx.triage if is_unclear else case.agency
    hours = decision.accept_hours, handle_hours(decision.handle)
    return replace(
        case,
        agency=holder,
        status=CaseStatus.TRIAGE if holder == ctx.triage else CaseStatus.RECEIVED,
        private=_is_private(ctx.config, draft, case.category, decision),
        about_official=decision.about_official,
        config_version=ctx.config.version_hash,
        promised_at=promised_date(ctx.config, ctx.now, *hours, case.urgency),
    )


def _known_place(draft: Draft) -> Where | None:
    return draft.where if draft.where and draft.where.ward_code else None


def _first_move(ctx: Context, blank: Case, draft: Draft, by: str) -> Case:
    facts: dict[str, object] = {
        "agency": blank.agency,
        "rule": blank.rule,
        "category": blank.category,
        "channel": blank.channel,
    }
    if draft.understood is not None:
        # What the reader proposed is kept: the triage desk sees it beside the rule's reasons.
        facts["candidates"] = list(draft.understood.candidates)
    return move(ctx, blank, blank.status, "filed", by=by, why=blank.text, facts=facts)


def _ask(ctx: Context, draft: Draft, category: str, urgency: Urgency) -> Ask:
    where = _known_place(draft)
    return Ask(
        category=category,
        sub=None,
        ward_code=where.ward_code if where else None,
        urgency=urgency.value,
        text=f"{draft.text}\n{' '.join(draft.answers.values())}",
        street=draft.where.street if draft.where else None,
        in_alley=draft.where.in_alley if draft.where else False,
        about_official=bool(draft.understood and draft.understood.about_official),
        at=ctx.now,
    )


def numbers_to_call(config: Config, case: Case) -> tuple[str, ...]:
    """The telephone numbers that the configuration names for an urgent case of this matter."""
    category = config.categories.get(case.category)
    if case.urgency is not Urgency.KHAN or category is None:
        return ()
    sub = category.subcategories.get(case.sub or "")
    return sub.hotlines if sub is not None else category.hotlines


def cell_of(point: Point) -> str:
    """The plain square of about 100 m around a point: "21.028,105.852"."""
    return f"{_floor(point.lat):.3f},{_floor(point.lon):.3f}"


def neighbour_cells(point: Point, metres: float) -> tuple[str, ...]:
    """All squares that a circle of `metres` around a point can touch."""
    reach = int(metres / 100) + 1
    lat, lon = _floor(point.lat), _floor(point.lon)
    steps = range(-reach, reach + 1)
    return tuple(f"{lat + i * CELL_DEGREES:.3f},{lon + j * CELL_DEGREES:.3f}" for i in steps for j in steps)


def _floor(degrees: float) -> float:
    return int(degrees / CELL_DEGREES) * CELL_DEGREES


def _is_private(config: Config, draft: Draft, category: str, decision: Decision) -> bool:
    """By the citizen's choice, because an official is concerned, or as the sub-category or category protects people."""
    known = config.categories[category]
    sub = known.subcategories.get(decision.sub or "")
    is_protected = "private" in (known.privacy, sub.privacy if sub else known.privacy)
    return decision.about_official or bool(draft.private) or is_protected


def _flags(draft: Draft) -> tuple[str, ...]:
    understood = draft.understood
    found = {
        "abuse": bool(understood and understood.abuse),
        "spam": bool(understood and understood.spam),
        "danger": bool(understood and understood.hotline),
        "voice_only": draft.voice_only,
        "on_behalf": draft.on_behalf is not None,
    }
    return tuple(name for name, is_so in found.items() if is_so)


def _remember_choice(ctx: Context, case: Case, draft: Draft) -> None:
    """A citizen's change of category is a labelled example for the next training."""
    if draft.chosen_by_citizen and draft.understood and case.masked:
        was = draft.understood.category
        ctx.tx.examples.add(Example(case.id, case.masked, case.category, was, "citizen", ctx.now))


def where_of(case: Case, ward: str) -> Where:
    """The place of a case as a draft holds it."""
    point = case.point
    return Where(
        case.ward_code or "", ward, case.place_words or "", point.lat if point else None, point.lon if point else None
    )
