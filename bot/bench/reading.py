"""P3, P4: understanding a text, and naming who is responsible, against word segmentation alone."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bot.bench.anchors import word_tokenize
from bot.bench.goals import Finding, compared
from bot.bench.measuring import alternately, timed
from bot.bench.stage import Stage
from routing.decide import Ask, compiled
from routing.places import Places


def whole_reading(stage: Stage) -> Iterator[Finding]:
    """P3: all stages of the reader; processor time."""
    texts, read, cut = stage.texts, stage.service.reader.read, word_tokenize()
    ours = timed(lambda: [read(text) for text in texts], len(texts), time.process_time)
    anchor = timed(lambda: [cut(text) for text in texts], len(texts), time.process_time)
    yield compared("P3.reading", alternately(ours, anchor, stage.sizes.rounds))


def place_and_rule(stage: Stage) -> Iterator[Finding]:
    """P4: the place in the words, then the rule that names the agency; processor time."""
    service, texts, cut = stage.service, stage.texts, word_tokenize()
    places, router = Places.load(service.geography), compiled(service.current_config())
    asks = [(text, service.reader.read(text)) for text in texts]

    def route() -> None:
        for text, reading in asks:
            found = places.find(text)
            ask = Ask(
                category=reading.category,
                sub=None,
                ward_code=found.default,
                urgency=reading.urgency.value,
                text=text,
                street=found.street,
                in_alley=found.in_alley,
                about_official=reading.about_official,
            )
            router.decide(ask)

    ours = timed(route, len(texts), time.process_time)
    anchor = timed(lambda: [cut(text) for text in texts], len(texts), time.process_time)
    yield compared("P4.routing", alternately(ours, anchor, stage.sizes.rounds))
