"""A reader that is still being loaded: the pages are served meanwhile, and only who writes already waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import Any

import structlog

from nlp.reader import Reader
from nlp.reading import Reading

log = structlog.get_logger(__name__)


class LateReader(Reader):
    """Reads like the reader that it loads in the background; whatever it is asked before waits until that is there."""

    def __init__(self, loading: Future[Reader]) -> None:
        self._loading = loading

    @classmethod
    def load(cls, model_path: Path | None = None, keywords: Mapping[str, Sequence[str]] | None = None) -> LateReader:
        """Returns at once."""
        loading: Future[Reader] = Future()

        def work() -> None:
            try:
                reader = Reader.load(model_path, keywords)
            except BaseException as fault:
                loading.set_exception(fault)
                return
            if reader.degraded:
                log.warning("reader.degraded", why=reader.degraded)
            loading.set_result(reader)

        Thread(target=work, name="reader", daemon=True).start()
        return cls(loading)

    def read(self, text: str) -> Reading:
        """As `Reader.read`, after waiting for the reader where it is not there yet."""
        return self._loading.result().read(text)

    def __getattr__(self, name: str) -> Any:
        """The parts that a reader is made of are those of the loaded one; before that it is not degraded."""
        if name == "degraded" and not self._loading.done():
            return None
        return getattr(self._loading.result(), name)
