"""The values that are remembered: frozen records, their ids and their codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

CaseId = NewType("CaseId", str)
CaseCode = NewType("CaseCode", str)
CitizenId = NewType("CitizenId", str)
OfficerId = NewType("OfficerId", str)
AgencyId = NewType("AgencyId", str)
FileId = NewType("FileId", str)
PersonId = NewType("PersonId", str)
"""A citizen's or an officer's id: whoever owns a key."""

SATISFIED = 4
"""The least level of a satisfied rating, of five."""

SYSTEM = "system"
"""Who acted where nobody did: time has passed, or a picture has arrived."""


class CaseStatus(StrEnum):
    TRIAGE = "triage"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    WAITING_CITIZEN = "waiting_citizen"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    DISPUTED = "disputed"
    REJECTED = "rejected"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        """Somebody in an office still owes the citizen something."""
        return self in OPEN_STATUSES

    @property
    def is_final(self) -> bool:
        """No move leads out of it."""
        return self in (CaseStatus.WITHDRAWN, CaseStatus.MERGED)


OPEN_STATUSES = frozenset(
    {
        CaseStatus.TRIAGE,
        CaseStatus.RECEIVED,
        CaseStatus.ACCEPTED,
        CaseStatus.WAITING_CITIZEN,
        CaseStatus.ESCALATED,
        CaseStatus.DISPUTED,
    }
)


class Urgency(StrEnum):
    """The three urgencies of QĐ 1207/QĐ-UBND (2025-02-28)."""

    KHAN = "khan"
    PHUC_TAP = "phuc_tap"
    BINH_THUONG = "binh_thuong"


class Clock(StrEnum):
    """What the due time of a case is about."""

    TRIAGE = "triage"
    ACCEPT = "accept"
    HANDLE = "handle"
    CITIZEN = "citizen"
    DECISION = "decision"
    RATING = "rating"
    REVIEW = "review"
    REOPEN = "reopen"


class Role(StrEnum):
    OFFICER = "officer"
    LEAD = "lead"
    TRIAGE = "triage"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class FileKind(StrEnum):
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"


class FileStatus(StrEnum):
    WAITING = "waiting"
    """Only a reference is known; its bytes have not arrived."""
    READY = "ready"
    REFUSED = "refused"


class Purpose(StrEnum):
    COMPLAINT = "complaint"
    ANSWER = "answer"
    """The citizen's answer to a question."""
    PROOF = "proof"
    NOTE = "note"
    CONFIG = "config"
    """A configuration file that an administrator sends."""
    TALK = "talk"
    """Sent in a citizen's thread with the desk, by either; the citizen's own, and erased with them."""


class Priority(StrEnum):
    """Who goes first when a platform's budget is short: in this order."""

    REPLY = "reply"
    URGENT = "urgent"
    STATUS = "status"
    RATING = "rating"
    DIGEST = "digest"

    @property
    def order(self) -> int:
        return list(Priority).index(self)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on earth: degrees, WGS-84."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Case:
    """One complaint and where it stands. Personal fields are sealed with the citizen's key."""

    id: CaseId
    code: CaseCode
    citizen: CitizenId
    status: CaseStatus
    category: str
    urgency: Urgency
    filed_at: datetime
    channel: str
    """Where it was filed: web, telegram, zalo_bot, zalo_oa, console, phone, counter."""
    text: str
    """The citizen's words (sealed)."""
    round: int = 1
    sub: str | None = None
    agency: AgencyId | None = None
    """Who holds it now; None only at the triage desk."""
    executor: AgencyId | None = None
    parent: AgencyId | None = None
    """Where it goes when it is overdue or beyond authority."""
    co_handling: tuple[AgencyId, ...] = ()
    officer: OfficerId | None = None
    ward_code: str | None = None
    cell: str | None = None
    """A square of about 100 m, plain, for finding neighbours."""
    point: Point | None = None
    """Exact position (sealed)."""
    place_words: str | None = None
    """The place in the citizen's words (sealed)."""
    answers: dict[str, str] = field(default_factory=dict)
    """Answers to the category's extra questions (sealed)."""
    on_behalf: str | None = None
    """For whom it was filed, when not for oneself (sealed)."""
    masked: str = ""
    """The words with personal data masked, for officers of other units and examples."""
    folded: str = ""
    """Masked, lower, without accents: for search and similarity."""
    private: bool = False
    about_official: bool = False
    flags: tuple[str, ...] = ()
    """Hints for the officer: abuse, spam, danger, forwarded_photo, reused_photo, photo_elsewhere …"""
    insisted: bool = False
    """The reader held it out of scope and the citizen insisted."""
    rule: str = ""
    because: tuple[str, ...] = ()
    config_version: str = ""
    handle_hours: float | None = None
    """Length of the handle clock in working hours; with urgency khan in hours by the wall clock."""
    accept_hours: float | None = None
    clock: Clock | None = None
    clock_started_at: datetime | None = None
    due_at: datetime | None = None
    """When the running clock runs out; None when none runs."""
    paused_hours: float | None = None
    """Working hours left on the handle clock while it waits for the citizen."""
    remind_at: datetime | None = None
    """The next time at which a sweep must look at this case."""
    ladder: int = 0
    """Steps of the overdue ladder already taken on the running clock."""
    promised_at: datetime | None = None
    """The date told to the citizen; never moves silently."""
    transfers: int = 0
    may_transfer: bool = True
    questions: int = 0
    extensions: int = 0
    supporters: int = 0
    """Others who follow it: the +1 of neighbours."""
    answer: str | None = None
    """The agency's last answer (sealed)."""
    reject_reason: str | None = None
    override: str | None = None
    """An officer's written justification for overruling the reply check."""
    main_case: CaseId | None = None
    """The case it was merged into."""
    linked_case: CaseId | None = None
    """The sibling from the same message."""
    seq: int = 0
    """Sequence of its last event."""
    head: str = ""
    """Hash of its last event."""

    @property
    def is_open(self) -> bool:
        return self.status.is_open


@dataclass(frozen=True, slots=True)
class Event:
    """One past-tense fact about a case: append-only, chained by hash."""

    case: CaseId
    seq: int
    kind: str
    """Past tense: filed, accepted, asked, answered, transferred, escalated, resolved, rejected, rated, undone …"""
    at: datetime
    by: str
    """Who: an `actor`, `SYSTEM`, or a word for whoever has no record of their own ("link:ID", "console")."""
    was: CaseStatus | None
    now: CaseStatus
    why: str | None = None
    """Free words (sealed; the chain holds only their keyed digest)."""
    facts: dict[str, Any] = field(default_factory=dict)
    """Plain codes and ids: agencies, reasons, due times, files."""
    undoes: int | None = None
    prev: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person who complains. Name, phone and home are sealed."""

    id: CitizenId
    created_at: datetime
    name: str | None = None
    phone: str | None = None
    home_ward: str | None = None
    consent: str | None = None
    """Version of the notice consented to; None without consent."""
    consent_at: datetime | None = None
    language: str = "vi"
    muted: tuple[str, ...] = ()
    """Kinds of push switched off; results are never among them."""
    erased_at: datetime | None = None

    @property
    def actor(self) -> str:
        """How events name this person."""
        return f"citizen:{self.id}"


@dataclass(frozen=True, slots=True)
class Officer:
    """A member of staff, bound to one agency and one role. The name is sealed."""

    id: OfficerId
    agency: AgencyId
    role: Role
    name: str
    created_at: datetime
    confirmed_at: datetime | None = None
    """An administrator confirmed the identity behind the invitation; without it nothing may be done."""
    revoked_at: datetime | None = None
    out_until: datetime | None = None
    cover: OfficerId | None = None
    pin_hash: str | None = None
    totp: str | None = None
    """Shared secret of the second factor (sealed)."""
    failures: int = 0
    locked_until: datetime | None = None
    language: str = "vi"

    @property
    def actor(self) -> str:
        """How events and the audit name this member of staff."""
        return f"officer:{self.id}"

    @property
    def is_active(self) -> bool:
        return self.confirmed_at is not None and self.revoked_at is None

    def is_out(self, now: datetime) -> bool:
        """Away for a while: what is new goes to the cover, or to the rest of the unit."""
        return self.out_until is not None and self.out_until > now


@dataclass(frozen=True, slots=True)
class Invitation:
    """A single-use code, stored only as a hash."""

    hash: str
    agency: AgencyId
    role: Role
    created_at: datetime
    expires_at: datetime
    by: str
    name: str = ""
    confirmed: bool = False
    """Made on the machine itself by an administrator: needs no second confirmation."""
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """Where somebody can be reached."""

    channel: str
    chat: str
    citizen: CitizenId | None = None
    officer: OfficerId | None = None
    agency: AgencyId | None = None
    """A group bound to an agency."""
    reachable: bool = True
    last_heard_at: datetime | None = None
    free_left: int | None = None
    """Free messages left in the platform's window; None where there is no window."""
    window_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Where a conversation stands: plain JSON, sealed with the person's key."""

    channel: str
    chat: str
    state: dict[str, Any]
    updated_at: datetime
    version: int = 0
    nudge_at: datetime | None = None
    """When an abandoned draft deserves its one reminder."""


@dataclass(frozen=True, slots=True)
class Push:
    """One message to be sent: a text key and ids, rendered at send time."""

    id: int
    channel: str
    chat: str
    person: PersonId | None
    key: str
    args: dict[str, Any]
    """Sealed with the person's key: arguments of the text, buttons, pictures (file ids), slot to edit."""
    priority: Priority
    created_at: datetime
    case: CaseId | None = None
    event: int | None = None
    """Sequence of the event that caused it; an undo removes its pushes while unclaimed."""
    dedupe: str | None = None
    not_before: datetime | None = None
    claimed_until: datetime | None = None
    tries: int = 0
    sent_at: datetime | None = None
    dead_at: datetime | None = None
    error: str | None = None
    parked: str | None = None
    """Why it waits for the next contact (messaging window closed, unreachable …)."""
    message_ref: str | None = None
    """The platform's id of the sent message."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that does not work at present."""

    kind: str
    where: str
    """The channel."""
    since: datetime
    told: bool
    """Whether administrators were told, and so are to be told of its end."""


@dataclass(frozen=True, slots=True)
class File:
    """A picture or another attachment: first a reference, then bytes behind the gate."""

    id: FileId
    kind: FileKind
    purpose: Purpose
    person: PersonId
    """Whose key seals the reference and the position."""
    channel: str
    chat: str
    created_at: datetime
    status: FileStatus = FileStatus.WAITING
    ref: str | None = None
    """How the channel names the bytes (sealed)."""
    case: CaseId | None = None
    round: int = 1
    sha256: str | None = None
    phash: str | None = None
    """Perceptual hash, 16 hexadecimal digits."""
    width: int | None = None
    height: int | None = None
    bytes: int | None = None
    point: Point | None = None
    """Position found in the picture (sealed); the stored copy carries none."""
    taken_at: datetime | None = None
    forwarded: bool = False
    tries: int = 0
    retry_at: datetime | None = None
    refused: str | None = None
    """Text key of the reason."""
    mime: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating per case and round; changeable until its review begins."""

    case: CaseId
    round: int
    level: int
    """5 rất hài lòng … 1 rất không hài lòng."""
    rated_at: datetime
    reason: str | None = None
    words: str | None = None
    """Free words (sealed)."""
    review_started_at: datetime | None = None
    reviewer: OfficerId | None = None
    upheld: bool | None = None
    verdict: str | None = None
    """The reviewer's words to the citizen (sealed)."""
    reviewed_at: datetime | None = None
    remedy: str | None = None
    """proof, reopen, reroute, rewrite or other."""
    remedy_due_at: datetime | None = None
    remedied_at: datetime | None = None

    @property
    def is_satisfied(self) -> bool:
        return self.level >= SATISFIED


@dataclass(frozen=True, slots=True)
class Question:
    """An officer's question to the citizen; the answer comes back into the case."""

    case: CaseId
    number: int
    text: str
    asked_at: datetime
    by: OfficerId
    due_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PromisedDate:
    """A date promised in an answer, watched until it is kept or missed."""

    case: CaseId
    number: int
    due_on: date
    words: str
    made_at: datetime
    by: OfficerId
    kept_at: datetime | None = None
    missed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difficulty:
    """What holds a case up: stage, cause, needed from whom, since when."""

    case: CaseId
    number: int
    stage: CaseStatus
    cause: str
    needed_from: str
    since_at: datetime
    by: OfficerId
    words: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """An internal remark of staff on a case."""

    case: CaseId
    number: int
    at: datetime
    by: OfficerId
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text for training: masked words and the category that people chose."""

    case: CaseId | None
    text: str
    category: str
    was: str
    source: str
    """Who chose: citizen or triage."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Ban:
    """Why and until when a person may not file; emergencies are always answered."""

    citizen: CitizenId
    reason: str
    by: OfficerId
    from_at: datetime
    until_at: datetime
    appeal: str | None = None
    """What the person says against it (sealed)."""
    appealed_at: datetime | None = None
    judged_at: datetime | None = None
    """The appeal was looked at, and the ban stays."""
    lifted_at: datetime | None = None
    ended_at: datetime | None = None
    """It ran out, and its person was told."""


@dataclass(frozen=True, slots=True)
class DataRequest:
    """A person's request about their own data and its statutory clocks (NĐ 356/2025)."""

    number: int
    citizen: CitizenId
    kind: str
    """export, correct, withdraw or erase."""
    asked_at: datetime
    acknowledge_by: datetime
    finish_by: datetime
    acknowledged_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConfigVersion:
    """One applied version of config.yaml."""

    number: int
    hash: str
    text: str
    author: str
    applied_at: datetime
    active: bool = True


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A refused or security-relevant act that belongs to no case's chain."""

    number: int
    at: datetime
    by: str
    what: str
    facts: dict[str, Any] = field(default_factory=dict)
