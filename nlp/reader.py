"""Reads one text through an ordered list of stages into a Reading; never raises, whatever the text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nlp import segment
from nlp.abuse import judge_abuse, judge_spam
from nlp.classify import MODEL, Model, ModelUnusable, Thresholds, load_model
from nlp.diacritics import Restorer
from nlp.document import Document
from nlp.further_topics import judge_further
from nlp.lexicon import Lexicon, Rule, is_english, shipped_lexicon, without_figures_of_speech
from nlp.normalize import fold, normalize
from nlp.official import judge_official
from nlp.personal_data import find_personal_data, mask, spans_in_original
from nlp.reading import Candidate, Reading, Urgency
from nlp.scope import judge_scope
from nlp.spelling import Speller
from nlp.syllables import is_syllable
from nlp.telex import untyped
from nlp.topics import judge_topic, lean_on_words, score
from nlp.urgency import judge_urgency
from nlp.words import default_tokenizer

log = logging.getLogger(__name__)

Stage = Callable[[Document], None]
_LONGEST_TEXT = 40_000  # characters; a chat message has at most 4,096


class Reader:
    """Turns texts into Readings. `degraded` says in words why it works without its model, or is None."""

    def __init__(
        self,
        lexicon: Lexicon,
        model: Model | None,
        degraded: str | None,
        restorer: Restorer | None = None,
        speller: Speller | None = None,
    ) -> None:
        self.degraded = degraded
        self._restorer = restorer or (model.restorer if model else None)
        learned = speller or (model.speller if model else None)
        # A word of the lexicon, or of an administrator's keyword, is no slip because no model has seen it yet.
        self._speller = learned.knowing(_syllables(lexicon)) if learned else None
        self._lexicon = lexicon
        self._model = model
        self._tokenizer = default_tokenizer()
        self._lines = model.thresholds if model else Thresholds()
        self._rules_by_sign = _by_first_sign((*lexicon.danger, *lexicon.scope, *lexicon.official))
        self._preparing: tuple[Stage, ...] = (
            self._normalize,
            self._find_personal_data,
            self._cut_into_words,
            self._hear_english,
            self._mend_slips,
            self._guess_accents,
            self._find_signs,
        )
        self.stages: tuple[Stage, ...] = (
            *self._preparing,
            *((self._score, self._judge_topic, self._judge_further) if model else ()),
            self._lean_on_words,
            self._judge_urgency,
            judge_abuse,
            judge_spam,
            judge_official,
            self._judge_scope,
        )

    @classmethod
    def load(cls, model_path: Path | None = None, keywords: Mapping[str, Sequence[str]] | None = None) -> Reader:
        """A reader with the model at `model_path` (None: the shipped one) and an administrator's keywords by category.

        A missing or broken model is no error: the reader starts, abstains, and says why in `degraded`.
        """
        lexicon = shipped_lexicon()
        if keywords:
            lexicon = lexicon.with_keywords(keywords)
        model, why = None, None
        try:
            model = load_model(model_path or MODEL)
        except ModelUnusable as error:
            why = str(error)
        segment.warm_up()
        is_english(())  # its words are read once, before the first citizen writes
        return cls(lexicon, model, why)

    @property
    def features(self) -> int:
        """How many features the model weighs; 0 without a model."""
        return len(self._model.rows) if self._model else 0

    def strange_words(self, text: str) -> tuple[int, int]:
        """How many words of the text the model has never seen, and how many it has: a measure of drift."""
        words = self._tokenizer.words(normalize(text)).bare
        telling = [word for word in words if word.isascii() and word.isalpha()]
        return sum(1 for word in telling if self._speller and word not in self._speller.counts), len(telling)

    @classmethod
    def bare(cls, restorer: Restorer, speller: Speller) -> Reader:
        """A reader without a model, for preparing the text that a model is trained on."""
        return cls(shipped_lexicon(), None, "no model yet", restorer, speller)

    def prepare(self, text: str) -> Document:
        """The text after the stages that come before the model."""
        document = Document(text=text)
        for stage in self._preparing:
            stage(document)
        return document

    def read(self, text: str) -> Reading:
        """Everything understood of the text; total: a stage that fails is skipped and its answer stays cautious."""
        document = Document(text=str(text)[:_LONGEST_TEXT])
        for stage in self.stages:
            try:
                stage(document)
            except Exception as fault:  # a citizen gets an answer whatever one stage stumbles over
                # Its trace could hold words of the text.
                log.error("a stage failed: %s (%s)", stage.__name__, type(fault).__name__)
        return _reading(text, document)

    def _normalize(self, document: Document) -> None:
        document.normal = document.masked = normalize(document.text)

    def _find_personal_data(self, document: Document) -> None:
        spans = find_personal_data(document.normal)
        document.masked = mask(document.normal, spans)
        document.personal_data = spans_in_original(spans, document.text, document.normal)

    def _cut_into_words(self, document: Document) -> None:
        words = self._tokenizer.words
        document.words = words(untyped(document.normal, lambda: is_english(words(document.normal).bare)))

    def _hear_english(self, document: Document) -> None:
        document.english = is_english(document.words.bare)
        if document.english:
            document.words = self._tokenizer.words_as_typed(document.normal)

    def _mend_slips(self, document: Document) -> None:
        # Of English too few words are known: "fine" would become "fire".
        if self._speller and not document.english:
            document.words = self._speller.mend(document.words)
        document.hints = document.words.written

    def _guess_accents(self, document: Document) -> None:
        if self._restorer and document.words.plain and not document.english:
            document.hints = self._restorer.restore(document.words.bare)

    def _find_signs(self, document: Document) -> None:
        document.hits = without_figures_of_speech(self._lexicon.table.find(document.words, document.hints))
        document.rules = [
            rule.name
            for sign in document.hits
            for rule in self._rules_by_sign.get(sign, ())
            if rule.holds(document.hits)
        ]

    def _score(self, document: Document) -> None:
        if self._model and document.words.bare:
            score(document, self._model)

    def _judge_topic(self, document: Document) -> None:
        if self._model:
            judge_topic(document, self._model)
        if not any(word.isalpha() for word in document.words.bare):
            document.abstain = True  # a number says nothing of a topic

    def _judge_further(self, document: Document) -> None:
        if self._model and document.candidates:
            judge_further(document, self._model)

    def _lean_on_words(self, document: Document) -> None:
        lean_on_words(document, self._lexicon)

    def _judge_urgency(self, document: Document) -> None:
        judge_urgency(document, self._lexicon.danger, self._lines)

    def _judge_scope(self, document: Document) -> None:
        judge_scope(document, self._lines)


def _syllables(lexicon: Lexicon) -> set[str]:
    """The Vietnamese words of the lexicon, without accents. English ones stay unknown: no slip is mended to one."""
    words = {word for phrase in lexicon.phrases for word in phrase.words}
    return set(filter(is_syllable, map(fold, words)))


def _by_first_sign(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    table: dict[str, list[Rule]] = {}
    for rule in rules:
        table.setdefault(rule.needs[0], []).append(rule)
    return table


def _reading(text: str, document: Document) -> Reading:
    candidates = document.candidates or tuple(
        Candidate(code, 0.0) for code in ("khac", "moi_truong_rac_thai", "ha_tang_duong")
    )
    return Reading(
        text=text,
        category=candidates[0].category,
        candidates=candidates,
        abstain=document.abstain,
        further=document.further,
        urgency=document.urgency,
        urgent=document.urgency is Urgency.KHAN,
        danger=replace(document.danger, sure=document.sure_of_danger) if document.danger else None,
        scope=document.scope,
        abuse=document.abuse,
        spam=document.spam,
        personal_data=document.personal_data,
        masked=document.masked,
        folded=fold(document.masked),
        about_official=document.about_official,
        english=document.english,
    )
