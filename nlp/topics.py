"""What a text is about: three candidates, and whether to abstain."""

from __future__ import annotations

import math

from nlp.classify import Model
from nlp.document import Document
from nlp.features import sign_features, topic_leaning, word_features
from nlp.further_topics import OTHER
from nlp.lexicon import Lexicon
from nlp.reading import Candidate

# A keyword that the model has not learned multiplies the odds of its category by about four.
_KEYWORD_PULL = 1.5
_UNHEARD_OF = 0.002  # a category that the model rules out can still be pulled up


def score(document: Document, model: Model) -> None:
    """Asks the model about topic, urgency and scope in one go."""
    names = word_features(document.words, document.hints)
    signs = sign_features(document.words, document.hits, document.rules, document.normal)
    document.scores = model.scores(names, signs)


def judge_topic(document: Document, model: Model) -> None:
    """Fills in candidates and abstain from the model's scores."""
    if document.scores is None or not document.words.bare:
        return
    chances = _with_keywords(document.scores.topics, document)
    ranked = sorted(chances.items(), key=lambda item: -item[1])
    document.candidates = tuple(Candidate(code, round(chance, 4)) for code, chance in ranked[:3])
    document.abstain = ranked[0][1] < model.thresholds.propose


def _with_keywords(chances: dict[str, float], document: Document) -> dict[str, float]:
    """The chances after an administrator's new keywords; each of at most two multiplies those of its category.

    In an English text so do the English ones.
    """
    kinds = ("k:", "e:") if document.english else ("k:",)
    weights: dict[str, float] = {}
    for tag, places in document.hits.items():
        if tag.startswith(kinds):
            found = {" ".join(document.words.bare[start:end]) for start, end in places}
            pull = math.exp(_KEYWORD_PULL * min(len(found), 2))
            weights[tag[2:]] = max(pull, weights.get(tag[2:], 1.0))
    if not weights:
        return chances
    pulled = {code: (chance + _UNHEARD_OF) * weights.get(code, 1.0) for code, chance in chances.items()}
    total = sum(pulled.values())
    return {code: chance / total for code, chance in pulled.items()}


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
