"""Word segmentation by underthesea: the only place that touches that library."""

from __future__ import annotations

from collections.abc import Callable

_LONGEST = 1_200  # characters: 10,000 of them take 80 ms
_loaded: list[Callable[[str], list[str]]] = []


def warm_up() -> str | None:
    """Loads the library and its model. Returns why segmentation is not at hand, or None when it is."""
    try:
        from underthesea.pipeline.word_tokenize import word_tokenize

        word_tokenize("Xin chào")
    except Exception as error:  # whatever is wrong over there, a text can be read without it
        return f"{type(error).__name__}: {error}"
    if not _loaded:
        _loaded.append(word_tokenize)
    return None


def segment(text: str) -> list[str]:
    """Words of one or more syllables, in lower case, syllables joined by a space; empty when it cannot be done."""
    if not _loaded:
        return []
    try:
        return [word.lower() for word in _loaded[0](text[:_LONGEST])]
    except Exception:  # a text it stumbles over is read from its syllables alone
        return []


def reference_classifier(texts: list[str], labels: list[str]) -> Callable[[str], str] | None:
    """underthesea_core's own text classifier trained on the texts, as a baseline; None when it is not at hand."""
    try:
        from underthesea_core import TextClassifier

        classifier = TextClassifier()
        classifier.fit(texts, labels)
    except Exception:  # a baseline that cannot be had is left out of the report
        return None

    def name(text: str) -> str:
        return str(classifier.predict_with_score(text)[0])

    return name
