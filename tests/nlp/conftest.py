"""One reader for all tests of this part: loading it takes a second."""

from __future__ import annotations

import pytest

from nlp.reader import Reader


@pytest.fixture(scope="session")
def reader() -> Reader:
    loaded = Reader.load()
    assert loaded.degraded is None
    return loaded
