"""A foreigner's complaint reaches its sub-category too: the keywords of config.yaml hold English words."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.config import load
from routing.decide import Ask, compiled

ROUTER = compiled(load(Path(__file__).parents[2] / "config.yaml"))


@pytest.mark.parametrize(
    ("category", "text", "sub"),
    [
        ("ha_tang_duong", "The road outside our office is full of potholes", "mat_duong"),
        ("nuoc_sach", "There has been no water in our flat since Tuesday", "mat_nuoc"),
        ("giao_duc", "The school asks for extra fees every month", "lam_thu"),
        ("vat_nuoi", "A stray dog sleeps in front of my door", "cho_tha_rong"),
        ("vien_thong", "wifi is so slow I cannot work", "mat_mang"),
        ("an_sinh_xa_hoi", "My employer has not paid my wages", "lao_dong_viec_lam"),
        ("thu_tuc_can_bo", "He wanted a bribe for my stamp", "nhung_nhieu"),
        ("moi_truong_rac_thai", "nobody empties the bins on our corner", "rac_sinh_hoat"),
    ],
)
def test_english_words_name_the_sub_category(category: str, text: str, sub: str) -> None:
    assert ROUTER.decide(Ask(category, None, None, "binh_thuong", text)).sub == sub
