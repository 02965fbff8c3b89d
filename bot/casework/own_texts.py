"""Sentences that an agency has put in place of ours (config.yaml, texts): which of them cannot be used."""

from __future__ import annotations

from collections.abc import Iterator

from bot.dialogue.texts import load_texts
from routing.config import Config
from routing.config.faults import nearest


def own_text_faults(config: Config) -> Iterator[str]:
    """One line, in Vietnamese, for each sentence with an unknown key or with places that nothing fills in."""
    texts = load_texts()
    known = texts.keys()
    for key, words in config.texts.items():
        if key not in known:
            near = nearest(key, known)
            yield f"texts: không có câu “{key}”" + (f", có phải “{near}”?" if near else "")
        elif strange := texts.strange_places(key, words):
            yield f"texts: câu “{key}” không có chỗ điền {', '.join(sorted(strange))}"
