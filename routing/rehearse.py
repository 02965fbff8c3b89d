"""Replays past cases through a changed configuration: which would move from whom to whom, and what forbids it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from routing.config import Agency, AgencyId, Config, RuleId
from routing.decide import Ask, Decision, compiled

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Move:
    """One case whose agency would change; `case` is its place among the cases, from 0."""

    case: int
    ask: Ask
    from_agency: AgencyId
    to_agency: AgencyId
    rule: RuleId
    old_rule: RuleId


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a change would do. With `faults` it must not be applied; `warnings` are to be read. All in Vietnamese."""

    cases: int
    moved: tuple[Move, ...]
    redated: int
    """Cases that keep their agency and get other deadlines."""
    per_rule: Mapping[RuleId, int]
    """How many cases each rule of the new configuration decides."""
    faults: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def by_pair(self) -> Mapping[tuple[AgencyId, AgencyId], int]:
        """Moves counted by (from, to), most first."""
        return dict(Counter((move.from_agency, move.to_agency) for move in self.moved).most_common())


def rehearse(
    old: Config,
    new: Config,
    cases: Iterable[Ask],
    open_cases: Mapping[str, int] | None = None,
    staffed: Collection[str] | None = None,
) -> Rehearsal:
    """Decide every case under both configurations.

    `open_cases`: open cases by agency id; an agency that has some must stay or have a successor. `staffed`: agencies
    with at least one officer; None when that is not known, and then nobody is warned about.
    """
    before, after = compiled(old), compiled(new)
    moved: list[Move] = []
    per_rule: Counter[RuleId] = Counter({rule.id: 0 for rule in new.rules})
    reached: set[AgencyId] = set()
    redated = total = 0
    for total, ask in enumerate(cases, start=1):
        was, becomes = before.decide(ask), after.decide(ask)
        per_rule[becomes.rule] += 1
        reached.add(becomes.agency)
        if was.agency != becomes.agency:
            moved.append(Move(total - 1, ask, was.agency, becomes.agency, becomes.rule, was.rule))
        elif _dates(was) != _dates(becomes):
            redated += 1
    return Rehearsal(
        cases=total,
        moved=tuple(moved),
        redated=redated,
        per_rule=dict(per_rule),
        faults=tuple(_faults(old, new, open_cases or {})),
        warnings=tuple(_warnings(old, new, reached, {move.to_agency for move in moved}, staffed)),
    )


def sample(config: Config) -> tuple[Ask, ...]:
    """Cases made from the configuration's own words, for a service that has no past yet.

    Every sub-category and category in four wards, on a city street and in an alley.
    """
    wards = sorted({agency.ward_code for agency in config.agencies.values() if agency.ward_code})
    chosen = wards[:: max(1, len(wards) // 4)][:4]
    street = next(iter(config.managed_by), None)
    asks: list[Ask] = []
    for category in config.categories.values():
        texts = [category.keywords[0], *(sub.keywords[0] for sub in category.subcategories.values() if sub.keywords)]
        for text in texts:
            for ward in chosen:
                asks.append(Ask(category.code, None, ward, "binh_thuong", text, street=street))
                asks.append(Ask(category.code, None, ward, "binh_thuong", text, in_alley=True))
    return tuple(asks)


def _dates(decision: Decision) -> tuple[object, ...]:
    return decision.accept_hours, decision.handle, decision.urgency


def _faults(old: Config, new: Config, open_cases: Mapping[str, int]) -> Iterable[str]:
    for agency_id, count in sorted(open_cases.items()):
        agency = new.agencies.get(AgencyId(agency_id))
        if count and agency is None:
            name = _name(old, AgencyId(agency_id))
            yield f"{name} còn {count} vụ việc đang mở nhưng không có trong cấu hình mới: giữ lại với closed, successor"
        elif count and agency is not None and agency.closed and agency.successor is None:
            yield f"{agency.name} còn {count} vụ việc đang mở mà chưa có đơn vị tiếp nhận (successor)"
    for code, category in old.categories.items():
        if code not in new.categories:
            yield f"Lĩnh vực {category.label} không còn trong cấu hình mới"


def _warnings(
    old: Config,
    new: Config,
    reached: Collection[AgencyId],
    gaining: Collection[AgencyId],
    staffed: Collection[str] | None,
) -> Iterable[str]:
    empty = sorted(agency_id for agency_id in reached if staffed is not None and agency_id not in staffed)
    for agency_id in empty:
        if agency_id in gaining:
            yield f"{_name(new, agency_id)} chưa có cán bộ nào: vụ việc sẽ về đầu mối điều phối"
    others = [_name(new, agency_id) for agency_id in empty if agency_id not in gaining]
    if others:
        more = f" và {len(others) - MOST_NAMES} cơ quan khác" if len(others) > MOST_NAMES else ""
        names = ", ".join(others[:MOST_NAMES])
        yield f"{names}{more} chưa có cán bộ nào: vụ việc sẽ về đầu mối điều phối"
    for agency_id in sorted(set(old.agencies) - set(new.agencies)):
        yield f"{_name(old, agency_id)} bị bỏ khỏi cấu hình"
    for code, category in old.categories.items():
        later = new.categories.get(code)
        for sub in category.subcategories if later else ():
            if later and sub not in later.subcategories:
                yield f"Mục {category.label} / {category.subcategories[sub].label} bị bỏ"


def _name(config: Config, agency_id: AgencyId) -> str:
    agency: Agency | None = config.agencies.get(agency_id)
    return agency.name if agency else agency_id
