"""A rehearsal shows what would move, and refuses a change that would lose cases."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.config import CATEGORY_CODES, AgencyId, Config, parse
from routing.config_edit import set_value
from routing.decide import Ask, decide
from routing.rehearse import rehearse, sample

asks = st.builds(
    Ask,
    category=st.sampled_from(CATEGORY_CODES),
    sub=st.none(),
    ward_code=st.none() | st.sampled_from(["00367", "00070", "09556", "00376"]),
    urgency=st.sampled_from(["khan", "phuc_tap", "binh_thuong"]),
    text=st.sampled_from(["ổ gà", "mất điện", "rác", "karaoke", "cán bộ đòi tiền", ""]),
    street=st.none() | st.sampled_from(["Nguyễn Trãi", "Vọng"]),
    about_official=st.booleans(),
    at=st.none() | st.datetimes(timezones=st.just(UTC)),
    in_alley=st.booleans(),
)


@pytest.fixture(scope="module")
def again(shipped_text: str) -> Config:
    return parse(shipped_text)


@pytest.fixture(scope="module")
def other_owner(shipped_text: str) -> Config:
    return parse(set_value(shipped_text, "categories.dien.to", "so-ct"))


@settings(deadline=None, max_examples=50)
@given(st.lists(asks, max_size=20))
def test_rehearsing_an_unchanged_configuration_moves_nothing(config: Config, again: Config, cases: list[Ask]) -> None:
    outcome = rehearse(config, again, cases)
    assert (outcome.cases, outcome.moved, outcome.redated) == (len(cases), (), 0)
    assert (outcome.faults, outcome.warnings) == ((), ())
    assert sum(outcome.per_rule.values()) == len(cases)


@settings(deadline=None, max_examples=50)
@given(st.lists(asks, max_size=20))
def test_exactly_the_cases_decided_otherwise_move(config: Config, other_owner: Config, cases: list[Ask]) -> None:
    outcome = rehearse(config, other_owner, cases)
    expected = [n for n, ask in enumerate(cases) if decide(config, ask).agency != decide(other_owner, ask).agency]
    assert [move.case for move in outcome.moved] == expected
    assert all(move.to_agency == "so-ct" for move in outcome.moved)


def test_the_moves_are_counted_from_whom_to_whom(config: Config, other_owner: Config) -> None:
    outcome = rehearse(config, other_owner, [Ask("dien", None, "00070", "binh_thuong", "mất điện")] * 3)
    assert outcome.by_pair == {(AgencyId("evnhanoi"), AgencyId("so-ct")): 3}
    assert (outcome.moved[0].old_rule, outcome.moved[0].rule) == ("dien", "dien")


def test_other_deadlines_are_counted_apart(config: Config, shipped_text: str) -> None:
    changed = parse(set_value(shipped_text, "categories.dien.subs.mat_dien.deadline.days", "3"))
    outcome = rehearse(config, changed, [Ask("dien", None, "00070", "binh_thuong", "mất điện")])
    assert (len(outcome.moved), outcome.redated) == (0, 1)


def test_an_agency_with_open_cases_may_not_vanish(config: Config, shipped_text: str) -> None:
    with_extra = parse(shipped_text.replace("  so-xd: {", "  so-cu: {name: Sở Cũ, level: department}\n  so-xd: {", 1))
    assert rehearse(with_extra, config, [], open_cases={"so-cu": 0}).faults == ()
    (fault,) = rehearse(with_extra, config, [], open_cases={"so-cu": 4}).faults
    assert "Sở Cũ còn 4 vụ việc đang mở" in fault
    (warning,) = rehearse(with_extra, config, []).warnings
    assert warning == "Sở Cũ bị bỏ khỏi cấu hình"


def test_an_agency_closed_with_a_successor_may_have_open_cases(config: Config, shipped_text: str) -> None:
    text = shipped_text.replace("short_name: EVNHANOI", "short_name: EVNHANOI\n    closed: true\n    successor: so-ct")
    outcome = rehearse(config, parse(text), sample(config), open_cases={"evnhanoi": 7})
    assert outcome.faults == ()
    assert (AgencyId("evnhanoi"), AgencyId("so-ct")) in outcome.by_pair


def test_an_agency_without_an_officer_is_warned_of(config: Config) -> None:
    cases = [Ask("dien", None, "00070", "binh_thuong", "mất điện")]
    (warning,) = rehearse(config, config, cases, staffed=["ubnd-00070"]).warnings
    assert "EVNHANOI" not in warning
    assert warning.startswith("Tổng công ty Điện lực Thành phố Hà Nội chưa có cán bộ nào")
    assert rehearse(config, config, cases, staffed=["evnhanoi"]).warnings == ()


@pytest.mark.parametrize("change", ["categories.thien_tai.to", "categories.cay_xanh.to", "categories.khac.to"])
def test_the_sample_notices_a_change_of_any_owner(config: Config, shipped_text: str, change: str) -> None:
    changed = parse(set_value(shipped_text, change, "so-vhtt"))
    assert rehearse(config, changed, sample(config)).moved


def test_the_sample_touches_every_category(config: Config) -> None:
    assert {ask.category for ask in sample(config)} == set(CATEGORY_CODES)
