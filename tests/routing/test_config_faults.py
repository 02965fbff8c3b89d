"""A broken file is explained: every fault at once, with its line, what was expected and the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.config import ConfigFaults, Fault, load, parse
from tests.routing.conftest import SHIPPED

# old words of the shipped file · what an administrator wrote instead · key that must be blamed · nearest right word
BREAKAGES = [
    ("  accept_hours: 8\n", "  accept_hour: 8\n", "deadlines.accept_hour", "accept_hours"),
    ("  triage_hours: 2\n", "  triage_hours: hai\n", "deadlines.triage_hours", None),
    ("  citizen_days: 5\n", "  citizen_days: 0\n", "deadlines.citizen_days", None),
    ("identity: optional\n", "identity: optinal\n", "identity", "optional"),
    ("khan: {hours: 4} ", "khan: {days: 4} ", "deadlines.handle.khan", None),
    (
        "kept_for_rating: 1, verified",
        'kept_for_rating: 1, template: {id: "1", fields: {ma: cod}}, verified',
        "windows.zalo_oa.template.fields.ma",
        "code",
    ),
    ('  monday: ["08:00-12:00", "13:00-17:00"]', '  monday: ["13:00-17:00", "08:00-12:00"]', "hours.monday.1", None),
    ('  tuesday: ["08:00-12:00", ', '  tuesday: ["8 giờ sáng", ', "hours.tuesday.0", None),
    ("  swap_days: [2026-08-22]", "  swap_days: [22/08/2026]", "holidays.swap_days.0", None),
    ("  officials: thanh-tra-tp", "  officials: thanh-tra", "roles.officials", "thanh-tra-tp"),
    (
        "parent: so-ct, verified: false}\n  chi-cuc-attp",
        "parent: so-cc, verified: false}\n  chi-cuc-attp",
        "agencies.chi-cuc-qltt.parent",
        "so-ct",
    ),
    ("  ca-00226: {", "  ca-00222: {", "overrides.ca-00222", None),
    ('["09552", ', '["19552", ', "groups.vung-nuoc-ha-dong.0", None),
    ("      - Giải Phóng\n", "      - Giải Phóng\n      - giai phong\n", "city_streets.streets.so-xd.1", None),
    (
        "when: {category: cay_xanh, road: city}",
        "when: {category: cay_canh, road: city}",
        "rules.0.when.category",
        "cay_xanh",
    ),
    (
        "when: {category: chieu_sang, road: city}",
        "when: {category: chieu_sang, road: ctiy}",
        "rules.1.when.road",
        "city",
    ),
    ("sub: do_xe_sai, road", "sub: do_xe_say, road", "rules.4.when.sub", "do_xe_sai"),
    ("ward: vung-nuoc-ha-dong}", "ward: vung-nuoc-ha-dog}", "rules.7.when.ward", "vung-nuoc-ha-dong"),
    ("  - id: mang-vnpt\n", "  - id: mang-viettel\n", "rules.11.id", None),
    ("  vat_nuoi:\n", "  vatnuoi:\n", "categories.vatnuoi", "vat_nuoi"),
    ("    label_en: Telecoms and cables\n", "", "categories.vien_thong.label_en", None),
    ("    to: evnhanoi\n", "", "categories.dien", None),
    ("        to: pa05\n", "        to: pa06\n", "categories.toi_pham_te_nan.subs.lua_dao_qua_mang.to", "pa05"),
    (
        "        about_official: true\n        to: so-nv\n",
        "        about_official: true\n        to: ubnd\n",
        "categories.thu_tuc_can_bo.subs.thai_do_phuc_vu.to",
        None,
    ),
    ('hotlines: ["114", "19001288"]', 'hotlines: ["114", "1900128"]', "categories.dien.hotlines.1", "19001288"),
    (
        "choices: [Viettel, VNPT, FPT, MobiFone, Không rõ]",
        "choices: [Viettel]",
        "categories.vien_thong.questions.0.choices",
        None,
    ),
    (
        "        subs: [rac_sinh_hoat]\n",
        "        subs: [rac_sinh_hoạt]\n",
        "categories.moi_truong_rac_thai.questions.0.subs.0",
        None,
    ),
    (
        "{accept_hours: 0, days: 1}",
        "{accept_hours: 0, days: 1, hours: 2}",
        "categories.chay_no_pccc.subs.dang_chay_no.deadline",
        None,
    ),
    ("rating: {remind_after_days: 3,", "rating: {remind_after_days: 30,", "rating.remind_after_days", None),
    ("city_after_days: 3}", "city_after_days: 0}", "ladder.city_after_days", None),
    ("sẽ trả lời trước {han}", "sẽ trả lời trước {hann}", "templates.tiep-nhan.text", "han"),
]


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(ConfigFaults) as caught:
        parse(text)
    return caught.value.faults


def faults_or_none(text: str) -> tuple[Fault, ...]:
    try:
        parse(text)
    except ConfigFaults as error:
        return error.faults or (Fault("", -1, "", ""),)
    return ()


def broken(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def line_of_change(before: str, after: str) -> int:
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next(number for number, (old, new) in enumerate(pairs, start=1) if old != new)


@pytest.mark.parametrize(("old", "new", "key", "near"), BREAKAGES, ids=[each[2] for each in BREAKAGES])
def test_one_mistake_is_found_where_it_was_made(
    shipped_text: str, old: str, new: str, key: str, near: str | None
) -> None:
    text = broken(shipped_text, old, new)
    found = {fault.key: fault for fault in faults_of(text)}
    assert key in found, list(found.values())
    fault = found[key]
    assert fault.message
    assert fault.nearest == near
    if new:  # what is missing is told at the line of what should hold it
        assert fault.line == line_of_change(shipped_text, text)
    assert str(fault).startswith(f"config.yaml:{fault.line}: ")


def test_all_mistakes_are_reported_at_once_with_their_lines(shipped_text: str) -> None:
    text = shipped_text
    for old, new, _key, _near in BREAKAGES:
        text = broken(text, old, new)
    keys = {fault.key for fault in faults_of(text)}
    assert {key for _old, _new, key, _near in BREAKAGES} - keys == set()


def test_the_line_is_that_of_the_key(shipped_text: str) -> None:
    text = broken(shipped_text, "        to: pa05\n", "        to: pa06\n")
    (fault,) = faults_of(text)
    assert text.splitlines()[fault.line - 1] == "        to: pa06"
    assert (fault.message, fault.nearest) == ("không có cơ quan “pa06”", "pa05")
    assert "mã một cơ quan" in fault.expected


def test_a_missing_category_is_a_gap(shipped_text: str) -> None:
    start, end = shipped_text.index("  vat_nuoi:\n"), shipped_text.index("  thien_tai:\n")
    (fault,) = faults_of(shipped_text[:start] + shipped_text[end:])
    assert fault.message == "thiếu lĩnh vực “vat_nuoi”"


def test_a_rule_that_is_always_forestalled_is_refused(shipped_text: str) -> None:
    wider = "  - id: dien-tat-ca\n    when: {category: [dien, cay_xanh]}\n    to: so-ct\n    because: Thử\nrules_end:"
    text = shipped_text.replace("rules:\n", "rules:\n" + wider.removesuffix("rules_end:"), 1)
    (fault,) = faults_of(text)
    assert "“cay-xanh-duong-thanh-pho” không bao giờ được dùng vì “dien-tat-ca”" in fault.message
    assert "cay-xanh-duong-thanh-pho" in text.splitlines()[fault.line - 1]


def test_agencies_in_a_circle_are_refused(shipped_text: str) -> None:
    text = broken(
        shipped_text,
        "short_name: Sở Công Thương, level: department, parent: vp-ubnd-tp",
        "short_name: Sở Công Thương, level: department, parent: chi-cuc-qltt",
    )
    keys = {fault.key for fault in faults_of(text)}
    assert keys == {"agencies.so-ct.parent", "agencies.chi-cuc-qltt.parent"}


def test_a_closed_agency_needs_a_successor(shipped_text: str) -> None:
    text = broken(shipped_text, "    short_name: EVNHANOI\n", "    short_name: EVNHANOI\n    closed: true\n")
    (fault,) = faults_of(text)
    assert "chưa có đơn vị tiếp nhận" in fault.message


def test_a_key_written_twice_is_found(shipped_text: str) -> None:
    text = broken(shipped_text, "identity: optional\n", "identity: optional\nidentity: required\n")
    (fault,) = faults_of(text)
    assert (fault.key, fault.message) == ("identity", f"khoá bị lặp (đã có ở dòng {fault.line - 1})")


def test_broken_yaml_is_told_with_its_line(shipped_text: str) -> None:
    text = broken(shipped_text, "swap_days: [2026-08-22]", "swap_days: [2026-08-22")
    (fault,) = faults_of(text)
    assert "ngoặc vuông mở mà chưa đóng" in fault.message
    assert fault.line == line_of_change(shipped_text, text)


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("  triage: triage", "\ttriage: triage", "thụt lề bằng phím Tab"),
        ("  triage: triage", "  triage triage", "“triage triage” thiếu dấu hai chấm"),
        ("  within: 8", "  within:8", "“within:8” thiếu dấu hai chấm và dấu cách"),
        ("  - id: mang-vnpt", "   - id: mang-vnpt", "dòng bắt đầu bằng “-” thụt lề lệch"),
    ],
)
def test_the_usual_slips_of_the_pen_are_named_in_words_on_their_line(
    shipped_text: str, right: str, wrong: str, words: str
) -> None:
    text = broken(shipped_text, right, wrong)
    (fault,) = faults_of(text)
    assert words in fault.message
    assert fault.line == line_of_change(shipped_text, text)


def test_a_faulty_group_is_the_only_thing_blamed(shipped_text: str) -> None:
    (fault,) = faults_of(broken(shipped_text, '["09552", ', "[9552, "))
    assert fault.key == "groups.vung-nuoc-ha-dong.0"


@pytest.mark.parametrize("text", ["", "# chỉ có lời\n", "- a\n- b\n", "một câu"])
def test_a_file_without_keys_is_told_so(text: str) -> None:
    (fault,) = faults_of(text)
    assert "tệp trống" in fault.message


def test_an_empty_section_does_not_hide_the_others(shipped_text: str) -> None:
    start, end = shipped_text.index("categories:\n"), shipped_text.index("# LÝ DO.")
    text = shipped_text[:start] + "categories: []\n" + shipped_text[end:]
    text = broken(text, "  reviewer: vp-ubnd-tp", "  reviewer: vp-ubnd")
    keys = {fault.key for fault in faults_of(text)}
    assert {"categories", "roles.reviewer"} <= keys


def test_aliases_and_bombs_are_refused() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"
    assert any("bí danh" in fault.message for fault in faults_of(bomb))


def test_a_deeply_nested_text_is_refused() -> None:
    assert faults_of("a: " + "[" * 500 + "]" * 500 + "\n")


def test_an_unreadable_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigFaults, match="không đọc được tệp"):
        load(tmp_path / "khong-co.yaml")
    (tmp_path / "nhi-phan.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigFaults, match="không đọc được tệp"):
        load(tmp_path / "nhi-phan.yaml")


def test_a_broken_units_file_is_explained(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("code,name,type\n00367,Thanh Xuân,phuong\n367,X,phuong\n00368,,xa\n00367,Y,xa\n", encoding="utf-8")
    with pytest.raises(ConfigFaults) as caught:
        load(SHIPPED, units)
    assert [fault.line for fault in caught.value.faults] == [3, 4, 5]


LINES = SHIPPED.read_text(encoding="utf-8").splitlines(keepends=True)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_done_to_the_file_it_loads_or_says_why(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(("drop", "repeat", "cut", "swap", "indent"))):
            case "drop":
                del lines[at]
            case "repeat":
                lines.insert(at, lines[at])
            case "cut":
                lines[at] = lines[at][: len(lines[at]) // 2] + "\n"
            case "swap":
                lines[at] = data.draw(st.sampled_from(("x: 1\n", "  - y\n", "    to: [a, b]\n", "rules: 3\n")))
            case _:
                lines[at] = "  " + lines[at]
    text = "".join(lines)
    lines_in_all = text.count("\n") + 2
    assert all(fault.message and 0 <= fault.line <= lines_in_all for fault in faults_or_none(text))


@pytest.mark.parametrize(
    ("old", "new", "key", "near"),
    [
        ("kept_for_rating: 1, verified", "kept_for_rating: 7, verified", "windows.zalo_oa.messages", None),
        ("  zalo_oa: {messages", "  zalo_ao: {messages", "windows.zalo_ao", "zalo_oa"),
    ],
)
def test_a_window_must_leave_room_and_belong_to_a_platform(
    shipped_text: str, old: str, new: str, key: str, near: str | None
) -> None:
    with pytest.raises(ConfigFaults) as raised:
        parse(broken(shipped_text, old, new))
    (fault,) = raised.value.faults
    assert fault.key == key
    assert near is None or near in str(fault)
