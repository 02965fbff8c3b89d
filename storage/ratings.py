"""Ratings and their reviews: one per case and round."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from storage.mapper import Mapper
from storage.records import CaseId, Rating
from storage.shelf import Row, Shelf
from storage.tables import ratings

# Sealed for the citizen of its case, whom the record does not name.
MAPPER = Mapper(
    Rating,
    ratings,
    lambda r: f"{r.case}:{r.round}",
    lambda _r: None,
    sealed=("words", "verdict"),
    renamed={"case": "case_id"},
)


class Ratings(Shelf):
    """The ratings of one transaction."""

    def save(self, rating: Rating) -> None:
        """One row per case and round: the last word counts."""
        row = MAPPER.to_row(rating, self._vault, owner=self._citizen_of(rating.case))
        self._put(ratings, row, ("case_id", "round"))

    def get(self, case: CaseId, round_: int) -> Rating | None:
        row = self._row(select(ratings).where(ratings.c.case_id == case, ratings.c.round == round_))
        return self._rating(row) if row is not None else None

    def of_case(self, case: CaseId) -> tuple[Rating, ...]:
        return self._all(select(ratings).where(ratings.c.case_id == case).order_by(ratings.c.round))

    def remedies_due(self, now: datetime, limit: int = 500) -> tuple[Rating, ...]:
        query = select(ratings).where(ratings.c.remedy_due_at <= now, ratings.c.remedied_at.is_(None))
        return self._all(query.order_by(ratings.c.remedy_due_at).limit(limit))

    def _all(self, query: Select[Any]) -> tuple[Rating, ...]:
        return tuple(self._rating(row) for row in self._rows(query))

    def _rating(self, row: Row) -> Rating:
        case, round_ = row["case_id"], row["round"]
        return MAPPER.of_row(row, self._vault, self._citizen_of(case), f"{case}:{round_}")
