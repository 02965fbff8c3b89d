"""The shape of config.yaml: which keys there are and what each may hold."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Span = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d\s*-\s*([01]\d|2[0-3]):[0-5]\d$")]
Hours = Annotated[float, Field(ge=0, le=2000)]
Days = Annotated[int, Field(ge=0, le=365)]
SomeHours = Annotated[float, Field(gt=0, le=2000)]
SomeDays = Annotated[int, Field(ge=1, le=365)]
Count = Annotated[int, Field(ge=1, le=10_000)]
WardCode = Annotated[str, StringConstraints(pattern=r"^\d{5}$")]

LevelWord = Literal["ward", "department", "police", "utility", "city"]
PrivacyWord = Literal["public", "private"]
ProofWord = Literal["photo", "document", "photo_or_document", "legal_basis"]
UrgencyWord = Literal["khan", "phuc_tap", "binh_thuong"]


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class WrittenDeadline(Written):
    accept_hours: Hours | None = None
    """Zero: at once."""
    hours: SomeHours | None = None
    days: SomeDays | None = None
    verified: bool = True


class WrittenStop(Written):
    text: Text
    hotline: Text | None = None


class WrittenQuestion(Written):
    id: Code
    text: Text
    text_en: Text | None = None
    kind: Literal["text", "choice", "yes_no"] = "text"
    choices: tuple[Text, ...] = ()
    stop: dict[str, WrittenStop] = {}
    subs: tuple[Code, ...] = ()


class WrittenOwner(Written):
    """Who is responsible where no rule says otherwise; a sub-category without an owner has its category's."""

    to: Text | None = None
    executor: Text | None = None
    together: tuple[Text, ...] = ()
    parent: Text | None = None
    because: Text | None = None


class WrittenSub(WrittenOwner):
    label: Text
    keywords: tuple[Text, ...] = ()
    about_official: bool = False
    always_urgent: bool = False
    urgent_if: tuple[Text, ...] = ()
    hotlines: tuple[Text, ...] = ()
    privacy: PrivacyWord | None = None
    proof: ProofWord | None = None
    deadline: WrittenDeadline | None = None
    verified: bool = True
    source: str = ""


class WrittenCategory(WrittenOwner):
    label: Text
    label_en: Text
    keywords: Annotated[tuple[Text, ...], Field(min_length=1)]
    urgent_if: tuple[Text, ...] = ()
    hotlines: tuple[Text, ...] = ()
    privacy: PrivacyWord = "public"
    proof: ProofWord = "photo_or_document"
    questions: Annotated[tuple[WrittenQuestion, ...], Field(max_length=4)] = ()
    subs: dict[Code, WrittenSub] = {}
    verified: bool = True
    source: str = ""


class WrittenContact(Written):
    phone: Text | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    address: Text | None = None
    verified: bool = False


class WrittenAgency(Written):
    name: Text
    short_name: Text | None = None
    level: LevelWord
    parent: Text | None = None
    contact: WrittenContact = WrittenContact()
    verified: bool = True
    closed: bool = False
    successor: Text | None = None
    note: str = ""


class WrittenWardUnit(Written):
    """How the committee or the police of every ward is named; {type} is Phường or Xã, {name} the ward's."""

    name: Text
    short_name: Text
    parent: Text
    verified: bool = True


class WrittenWardUnits(Written):
    ubnd: WrittenWardUnit
    cong_an: WrittenWardUnit = Field(alias="cong-an")


class WrittenOverride(Written):
    """What differs from the pattern for one ward's committee or police."""

    name: Text | None = None
    short_name: Text | None = None
    parent: Text | None = None
    contact: WrittenContact | None = None
    verified: bool | None = None
    closed: bool = False
    successor: Text | None = None
    note: str = ""


class WrittenWhen(Written):
    category: tuple[Text, ...] | Text = ()
    sub: tuple[Text, ...] | Text = ()
    ward: tuple[Text, ...] | Text = ()
    road: Literal["city", "local"] | None = None
    urgency: tuple[UrgencyWord, ...] | UrgencyWord = ()
    hours: Literal["working", "outside"] | None = None
    about_official: bool | None = None
    words: tuple[Text, ...] | Text = ()


class WrittenRule(Written):
    id: Code
    when: WrittenWhen = WrittenWhen()
    to: Text
    executor: Text | None = None
    together: tuple[Text, ...] = ()
    parent: Text | None = None
    because: Text
    verified: bool = True
    source: str = ""


class WrittenManaged(Written):
    verified: bool = True
    streets: dict[str, tuple[Text, ...]]


class WrittenRoles(Written):
    triage: Text
    reviewer: Text
    officials: Text


class WrittenOfficials(Written):
    who: tuple[Text, ...]
    does: tuple[Text, ...]
    alone: tuple[Text, ...] = ()
    within: Annotated[int, Field(ge=1, le=30)] = 8


class WrittenHandle(Written):
    hours: SomeHours | None = None
    days: SomeDays | None = None
    verified: bool = True


class WrittenHandles(Written):
    khan: WrittenHandle
    phuc_tap: WrittenHandle
    binh_thuong: WrittenHandle


class WrittenUrgentWatch(Written):
    repeat_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    lead_after_minutes: Annotated[int, Field(ge=1, le=1440)] = 30


class WrittenNote(Written):
    """Words about a group of figures that need one mark of their own."""

    label: Text
    verified: bool = True


class WrittenDeadlines(Written):
    triage_hours: SomeHours
    accept_hours: SomeHours
    handle: WrittenHandles
    citizen_days: SomeDays
    review_days: SomeDays
    decision_days: SomeDays
    proof_remedy_days: SomeDays
    urgent_watch: WrittenUrgentWatch = WrittenUrgentWatch()
    subcategories: WrittenNote | None = None


class WrittenHours(Written):
    monday: tuple[Span, ...]
    tuesday: tuple[Span, ...]
    wednesday: tuple[Span, ...]
    thursday: tuple[Span, ...]
    friday: tuple[Span, ...]
    saturday: tuple[Span, ...]
    sunday: tuple[Span, ...]
    verified: bool = True


class WrittenHolidays(Written):
    added: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()
    swap_days: tuple[date, ...] = ()


class WrittenReasons(Written):
    reject: dict[Code, Text]
    extend: dict[Code, Text]
    difficulty: dict[Code, Text]
    low_rating: dict[Code, Text]
    transfer: dict[Code, Text]
    ban: dict[Code, Text] = {}


class WrittenTemplate(Written):
    label: Text
    use: Literal["resolve", "reject", "accept", "ask", "extend", "transfer", "escalate"]
    categories: tuple[Text, ...] = ()
    text: Text


class WrittenLadder(Written):
    remind_at: Annotated[float, Field(gt=0, lt=1)]
    parent_after_days: Days
    city_after_days: Days


class WrittenLimits(Written):
    messages_per_minute: Count
    filings_per_hour: Count
    photos_per_case: Annotated[int, Field(ge=1, le=50)]
    photo_megabytes: Annotated[int, Field(ge=1, le=20)] | None = None
    """In versions written before pictures of any weight were made small; nobody reads it any more."""
    questions_per_case: Annotated[int, Field(ge=0, le=10)]
    transfers_before_triage: Annotated[int, Field(ge=1, le=20)]
    extensions_per_case: Annotated[int, Field(ge=0, le=10)]
    undo_seconds: Annotated[int, Field(ge=0, le=600)]
    longest_ban_days: Annotated[int, Field(ge=1, le=365)] = 90
    late_after_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    waiting_messages: Annotated[int, Field(ge=1, le=10_000_000)] = 50_000


class WrittenRating(Written):
    remind_after_days: SomeDays
    close_after_days: SomeDays
    reopen_days: SomeDays


class WrittenQuiet(Written):
    start: time = Field(alias="from")
    end: time = Field(alias="to")


class WrittenKnock(Written):
    """A paid template that invites somebody back; `fields` names the facts that fill its places."""

    id: Text
    fields: dict[Text, Literal["code", "status", "agency", "category", "ward"]] = {}


class WrittenWindow(Written):
    messages: Annotated[int, Field(ge=1, le=1000)]
    hours: Annotated[float, Field(gt=0, le=8760)]
    kept_for_action: Annotated[int, Field(ge=0, le=100)] = 1
    kept_for_rating: Annotated[int, Field(ge=0, le=100)] = 1
    template: WrittenKnock | None = None
    verified: bool = True


class WrittenHotline(Written):
    label: Text
    verified: bool = False
    source: str = ""


class WrittenConfig(Written):
    """The whole file."""

    city: Text
    identity: Literal["optional", "required"]
    hotlines: dict[str, WrittenHotline]
    deadlines: WrittenDeadlines
    hours: WrittenHours
    holidays: WrittenHolidays = WrittenHolidays()
    ladder: WrittenLadder
    rating: WrittenRating
    limits: WrittenLimits
    quiet_hours: WrittenQuiet
    approvals: tuple[Literal["chuyen", "vuottham", "giahan", "tuchoi"], ...] = ()
    windows: dict[Literal["zalo_oa", "zalo_bot"], WrittenWindow] = {}
    roles: WrittenRoles
    ward_units: WrittenWardUnits
    agencies: dict[Code, WrittenAgency]
    overrides: dict[str, WrittenOverride] = {}
    groups: dict[Code, tuple[WardCode, ...]] = {}
    city_streets: WrittenManaged
    about_official: WrittenOfficials
    rules: tuple[WrittenRule, ...] = ()
    categories: dict[str, WrittenCategory]
    reasons: WrittenReasons
    templates: dict[Code, WrittenTemplate] = {}
    texts: dict[str, Text] = {}
