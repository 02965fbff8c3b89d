"""Two or three problems in one message are all heard, whatever joins them; one problem told at length stays one."""

from __future__ import annotations

from itertools import permutations

import pytest

from nlp.noise import strip_accents
from nlp.reader import Reader

PLAIN = {
    "moi_truong_rac_thai": "rác đầu ngõ cả tuần không ai dọn",
    "chieu_sang": "đèn đường tắt tối om",
    "ha_tang_duong": "mặt đường đầy ổ gà",
    "tieng_on": "hàng xóm hát karaoke tới khuya",
    "vat_nuoi": "chó thả rông phóng uế",
    "thoat_nuoc_ngap_ung": "cống tắc nước tràn",
}


@pytest.mark.parametrize(
    "joined",
    ["{}. {}", "{}, còn {}", "{}, ngoài ra {}", "{}, với lại {}", "{}, lại còn {}", "{} với cả {}", "{}, {}"],
)
@pytest.mark.parametrize(("strip", "at_least"), [(False, 29), (True, 20)], ids=["as written", "no accents"])
def test_two_plain_problems_are_both_heard(reader: Reader, joined: str, strip: bool, at_least: int) -> None:
    heard = 0
    for (first, one), (second, other) in permutations(PLAIN.items(), 2):
        text = joined.format(one, other)
        reading = reader.read(strip_accents(text) if strip else text)
        heard += {reading.category, *reading.further} == {first, second}
    assert heard >= at_least


@pytest.mark.parametrize(
    "text",
    [
        "rác đầu ngõ không ai dọn, chất đống cả tuần, ruồi bâu, mùi hôi bay khắp ngõ",
        "quán hát karaoke ồn ào tới khuya, loa kéo mở to, nói mấy lần họ không nghe",
        "điện cúp từ sáng tới giờ, gọi tổng đài không ai bắt máy và không có thông báo",
        "mặt đường đầy ổ gà, mưa xuống thì lầy lội, xe cộ đi lại khó khăn",
    ],
)
def test_one_problem_told_at_length_stays_one(reader: Reader, text: str) -> None:
    assert reader.read(text).further == ()


@pytest.mark.parametrize("joined", ["{}, {}, {}", "{}. {}. {}", "{}, còn {}, với lại {}"])
def test_of_three_plain_problems_the_third_is_heard_too(reader: Reader, joined: str) -> None:
    threes = list(permutations(PLAIN.items(), 3))
    heard = 0
    for three in threes:
        reading = reader.read(joined.format(*(told for _, told in three)))
        heard += {reading.category, *reading.further} == {code for code, _ in three}
    assert heard >= len(threes) * 2 // 3, heard
