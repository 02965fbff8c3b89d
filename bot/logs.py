"""Log lines for operators: one line of JSON each on standard error, without secrets and without anybody's data."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from storage.store import DatabaseFault, WriteRefused

HIDDEN = "***"
_NEVER = (
    (re.compile(r"(?<!\d)\d{6,}:[\w-]{30,}"), HIDDEN),  # a bot's token, as it stands in its platform's addresses
    (re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+@"), rf"\1:{HIDDEN}@"),  # the password in a database's address
    (re.compile(r"(?<![\w.])(?:\+?84|0)(?:[ .-]?\d){9}(?!\d)"), HIDDEN),  # a phone number
    (re.compile(r"(?<![\w.])\d{12}(?!\w)"), HIDDEN),  # a citizen's identity number
    (re.compile(r"(?<![\w.])(\d{1,3}\.\d{3})\d+"), r"\1"),  # degrees, left exact to about a hundred metres
)


def configure_logs(level: str) -> None:
    """From now on lines of at least `level` are written, ours and those of libraries (from WARNING on), redacted.

    Traces come without the values of local variables: those are what people told us.
    """
    least = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _without_trace,
            structlog.processors.format_exc_info,
            _redact_line,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        # Looked up at each line: whoever replaces standard error for a while closes it afterwards.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    libraries = logging.StreamHandler()
    libraries.setFormatter(_Redacting("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[libraries])


def redacted(text: str) -> str:
    """The text without tokens, passwords, phone and identity numbers, and with positions only roughly."""
    for pattern, instead in _NEVER:
        text = pattern.sub(instead, text)
    return text


def _without_trace(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A full disk or a server that is away is no mistake of the code's, and is met every second: its words suffice."""
    fault = sys.exc_info()[1]
    if line.get("exc_info") and isinstance(fault, DatabaseFault | WriteRefused):
        del line["exc_info"]
        line["why"] = str(fault)
    return line


def _redact_line(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: redacted(said) if isinstance(said, str) else said for name, said in line.items()}


class _Redacting(logging.Formatter):
    """For what libraries log, their traces included."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))
