"""The reply check and the promised date, on many written replies and on the borders of the rules."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.promises import find_promise
from nlp.reply_quality import Verdict, check_reply

HERE = Path(__file__).parent
PIECES = tuple("sẽ trước ngày 31 30 2 /13 tháng tuần tới thứ 7 quý 5 năm 9999 0000 trong 999 giờ".split())  # noqa: SIM905 - read as one line
WEDNESDAY = datetime(2026, 8, 5, 9, 0, tzinfo=UTC)


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines() if line]


@pytest.mark.parametrize("name", ["replies.jsonl", "replies_development.jsonl", "replies_unseen.jsonl"])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_nine_of_ten_replies_are_judged_rightly_on_both_sides(name: str, verdict: Verdict) -> None:
    rows = [row for row in _rows(name) if row["verdict"] == verdict.value]
    right = sum(
        check_reply(row["complaint"], row["reply"], row.get("attachments", 0)).verdict is verdict for row in rows
    )
    assert right / len(rows) >= 0.9


@pytest.mark.parametrize("name", ["promises.jsonl", "promises_development.jsonl", "promises_unseen.jsonl"])
def test_nine_of_ten_promised_dates_are_read_rightly(name: str) -> None:
    rows = _rows(name)
    right = 0
    for row in rows:
        found = find_promise(row["reply"], datetime.fromisoformat(row["sent_at"]))
        right += (found.due.isoformat() if found else None) == row["due"]
    assert right / len(rows) >= 0.9


def test_a_generic_reply_is_told_what_it_lacks() -> None:
    verdict = check_reply("Rác đầy ngõ", "Đã tiếp nhận, chuyển đơn vị chức năng xử lý theo quy định.")
    assert verdict.verdict is Verdict.GENERIC
    assert "chưa nói đã làm gì" in verdict.why


def test_what_a_specific_reply_says_is_named() -> None:
    reply = "Chủ tịch phường đã họp kiểm điểm cán bộ ngày 1/12, phê bình và chuyển vị trí công tác từ 2/12."
    verdict = check_reply("Cán bộ hách dịch", reply)
    assert verdict.verdict is Verdict.SPECIFIC
    assert "số liệu, thời gian cụ thể" in verdict.why


def test_an_empty_reply_is_generic() -> None:
    assert check_reply("Rác đầy ngõ", "  ").verdict is Verdict.GENERIC


def test_numbers_of_decrees_prove_nothing() -> None:
    reply = (
        "Căn cứ Nghị định số 45/2022/NĐ-CP ngày 07/7/2022 và Quyết định 1207/QĐ-UBND ngày 28/02/2025, UBND phường đã "
        "chỉ đạo các bộ phận tăng cường kiểm tra, xử lý nghiêm vi phạm."
    )
    assert check_reply("Rác đầy ngõ", reply).verdict is Verdict.GENERIC


def test_a_reply_typed_without_accents_is_judged_alike() -> None:
    assert check_reply("Đèn hỏng", "da thay bong cot so 7 toi qua").verdict is Verdict.SPECIFIC
    assert check_reply("Đèn hỏng", "da tiep nhan, se kiem tra theo quy dinh").verdict is Verdict.GENERIC


@pytest.mark.parametrize(
    ("reply", "due"),
    [
        ("Sẽ xong trước ngày 12/8", date(2026, 8, 12)),
        ("Trong tuần tới sẽ thay bóng", date(2026, 8, 16)),
        ("Cam kết trong 5 ngày làm việc", date(2026, 8, 12)),
        ("Chậm nhất thứ sáu tuần này", date(2026, 8, 7)),
        ("Se hoan thanh truoc 15/8/2026", date(2026, 8, 15)),
        ("Sẽ sửa trong vòng hai tuần", date(2026, 8, 19)),
    ],
)
def test_a_promise_is_the_last_day_on_which_it_is_kept(reply: str, due: date) -> None:
    found = find_promise(reply, WEDNESDAY)
    assert found is not None
    assert found.due == due


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Sẽ xử lý trong thời gian sớm nhất",
        "Đã dọn xong ngày 3/8",
        "Đường dây nóng trực 24/7",
        "Theo Quyết định số 61/2025 ngày 28/2/2025",
        "Rác ở ngõ 12/9 phố Chùa Láng đã được ghi nhận",
        "Chúng tôi sẽ làm xong trong tháng 13.",
        "Chúng tôi sẽ làm xong trong quý 2/0000.",
        "Chúng tôi sẽ làm xong trong năm 0000.",
    ],
)
def test_no_date_is_read_where_none_is_promised(reply: str) -> None:
    assert find_promise(reply, WEDNESDAY) is None


def test_working_days_follow_the_given_calendar() -> None:
    holidays = {date(2026, 8, 6), date(2026, 8, 7)}
    found = find_promise(
        "Sẽ xong trong 2 ngày làm việc", WEDNESDAY, lambda day: day.weekday() < 5 and day not in holidays
    )
    assert found is not None
    assert found.due == date(2026, 8, 11)


def test_the_day_is_counted_in_vietnamese_time() -> None:
    late = datetime(2026, 8, 5, 20, 0, tzinfo=UTC)  # 3 in the morning of the 6th in Hà Nội
    found = find_promise("Ngày mai sẽ xong", late)
    assert found is not None
    assert found.due == date(2026, 8, 7)


def test_the_words_of_the_promise_are_quoted_with_their_accents() -> None:
    found = find_promise("Chúng tôi sẽ đậy nắp cống trong tuần tới.", WEDNESDAY)
    assert found is not None
    assert found.words == "trong tuần tới"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_no_reply_upsets_either(reply: str) -> None:
    check_reply("Rác", reply)
    found = find_promise(reply, WEDNESDAY)
    assert found is None or found.due >= WEDNESDAY.date()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES)))
def test_impossible_dates_are_no_promise(words: list[str]) -> None:
    found = find_promise(" ".join(words), WEDNESDAY)
    assert found is None or found.due >= WEDNESDAY.date()
