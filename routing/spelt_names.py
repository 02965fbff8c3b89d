"""The names that the words of a text spell: as they are, with an accent wrong, or with one wrong letter."""

from __future__ import annotations

from collections.abc import Iterator

from routing.gazetteer import LONGEST_MISSPELT_WORDS, Gazetteer
from routing.markers import ALLEYS, BEHIND, PLAIN_MARKERS, SECOND_HALVES, is_number
from routing.place_names import Kind, Name
from routing.wording import STOP, Words

# "Văn Miếu - Quốc Tử Giám" may have a mark inside, "dai, thang" not.
LONGEST_UNBROKEN_WORDS = 3
NO_NAMES: list[Name] = []


class SpeltNames:
    """The names in one text."""

    __slots__ = ("_gazetteer", "_words")

    def __init__(self, gazetteer: Gazetteer, words: Words) -> None:
        self._gazetteer = gazetteer
        self._words = words

    def at(self, start: int) -> list[tuple[int, list[Name]]]:
        """The names that the words from `start` on spell, the longest first, each with its end; none for a saying."""
        words, gazetteer = self._words, self._gazetteer
        plain, found = words.plain, []
        for spelling in gazetteer.spellings.get(plain[start : start + 2], ()):
            length = spelling.length
            end = start + length
            if length > 2 and plain[start:end] != spelling.plain:
                continue
            mark = words.marks[start + 1] if length == 2 else max(words.marks[start + 1 : end])
            if mark and (mark >= STOP or length <= LONGEST_UNBROKEN_WORDS):
                continue
            if spelling.saying and self._is_a_saying(start, end):
                found.append((end, NO_NAMES))
            elif fits := self._best(start, end, spelling.names):
                found.append((end, fits))
        alone = gazetteer.alone.get(plain[start])
        if alone and self._stands_out(start) and (fits := self._best(start, start + 1, alone)):
            found.append((start + 1, fits))
        return found

    def begin_a_saying(self, start: int) -> bool:
        """Whether a saying of three words and more begins with this word: "đình chỉ công tác"."""
        plain = self._words.plain
        return any(
            spelling.saying
            and plain[start : start + spelling.length] == spelling.plain
            and self._is_a_saying(start, start + spelling.length)
            for spelling in self._gazetteer.spellings.get(plain[start : start + 2], ())
        )

    def _stands_out(self, at: int) -> bool:
        """One word in small letters is a name only beside a marker or a number, or when it means nothing else."""
        words = self._words
        if words.capital[at] or words.plain[at] in self._gazetteer.unmistakable:
            return True
        if at + 1 < words.count and (words.toned[at + 1] in BEHIND or words.toned[at + 1] in ALLEYS):
            return True
        if at == 0:
            return False
        before = words.plain[at - 1]
        return before in PLAIN_MARKERS or is_number(before) or words.plain[max(0, at - 2) : at] in SECOND_HALVES

    def _is_a_saying(self, start: int, end: int) -> bool:
        words = self._words
        if True in words.marked[start:end]:
            return words.toned[start:end] in self._gazetteer.everyday
        return words.plain[start:end] in self._gazetteer.everyday_plain

    def _best(self, start: int, end: int, names: list[Name]) -> list[Name]:
        """The names with the fewest wrong accents (one at most, in one word none), and the closest of those."""
        words = self._words
        if not names or True not in words.marked[start:end]:
            return names
        toned = words.toned[start:end]
        if same := [name for name in names if name.toned == toned]:
            return same
        if end - start == 1:
            return [name for name in names if len(name.plain) > 1]
        wrong = [self.wrong_accents(start, end, name) for name in names]
        fewest = min(wrong)
        if fewest > 1:
            return []
        return self._closest(start, end, [name for name, count in zip(names, wrong, strict=True) if count == fewest])

    def _closest(self, start: int, end: int, names: list[Name]) -> list[Name]:
        """Those of the names that agree best with the words as they were typed."""
        if len(names) == 1:
            return names
        agreements = [self._agreement(start, end, name) for name in names]
        best = max(agreements)
        return [name for name, agreement in zip(names, agreements, strict=True) if agreement == best]

    def wrong_accents(self, start: int, end: int, name: Name) -> int:
        """How many of the words bear other accents than the name; without any a word is only typed carelessly."""
        typed = self._words.toned[start:end]
        if typed == name.toned or len(typed) != len(name.toned):
            return 0
        return sum(word not in both for word, both in zip(typed, zip(name.toned, name.plain, strict=True), strict=True))

    def nearest(self, start: int, kinds: frozenset[Kind], shortest: int, fills: bool) -> tuple[list[Name], int] | None:
        """The names with one wrong letter nearest to the longest stretch of words from `start` on, and its end.

        `shortest`: how many letters they have at least; `fills`: they fill their part of the sentence.
        """
        words, gazetteer = self._words, self._gazetteer
        if start + 1 >= words.count or not gazetteer.may_begin_misspelt(*words.plain[start : start + 2]):
            return None
        for end in self._windows(start):
            if fills and end < words.count and not words.marks[end]:
                continue
            plain = words.plain[start:end]
            if sum(map(len, plain)) < shortest or not plain[0].isalpha() or self._is_a_saying(start, end):
                continue
            near = gazetteer.near(plain, kinds)
            if names := [name for name in near if self._sounds_alike(start, end, name)]:
                return self._closest(start, end, names), end
        return None

    def _windows(self, start: int) -> Iterator[int]:
        """The ends of stretches of two words and more from `start` without a mark inside, the longest first."""
        marks = self._words.marks
        end = start + 1
        while end < len(marks) and end - start < LONGEST_MISSPELT_WORDS and not marks[end]:
            end += 1
        yield from range(end, start + 1, -1)

    def _sounds_alike(self, start: int, end: int, name: Name) -> bool:
        """Of the words at most one may differ in letters or accents."""
        return self._likenesses(start, end, name).count(0) <= 1

    def _agreement(self, start: int, end: int, name: Name) -> int:
        return sum(self._likenesses(start, end, name)) if end - start == len(name.plain) else 0

    def _likenesses(self, start: int, end: int, name: Name) -> list[int]:
        """Two for each word typed as in the name, one for each that merely lacks its accents, zero for others."""
        typed = self._words.toned[start:end]
        return [
            2 if word == toned else int(word == plain)
            for word, toned, plain in zip(typed, name.toned, name.plain, strict=True)
        ]
