"""Keywords are found as whole words, with or without accents, whatever the spelling of the tone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.keywords import Phrasebook, Text, fold, street_key, words_of

BOOK = Phrasebook({"a": ["ổ gà", "chó", "thuỷ lợi", "hoá đơn"], "b": ["rác"]})


def found(text: str) -> list[str]:
    return [hit.keyword for hit in BOOK.find(Text.of(text))]


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("Có Ổ GÀ to", ["ổ gà"]),
        ("co o ga to", ["ổ gà"]),
        ("đường có o gà", ["ổ gà"]),
        ("ổ, gà", ["ổ gà"]),
        ("ổ gàn", []),
        ("rắc rối", []),
        ("xả rác, rác nhiều", ["rác", "rác"]),
        ("cho tôi hỏi về việc này", []),
        ("cho can nguoi", ["chó"]),
        ("Thủy lợi và hóa đơn", ["thuỷ lợi", "hoá đơn"]),
        (unicodedata.normalize("NFD", "có ổ gà ở đây"), ["ổ gà"]),
        ("", []),
    ],
)
def test_whole_words_with_or_without_accents(text: str, keywords: list[str]) -> None:
    assert found(text) == keywords


def test_a_hit_says_where_it_stands() -> None:
    (hit,) = BOOK.find(Text.of("trước nhà có ổ gà"))
    assert (hit.label, hit.at, hit.length) == ("a", 3, 2)


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    ready = Text.of(text)
    assert len(ready.written) == len(ready.folded)
    assert all(fold(word) == plain for word, plain in zip(ready.written, ready.folded, strict=True))
    BOOK.find(ready)


@given(st.sampled_from(["ổ gà", "thuỷ lợi", "hoá đơn"]), st.sampled_from(["", "này", "x y"]))
def test_a_phrase_is_found_among_other_words_also_bare(keyword: str, around: str) -> None:
    assert found(f"{around} {keyword} {around}") == [keyword]
    assert found(fold(f"{around} {keyword} {around}")) == [keyword]


def test_quy_keeps_its_letters() -> None:
    assert [word for word, _ in words_of("quý quỷ uỷ ủy hoà hòa hoàn")] == [
        "quý",
        "quỷ",
        "ủy",
        "ủy",
        "hòa",
        "hòa",
        "hoàn",
    ]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("đường Giải Phóng", "giai phong"),
        ("Phố Huế", "hue"),
        ("QL6", "quoc lo 6"),
        ("Quốc lộ 6", "quoc lo 6"),
        ("trục đường Võ Chí Công", "vo chi cong"),
        ("  Đại   Cồ Việt ", "dai co viet"),
    ],
)
def test_a_street_has_one_key(name: str, key: str) -> None:
    assert street_key(name) == key
