"""Words that mean something: phrases found in one pass, and rules over which of them stand near one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlp.normalize import fold, normalize
from nlp.syllables import is_syllable
from nlp.words import Words, default_tokenizer

LEXICON = Path(__file__).parent / "lexicon"
_LONGEST = 8
# Sayings, each for the signs of its own kind.
_SAYINGS = ("d:vi_von", "o:duoc_nho", "s:mat_khac")
_BURNT_EVERY_DAY, _SMOKE, _FIRES = "d:dot_quen", "d:khoi", ("d:chay_chac", "d:lua")
_ARTICLES = frozenset(("a", "an", "the"))

# Tag -> the places where it was found, each as (first word, last word + 1).
Hits = dict[str, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words with their accents, and what they mean; a `toned` phrase counts only when its accents were typed."""

    words: tuple[str, ...]
    tag: str
    toned: bool = False


class PhraseTable:
    """Finds thousands of phrases in one pass over the words, typed with or without accents."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_bare: dict[str, list[Phrase]] = {}
        self._reach: dict[str, int] = {}
        for phrase in phrases:
            self._add(phrase)

    def _add(self, phrase: Phrase) -> None:
        bare = tuple(fold(word) for word in phrase.words)
        same = self._by_bare.setdefault(" ".join(bare), [])
        if phrase not in same:
            same.append(phrase)
            self._reach[bare[0]] = max(self._reach.get(bare[0], 0), min(len(bare), _LONGEST))

    def find(self, words: Words, hints: Sequence[str]) -> Hits:
        """All phrases in the text. `hints` are the words with accents restored; they decide single unaccented words."""
        hits: Hits = {}
        alone: list[tuple[Phrase, int]] = []
        meant: dict[int, set[str]] = {}
        bare, written, plain = words.bare, words.written, words.plain
        for start, first in enumerate(bare):
            reach = self._reach.get(first, 0)
            key = ""
            for end in range(start + 1, min(start + reach, len(bare)) + 1):
                key = f"{key} {bare[end - 1]}" if key else first
                for phrase in self._by_bare.get(key, ()):
                    if not _agrees(phrase, written[start:end], hints[start] if end == start + 1 else "", plain):
                        continue
                    if plain and len(phrase.words) == 1:
                        alone.append((phrase, start))
                        continue
                    hits.setdefault(phrase.tag, []).append((start, end))
                    if plain:
                        for at, word in enumerate(phrase.words, start):
                            meant.setdefault(at, set()).add(word)
        for phrase, at in alone:
            # "chay" in "tieu chay" is the word of that phrase, whatever it was guessed to be by itself.
            if phrase.words[0] in meant.get(at, phrase.words):
                hits.setdefault(phrase.tag, []).append((at, at + 1))
        return hits


def _agrees(phrase: Phrase, written: Sequence[str], hint: str, plain: bool) -> bool:
    """Whether words with the right letters also have the right accents, as far as accents were typed at all."""
    if len(written) == 1 and plain and not phrase.toned:
        return hint == phrase.words[0]  # "dao" in "Tran Hung Dao" is no knife
    if tuple(written) == phrase.words:
        return True
    if phrase.toned or len(written) == 1:
        return False
    return all(
        word == meant or (word.isascii() and word == fold(meant))
        for word, meant in zip(written, phrase.words, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """Signs that must stand within some words of one another, signs that speak against it, and what follows."""

    name: str
    needs: tuple[str, ...]
    within: int
    unless: tuple[str, ...]
    outcome: str
    why: str
    strong: bool

    def holds(self, hits: Hits) -> bool:
        if any(sign in hits for sign in self.unless) or not all(sign in hits for sign in self.needs):
            return False
        first, *rest = self.needs
        return all(_near(hits[first], hits[other], self.within) for other in rest)


def without_figures_of_speech(hits: Hits) -> Hits:
    """The same hits, less the signs that a saying takes away.

    No danger is in "chết khát", "chém khách", "kẹt cứng", and no complaint of whom "nhờ công an" calls. What says more
    than the saying in it stays: "máu me be bét" (in it, typed so, "máu mê"), "gas cylinder is leaking".
    """
    for saying in _SAYINGS:
        if saying in hits:
            hits = _less(hits, saying)
    return _without_everyday_smoke(hits) if _BURNT_EVERY_DAY in hits else hits


def _without_everyday_smoke(hits: Hits) -> Hits:
    """Smoke where straw, rubbish or charcoal is burnt is no fire; flames that spread from it are one."""
    smoke = hits.get(_SMOKE, ())
    fires = {
        tag: [fire for fire in hits.get(tag, ()) if not any(_overlap(fire, place) for place in smoke)] for tag in _FIRES
    }
    return {tag: places for tag, places in (hits | fires).items() if places}


def _less(hits: Hits, saying: str) -> Hits:
    kept: Hits = {}
    for tag, places in hits.items():
        if tag[:2] == saying[:2] and tag != saying:
            places = [place for place in places if not any(_takes_away(said, place) for said in hits[saying])]
        if places:
            kept[tag] = places
    return kept


def _takes_away(saying: tuple[int, int], sign: tuple[int, int]) -> bool:
    says_more = sign != saying and sign[0] <= saying[0] and saying[1] <= sign[1]
    return _overlap(saying, sign) and not says_more


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _near(here: Sequence[tuple[int, int]], there: Sequence[tuple[int, int]], within: int) -> bool:
    return any(
        start_b - end_a <= within and start_a - end_b <= within
        for start_a, end_a in here[:20]
        for start_b, end_b in there[:20]
    )


def phrases_of(entries: Iterable[object], tag: str, toned: bool = False, english: bool = False) -> list[Phrase]:
    """Phrases written in a lexicon file, normalized; those too long to be found are refused."""
    phrases = []
    for entry in entries:
        words = _words_of(str(entry), english)
        if not 0 < len(words) <= _LONGEST:
            raise ValueError(f"a phrase has 1 to {_LONGEST} words: {entry!r}")
        phrases.append(Phrase(words, tag, toned))
    return phrases


def _without_articles(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Those with articles as many foreigners write them: "men with knife", "fell into river"."""
    with_articles = (phrase for phrase in phrases if not _ARTICLES.isdisjoint(phrase.words))
    shorter = (replace(phrase, words=tuple(w for w in phrase.words if w not in _ARTICLES)) for phrase in with_articles)
    return [phrase for phrase in shorter if len(phrase.words) > 1]


def _words_of(entry: str, english: bool = False) -> tuple[str, ...]:
    """The entry as the text around it will look: "a" is "anh" in "cúm A", but not in "a fire"."""
    tokenizer = default_tokenizer()
    cut = tokenizer.words_as_typed if english else tokenizer.words
    return tuple(cut(normalize(entry)).written)


def read_yaml(name: str) -> Any:
    """One file of the lexicon, as written."""
    with (LEXICON / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader in C


def read_rules(entries: Iterable[Mapping[str, Any]], prefix: str, outcome: str) -> tuple[Rule, ...]:
    """Rules of a lexicon file; `prefix` marks its signs, `outcome` names the key that says what follows."""
    return tuple(
        Rule(
            name=f"{prefix}:{entry['name']}",
            needs=tuple(f"{prefix}:{sign}" for sign in entry["all"]),
            within=int(entry.get("within", 10_000)),
            unless=tuple(f"{prefix}:{sign}" for sign in entry.get("unless", ())),
            outcome=str(entry.get(outcome, "")),
            why=str(entry.get("why", "")),
            strong=bool(entry.get("strong", False)),
        )
        for entry in entries
    )


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases in one table, and the rules over them."""

    phrases: tuple[Phrase, ...]
    table: PhraseTable
    danger: tuple[Rule, ...]
    scope: tuple[Rule, ...]
    official: tuple[Rule, ...]
    topics: tuple[str, ...]

    def with_keywords(self, keywords: Mapping[str, Sequence[str]]) -> Lexicon:
        """The same with an administrator's keywords by category.

        Those that the lexicon knew are learned already; the others are tagged apart, to act without training.
        """
        known = {(phrase.words, phrase.tag) for phrase in self.phrases}
        topics = tuple(dict.fromkeys((*self.topics, *keywords)))
        phrases = [
            Phrase(words, f"k:{code}")
            for code, entries in keywords.items()
            for words in map(_words_of, entries)
            if 0 < len(words) <= _LONGEST and (words, f"t:{code}") not in known
        ]
        every = (*self.phrases, *phrases)
        return Lexicon(every, PhraseTable(every), self.danger, self.scope, self.official, topics)


# Which part of english.yaml joins which Vietnamese file.
_IN_ENGLISH = {"situations.yaml": "sentences", "urgent.yaml": "urgent", "outside.yaml": "outside"}


@cache
def english() -> Mapping[str, Any]:
    """The English side of the lexicon, by what it joins: topics, keywords, sentences, urgent, danger, official,
    outside, plain, common."""
    parts: Mapping[str, Any] = read_yaml("english.yaml")
    return parts


@cache
def _english_words() -> frozenset[str]:
    """Words of english.yaml that are no Vietnamese syllables."""
    parts = english()
    kinds = ("topics", "keywords", "sentences", "danger", "official")
    lists = [words for kind in kinds for words in parts[kind].values()]
    texts = [str(text) for words in (*lists, parts["plain"], parts["common"]) for text in words]
    spoken = {word for text in texts for word in _words_of(text, english=True)}
    local = {
        fold(word) for entries in read_yaml("topics.yaml").values() for text in entries for word in _words_of(text)
    }
    return frozenset(word for word in spoken - local if not is_syllable(word))


def is_english(bare: Sequence[str]) -> bool:
    """Whether two of five words or more are English: "khu vực có wifi" is not, "no wifi here since yesterday" is.

    One of five is enough where three are English or at least no Vietnamese syllables: English has more words than
    english.yaml.
    """
    letters = [word for word in bare if word.isalpha()]
    english_words = _english_words()
    known = sum(map(english_words.__contains__, letters))
    if 5 * known >= max(2 * len(letters), 1):
        return True
    if 5 * known < max(len(letters), 1):
        return False
    foreign = sum(word in english_words or (len(word) > 2 and not is_syllable(word)) for word in letters)
    return 5 * foreign >= 3 * len(letters)


@cache
def situations(name: str = "situations.yaml") -> tuple[tuple[str, str], ...]:
    """Short descriptions without the obvious keyword, each with its category (or its scope, for outside.yaml)."""
    parts = (read_yaml(name), english().get(_IN_ENGLISH.get(name, ""), {}))
    return tuple((str(text), str(code)) for part in parts for code, texts in part.items() for text in texts)


@cache
def _shipped_phrases() -> tuple[Phrase, ...]:
    phrases: list[Phrase] = []
    for code, entries in read_yaml("topics.yaml").items():
        phrases += phrases_of(entries, f"t:{code}")
    for part, prefix in (("topics", "t"), ("keywords", "e"), ("danger", "d"), ("official", "o")):
        for sign, entries in english()[part].items():
            found = phrases_of(entries, f"{prefix}:{sign}", english=True)
            phrases += found
            if part in ("danger", "official"):
                phrases += _without_articles(found)
    for name, prefix in (("danger.yaml", "d"), ("scope.yaml", "s"), ("official.yaml", "o")):
        for sign, entries in read_yaml(name)["signs"].items():
            phrases += phrases_of(entries, f"{prefix}:{sign}")
    abuse = read_yaml("abuse.yaml")
    for group in ("always", "toned", "bare"):
        phrases += phrases_of(abuse[group], "a:abuse", toned=True)
    phrases += phrases_of(abuse["spam"], "a:spam")
    return tuple(phrases)


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that ships with this package."""
    return Lexicon(
        phrases=_shipped_phrases(),
        table=PhraseTable(_shipped_phrases()),
        danger=read_rules(read_yaml("danger.yaml")["rules"], "d", "hotline"),
        scope=read_rules(read_yaml("scope.yaml")["rules"], "s", "scope"),
        official=read_rules(read_yaml("official.yaml")["rules"], "o", "outcome"),
        topics=tuple(read_yaml("topics.yaml")),
    )
