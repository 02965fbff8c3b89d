"""What every use case is given: the transaction, one configuration snapshot, the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.store import Transaction

from routing.config import Config


@dataclass(frozen=True, slots=True)
class Context:
    """One act's surroundings. A use case touches nothing else: no clock, no network, no randomness."""

    tx: Transaction
    config: Config
    now: datetime


class CivicError(Exception):
    """An act that cannot be done, with the text key that says why to the person who tried."""

    def __init__(self, key: str, **args: object) -> None:
        super().__init__(key)
        self.key = key
        self.args_for_words = args


class Refused(CivicError):
    """An expected refusal: no right, an illegal move, something missing. Decided before the first write."""
