"""Small edits keep every comment, are checked, and never overwrite somebody else's change."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.config import ConfigFaults, Handle, load, parse
from routing.config.written import WrittenConfig
from routing.config_diff import SECTIONS, differences
from routing.config_edit import EditRefused, add_word, fingerprint, remove_word, save, set_value
from tests.routing.conftest import SHIPPED


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.lstrip().startswith("#")]


def changed_lines(old: str, new: str) -> int:
    return sum(a != b for a, b in zip(old.splitlines(), new.splitlines(), strict=True))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("deadlines.accept_hours", "6"),
        ("quiet_hours.from", "21:30"),
        ("categories.cay_xanh.subs.cay_do.deadline.days", "3"),
        ("rules.truong-thpt.to", "so-nv"),
        ("templates.tiep-nhan.text", '"{don_vi} đã nhận {ma}: sẽ trả lời trước {han}."'),
        ("reasons.reject.tin-rac", "Nội dung thử nghiệm"),
        ("agencies.evnhanoi.contact.phone", '"024 1234 5678"'),
        ("city", "Thành phố Huế"),
        ("hours.saturday", '["08:00-12:00"]'),
    ],
)
def test_one_value_changes_one_line(shipped_text: str, key: str, value: str) -> None:
    changed = set_value(shipped_text, key, value)
    assert changed_lines(shipped_text, changed) == 1
    assert comments(changed) == comments(shipped_text)
    assert len(differences(shipped_text, changed)) == 1
    parse(changed)


def test_a_section_with_its_name_in_quotes_is_found(shipped_text: str) -> None:
    text = shipped_text.replace("\nquiet_hours:", '\n"quiet_hours":', 1)
    changed = set_value(text, "quiet_hours.from", "21:30")
    assert changed_lines(text, changed) == 1
    assert parse(changed).version_hash != parse(text).version_hash


def test_the_change_is_in_force(shipped_text: str) -> None:
    config = parse(set_value(shipped_text, "deadlines.handle.khan.hours", "3"))
    assert config.deadlines.handle["khan"] == Handle(hours=3)


def test_a_word_is_added_and_taken_out_again(shipped_text: str) -> None:
    key = "categories.cay_xanh.keywords"
    added = add_word(shipped_text, key, "cây phượng")
    assert "cây phượng" in parse(added).categories["cay_xanh"].keywords
    assert remove_word(added, key, "cây phượng") == shipped_text


@pytest.mark.parametrize("street", ["Giải Phóng", "Hầm Trung Hoà", "Tam Trinh"])
def test_taking_a_line_out_leaves_the_comments_around_it(shipped_text: str, street: str) -> None:
    changed = remove_word(shipped_text, "city_streets.streets.so-xd", street)
    assert comments(changed) == comments(shipped_text)
    assert differences(shipped_text, changed) == (f"Đường Thành phố quản lý / streets / so-xd: bỏ “{street}”",)


def test_a_new_entry_stands_within_its_section(shipped_text: str) -> None:
    changed = set_value(shipped_text, "overrides.ubnd-00070", '{note: "Trụ sở mới"}')
    assert comments(changed) == comments(shipped_text)
    config = parse(changed)
    assert [agency.note for agency in config.agencies.values() if agency.note] == ["Trụ sở mới"]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda text: set_value(text, "deadlines.handel.khan", "1"), "có phải “handle”"),
        (lambda text: set_value(text, "rules.truong-thp.to", "so-xd"), "có phải “truong-thpt”"),
        (lambda text: set_value(text, "deadlines", "3"), "mục lớn"),
        (lambda text: set_value(text, "identity.x", "3"), "không có khoá bên trong"),
        (lambda text: add_word(text, "categories.cay_xanh.keywords", "Cây đổ"), "đã có"),
        (lambda text: remove_word(text, "categories.cay_xanh.keywords", "cây dổ"), "có phải “cây đổ”"),
        (lambda text: add_word(text, "deadlines", "x"), "không phải danh sách"),
    ],
)
def test_an_edit_that_cannot_be_made_is_explained(shipped_text: str, edit, words: str) -> None:
    with pytest.raises(EditRefused, match=words):
        edit(shipped_text)


@pytest.mark.parametrize(
    ("slips", "key", "words"),
    [
        ({"\nlimits:": "\nlimits:\n  messages_per_minute: 3"}, "limits.filings_per_hour", "khoá bị lặp"),
        ({"\nlimits:": "\nlimits: &all", "\ntexts: {}": "\ntexts: *all"}, "texts.x", "dùng bí danh"),
    ],
)
def test_a_file_that_no_edit_would_mend_is_explained(
    shipped_text: str, slips: dict[str, str], key: str, words: str
) -> None:
    for written, slip in slips.items():
        shipped_text = shipped_text.replace(written, slip)
    with pytest.raises(ConfigFaults, match=words):
        set_value(shipped_text, key, "5")


@pytest.fixture
def file(tmp_path: Path, shipped_text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(shipped_text, encoding="utf-8")
    path.chmod(0o640)
    return path


def test_a_saved_file_is_whole_and_keeps_its_rights(file: Path, shipped_text: str) -> None:
    changed = set_value(shipped_text, "deadlines.accept_hours", "6")
    config = save(file, changed, fingerprint(shipped_text))
    assert file.read_text(encoding="utf-8") == changed
    assert config.version_hash == load(file).version_hash
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(file.parent.iterdir()) == [file]


def test_a_file_changed_underneath_is_left_alone(file: Path, shipped_text: str) -> None:
    theirs = set_value(shipped_text, "limits.undo_seconds", "30")
    file.write_text(theirs, encoding="utf-8")
    with pytest.raises(EditRefused, match="người khác sửa"):
        save(file, set_value(shipped_text, "deadlines.accept_hours", "6"), fingerprint(shipped_text))
    assert file.read_text(encoding="utf-8") == theirs


def test_a_wrong_text_is_never_written(file: Path, shipped_text: str) -> None:
    with pytest.raises(ConfigFaults):
        save(file, set_value(shipped_text, "categories.dien.to", "evn"), fingerprint(shipped_text))
    assert file.read_text(encoding="utf-8") == shipped_text


def test_of_many_savers_at_once_one_wins(file: Path, shipped_text: str) -> None:
    outcomes: list[str] = []

    def change(seconds: int) -> None:
        theirs = shipped_text.replace("undo_seconds: 60", f"undo_seconds: {seconds}")
        try:
            save(file, theirs, fingerprint(shipped_text))
            outcomes.append("saved")
        except EditRefused:
            outcomes.append("refused")

    threads = [threading.Thread(target=change, args=(10 + number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "refused", "refused", "saved"]
    load(file)


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path, file: Path, shipped_text: str) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    save(link, set_value(shipped_text, "limits.undo_seconds", "30"), fingerprint(shipped_text))
    assert link.is_symlink()
    assert "undo_seconds: 30" in file.read_text(encoding="utf-8")


SCALARS = [
    ("deadlines.accept_hours", st.integers(1, 40).map(str)),
    ("limits.undo_seconds", st.integers(0, 600).map(str)),
    ("categories.dien.to", st.sampled_from(["so-ct", "ubnd", "cong-an", "triage"])),
    ("city", st.sampled_from(["Hà Nội", "Thành phố Hà Nội", '"22:00"'])),
]


@settings(max_examples=5, deadline=None)
@given(st.lists(st.sampled_from(SCALARS).flatmap(lambda each: st.tuples(st.just(each[0]), each[1])), max_size=3))
def test_edits_never_lose_a_comment_and_always_load(edits: list[tuple[str, str]]) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    before = comments(text)
    for key, value in edits:
        text = set_value(text, key, value)
    assert comments(text) == before
    parse(text)


def test_differences_are_told_in_words(shipped_text: str) -> None:
    text = set_value(shipped_text, "deadlines.accept_hours", "6")
    text = add_word(text, "categories.dien.keywords", "cúp cầu dao")
    text = text.replace("  - id: mang-fpt\n", "  - id: mang-fpt-moi\n")
    assert differences(shipped_text, text) == (
        "Thời hạn / accept_hours: 8 → 6",
        "Quy tắc / mang-fpt-moi: thêm “Lời phản ánh nêu tên FPT”",
        "Quy tắc / mang-fpt: bỏ “Lời phản ánh nêu tên FPT”",
        "Lĩnh vực / dien / keywords: thêm “cúp cầu dao”",
    )
    assert differences(shipped_text, shipped_text + "\n# lời\n") == ()


def test_every_section_is_named_in_words_where_it_differs() -> None:
    assert set(SECTIONS) == set(WrittenConfig.model_fields)
