"""Keywords are found as whole words, with or without accents, whatever the spelling of the tone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.keywords import Phrasebook, fold, street_key
from routing.wording import COMMA, STOP, split_words

BOOK = Phrasebook({"a": ["ổ gà", "chó", "thuỷ lợi", "hoá đơn"], "b": ["rác"]})


def found(text: str) -> list[str]:
    return [hit.keyword for hit in BOOK.find(split_words(text))]


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
    (hit,) = BOOK.find(split_words("trước nhà có ổ gà"))
    assert (hit.label, hit.at, hit.length) == ("a", 3, 2)


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    words = split_words(text)
    columns = (words.plain, words.toned, words.marked, words.capital, words.marks)
    assert {len(column) for column in columns} == {words.count}
    assert all(words.plain)
    BOOK.find(words)


@given(st.sampled_from(["ổ gà", "thuỷ lợi", "hoá đơn"]), st.sampled_from(["", "này", "x y"]))
def test_a_phrase_is_found_among_other_words_also_bare(keyword: str, around: str) -> None:
    assert found(f"{around} {keyword} {around}") == [keyword]
    assert found(fold(f"{around} {keyword} {around}")) == [keyword]


def test_one_word_has_one_spelling() -> None:
    assert split_words("quý hòa mỹ ủy hoàn").toned == split_words("quý hoà mĩ uỷ hoàn").toned
    assert len(set(split_words("quý quỷ uý").toned)) == 3


def test_a_mark_stands_before_the_next_word() -> None:
    words = split_words('Sáng nay , P. Láng ; cây "cổ thụ" đổ.\nHết - rồi')
    said = {word: mark for word, mark in zip(words.plain, words.marks, strict=True) if mark}
    assert said == {"p": COMMA, "cay": STOP, "co": COMMA, "do": COMMA, "het": STOP, "roi": COMMA}


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
