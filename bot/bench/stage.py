"""Where the parts are measured: sizes, a folder of their own, and a service in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app import Service, open_service
from bot.settings import Settings
from nlp.examples import CORPUS, read_examples

if TYPE_CHECKING:
    from bot.bench.city import City


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    rounds: int
    messages: int
    """In one round of intake."""
    texts: int
    """In one round of reading."""
    cases: int
    few: int
    """Cases of the small city that the large one is compared with."""
    due: int
    swept: int
    """Due cases that one round sweeps."""
    storm: int
    pushes: int


FULL = Sizes(9, messages=400, texts=200, cases=1_000_000, few=1_000, due=100_000, swept=2_000,
             storm=30_000, pushes=100_000)  # fmt: skip
QUICK = Sizes(3, messages=200, texts=100, cases=50_000, few=1_000, due=5_000, swept=500,
              storm=2_000, pushes=5_000)  # fmt: skip


@dataclass
class Stage:
    """One run. Whoever opens it closes it."""

    folder: Path
    sizes: Sizes
    db: str = ""
    """A PostgreSQL server to measure on; empty for one of our own."""
    tell: Callable[[str], None] = lambda _words: None
    """Called with what is being done now."""
    cities: dict[int, City] = field(default_factory=dict)
    """Cities that were built, by how many cases they have."""
    _opened: list[Service] = field(default_factory=list)

    @cached_property
    def service(self) -> Service:
        """A service on an empty database, shared by all parts that fill none."""
        return self.open("service")

    @cached_property
    def texts(self) -> list[str]:
        """Citizens' words from the corpus, always the same ones, a few from each author."""
        authors = [read_examples(path) for path in sorted(CORPUS.glob("*.jsonl"))]
        each = -(-self.sizes.texts // len(authors))
        return [example.text for examples in authors for example in examples[:each]][: self.sizes.texts]

    def settings(self, name: str) -> Settings:
        """The operator's configuration and reading model, everything else in our folder."""
        own = Settings()
        config = self.folder / "config.yaml"
        if not config.exists():
            shutil.copy(own.config_file, config)
        changes = {
            "database_url": f"sqlite:///{self.folder / name}.db",
            "var_dir": self.folder / name,
            "key_file": self.folder / "master.key",
            "config_file": config,
        }
        return own.model_copy(update=changes)

    def open(self, name: str) -> Service:
        service = open_service(self.settings(name))
        self._opened.append(service)
        return service

    def close(self) -> None:
        for service in self._opened:
            service.close()
