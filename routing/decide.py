"""Names the agency responsible for a complaint, the deadlines and the reasons: one answer for every input."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from routing.config import (
    WARD_COMMITTEE,
    WARD_POLICE,
    Agency,
    AgencyId,
    Config,
    Handle,
    Level,
    OfficeHours,
    Rule,
    RuleId,
    Subcategory,
)
from routing.keywords import Phrasebook
from routing.matter import URGENT, Ask, Matter, MatterReader
from routing.wording import Words, split_words

__all__ = ["OFFICIAL_GUARD", "UNKNOWN_CATEGORY", "Ask", "Decision", "Router", "compiled", "decide"]

UNKNOWN_CATEGORY = RuleId("chua-ro-linh-vuc")
OFFICIAL_GUARD = RuleId("phan-anh-ve-can-bo")


class Decision(NamedTuple):
    """Who is responsible, with whom, by when, by which rule and why (`because`, in Vietnamese)."""

    agency: AgencyId
    level: Level
    ward_code: str | None
    """The agency's own ward; None for agencies of the whole city."""
    executor: AgencyId | None
    co_handling: tuple[AgencyId, ...]
    parent: AgencyId
    sub: str | None
    rule: RuleId
    because: tuple[str, ...]
    accept_hours: float
    """Working hours; zero when khẩn: at once, by the wall clock."""
    handle: Handle
    """From acceptance; the hours of a khẩn case are those of the clock."""
    urgency: str
    """The urgency asked for, or khẩn when a keyword or the sub-category says so."""
    about_official: bool
    config_version: str

    @property
    def urgent(self) -> bool:
        return self.urgency == URGENT


def decide(config: Config, ask: Ask) -> Decision:
    """The decision for any input: an unknown category, place or owner leads to the triage desk, never nowhere."""
    return compiled(config).decide(ask)


@lru_cache(maxsize=8)
def compiled(config: Config) -> Router:
    """The configuration arranged for deciding; built once for each snapshot."""
    return Router(config)


class Router:
    """Keywords, streets and rules of one configuration, ready to be asked."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._reader = MatterReader(config)
        self._at_work = {agency: _at_work(config, agency) for agency in config.agencies}
        self._rules = {
            (code, official): tuple(rule for rule in config.rules if _concerns(rule, code, official))
            for code in config.categories
            for official in (False, True)
        }
        self._words = {rule.id: Phrasebook({"": rule.when.words}) for rule in config.rules if rule.when.words}

    def decide(self, ask: Ask) -> Decision:
        """See `decide`."""
        matter = self._reader.read(ask)
        if matter.official:
            return self._about_official(matter)
        rule = self._first(matter, official=False)
        if rule is None:
            return self._to_triage(matter, UNKNOWN_CATEGORY, "Chưa rõ lĩnh vực nên đầu mối điều phối phân loại")
        agency = self._target(rule.to, matter)
        if agency is None:
            return self._to_triage(matter, rule.id, "Chưa rõ phường, xã nên đầu mối điều phối xác định đơn vị")
        if agency.id == self._config.roles.triage:
            return self._to_triage(matter, rule.id, rule.because)
        executor = self._target(rule.executor, matter) if rule.executor else None
        return self._decision(
            matter,
            agency,
            rule.id,
            rule.because or f"Lĩnh vực này do {agency.name} phụ trách",
            executor=executor.id if executor and executor.id != agency.id else None,
            co_handling=tuple(self._others(rule, matter, agency)),
            parent=self._target(rule.parent, matter) if rule.parent else None,
        )

    def _first(self, matter: Matter, official: bool) -> Rule | None:
        """The first rule that holds. A complaint about an official is looked up among the rules made for it only."""
        rules = self._rules.get((matter.ask.category, official), ())
        for rule in rules:
            if self._holds(rule, matter):
                return rule
        return None

    def _holds(self, rule: Rule, matter: Matter) -> bool:
        when = rule.when
        if when.sub and (matter.sub is None or matter.sub.code not in when.sub):
            return False
        if when.road is not None and when.road is not matter.road:
            return False
        if when.ward and matter.ward not in when.ward:
            return False
        if when.urgency and matter.urgency not in when.urgency:
            return False
        if when.hours is not None:
            at = matter.ask.at
            if at is None or self._config.calendar.is_open(at) is not (when.hours is OfficeHours.WORKING):
                return False
        return not when.words or bool(self._words[rule.id].find(matter.words))

    # — complaints about an official —

    def _about_official(self, matter: Matter) -> Decision:
        """Never the unit that is complained of: not a ward's, not the usual owner, not one that the text names.

        Nobody executes or helps: the author is hidden from everybody but the agency that examines the matter.
        """
        rule, usual = self._first(matter, official=True), self._first(matter, official=False)
        own = self._target(usual.to, matter) if usual else None
        agency = self._target(rule.to, matter) if rule else None
        rule_id = rule.id if rule else OFFICIAL_GUARD
        if agency is None:
            agency, rule_id = self._agency(self._config.roles.officials), OFFICIAL_GUARD
        allowed = self._not_complained_of(agency, own, matter.words)
        if rule and rule.because and rule_id == rule.id and allowed.id == agency.id:
            return self._decision(matter, agency, rule_id, rule.because)
        words = f"Phản ánh về cán bộ do {allowed.name} tiếp nhận, không gửi về chính đơn vị của cán bộ đó"
        return self._decision(matter, allowed, rule_id if allowed.id == agency.id else OFFICIAL_GUARD, words)

    def _not_complained_of(self, agency: Agency, own: Agency | None, said: Words) -> Agency:
        """The agency, or the nearest above it that may examine the matter."""
        words = f" {' '.join(said.plain)} "
        for _ in self._config.agencies:
            named = any(f" {name} " in words for name in _names(agency))
            if agency.ward_code is None and agency != own and not named:
                return agency
            if agency.parent is None:
                break
            agency = self._agency(agency.parent)
        return self._agency(self._config.roles.reviewer)

    # — agencies and deadlines —

    def _agency(self, agency_id: AgencyId) -> Agency:
        """The agency, or the one that took its work over."""
        return self._at_work[agency_id]

    def _target(self, to: str, matter: Matter) -> Agency | None:
        if to not in (WARD_COMMITTEE, WARD_POLICE):
            return self._agency(AgencyId(to))
        if matter.ward is None:
            return None
        prefix = "ubnd" if to == WARD_COMMITTEE else "ca"
        return self._agency(AgencyId(f"{prefix}-{matter.ward}"))

    def _others(self, rule: Rule, matter: Matter, agency: Agency) -> Iterator[AgencyId]:
        for to in rule.co_handling:
            other = self._target(to, matter)
            if other is not None and other.id != agency.id:
                yield other.id

    def _to_triage(self, matter: Matter, rule_id: RuleId, words: str) -> Decision:
        return self._decision(matter, self._agency(self._config.roles.triage), rule_id, words)

    def _decision(
        self,
        matter: Matter,
        agency: Agency,
        rule_id: RuleId,
        words: str,
        executor: AgencyId | None = None,
        co_handling: tuple[AgencyId, ...] = (),
        parent: Agency | None = None,
    ) -> Decision:
        if parent is None or parent.id == agency.id:
            parent = self._agency(agency.parent or self._config.roles.reviewer)
        accept_hours, handle = self._deadlines(matter.sub, matter.urgency)
        return Decision(
            agency=agency.id,
            level=agency.level,
            ward_code=agency.ward_code,
            executor=executor,
            co_handling=co_handling,
            parent=parent.id,
            sub=matter.sub.code if matter.sub else None,
            rule=rule_id,
            because=(*matter.because, words),
            accept_hours=accept_hours,
            handle=handle,
            urgency=matter.urgency,
            about_official=matter.official,
            config_version=self._config.version_hash,
        )

    def _deadlines(self, sub: Subcategory | None, urgency: str) -> tuple[float, Handle]:
        deadlines = self._config.deadlines
        if urgency == URGENT:
            return 0.0, deadlines.handle[URGENT]
        usual = deadlines.handle[urgency]
        if sub is None:
            return deadlines.accept_hours, usual
        accept_hours = deadlines.accept_hours if sub.accept_hours is None else sub.accept_hours
        return accept_hours, sub.handle or usual


def _at_work(config: Config, agency_id: AgencyId) -> Agency:
    agency = config.agencies[agency_id]
    for _ in config.agencies:
        if not agency.closed or agency.successor is None:
            break
        agency = config.agencies[agency.successor]
    return agency


def _names(agency: Agency) -> Iterator[str]:
    """How a text may name an agency, folded: its two names, "TP" spelt out, with and without "Hà Nội"."""
    for name in (agency.name, agency.short_name):
        folded = " ".join(split_words(name).plain)
        yield from (folded, folded.replace(" tp", " thanh pho"), folded.removesuffix(" ha noi"))


def _concerns(rule: Rule, category: str, official: bool) -> bool:
    return bool(rule.when.about_official) is official and (not rule.when.category or category in rule.when.category)
