"""Word segmentation by underthesea: the only place that touches that library."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Callable, Iterator

_LONGEST = 1_200  # characters: 10,000 of them take 80 ms
_loaded: list[Callable[[str], list[str]]] = []


def warm_up() -> str | None:
    """Loads the library and its model. Returns why segmentation is not at hand, or None when it is."""
    try:
        with _parts_only("underthesea"):
            import underthesea.pipeline.text_normalize  # noqa: F401 - imports in a circle that must begin here
            from underthesea.pipeline.word_tokenize import word_tokenize

            word_tokenize("Xin chào")
    except Exception as error:  # whatever is wrong over there, a text can be read without it
        return f"{type(error).__name__}: {error}"
    if not _loaded:
        _loaded.append(word_tokenize)
    return None


@contextlib.contextmanager
def _parts_only(package: str) -> Iterator[None]:
    """Meanwhile a part of the package is imported without what the package itself imports at once.

    underthesea would load three dictionaries of taggers that are not used here, 50 MiB. Whoever imports the package
    afterwards gets it whole.
    """
    found = importlib.util.find_spec(package) if package not in sys.modules else None
    if found is not None:
        sys.modules[package] = importlib.util.module_from_spec(found)
    try:
        yield
    finally:
        if found is not None:
            del sys.modules[package]


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
