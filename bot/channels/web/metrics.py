"""Counts for whoever watches the service: how many, how long, how much waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """A registry of its own, so that two services in one process (as in tests) do not meet."""

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "phananh_web_seconds", "Time to answer", ("route", "status"), buckets=SECONDS, registry=self._registry
        )
        self._messages = Counter(
            "phananh_web_messages", "Messages heard and committed", ("channel",), registry=self._registry
        )
        self._calls = Counter(
            "phananh_webhook_calls",
            "Calls of platforms, by what came of them",
            ("channel", "outcome"),
            registry=self._registry,
        )
        self._lines = Gauge("phananh_web_lines", "Open pages", registry=self._registry)
        self._outbox = Gauge("phananh_outbox", "Rows of the outbox", ("state",), registry=self._registry)

        self._queues = Gauge("phananh_queue", "Messages that could go", ("channel",), registry=self._registry)
        self._late = Gauge("phananh_queue_late_seconds", "Wait of the oldest", ("channel",), registry=self._registry)
        self._troubles = Gauge("phananh_trouble", "1 while it lasts", ("kind", "channel"), registry=self._registry)

    def queued(self, queues: Mapping[str, tuple[int, int]]) -> None:
        """Channel -> messages that could go, and for how many seconds the oldest has waited."""
        self._queues.clear()
        self._late.clear()
        for channel, (count, seconds) in queues.items():
            self._queues.labels(channel).set(count)
            self._late.labels(channel).set(seconds)

    def troubled(self, troubles: Iterable[tuple[str, str]]) -> None:
        """What does not work at present: kinds and channels."""
        self._troubles.clear()
        for kind, channel in troubles:
            self._troubles.labels(kind, channel).set(1)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """`route` is a pattern, never an address with ids in it."""
        self._requests.labels(route, str(status)).observe(seconds)

    def heard(self, channel: str) -> None:
        self._messages.labels(channel).inc()

    def called(self, channel: str, outcome: str) -> None:
        """A platform called: heard, again (a replay), silent, forged, stale, malformed, late or failed."""
        self._calls.labels(channel, outcome).inc()

    def shown(self, lines: int, outbox: Mapping[str, int]) -> bytes:
        """The page of figures as of now."""
        self._lines.set(lines)
        for state, count in outbox.items():
            self._outbox.labels(state).set(count)
        return generate_latest(self._registry)
