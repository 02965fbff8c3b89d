"""What a text is about: three candidates, whether to abstain, and a second topic when two share one message."""

from __future__ import annotations

import re

from nlp.classify import Model
from nlp.document import Document
from nlp.features import sign_features, topic_leaning, word_features
from nlp.lexicon import Lexicon
from nlp.reading import Candidate

OTHER = "khac"
_CLAUSE = re.compile(
    r"[.;!?\n]+|,\s|\s(?:ngoài ra|thêm nữa|với lại|đã thế|chưa kể|bên cạnh đó|ngoai ra|them nua|voi lai|chua ke)\s",
    re.IGNORECASE,
)


def score(document: Document, model: Model) -> None:
    """Asks the model about topic, urgency and scope in one go."""
    names = word_features(document.words, document.hints)
    signs = sign_features(document.words, document.hits, document.rules, document.normal)
    document.scores = model.scores(names, signs)


def judge_topic(document: Document, model: Model) -> None:
    """Fills in candidates, abstain and second from the model's scores."""
    if document.scores is None or not document.words.bare:
        return
    ranked = sorted(document.scores.topics.items(), key=lambda item: -item[1])
    document.candidates = tuple(Candidate(code, round(chance, 4)) for code, chance in ranked[:3])
    document.abstain = ranked[0][1] < model.thresholds.propose
    if ranked[1][1] >= model.thresholds.second:
        document.second = ranked[1][0]


def lean_on_words(document: Document, lexicon: Lexicon) -> None:
    """Without a model: candidates by how many lexicon words speak for each, and always abstain."""
    if document.candidates:
        return
    leaning = topic_leaning(document.words, document.hits)
    ranked = [code for code, _ in leaning.most_common(3)]
    ranked += [code for code in (OTHER, *lexicon.topics) if code not in ranked]
    total = sum(leaning.values())
    document.candidates = tuple(
        Candidate(code, round(leaning[code] / total, 4) if total else 0.0) for code in ranked[:3]
    )
    document.abstain = True
