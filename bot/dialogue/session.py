"""What a conversation remembers between two messages, and what a message brings: plain values, JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from bot.dialogue.message import Incoming, Say
from nlp.reading import Reading
from routing.config import Config
from routing.geography import Located
from routing.places import Found
from storage.records import FileKind, Point


@dataclass(frozen=True, slots=True)
class Where:
    """A place as far as it is known: a ward, perhaps a point, and the words it came from."""

    ward_code: str
    ward: str
    words: str = ""
    lat: float | None = None
    lon: float | None = None
    street: str | None = None
    in_alley: bool = False

    @property
    def point(self) -> Point | None:
        return Point(self.lat, self.lon) if self.lat is not None and self.lon is not None else None


@dataclass(frozen=True, slots=True)
class Understood:
    """What the reader made of the words so far: the part of a `Reading` that a draft keeps."""

    category: str
    candidates: tuple[str, ...]
    abstain: bool
    further: tuple[str, ...]
    urgency: str
    hotline: str | None
    danger: str | None
    scope: str
    abuse: bool
    spam: bool
    about_official: bool
    masked: str
    folded: str
    danger_sure: bool = True
    """Whether the danger is plain; a suspected one is asked about."""

    @property
    def in_danger(self) -> bool | None:
        """Whether somebody may be hurt right now; None when it is only suspected, and must be asked."""
        return bool(self.hotline) and (self.danger_sure or None)

    @staticmethod
    def of(reading: Reading) -> Understood:
        return Understood(
            category=reading.category,
            candidates=tuple(c.category for c in reading.candidates),
            abstain=reading.abstain,
            further=reading.further,
            urgency=reading.urgency.value,
            hotline=reading.danger.hotline if reading.danger else None,
            danger=reading.danger.why if reading.danger else None,
            scope=reading.scope.value,
            abuse=reading.abuse,
            spam=reading.spam,
            about_official=reading.about_official,
            masked=reading.masked,
            folded=reading.folded,
            danger_sure=reading.danger is None or reading.danger.sure,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A complaint in the making."""

    text: str = ""
    retelling: bool = False
    """The words are to be told anew: what comes next replaces them, unless they are kept after all."""
    understood: Understood | None = None
    category: str | None = None
    """Settled category: sure of itself, or chosen by the citizen."""
    chosen_by_citizen: bool = False
    where: Where | None = None
    options: tuple[tuple[str, str], ...] = ()
    """Ward codes and names to choose from when the words fit several."""
    words_of_place: str = ""
    pin: Where | None = None
    """The place whose ward is still asked for: a position near a border, or words that fit several wards."""
    from_photo: Where | None = None
    """A position that a photo carries: offered as the place, and taken only when the citizen says so."""
    files: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Kind of each file, in the same order."""
    photos_asked: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    private: bool | None = None
    on_behalf: str | None = None
    hotline_told: bool = False
    insisted: bool = False
    further: tuple[str, ...] | None = None
    """Categories of the further problems that are to be filed as linked cases; None until it is settled which."""
    neighbours: tuple[tuple[str, str], ...] | None = None
    """Codes and summaries of similar cases near by; None until looked for."""
    neighbours_settled: bool = False
    identity_settled: tuple[str, ...] = ()
    """Identity questions answered or skipped."""
    trail: tuple[str, ...] = ()
    """Steps already asked, for going back."""
    voice_only: bool = False
    told: tuple[str, str] = ("", "")
    """Key and words of the message that was told last: it may still be put right."""

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.files or self.where)

    @property
    def in_danger(self) -> bool | None:
        """As understood from the words. In danger only what sends help to the right place is still asked."""
        return self.understood.in_danger if self.understood else False

    def count(self, kind: FileKind) -> int:
        return sum(1 for k in self.kinds if k == kind.value)


@dataclass(frozen=True, slots=True)
class Session:
    """Where a conversation stands."""

    flow: str = "home"
    step: str = ""
    draft: Draft = field(default_factory=Draft)
    drafts: int = 0
    """Drafts begun in this chat: stamps buttons, so that one of an older draft is known as old."""
    memo: Mapping[str, Any] = field(default_factory=dict)
    """What the present flow must remember; plain JSON."""
    offered: tuple[tuple[str, str], ...] = ()
    """Presses on offer and their folded labels: "1" or the words choose as well as a tap."""
    language: str = "vi"
    nudged: bool = False

    def at(self, flow: str, step: str = "", **memo: Any) -> Session:
        """The same conversation, elsewhere."""
        return replace(self, flow=flow, step=step, memo=memo)

    def with_draft(self, **changes: Any) -> Session:
        return replace(self, draft=replace(self.draft, **changes))

    def fresh(self) -> Session:
        """Home again, the draft forgotten; who skipped a question about identity is not asked again."""
        settled = tuple(kind for kind in self.draft.identity_settled if kind != "consent")
        blank = Draft(identity_settled=settled)
        return replace(self, flow="home", step="", memo={}, draft=blank, drafts=self.drafts + 1, nudged=False)

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> Session:
        """Reads what `to_json` wrote; unknown fields of a newer version are left out, missing ones take defaults."""
        kept = _known(Session, raw)
        kept["draft"] = _draft(kept.get("draft") or {})
        kept["offered"] = tuple((o[0], o[1]) for o in kept.get("offered", ()))
        return Session(**kept)


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case of the person, as far as a dialogue needs it."""

    code: str
    label: str
    status: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of the person who writes."""

    consented: bool = False
    name: str | None = None
    phone: str | None = None
    home_ward: str | None = None
    questions: tuple[tuple[str, str], ...] = ()
    """Open questions of officers: case code and words."""
    open_cases: tuple[KnownCase, ...] = ()
    banned_until: datetime | None = None
    ban_reason: str = ""
    muted: tuple[str, ...] = ()
    replied_code: str | None = None
    """The case that the message answers, when it is a reply to one of ours."""
    replied_desk: bool = False
    """It is a reply to the triage desk's words."""


@dataclass(frozen=True, slots=True)
class HeardFile:
    id: str
    kind: FileKind


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an effect, or of a picture's way through the gate: it re-enters the conversation as an input."""

    kind: str
    ok: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """One message with all that was understood of it."""

    incoming: Incoming
    reading: Reading | None = None
    places: Found | None = None
    located: Located | None = None
    point: Point | None = None
    files: tuple[HeardFile, ...] = ()
    result: Result | None = None
    denied: str | None = None
    """The category of what the words say it is not: "không phải rác nữa, là đèn đường"."""

    @property
    def text(self) -> str:
        return (self.incoming.text or "").strip()


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that the conversation wants done, inside the same transaction: the name of a use case and its words."""

    do: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message leads to."""

    session: Session
    say: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()
    again: str = ""
    """Words kept from an earlier message that are to be understood, and heard, now."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The world around a message: one configuration snapshot, the person, the time."""

    config: Config
    known: Known
    now: datetime
    wards: Mapping[str, str] = field(default_factory=dict)
    """Code and full name of every ward."""


@dataclass(frozen=True, slots=True)
class Retry:
    """An answer that does not fit: say why and ask again."""

    key: str
    args: Mapping[str, Any] = field(default_factory=dict)


def _plain(record: Any) -> dict[str, Any]:
    """A record and those within it by field names; the values are plain and never change, so none is copied."""
    held = ((name, getattr(record, name)) for name in record.__slots__)
    return {name: _plain(value) if is_dataclass(value) else value for name, value in held}


def _known(record: type[Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    return {f.name: raw[f.name] for f in fields(record) if f.name in raw}


def _draft(raw: Mapping[str, Any]) -> Draft:
    kept = _known(Draft, raw)
    if kept.get("understood"):
        kept["understood"] = _understood(kept["understood"])
    if raw.get("second_settled"):
        kept["further"] = _one_by_one(raw, "second_case", "third_case")
    elif kept.get("further") is not None:
        kept["further"] = tuple(kept["further"])
    for name in ("where", "pin", "from_photo"):
        if kept.get(name):
            kept[name] = Where(**kept[name])
    for name in ("files", "kinds", "identity_settled", "trail"):
        kept[name] = tuple(kept.get(name) or ())
    kept["told"] = tuple(kept.get("told") or ("", ""))
    kept["options"] = tuple((o[0], o[1]) for o in kept.get("options") or ())
    if kept.get("neighbours") is not None:
        kept["neighbours"] = tuple((n[0], n[1]) for n in kept["neighbours"])
    return Draft(**kept)


def _understood(raw: Mapping[str, Any]) -> Understood:
    kept = _known(Understood, raw)
    kept["candidates"] = tuple(kept["candidates"])
    kept["further"] = tuple(kept.get("further", _one_by_one(raw, "second", "third")))
    return Understood(**kept)


def _one_by_one(raw: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Further problems as sessions held them at first: each in a field of its own."""
    return tuple(raw[name] for name in names if raw.get(name))
