"""Case codes: a slip is noticed, a different way of writing is not held against anybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.codes import ALPHABET, check_code, make_code

codes = st.binary(min_size=8, max_size=16).map(make_code)


@given(codes)
def test_a_made_code_is_a_code(code: str) -> None:
    assert check_code(code) == code
    assert len(code) == len("HN-XXXX-XXC")


@given(codes, st.integers(3, 10), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_is_noticed(code: str, place: int, wrong: str) -> None:
    if code[place] == "-" or code[place] == wrong:
        return
    assert check_code(code[:place] + wrong + code[place + 1 :]) is None


@given(codes, st.integers(0, 5))
def test_any_swap_of_neighbours_is_noticed(code: str, place: int) -> None:
    body = list(code.removeprefix("HN-").replace("-", ""))
    if body[place] == body[place + 1]:
        return
    body[place], body[place + 1] = body[place + 1], body[place]
    assert check_code("HN" + "".join(body)) is None


@given(codes)
def test_case_hyphens_spaces_and_prefix_do_not_matter(code: str) -> None:
    bare = code.replace("-", "")
    for written in (code.lower(), bare, f" {bare[:5]} {bare[5:]} ", bare.removeprefix("HN"), code.replace("-", "–")):
        assert check_code(written) == code


@given(codes)
def test_letters_that_look_like_digits_are_read_as_digits(code: str) -> None:
    body = code.removeprefix("HN-")
    slipped = body.replace("0", "O").replace("1", "l").replace("2", "z")
    assert check_code("HN-" + slipped) == code


@pytest.mark.parametrize("text", ["", "HN", "HN-0000-00", "HN-0000-0000", "HN-ĐĐĐĐ-ĐĐĐ", "xin chào", "0" * 4000])
def test_what_is_no_code_is_none(text: str) -> None:
    assert check_code(text) is None


def test_codes_are_spread() -> None:
    import random

    source = random.Random(1)
    assert len({make_code(source.randbytes(16)) for _ in range(5000)}) > 4990
