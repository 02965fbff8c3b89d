"""The working document that the stages of the reader fill in, one after another."""

from __future__ import annotations

from dataclasses import dataclass, field

from nlp.lexicon import Hits
from nlp.reading import Candidate, Danger, PersonalSpan, Scope, Urgency
from nlp.words import Words


@dataclass(slots=True)
class Scores:
    """What the trained model says: probability of each category, urgency and scope."""

    topics: dict[str, float]
    urgency: dict[str, float]
    scope: dict[str, float]


@dataclass(slots=True)
class Document:
    """One text on its way to a `Reading`."""

    text: str
    normal: str = ""
    words: Words = field(default_factory=lambda: Words([], [], 0.0))
    english: bool = False
    hints: list[str] = field(default_factory=list)
    hits: Hits = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    scores: Scores | None = None
    candidates: tuple[Candidate, ...] = ()
    abstain: bool = True
    further: tuple[str, ...] = ()
    urgency: Urgency = Urgency.BINH_THUONG
    danger: Danger | None = None
    sure_of_danger: bool = False
    scope: Scope = Scope.IN_SCOPE
    abuse: bool = False
    spam: bool = False
    about_official: bool = False
    personal_data: tuple[PersonalSpan, ...] = ()
    masked: str = ""
