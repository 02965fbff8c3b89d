"""P10: taking rows of the outbox in batches, on PostgreSQL, where several processes may do so at once."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator

from bot.bench.goals import Found, Skipped, counted
from bot.bench.measuring import alternately, many, spread, timed
from bot.bench.postgres import Server, binaries
from bot.bench.stage import Stage
from storage.outbox import NewPush
from storage.records import Priority
from storage.sealed import MasterKeys
from storage.store import Store, Transaction

CHANNEL = "bench"
BATCH = 100
SINGLES = 20
"""Claims of one row in a round."""


def batches(stage: Stage) -> Iterator[Found]:
    """P10: rows claimed in a second, a hundred at a time against one at a time; each claim commits."""
    with _database(stage) as url:
        if url is None:
            yield Skipped("P10", "máy này không có PostgreSQL; cài đặt, hoặc cho biết một máy chủ với --db")
            return
        store = Store.open(url, MasterKeys.load(stage.folder / "master.key"))
        with contextlib.closing(store):
            now = stage.service.clock()
            rows = 3 * BATCH * (stage.sizes.rounds + 1)

            def fill(tx: Transaction) -> None:
                for number in range(rows):
                    say = {"words": "tin"}
                    tx.outbox.add(NewPush(CHANNEL, f"c{number}", None, "raw", say, Priority.STATUS, now))

            store.write_now(fill)

            def claim(limit: int) -> None:
                found = store.write_now(lambda tx: tx.outbox.claim(now, limit, CHANNEL))
                assert len(found) == limit, "too few were waiting"

            together = timed(lambda: claim(BATCH), BATCH)
            each = timed(many(lambda: claim(1), SINGLES), SINGLES)
            pairs = alternately(together, each, stage.sizes.rounds)
    gains = tuple(1 / ratio for ratio in pairs.ratios)
    yield counted("P10.claim", gains, f"{1 / spread(pairs.ours).median:,.0f} dòng/s khi lấy từng {BATCH}")


@contextlib.contextmanager
def _database(stage: Stage) -> Iterator[str | None]:
    """The address of an empty database that is gone afterwards; None without a server."""
    if stage.db:
        with _on(stage.db) as url:
            yield url
        return
    found = binaries()
    if found is None:
        yield None
        return
    server = Server(found)
    try:
        yield server.url("postgres")
    finally:
        server.remove()


@contextlib.contextmanager
def _on(url: str) -> Iterator[str]:
    """A database of our own on somebody's server."""
    import psycopg
    from psycopg import sql

    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    head, _, options = plain.partition("?")
    name = f"phananh_bench_{secrets.token_hex(4)}"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{head.rpartition('/')[0]}/{name}{'?' if options else ''}{options}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
