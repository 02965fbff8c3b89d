"""Guesses the accents of a text typed without any: a hint for rules and features, never a rewrite of what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from nlp.normalize import fold


class Restorer:
    """Picks for each syllable the spelling that its two neighbours speak for, else the most frequent one."""

    def __init__(self, alone: Mapping[str, str], pairs: Mapping[str, str]) -> None:
        self.alone = dict(alone)
        self.pairs = dict(pairs)

    def restore(self, bare: Sequence[str]) -> list[str]:
        """As many words as given. A word never seen stays as it is."""
        alone, pairs = self.alone, self.pairs
        restored = [alone.get(word, word) for word in bare]
        settled = [False] * len(bare)
        for at in range(len(bare) - 1):
            pair = pairs.get(f"{bare[at]} {bare[at + 1]}")
            if pair is None:
                continue
            left, right = pair.split(" ")
            # The pair that agrees with an already settled neighbour wins over one that would change it.
            if settled[at] and restored[at] != left:
                continue
            restored[at], restored[at + 1] = left, right
            settled[at] = settled[at + 1] = True
        return restored


def learn_restorer(sentences: Iterable[Sequence[str]], at_least: int = 1) -> Restorer:
    """Counts spellings in accented sentences (words in lower case); only the best spelling of each pair is kept."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for sentence in sentences:
        words.update(sentence)
        pairs.update(pairwise(sentence))
    alone: dict[str, str] = {}
    for word, _ in words.most_common():
        alone.setdefault(fold(word), word)
    best: dict[str, tuple[str, str]] = {}
    for pair, count in pairs.most_common():
        if count >= at_least:
            best.setdefault(f"{fold(pair[0])} {fold(pair[1])}", pair)
    kept = {key: f"{a} {b}" for key, (a, b) in best.items() if a != fold(a) or b != fold(b)}
    return Restorer({key: word for key, word in alone.items() if key != word}, kept)
