"""Mends slips of the finger in single words, as a hint for features and rules; the citizen's text stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nlp.words import Words

_LETTERS = "abcdeghiklmnopqrstuvxy"
_SHORTEST, _LONGEST = 3, 14
_LIMIT = 20_000


class Speller:
    """Knows unaccented syllables by how often people write them; an unknown one becomes the nearest known one."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = dict(counts)
        self._mended: dict[str, tuple[str, ...]] = {}

    def knowing(self, words: Iterable[str]) -> Speller:
        """The same, which leaves these unaccented words as they are."""
        return Speller({**dict.fromkeys(words, 1), **self.counts})

    def mend(self, words: Words) -> Words:
        """The same words, unknown ones replaced where a known one is one slip away, split where a space is missing."""
        unknown = [
            at for at, word in enumerate(words.bare) if word not in self.counts and word.isascii() and word.isalpha()
        ]
        if not unknown:
            return words
        written, bare = list(words.written), list(words.bare)
        for at in reversed(unknown):
            mended = self._mend(bare[at])
            if mended:
                written[at : at + 1] = mended
                bare[at : at + 1] = mended
        return Words(written, bare, words.accented)

    def _mend(self, word: str) -> tuple[str, ...]:
        """Known words for an unknown one; empty when nothing is near."""
        if not _SHORTEST <= len(word) <= _LONGEST:
            return ()
        if word not in self._mended:
            if len(self._mended) >= _LIMIT:
                self._mended.clear()
            self._mended[word] = self._nearest(word)
        return self._mended[word]

    def _nearest(self, word: str) -> tuple[str, ...]:
        counts = self.counts
        near = max((slip for slip in _one_slip(word) if slip in counts), key=lambda slip: counts[slip], default=None)
        parts = max(
            ((word[:at], word[at:]) for at in range(2, len(word) - 1) if word[:at] in counts and word[at:] in counts),
            key=lambda pair: min(counts[pair[0]], counts[pair[1]]),
            default=None,
        )
        if parts and (near is None or len(word) > 6):
            return parts
        return (near,) if near else ()


def _one_slip(word: str) -> Iterator[str]:
    """Everything that one missing, doubled, swapped or wrong letter could have been."""
    for at in range(len(word) + 1):
        left, right = word[:at], word[at:]
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in _LETTERS:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


def learn_speller(sentences: Iterable[Sequence[str]], at_least: int = 2) -> Speller:
    """Counts unaccented words in clean sentences; those seen less than `at_least` times are not trusted."""
    counts: Counter[str] = Counter()
    for sentence in sentences:
        counts.update(word for word in sentence if word.isascii() and word.isalpha())
    return Speller({word: count for word, count in counts.items() if count >= at_least})
