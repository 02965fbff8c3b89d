"""The configuration in use: an immutable snapshot that decisions, casework and dialogues read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import NewType

from routing.calendar import WorkingCalendar

AgencyId = NewType("AgencyId", str)
RuleId = NewType("RuleId", str)


class Level(StrEnum):
    """What kind of agency it is."""

    WARD = "ward"
    DEPARTMENT = "department"
    POLICE = "police"
    UTILITY = "utility"
    CITY = "city"


class Privacy(StrEnum):
    """Whether a case may be shown to other people, without names."""

    PUBLIC = "public"
    PRIVATE = "private"


class Proof(StrEnum):
    """What an answer must show."""

    PHOTO = "photo"
    DOCUMENT = "document"
    PHOTO_OR_DOCUMENT = "photo_or_document"
    LEGAL_BASIS = "legal_basis"


class Identity(StrEnum):
    """Whether a citizen must leave name and phone (QĐ 1207 requires it)."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class QuestionKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes_no"


class OfficeHours(StrEnum):
    """A rule's condition on the time of filing."""

    WORKING = "working"
    OUTSIDE = "outside"


class Road(StrEnum):
    """A rule's condition on the street."""

    CITY = "city"
    LOCAL = "local"


YES = "có"
NO = "không"


@dataclass(frozen=True, slots=True)
class Stop:
    """What is said when an answer ends the filing: words, and a hotline's number to show with them."""

    text: str
    hotline: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One extra question of a category; a yes/no question is answered "có" or "không"."""

    id: str
    text: str
    kind: QuestionKind
    choices: tuple[str, ...]
    stop: Mapping[str, Stop]
    subs: tuple[str, ...]
    """Asked only for these sub-categories; for all when empty."""
    text_en: str = ""
    """The question in English; empty when it is only asked in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Handle:
    """How long an agency has from acceptance: working hours or working days (hours of the clock when khẩn)."""

    hours: float | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Subcategory:
    """A kind of matter within a category, chosen by its keywords; its deadlines beat those of the urgency."""

    code: str
    label: str
    keywords: tuple[str, ...]
    about_official: bool
    always_urgent: bool
    urgent_if: tuple[str, ...]
    privacy: Privacy
    proof: Proof
    hotlines: tuple[str, ...]
    accept_hours: float | None
    handle: Handle | None


@dataclass(frozen=True, slots=True)
class Category:
    """What a complaint is about (lĩnh vực); the codes are fixed, everything else is the administrator's."""

    code: str
    label: str
    label_en: str
    keywords: tuple[str, ...]
    subcategories: Mapping[str, Subcategory]
    privacy: Privacy
    proof: Proof
    questions: tuple[Question, ...]
    urgent_if: tuple[str, ...]
    hotlines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """How an agency is reached. What is not verified is for staff only."""

    phone: str | None = None
    email: str | None = None
    address: str | None = None
    verified: bool = False

    @property
    def public_phone(self) -> str | None:
        """The number that citizens may be shown, or None."""
        return self.phone if self.verified else None


@dataclass(frozen=True, slots=True)
class Agency:
    """A unit that can hold a case; `successor` takes its open cases when it is closed."""

    id: AgencyId
    name: str
    short_name: str
    level: Level
    ward_code: str | None
    parent: AgencyId | None
    contact: Contact
    verified: bool
    closed: bool = False
    successor: AgencyId | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """A rule's conditions, all of which must hold; an empty one always holds."""

    category: tuple[str, ...] = ()
    sub: tuple[str, ...] = ()
    ward: frozenset[str] = frozenset()
    road: Road | None = None
    urgency: tuple[str, ...] = ()
    hours: OfficeHours | None = None
    about_official: bool | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is responsible under which conditions. Targets: agency ids, WARD_COMMITTEE, WARD_POLICE (of the place)."""

    id: RuleId
    when: When
    to: str
    executor: str | None
    co_handling: tuple[str, ...]
    parent: str | None
    because: str
    written: bool
    """Stands in `rules`; otherwise made from the owner that a category or sub-category names."""


WARD_COMMITTEE = "ubnd"
WARD_POLICE = "cong-an"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Working hours and working days, but for `citizen_days` and what concerns khẩn cases (by the wall clock)."""

    triage_hours: float
    accept_hours: float
    handle: Mapping[str, Handle]
    citizen_days: int
    review_days: int
    decision_days: int
    proof_remedy_days: int
    urgent_repeat_minutes: int
    urgent_lead_minutes: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """Reason codes and the words that people see."""

    reject: Mapping[str, str]
    extend: Mapping[str, str]
    difficulty: Mapping[str, str]
    low_rating: Mapping[str, str]
    transfer: Mapping[str, str]
    ban: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """A reply that an officer starts from; {words in braces} are to be filled in."""

    code: str
    label: str
    use: str
    categories: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who hears of a clock that runs out: officer at a share of it, lead at due, then parent and city office."""

    remind_at: float
    parent_after_days: int
    city_after_days: int


@dataclass(frozen=True, slots=True)
class Limits:
    messages_per_minute: int
    filings_per_hour: int
    photos_per_case: int
    questions_per_case: int
    transfers_before_triage: int
    extensions_per_case: int
    undo_seconds: int
    longest_ban_days: int
    """Days for which a person may be kept from filing at most."""
    late_after_minutes: int
    """So long may a message that could go wait in its queue before administrators are told."""
    waiting_messages: int
    """So many messages of a channel may wait before administrators are told."""


@dataclass(frozen=True, slots=True)
class RatingTimes:
    """Calendar days."""

    remind_after_days: int
    close_after_days: int
    reopen_days: int


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local hours in which nobody is disturbed but for khẩn; `start` may be later than `end` (over midnight)."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Knock:
    """A platform's paid template that invites somebody back: its id, and which fact of a case fills which place."""

    id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MessageWindow:
    """A platform lets so many messages through within so many hours of the person's last one; some are kept back."""

    messages: int
    hours: float
    kept_for_action: int
    kept_for_rating: int
    template: Knock | None = None


@dataclass(frozen=True, slots=True)
class Hotline:
    number: str
    label: str
    verified: bool


@dataclass(frozen=True, slots=True)
class OfficialWords:
    """A text is about an official when a word of `who` and one of `does` stand within `within` words."""

    who: tuple[str, ...]
    does: tuple[str, ...]
    alone: tuple[str, ...]
    within: int


@dataclass(frozen=True, slots=True)
class Roles:
    """Agencies with a part of their own in the procedure."""

    triage: AgencyId
    reviewer: AgencyId
    officials: AgencyId


@dataclass(frozen=True, slots=True)
class Unverified:
    """Something that no source confirms yet: its key in the file and its words."""

    line: int
    key: str
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class Config:
    """Everything an administrator decides, checked and frozen; `version_hash` names the very file it came from."""

    version_hash: str
    city: str
    identity: Identity
    categories: Mapping[str, Category]
    agencies: Mapping[AgencyId, Agency]
    rules: tuple[Rule, ...]
    managed_by: Mapping[str, AgencyId]
    """Street name as written -> the agency that manages it for the city."""
    roles: Roles
    officials: OfficialWords
    deadlines: Deadlines
    calendar: WorkingCalendar
    reasons: Reasons
    templates: Mapping[str, Template]
    texts: Mapping[str, str]
    ladder: Ladder
    limits: Limits
    rating: RatingTimes
    quiet_hours: QuietHours
    approvals: frozenset[str]
    """Moves of an officer that the unit's lead must approve: chuyen, vuottham, giahan, tuchoi."""
    windows: Mapping[str, MessageWindow]
    """By channel; a channel without an entry has no limit of this kind."""
    hotlines: Mapping[str, Hotline]
    unverified: tuple[Unverified, ...] = field(default=(), repr=False)

    def committee_of(self, ward_code: str) -> AgencyId | None:
        """The people's committee of a ward, or None when there is no such ward."""
        agency = AgencyId(f"ubnd-{ward_code}")
        return agency if agency in self.agencies else None

    def public_hotlines(self, numbers: tuple[str, ...]) -> tuple[Hotline, ...]:
        """Those of `numbers` that citizens may be shown."""
        return tuple(self.hotlines[number] for number in numbers if self.hotlines[number].verified)
