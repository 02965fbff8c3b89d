"""The shipped configuration is complete and honest."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest

from routing.calendar import HANOI
from routing.config import (
    CATEGORY_CODES,
    AgencyId,
    Config,
    ConfigFaults,
    Handle,
    Level,
    OfficeHours,
    Privacy,
    Road,
    Rule,
    load,
    parse,
)
from routing.decide import Ask, decide
from tests.routing.conftest import SHIPPED

WARD = "00070"


def test_every_category_has_an_entry_in_the_fixed_order(config: Config) -> None:
    assert tuple(config.categories) == CATEGORY_CODES
    assert len(CATEGORY_CODES) == 25
    assert sum(len(category.subcategories) for category in config.categories.values()) >= 35


def test_categories_have_enough_keywords_and_few_questions(config: Config) -> None:
    for category in config.categories.values():
        assert len(category.questions) <= 2
        assert len(set(category.keywords)) == len(category.keywords), category.code
        if category.code != "khac":
            assert 8 <= len(category.keywords) <= 25, category.code
        for sub in category.subcategories.values():
            assert sub.keywords, (category.code, sub.code)


def test_each_ward_has_a_committee_and_a_police(config: Config) -> None:
    wards = {agency.ward_code for agency in config.agencies.values() if agency.ward_code}
    assert len(wards) == 126
    for ward in wards:
        committee, police = config.committee_of(ward or ""), AgencyId(f"ca-{ward}")
        assert committee
        assert config.agencies[committee].level is Level.WARD
        assert config.agencies[police].level is Level.POLICE
        assert config.agencies[police].parent == "catp"
    assert config.agencies[AgencyId("ubnd-00070")].name == "Uỷ ban nhân dân phường Hoàn Kiếm"
    assert config.agencies[AgencyId("ca-00376")].name == "Công an xã Sóc Sơn"
    assert config.agencies[AgencyId("ubnd-00226")].short_name == "UBND phường Văn Miếu"


def test_every_agency_reaches_the_city_office(config: Config) -> None:
    for agency in config.agencies.values():
        at, steps = agency, 0
        while at.parent is not None:
            at, steps = config.agencies[at.parent], steps + 1
            assert steps < 5
        assert at.id == config.roles.reviewer


def test_only_sourced_hotlines_are_shown(config: Config) -> None:
    assert {number for number, hotline in config.hotlines.items() if hotline.verified} == {
        "111",
        "112",
        "113",
        "114",
        "115",
    }
    shown = config.public_hotlines(config.categories["y_te"].hotlines)
    assert [hotline.number for hotline in shown] == ["115"]


def test_an_unverified_phone_is_never_public(config: Config) -> None:
    evnhanoi = config.agencies[AgencyId("evnhanoi")].contact
    assert evnhanoi.phone == "19001288"
    assert evnhanoi.public_phone is None
    assert all(agency.contact.public_phone is None for agency in config.agencies.values())


def test_crime_violence_children_and_officials_are_private(config: Config) -> None:
    crime = config.categories["toi_pham_te_nan"]
    assert crime.privacy is Privacy.PRIVATE
    assert all(sub.privacy is Privacy.PRIVATE for sub in crime.subcategories.values())
    assert config.categories["an_ninh_trat_tu"].subcategories["bao_hanh"].privacy is Privacy.PRIVATE
    officials = [s for c in config.categories.values() for s in c.subcategories.values() if s.about_official]
    assert len(officials) == 2
    assert all(sub.privacy is Privacy.PRIVATE for sub in officials)


def test_the_deadlines_of_the_decision_1207(config: Config) -> None:
    assert config.deadlines.accept_hours == 8
    assert config.deadlines.handle["khan"] == Handle(hours=4)
    assert config.deadlines.handle["binh_thuong"] == Handle(days=5)
    assert config.deadlines.handle["phuc_tap"] == Handle(days=15)
    unsure = {each.key for each in config.unverified if each.key.startswith("deadlines.handle.")}
    assert unsure == {"deadlines.handle.phuc_tap", "deadlines.handle.binh_thuong"}


def test_what_is_not_sourced_is_listed_with_its_line(config: Config, shipped_text: str) -> None:
    lines = shipped_text.splitlines()
    keys = {each.key for each in config.unverified}
    assert {"deadlines.handle.binh_thuong", "city_streets", "agencies.evnhanoi", "hotlines.19001288", "hours"} <= keys
    for each in config.unverified:
        assert "verified: false" in lines[each.line - 1]
    assert shipped_text.count("verified: false") - len(keys) == sum(
        line.lstrip().startswith("#") and "verified: false" in line for line in lines
    )


def witness(config: Config, rule: Rule) -> Ask:
    """A complaint for which this rule should be the first that holds."""
    when = rule.when
    at = {None: None, OfficeHours.WORKING: 10, OfficeHours.OUTSIDE: 23}[when.hours]
    return Ask(
        category=when.category[0] if when.category else "khac",
        sub=when.sub[0] if when.sub else None,
        ward_code=min(when.ward) if when.ward else WARD,
        urgency=when.urgency[0] if when.urgency else "binh_thuong",
        text=when.words[0] if when.words else "",
        street=next(iter(config.managed_by)) if when.road is Road.CITY else None,
        about_official=bool(when.about_official),
        at=None if at is None else datetime(2026, 11, 23, at, tzinfo=HANOI),
    )


def test_every_rule_decides_something(config: Config) -> None:
    for rule in config.rules:
        assert decide(config, witness(config, rule)).rule == rule.id


def test_the_snapshot_cannot_be_changed(config: Config) -> None:
    with pytest.raises(TypeError):
        config.categories["khac"] = config.categories["dien"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.city = "Huế"


def test_the_version_names_the_file_and_the_units(config: Config, shipped_text: str, tmp_path: Path) -> None:
    assert parse(shipped_text).version_hash == config.version_hash == load(SHIPPED).version_hash
    assert parse(shipped_text + "\n# thêm một dòng\n").version_hash != config.version_hash
    units = tmp_path / "units.csv"
    units.write_text("code,name,type\n00367,Thanh Xuân,phuong\n", encoding="utf-8")
    with pytest.raises(ConfigFaults):  # its groups and overrides name wards that these units do not have
        parse(shipped_text, units=units)


def test_another_units_file_makes_other_committees(shipped_text: str, tmp_path: Path) -> None:
    from routing.config.agencies import shipped_units_text

    units = tmp_path / "units.csv"
    units.write_text(shipped_units_text() + "99999,Tân Lập,Xã Tân Lập,xa,21,105.8,3.1\n", encoding="utf-8")
    config = parse(shipped_text, units=units)
    assert config.agencies[AgencyId("ubnd-99999")].name == "Uỷ ban nhân dân xã Tân Lập"
    decision = decide(config, Ask("moi_truong_rac_thai", None, "99999", "binh_thuong", "rác"))
    assert decision.agency == "ubnd-99999"


def test_a_closed_agency_hands_its_cases_to_its_successor(shipped_text: str) -> None:
    text = shipped_text.replace("short_name: EVNHANOI", "short_name: EVNHANOI\n    closed: true\n    successor: so-ct")
    decision = decide(parse(text), Ask("dien", None, WARD, "binh_thuong", "mất điện"))
    assert decision.agency == "so-ct"


def test_a_window_may_name_a_paid_template(shipped_text: str) -> None:
    written = 'kept_for_rating: 1, template: {id: "123456", fields: {ma: code, trang_thai: status}}, verified'
    config = parse(shipped_text.replace("kept_for_rating: 1, verified", written))
    template = config.windows["zalo_oa"].template
    assert template is not None
    assert (template.id, dict(template.fields)) == ("123456", {"ma": "code", "trang_thai": "status"})
    assert parse(shipped_text).windows["zalo_oa"].template is None
