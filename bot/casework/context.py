"""What every use case is given: the transaction, one configuration snapshot, the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from routing.calendar import HANOI
from routing.config import Agency, Config
from routing.config import AgencyId as ConfiguredId
from storage.codes import check_code
from storage.records import AgencyId, Case
from storage.store import Transaction


@dataclass(frozen=True, slots=True)
class Context:
    """One act's surroundings. A use case touches nothing else: no clock, no network, no randomness."""

    tx: Transaction
    config: Config
    now: datetime

    def agency(self, agency: AgencyId | str | None) -> Agency | None:
        """An agency of the configuration in force, or None."""
        return self.config.agencies.get(ConfiguredId(agency)) if agency is not None else None

    def working_agency(self, agency: AgencyId) -> Agency:
        """The same. Raises Refused for one that is unknown or closed."""
        known = self.agency(agency)
        if known is None or known.closed:
            raise Refused("refused.unknown_agency", agency=agency)
        return known

    def case_of(self, code: str) -> Case | None:
        """The case of a code as a person types it, or None."""
        checked = check_code(code)
        return self.tx.cases.by_code(checked) if checked is not None else None

    @property
    def local(self) -> datetime:
        """The same moment by the clocks of Hà Nội: for dates, weekdays and times of day."""
        return self.now.astimezone(HANOI)

    @property
    def triage(self) -> AgencyId:
        """The triage desk."""
        return AgencyId(self.config.roles.triage)

    @property
    def reviewer(self) -> AgencyId:
        """The office that judges dissatisfied ratings."""
        return AgencyId(self.config.roles.reviewer)


class CivicError(Exception):
    """An act that cannot be done, with the text key that says why to the person who tried."""

    def __init__(self, key: str, **args: object) -> None:
        super().__init__(key)
        self.key = key
        self.args_for_words = args


class Refused(CivicError):
    """An expected refusal: no right, an illegal move, something missing. Decided before the first write."""
