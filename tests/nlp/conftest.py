"""One reader for all tests of this part: loading it takes a second. A part of its model: packing all takes ten."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress

import pytest

from nlp.classify import Model, Rows
from nlp.reader import Reader


@pytest.fixture(scope="session")
def reader() -> Reader:
    loaded = Reader.load()
    assert loaded.degraded is None
    return loaded


def part_of(model: Model, *features: str) -> Model:
    """The model with its first thousand features and these alone."""
    names = (*model.rows.names()[:1000], *features)
    at, known = model.rows.find(names)
    return replace(
        model,
        rows=Rows.of(compress(names, known)),
        weights=model.weights[at],
        scales=model.scales[at],
        rarity=model.rarity[at],
    )
