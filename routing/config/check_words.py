"""Checks of keywords: each has letters, is long enough to mean something, and stands for one thing only."""

from __future__ import annotations

from collections.abc import Iterator

from routing.config.shape import STAND_IN
from routing.config.source import Path_, Source
from routing.config.written import WrittenConfig
from routing.wording import split_words

SHORTEST = 2
"""Letters of a keyword of one word: “đê” says something, “a” stands in every second text."""

Said = tuple[str, ...]
"""A keyword's words in one spelling, with their accents."""


def check_words(source: Source, written: WrittenConfig) -> None:
    """Every list of keywords; each fault goes to the source."""
    for path, words in _lists(written):
        _check_list(source, path, words)
    categories = written.categories.items()
    _check_apart(source, [(("categories", code, "keywords"), each.keywords) for code, each in categories])
    for code, category in categories:
        subs = category.subs.items()
        _check_apart(source, [(("categories", code, "subs", sub, "keywords"), each.keywords) for sub, each in subs])


def _lists(written: WrittenConfig) -> Iterator[tuple[Path_, tuple[str, ...]]]:
    officials = written.about_official
    for name in ("who", "does", "alone"):
        yield ("about_official", name), getattr(officials, name)
    for at, rule in enumerate(written.rules):
        words = rule.when.words
        yield ("rules", at, "when", "words"), (words,) if isinstance(words, str) else words
    for code, category in written.categories.items():
        yield ("categories", code, "keywords"), category.keywords
        yield ("categories", code, "urgent_if"), category.urgent_if
        for sub_code, sub in category.subs.items():
            yield ("categories", code, "subs", sub_code, "keywords"), sub.keywords
            yield ("categories", code, "subs", sub_code, "urgent_if"), sub.urgent_if


def _check_list(source: Source, path: Path_, words: tuple[str, ...]) -> None:
    seen: dict[Said, str] = {}
    for at, word in enumerate(words):
        if word == STAND_IN:
            continue
        said = split_words(word).toned
        if not said:
            source.fault((*path, at), f"từ khoá “{word}” không có chữ nào", "chữ cái hoặc chữ số")
        elif len(said) == 1 and len(said[0]) < SHORTEST:
            source.fault((*path, at), f"từ khoá “{word}” quá ngắn, sẽ khớp nhầm", f"ít nhất {SHORTEST} chữ cái")
        elif said in seen:
            source.fault((*path, at), f"từ khoá “{word}” bị lặp với “{seen[said]}”", "mỗi từ khoá một lần")
        seen.setdefault(said, word)


def _check_apart(source: Source, lists: list[tuple[Path_, tuple[str, ...]]]) -> None:
    """A keyword that stands for two things decides for neither."""
    owners: dict[Said, Path_] = {}
    for path, words in lists:
        for at, word in enumerate(words):
            said = split_words(word).toned
            first = owners.setdefault(said, (*path, at))
            if said and word != STAND_IN and first[: len(path)] != path:
                key = ".".join(map(str, first[:-1]))
                message = f"từ khoá “{word}” đã có ở {key} (dòng {source.line_of(first)})"
                source.fault((*path, at), message, "mỗi từ khoá ở một chỗ")
