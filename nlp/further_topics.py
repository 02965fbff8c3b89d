"""Whether a message tells of more than one problem, and what the others are about."""

from __future__ import annotations

import re

from nlp.classify import Model
from nlp.document import Document
from nlp.features import word_features
from nlp.words import default_tokenizer

# Where another problem begins by the words themselves: "ngoài ra …", "…, còn đèn thì …", a full stop.
_OPENLY = re.compile(
    r"[.;!?\n]+(?=\s|$)|,\s*(?=(?:còn|con|mà|ma|lại|lai)\s)|(?<=\s)(?:còn|con)\s(?=(?:\w+\s){1,3}(?:thì|thi|cũng|cung)\s)|"
    r",\s(?=(?:\w+\s){1,3}(?:thì|thi|cũng|cung)\s)|"
    r"(?<!\w)(?:ngoài ra|thêm nữa|với lại|với cả|lại còn|lại thêm|đã thế|đã vậy|chưa kể|bên cạnh đó|nhân tiện|tiện thể|"
    r"tiện đây|thứ nhất là|một là|(?:thứ )?hai là|vừa|còn thêm|lẫn|đồng thời|ngoai ra|them nua|voi lai|voi ca|lai con|"
    r"lai them|da the|da vay|chua ke|ben canh do|nhan tien|tien the|tien day|thu nhat la|mot la|(?:thu )?hai la|vua|"
    r"con them|lan|dong thoi|also|besides|on top of that)(?!\w)",
    re.IGNORECASE,
)
# Where it may, as well as the same one may go on.
_PERHAPS = re.compile(r",\s+|(?<=\s)(?:và|va|and|plus|mà|ma|rồi|roi|lại|lai|còn|con)(?=\s)", re.IGNORECASE)
_LONGEST_TEXT = 1_500  # characters
_MOST_PARTS = 8
_SHORTEST_PART = 3  # words
_FIRST = 0.5  # how sure the model must be of the part about the best topic
# … and of the part about another one, where it begins openly, and where it only may; then a word must speak for it too.
_OTHER, _OTHER_PERHAPS = 0.8, 0.97
# The runner-up of the whole text is named from here on, whatever line was learned: below, more were wrong than right.
_RUNNER_UP = 0.2
_TOGETHER = 0.7
_MOST = 2  # topics beside the first
OTHER = "khac"
Heard = dict[str, tuple[str, float]]
"""Topic and chance by part."""


def judge_further(document: Document, model: Model) -> None:
    """Fills in `further`: one topic from the runner-up of the whole text or from its parts; more from its parts alone.

    More are named only where the parts plainly tell of two or more others.
    """
    first = document.candidates[0].category
    named = {tag[2:] for tag in document.hits if tag.startswith("t:")} - {first, OTHER}
    heard: Heard = {}
    second = _second(document, model, named, heard)
    if second is None:
        return
    told: list[str] = []
    if named - {second}:
        others = _other_topics(_pieces(document), _OTHER_PERHAPS, first, model, heard)
        told = [code for code in others if code in named]
    more = told if len(told) > 1 else ()
    document.further = tuple(dict.fromkeys((second, *more)))[:_MOST]


def _second(document: Document, model: Model, named: set[str], heard: Heard) -> str | None:
    best, runner_up, *_ = document.candidates
    line = max(model.thresholds.second, _RUNNER_UP)
    if runner_up.probability >= line and best.probability + runner_up.probability >= _TOGETHER:
        return runner_up.category
    if not named:
        return None
    openly = _other_topic(_open_parts(document), _OTHER, best.category, model, heard)
    if openly is not None:
        return openly
    perhaps = _other_topic(_pieces(document), _OTHER_PERHAPS, best.category, model, heard)
    return perhaps if perhaps in named else None


def _open_parts(document: Document) -> list[str]:
    return [part for part in _OPENLY.split(document.normal[:_LONGEST_TEXT]) if part]


def _pieces(document: Document) -> list[str]:
    return [piece for part in _open_parts(document) for piece in _PERHAPS.split(part)]


def _other_topic(parts: list[str], line: float, first: str, model: Model, heard: Heard) -> str | None:
    """The topic that one part is clearly about while another is about the first."""
    return next(iter(_other_topics(parts, line, first, model, heard)), None)


def _other_topics(parts: list[str], line: float, first: str, model: Model, heard: Heard) -> list[str]:
    """Such topics, the clearest first; `heard` keeps what was read."""
    parts = [part for part in parts if len(part.split()) >= _SHORTEST_PART][:_MOST_PARTS]
    if len(parts) < 2:
        return []
    is_first_told = False
    others: dict[str, float] = {}
    for part in parts:
        topic, chance = heard.get(part) or heard.setdefault(part, _topic_of(part, model))
        if topic == first:
            is_first_told |= chance >= _FIRST
        elif chance >= line and topic != OTHER:
            others[topic] = max(chance, others.get(topic, 0.0))
    return sorted(others, key=lambda code: -others[code]) if is_first_told else []


def _topic_of(part: str, model: Model) -> tuple[str, float]:
    """What a part is most likely about, and how likely."""
    words = default_tokenizer().words(part)
    hints = model.restorer.restore(words.bare) if words.plain else words.written
    topics = model.topics(word_features(words, hints), {"=bias": 1.0})
    topic = max(topics, key=lambda code: topics[code])
    return topic, topics[topic]
