"""Normalization, words, accents, personal data: what happens to a text before it is understood."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.diacritics import learn_restorer
from nlp.normalize import fold, normalize
from nlp.personal_data import SHOWN_AS, find_personal_data, mask, spans_in_original
from nlp.spelling import learn_speller
from nlp.words import default_tokenizer


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find_personal_data(text)]


@given(st.text())
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@given(st.text(alphabet="hoàáảãạòeèụyỳýuqủ nOÀÁỲ\u0300\u0301\u0323\u200b", max_size=20))
def test_normalizing_twice_changes_nothing_around_tones(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(normalize(text))) == fold(normalize(text))


def test_both_places_of_a_tone_are_one_spelling() -> None:
    assert normalize("hoà, thuỷ, XOÈ") == normalize("hòa, thủy, XÒE")


def test_qu_keeps_its_tone_on_the_y() -> None:
    assert normalize("quý, quỳ") == "quý, quỳ"


def test_decomposed_and_hidden_characters_become_plain_text() -> None:
    assert normalize(unicodedata.normalize("NFD", "ngập\u200b nước")) == "ngập nước"


def test_folding_drops_accents_and_the_bar_of_d() -> None:
    assert fold("Ổ gà ở Đống Đa") == "o ga o dong da"


def test_teencode_is_written_out() -> None:
    words = default_tokenizer().words("ko dc r mn ơi")
    assert words.written == ["không", "được", "rồi", "mọi", "người", "ơi"]


def test_an_alley_is_never_taken_for_a_no() -> None:
    assert default_tokenizer().words("hem 5 bi ngap").written[0] == "hem"


def test_drawn_out_letters_are_shortened() -> None:
    assert default_tokenizer().words("ồnnnnn quáááá").written == ["ồn", "quá"]


def test_a_text_without_accents_is_recognised() -> None:
    assert default_tokenizer().words("cong tac nuoc tran vao nha").plain
    assert not default_tokenizer().words("cống tắc nước tràn vào nhà").plain


def test_accents_are_restored_by_the_neighbours() -> None:
    restorer = learn_restorer([["nước", "tràn"], ["nước", "tràn"], ["nuốc", "lời"], ["tràn", "vào", "nhà"]])
    assert restorer.restore(["nuoc", "tran", "vao", "nha", "xyz"]) == ["nước", "tràn", "vào", "nhà", "xyz"]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("gọi tôi 0912 345 678 nhé", "phone", "0912 345 678"),
        ("số +84 912345678", "phone", "+84 912345678"),
        ("máy bàn 024.3825.1234", "phone", "024.3825.1234"),
        ("CCCD 001099012345", "id_number", "001099012345"),
        ("số cmnd: 012345678", "id_number", "012345678"),
        ("xe 29A-123.45 đỗ sai", "plate", "29A-123.45"),
        ("xe 30h1 23456", "plate", "30h1 23456"),
        ("thư a.b@gmail.com", "email", "a.b@gmail.com"),
        ("stk 19031234567890", "bank_account", "19031234567890"),
        ("sinh ngày 03/05/1980", "birth_date", "03/05/1980"),
        ("ông Nguyễn Văn Hùng ở tầng 3", "name", "Nguyễn Văn Hùng"),
        ("Bà Lan bán nước", "name", "Lan"),
        ("ông nguyễn văn hùng đánh vợ", "name", "nguyễn văn hùng"),
        ("ông HÙNG tổ trưởng", "name", "HÙNG"),
        ("anh tuấn hàng xóm", "name", "tuấn"),
        ("sdt 0912345678,0987654321", "phone", "0987654321"),
        ("gọi 0084 912345678", "phone", "0084 912345678"),
        ("số bàn (024) 3825 1212", "phone", "(024) 3825 1212"),
        ("xe 29A-123.45 đỗ chắn cửa", "plate", "29A-123.45"),
        ("biển 30E1 12345", "plate", "30E1 12345"),
        ("xe máy 29-X1 234.56", "plate", "29-X1 234.56"),
        ("xe 29 A 123 45", "plate", "29 A 123 45"),
        ("biển số 29H 0123", "plate", "29H 0123"),
    ],
)
def test_what_identifies_a_person_is_found(reader: object, text: str, kind: str, found: str) -> None:
    assert (kind, found) in _kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "phố Bà Triệu ngập",
        "đường Hai Bà Trưng tắc",
        "ngõ 12/34/5 Khâm Thiên",
        "ông Chủ tịch phường",
        "em hồ bơi đóng cửa",
        "bà mai hàng xóm",
        "ông CSGT đứng chốt",
        "tỷ lệ 1,0912345678",
        "giá 1.500.000 đồng",
        "gọi 113, 114 hay 1022",
        "ngày 12/08/2026",
        "số nhà 12A năm 2024",
    ],
)
def test_what_is_no_persons_is_left_alone(reader: object, text: str) -> None:
    assert _kinds(text) == []


def test_masking_hides_everything_found() -> None:
    text = "Anh Tuấn 0912345678 xe 29A-123.45"
    hidden = mask(text, find_personal_data(text))
    assert "0912345678" not in hidden
    assert "123.45" not in hidden
    assert SHOWN_AS["phone"] in hidden


@pytest.mark.parametrize(
    "prefix", ["", "  ", "\u200bđ\u200bường hoà ", unicodedata.normalize("NFD", "Ngập ở đường này, ")]
)
def test_spans_point_into_the_text_as_it_was_given(prefix: str) -> None:
    original = prefix + "gọi 0912345678 ngay"
    normal = normalize(original)
    (span,) = spans_in_original(find_personal_data(normal), original, normal)
    assert original[span.start : span.end] == "0912345678"


@settings(max_examples=60)
@given(st.text(max_size=60), st.text(max_size=30))
def test_a_phone_is_found_wherever_it_stands(before: str, after: str) -> None:
    original = f"{before} 0912345678 {after}"
    normal = normalize(original)
    spans = spans_in_original(find_personal_data(normal), original, normal)
    assert all(0 <= span.start <= span.end <= len(original) for span in spans)


def test_a_slip_of_the_finger_is_mended_when_the_word_is_unknown() -> None:
    speller = learn_speller([["nuoc", "ngap", "duong", "rac", "thai"]] * 3)
    words = default_tokenizer().words("nuocc ngpa duong racthai vinhomes")
    assert speller.mend(words).bare == ["nuoc", "ngap", "duong", "rac", "thai", "vinhomes"]


def test_known_words_are_never_mended() -> None:
    speller = learn_speller([["nuoc", "ngap", "ngat"]] * 3)
    words = default_tokenizer().words("ngat nuoc ngap")
    assert speller.mend(words) is words


@given(st.text(alphabet="abcdxyz ", max_size=60))
def test_mending_keeps_both_forms_in_step(text: str) -> None:
    mended = learn_speller([["abc", "xyz", "day"]] * 2).mend(default_tokenizer().words(text))
    assert len(mended.written) == len(mended.bare)
