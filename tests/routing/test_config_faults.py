"""A broken file is explained: every fault at once, with its line, what was expected and the nearest right word."""

from __future__ import annotations

import unicodedata
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
    ('["09552", ', '["19552", ', "groups.vung-nuoc-ha-dong.0", "09552"),
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

# The same for lines that another breakage of the list above takes already.
MORE_BREAKAGES = [
    ("ward: vung-nuoc-ha-dong}", "ward: Hoàn Kiếm}", "rules.7.when.ward", "00070"),
    ("    binh_thuong: {days: 5,", "    binh_thuong: {days: 0,", "deadlines.handle.binh_thuong.days", None),
    ("khan: {hours: 4} ", "khan: {hours: 0} ", "deadlines.handle.khan.hours", None),
    ("  accept_hours: 8\n", "  accept_hours: 0\n", "deadlines.accept_hours", None),
    ("keywords: [rác, đống rác, ", "keywords: [a, đống rác, ", "categories.moi_truong_rac_thai.keywords.0", None),
    ("keywords: [rác, đống rác, ", "keywords: ['…', đống rác, ", "categories.moi_truong_rac_thai.keywords.0", None),
    ("keywords: [rác, đống rác, ", "keywords: [rác, RÁC, ", "categories.moi_truong_rac_thai.keywords.1", None),
    ('name: "Công an {type} {name}"', 'name: "Công an {tyype} {name}"', "ward_units.cong-an.name", "type"),
    ("ward: vung-nuoc-ha-dong}", "ward: phường Hà Đông}", "rules.7.when.ward", "09556"),
    ('    hotlines: ["113"]\n', '    hotlines: ["116"]\n', "categories.ha_tang_duong.hotlines.0", None),
    (
        "      karaoke_loa_keo:\n",
        "      karaoke loa kéo:\n",
        "categories.tieng_on.subs.karaoke loa kéo",
        "karaoke_loa_keo",
    ),
    ("messages_per_minute: 20", "messages_per_minute: 0", "limits.messages_per_minute", None),
    ("filings_per_hour: 5", "filings_per_hour: 0", "limits.filings_per_hour", None),
    (
        "short_name: Sở Y tế, level: department",
        "short_name: Sở Y tế, successor: so-nv, level: department",
        "agencies.so-yt.successor",
        None,
    ),
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


@pytest.mark.parametrize(("old", "new", "key", "near"), [*BREAKAGES, *MORE_BREAKAGES])
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


@pytest.mark.parametrize(
    ("earlier", "later", "hiding"),
    [
        (
            ("{category: dien, urgency: khan}", "{category: dien, urgency: [phuc_tap, binh_thuong]}"),
            "{category: dien}",
            2,
        ),
        (
            ("{category: dien, hours: working}", "{category: dien, hours: outside}"),
            "{category: dien, sub: mat_dien}",
            2,
        ),
        (("{category: giao_duc, words: [lớp]}",), "{category: giao_duc, words: [lớp 1, lớp 2]}", 1),
        (("{category: dien, road: city}", "{category: dien, road: local}"), "{category: dien}", 0),
        (("{category: dien, urgency: khan}", "{category: dien, urgency: phuc_tap}"), "{category: dien}", 0),
        (("{category: giao_duc, words: [lớp]}",), "{category: giao_duc, words: [lớp 1, trường]}", 0),
        (('{category: dien, ward: ["00070"]}',), '{category: dien, ward: ["00070", "00004"]}', 0),
        (('{category: dien, ward: ["00070"]}', '{ward: ["00004"]}'), '{category: dien, ward: ["00070", "00004"]}', 2),
    ],
)
def test_rules_that_leave_a_later_one_nothing_are_named_together(
    shipped_text: str, earlier: tuple[str, ...], later: str, hiding: int
) -> None:
    rules = "".join(
        f"  - {{id: q{at}, when: {when}, to: so-xd, because: thử}}\n" for at, when in enumerate((*earlier, later))
    )
    faults = faults_or_none(broken(shipped_text, "rules:\n", f"rules:\n{rules}"))
    mine = [fault for fault in faults if f"quy tắc “q{len(earlier)}”" in fault.message]
    assert len(mine) == bool(hiding), faults
    for fault in mine:
        assert fault.message.count("“q") - 1 == hiding


def test_a_keyword_of_two_categories_is_told_with_the_place_of_both(shipped_text: str) -> None:
    text = broken(shipped_text, "keywords: [rác, ", "keywords: [rác, mất điện, ")
    (fault,) = faults_of(text)
    assert fault.key.startswith("categories.dien.keywords.")
    assert f"categories.moi_truong_rac_thai.keywords (dòng {line_of_change(shipped_text, text)})" in fault.message


def test_a_rule_without_a_condition_is_blamed_and_not_those_after_it(shipped_text: str) -> None:
    text = broken(shipped_text, "    when: {category: cay_xanh, road: city}\n", "")
    (fault,) = faults_of(text)
    assert "“cay-xanh-duong-thanh-pho” không có điều kiện" in fault.message
    assert "cay-xanh-duong-thanh-pho" in text.splitlines()[fault.line - 1]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("      -Giải Phóng\n", "sau dấu - của danh sách thiếu dấu cách"),
        ("      - a: 1\n        a: 2\n", "mục mới trong danh sách bắt đầu bằng dấu -"),
    ],
)
def test_a_list_whose_dash_is_missing_or_stuck_is_told_so(shipped_text: str, wrong: str, words: str) -> None:
    told = map(str, faults_of(broken(shipped_text, "      - Giải Phóng\n", wrong)))
    assert any(words in each for each in told)


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
        ("  accept_hours: 8\n", "     accept_hours: 8\n", "thụt lề lệch: dòng này thụt 5 dấu cách, dòng trên thụt 2"),
        ("  accept_hours: 8\n", "\u00a0\u00a0accept_hours: 8\n", "trông như dấu cách (U+00A0"),
        ("  accept_hours: 8\n", "  \u200baccept_hours: 8\n", "trông như dấu cách (U+200B"),
        ("  accept_hours: 8\n", "  accept_hours\uff1a 8\n", "dấu hai chấm rộng"),
        ("city: Thành phố", "city: Thành\x07 phố", "ký tự điều khiển không nhìn thấy (U+0007)"),
        ("because: Cây xanh", "because: Lý do: cây xanh", "có hai dấu hai chấm trên một dòng"),
        ('from: "22:00", to', 'from: "22:00, to', "nháy kép mở mà chưa đóng"),
        ('name: "Công an {type}', 'name: "Công an \\q {type}', "trong nháy kép có nghĩa riêng"),
        ("reviewer: vp-ubnd-tp", "reviewer: *vp", "là bí danh"),
        ("deadlines:\n", "<<<<<<< cua-toi\ndeadlines:\n", "phần mềm trộn hai bản sửa"),
        ("rules:\n", "---\nrules:\n", "dòng “---” ở giữa tệp"),
        ("keywords: [rác, ", "keywords: ['rác, ", "nháy hoặc ngoặc mở mà chưa đóng"),
        ('"{don_vi} đã tiếp nhận vụ', '"{don_vi} đã "tiếp nhận" vụ', "nháy kép ở giữa lời"),
        ('"{don_vi} đã tiếp nhận vụ', "{don_vi} đã tiếp nhận vụ", "lời bắt đầu bằng dấu {"),
    ],
)
def test_the_usual_slips_of_the_pen_are_named_in_words_on_their_line(
    shipped_text: str, right: str, wrong: str, words: str
) -> None:
    text = broken(shipped_text, right, wrong)
    (fault,) = faults_of(text)
    assert words in fault.message
    assert fault.line == line_of_change(shipped_text, text)


@pytest.mark.parametrize(
    ("right", "wrong", "key", "words"),
    [
        ("city: Thành phố Hà Nội", "city: “Thành phố Hà Nội”", "city", "nháy cong"),
        ('  "113": {label', "  “113”: {label", "hotlines.“113”", "nháy cong"),
        ('["09552", ', "[“09552”, ", "groups.vung-nuoc-ha-dong.0", "nháy cong"),
        ("{days: 5,", "{days: " + "9" * 5000 + ",", "deadlines.handle.binh_thuong.days", "số nguyên"),
        ("{days: 5,", "{days: 5 ngày,", "deadlines.handle.binh_thuong.days", "“5 ngày”"),
        ("city: Thành phố Hà Nội", "city:", "city", "để trống"),
        ("  so-tp: {", "  sở-tp: {", "agencies.sở-tp", "có phải “so-tp”"),
        ("remind_at: 0.75", "remind_at: 1,75", "ladder.75", "số lẻ viết bằng dấu chấm"),
        ("  triage_hours: 2", "  triage_hours: 2,5", "deadlines.triage_hours", "phần lẻ viết sau dấu chấm"),
        ("_messages: 50000", "_messages: 50.000", "limits.waiting_messages", "số viết liền: 50000"),
        ('["08:00-12:00", ', '["08:00\u201312:00", ', "hours.monday.0", "dấu gạch ngắn -"),
        ("saturday: []", "saturday:", "hours.saturday", "không có gì thì ghi []"),
        (
            "to: ubnd\n",
            "to: [ubnd, cong-an]\n",
            "categories.moi_truong_rac_thai.to",
            "“[ubnd, cong-an]” — cần: một giá",
        ),
        ("keywords: [rác, ", "keywords: [a: rác, ", "categories.moi_truong_rac_thai.keywords.0", "“{a: rác}”"),
    ],
)
def test_a_value_written_wrongly_is_the_only_thing_blamed(
    shipped_text: str, right: str, wrong: str, key: str, words: str
) -> None:
    text = broken(shipped_text, right, wrong)
    (fault,) = [each for each in faults_of(text) if not each.key.endswith("remind_at")]
    assert fault.key == key
    assert words in str(fault)
    assert fault.line == line_of_change(shipped_text, text)


def test_no_fault_is_said_in_the_words_of_the_library(shipped_text: str) -> None:
    slips = (
        "*a",
        "&",
        "!!x y",
        "%a",
        "@a",
        "`a",
        "[a",
        "{a",
        '"a',
        "'a",
        "a: b: c",
        "- a",
        "? a",
        "|x",
        ">y",
        "]",
        "}",
    )
    for slip in slips:
        for fault in faults_or_none(broken(shipped_text, "city: Thành phố Hà Nội", f"city: {slip}")):
            words = f"{fault.message} {fault.expected}"
            assert not any(each in words for each in ("expected", "found", "allowed", "None")), words


def test_what_is_no_configuration_at_all_is_refused_at_once(shipped_text: str) -> None:
    """Neither thousands of faults nor thousands of values keep the service busy, or an administrator reading."""
    (fault,) = faults_of(shipped_text + "".join(f"k{at}: 1\n" for at in range(60_000)))
    assert "quá nhiều giá trị" in fault.message
    found = faults_of(shipped_text + "".join(f"k{at}: 1\n" for at in range(5_000)))
    assert len(found) == 301
    assert "chỉ báo 300 chỗ đầu" in found[0].message


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("# a\ncity: Hà Tây\n".encode("latin-1"), 2, "không theo bảng mã UTF-8"),
        ("city: Hà Nội\n".encode("utf-16"), 1, "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 0, "không phải tệp chữ"),
        (b"a: 1\n" * 500_000, 0, "tệp quá lớn"),
        ("city: Th\ufffdnh\n".encode(), 1, "chữ đã hỏng"),
    ],
)
def test_a_file_in_another_encoding_is_explained(tmp_path: Path, content: bytes, line: int, words: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigFaults) as caught:
        load(path)
    (fault,) = caught.value.faults
    assert (fault.line, words in fault.message) == (line, True), str(fault)


def test_the_same_letters_are_the_same_version_however_an_editor_stores_them(tmp_path: Path, shipped_text: str) -> None:
    path = tmp_path / "config.yaml"
    versions = set()
    for text in (shipped_text, "\ufeff" + shipped_text, shipped_text.replace("\n", "\r\n")):
        for form in ("NFC", "NFD"):
            path.write_bytes(unicodedata.normalize(form, text).encode())
            versions.add(load(path).version_hash)
    assert len(versions) == 1


def test_a_file_that_may_not_be_read_is_explained(tmp_path: Path) -> None:
    (tmp_path / "vong").symlink_to(tmp_path / "vong")
    for path, words in ((tmp_path, "thư mục"), (tmp_path / "vong", "không đọc được"), (tmp_path / "x", "không có tệp")):
        with pytest.raises(ConfigFaults, match=words):
            load(path)


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
