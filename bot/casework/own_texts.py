"""Sentences that an agency has put in place of ours (config.yaml, texts): which of them cannot be used."""

from __future__ import annotations

from collections.abc import Iterator

from bot.dialogue.texts import load_texts
from routing.config import Config
from routing.config.faults import Fault, nearest
from routing.config.source import read_source


def own_text_faults(config: Config) -> Iterator[str]:
    """One line, in Vietnamese, for each sentence with an unknown key or with places that nothing fills in."""
    for _key, words in strange_sentences(config):
        yield f"texts: {words}"


def located_faults(config: Config, text: str, file: str) -> Iterator[Fault]:
    """The same with the line of each sentence in the text that the configuration was read from."""
    source = read_source(text, file)
    for key, words in strange_sentences(config):
        yield Fault(file, source.line_of(("texts", key)), f"texts.{key}", words)


def strange_sentences(config: Config) -> Iterator[tuple[str, str]]:
    """The key of each sentence that cannot be used, and what is wrong with it."""
    texts = load_texts()
    known = texts.keys()
    for key, words in config.texts.items():
        if key not in known:
            near = nearest(key, known)
            yield key, f"không có câu “{key}”" + (f", có phải “{near}”?" if near else "")
        elif strange := texts.strange_places(key, words):
            yield key, f"câu “{key}” không có chỗ điền {', '.join(sorted(strange))}"
