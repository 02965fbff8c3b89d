"""What the linear model looks at: words in a row with and without accents, lexicon signs, the shape of a text."""

from __future__ import annotations

import math
from collections import Counter

from nlp.lexicon import Hits
from nlp.words import Words

# Lexicon signs count more the more different phrases speak for them, up to this many.
_ENOUGH = 4


def word_features(words: Words, hints: list[str]) -> set[str]:
    """Names of the word features that are present: "ổ gà" as written, "_o ga" without accents; numbers are "#"."""
    written = hints if words.plain else words.written
    shown = [word if not word[0].isdigit() else "#" for word in written]
    bare = [word if not word[0].isdigit() else "#" for word in words.bare]
    names = set(shown)
    names.update(map("{} {}".format, shown, shown[1:]))
    names.update(map("_{}".format, bare))
    names.update(map("_{} {}".format, bare, bare[1:]))
    names.update(map("_{} {} {}".format, bare, bare[1:], bare[2:]))
    return names


def sign_features(words: Words, hits: Hits, rules: list[str], normal: str) -> dict[str, float]:
    """Lexicon signs, rules that hold and the shape of the text, each 0 to about 1."""
    signs: dict[str, float] = {}
    for tag, places in hits.items():
        if tag.startswith("e:"):
            continue  # it pulls by itself, learned or not
        different = len({" ".join(words.bare[start:end]) for start, end in places[:8]})
        signs[f"={tag}"] = 0.5 + 0.5 * min(different, _ENOUGH) / _ENOUGH
    for name in rules:
        signs[f"=r:{name}"] = 1.0
    length = len(words.bare)
    signs[f"=n:{min(int(math.log2(length + 1)), 7)}"] = 1.0
    signs["=bias"] = 1.0
    tail = normal[-40:]
    if "?" in tail:
        signs["=question"] = 1.0
    if "!" in normal:
        signs["=exclaims"] = 1.0
    if length and words.bare[-1] in ("khong", "a", "nhi", "vay", "the", "dau", "gi", "nao", "sao", "ha", "ta"):
        signs[f"=ends:{words.bare[-1]}"] = 1.0
    return signs


def topic_leaning(words: Words, hits: Hits) -> Counter[str]:
    """How many words of the text speak for each topic, by the lexicon alone: what is left when there is no model."""
    leaning: Counter[str] = Counter()
    for tag, places in hits.items():
        if tag.startswith(("t:", "k:")):
            covered = {at for start, end in places for at in range(start, end)}
            leaning[tag[2:]] += len(covered) + sum(end - start - 1 for start, end in places[:6])
    return leaning
