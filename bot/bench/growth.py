"""P9: what very many cases cost a single message, a look-up, and the memory of the process."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from bot.app import Service
from bot.bench.city import CHANNEL, QUIET, City, city
from bot.bench.goals import Found, Skipped, compared, counted
from bot.bench.machine import resident_mib
from bot.bench.measuring import alternately, many, timed
from bot.bench.stage import FULL, Stage
from bot.bench.sweeping import sweep
from bot.converse import Converse
from bot.dialogue.message import Incoming
from routing.places import Places
from storage.records import OPEN_STATUSES, AgencyId, CaseCode
from storage.store import Store, Transaction

MESSAGES = 60
LOOKUPS = 100
"""In one round."""
KNOWN = 500
"""Citizens who write: as many as the small city has."""


def growth(stage: Stage) -> Iterator[Found]:
    """P9: processor time, as the commits are measured elsewhere."""
    sizes = stage.sizes
    large, few = city(stage, sizes.cases), city(stage, sizes.few)
    note = f"{sizes.cases:,} : {sizes.few:,} vụ"
    with closing(large.open()) as full, closing(few.open()) as small:
        both = ((large, full), (few, small))
        count = min(MESSAGES, sizes.messages)
        hear, hear_few = (
            timed(many(hearing(stage.service, stage.texts, store), count), count, time.process_time)
            for _, store in both
        )
        yield compared("P9.intake", alternately(hear, hear_few, sizes.rounds), note)
        count = min(LOOKUPS, sizes.messages)
        look, look_few = (timed(many(looking(store, at), count), count, time.process_time) for at, store in both)
        yield compared("P9.lookup", alternately(look, look_few, sizes.rounds), note)
    yield _memory(stage, large, few, note)


def hearing(service: Service, texts: Sequence[str], store: Store) -> Callable[[], object]:
    """Each call hears a citizen of a city tell something, understood by the parts of a service."""
    places = Places.load(service.geography) if service.geography else None
    converse = Converse(store, service.current_config, service.reader, places, service.geography)
    numbers = itertools.count()

    def hear() -> object:
        number = next(numbers)
        incoming = Incoming(
            CHANNEL, f"c{number % KNOWN}", f"k{number}", service.clock(), text=texts[number % len(texts)]
        )
        return converse.hear_now(incoming)

    return hear


def looking(store: Store, at: City) -> Callable[[], object]:
    """Each call looks a case up by its code, the open cases of a citizen, and the queue of an agency."""
    codes = itertools.cycle(at.codes)

    def ask(tx: Transaction, code: CaseCode) -> None:
        case = tx.cases.by_code(code)
        assert case is not None
        tx.events.of(case.id)
        tx.cases.of_citizen(case.citizen, open_only=True, limit=10)
        tx.cases.queue(agency=AgencyId(str(case.agency)), statuses=tuple(OPEN_STATUSES), limit=10)

    return lambda: store.read_now(partial(ask, code=next(codes)))


def _memory(stage: Stage, large: City, few: City, note: str) -> Found:
    """Two processes that live in the two cities for a while."""
    found = [_lived_in(stage, each) for each in (large, few)]
    if found[0] is None or found[1] is None:
        return Skipped("P9", "hệ điều hành không cho biết bộ nhớ của tiến trình")
    return counted("P9.memory", (found[0] - found[1],), f"{found[0]:.0f} và {found[1]:.0f} MiB; {note}")


def _lived_in(stage: Stage, at: City) -> float | None:
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "bot.bench.growth", str(stage.folder), at.path.stem, *at.codes[:MESSAGES]],
        capture_output=True,
        text=True,
        check=True,
    )
    mib = json.loads(done.stdout.splitlines()[-1])
    return float(mib) if mib is not None else None


def live(folder: Path, name: str, codes: Sequence[str]) -> float | None:
    """Hears, looks up and sweeps in a city as the only thing of a process; returns its resident memory in MiB."""
    stage = Stage(folder, FULL)
    service = stage.open(name)
    at = City(folder / f"{name}.db", tuple(map(CaseCode, codes)))
    hear, look = hearing(service, stage.texts, service.store), looking(service.store, at)
    for _ in codes:
        hear()
        look()
    sweep(service.store, service.current_config(), QUIET)
    mib = resident_mib()
    stage.close()
    return mib


if __name__ == "__main__":
    print(json.dumps(live(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])))
