"""Log lines for operators: one line of JSON each on standard error, traces without the values of variables."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """From now on lines of at least `level` are written; values of local variables, which may be personal, never."""
    least = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        # Looked up at each line: whoever replaces standard error for a while closes it afterwards.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(least, logging.WARNING), format="%(levelname)s %(name)s %(message)s")
