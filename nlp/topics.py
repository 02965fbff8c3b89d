"""What a text is about: three candidates, whether to abstain, and a second topic when two share one message."""

from __future__ import annotations

import math
import re

from nlp.classify import Model
from nlp.document import Document
from nlp.features import sign_features, topic_leaning, word_features
from nlp.lexicon import Lexicon
from nlp.reading import Candidate
from nlp.words import default_tokenizer

OTHER = "khac"
_CLAUSE = re.compile(
    r"[.;!?\n]+(?=\s|$)|,\s(?=(?:còn|con|(?:\w+\s){1,3}(?:thì|thi))\s)|"
    r"(?<!\w)(?:ngoài ra|thêm nữa|với lại|đã thế|chưa kể|bên cạnh đó|nhân tiện|tiện thể|tiện đây|thứ nhất là|một là|"
    r"(?:thứ )?hai là|vừa|ngoai ra|them nua|voi lai|da the|chua ke|ben canh do|nhan tien|tien the|tien day|thu nhat la|"
    r"mot la|(?:thu )?hai la|vua)(?!\w)",
    re.IGNORECASE,
)
_CLEAR = 0.7  # how sure the model must be of each part before two parts make two topics
_MOST_PARTS = 4
# A keyword that the model has not learned multiplies the odds of its category by about four.
_KEYWORD_PULL = 1.5
_UNHEARD_OF = 0.002  # a category that the model rules out can still be pulled up


def score(document: Document, model: Model) -> None:
    """Asks the model about topic, urgency and scope in one go."""
    names = word_features(document.words, document.hints)
    signs = sign_features(document.words, document.hits, document.rules, document.normal)
    document.scores = model.scores(names, signs)


def judge_topic(document: Document, model: Model) -> None:
    """Fills in candidates, abstain and second from the model's scores."""
    if document.scores is None or not document.words.bare:
        return
    chances = _with_keywords(document.scores.topics, document)
    ranked = sorted(chances.items(), key=lambda item: -item[1])
    document.candidates = tuple(Candidate(code, round(chance, 4)) for code, chance in ranked[:3])
    document.abstain = ranked[0][1] < model.thresholds.propose
    if ranked[1][1] >= model.thresholds.second and ranked[0][1] + ranked[1][1] >= _CLEAR:
        document.second = ranked[1][0]
    else:
        document.second = _second_by_parts(document, model)


def _with_keywords(chances: dict[str, float], document: Document) -> dict[str, float]:
    """The chances after an administrator's new keywords; each of at most two multiplies those of its category."""
    weights = {}
    for tag, places in document.hits.items():
        if tag.startswith("k:"):
            found = {" ".join(document.words.bare[start:end]) for start, end in places}
            weights[tag[2:]] = math.exp(_KEYWORD_PULL * min(len(found), 2))
    if not weights:
        return chances
    pulled = {code: (chance + _UNHEARD_OF) * weights.get(code, 1.0) for code, chance in chances.items()}
    total = sum(pulled.values())
    return {code: chance / total for code, chance in pulled.items()}


def _second_by_parts(document: Document, model: Model) -> str | None:
    """The other topic, when one part is clearly about the best topic and another part about something else."""
    parts = [part for part in _CLAUSE.split(document.normal[:1_500]) if len(part.split()) >= 3][:_MOST_PARTS]
    if len(parts) < 2:
        return None
    clear: list[str] = []
    for part in parts:
        words = default_tokenizer().words(part)
        topics = model.scores(word_features(words, words.written), {"=bias": 1.0}).topics
        best = max(topics, key=lambda code: topics[code])
        if topics[best] >= _CLEAR and best not in clear:
            clear.append(best)
    category = document.candidates[0].category
    others = [code for code in clear if code != category]
    return others[0] if category in clear and others else None


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
