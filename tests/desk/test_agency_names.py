"""Agencies are found as people name them; what is not sure is offered, what comes after the name is kept."""

from __future__ import annotations

import pytest

from bot.desk.agency_names import find_agency
from tests.casework.house import config

SURE = [
    ("Sở Xây dựng, cột đèn của Sở", "so-xd", "cột đèn của Sở"),
    ("so xay dung ha noi vi cot den", "so-xd", "vi cot den"),
    ("SXD: đúng việc", "so-xd", "đúng việc"),
    ("so xd", "so-xd", ""),
    ("sgddt", "so-gddt", ""),
    ("Sở Giáo dục và Đào tạo", "so-gddt", ""),
    ("gd&đt, trường học", "so-gddt", "trường học"),
    ("hoàn kiếm đúng địa bàn", "ubnd-00070", "đúng địa bàn"),
    ("P. Hoàn Kiếm", "ubnd-00070", ""),
    ("uỷ ban nhân dân phường hoàn kiếm", "ubnd-00070", ""),
    ("ubnd-00070 thuộc phường", "ubnd-00070", "thuộc phường"),
    ("00070", "ubnd-00070", ""),
    ("ca hoan kiem", "ca-00070", ""),
    ("Công an phường Hoàn Kiếm - mất trật tự", "ca-00070", "mất trật tự"),
    ("ca tp", "catp", ""),
    ("thoát nước, cống tắc", "thoat-nuoc-hn", "cống tắc"),
    ("nuoc sach ha dong", "nuoc-ha-dong", ""),
    ("điện lực", "evnhanoi", ""),
    ("URENCO\nthu gom rác", "urenco", "thu gom rác"),
]
NEAR = [
    ("so xay dug, cột đèn", "so-xd", "cột đèn"),
    ("chiếu sáng", "hapulico", ""),
    ("hon kiem", "ubnd-00070", ""),
]


@pytest.mark.parametrize(("said", "agency", "rest"), SURE)
def test_a_name_as_people_say_it_is_the_agency(said: str, agency: str, rest: str) -> None:
    found = find_agency(config(), said)
    assert (found.agency, found.rest) == (agency, rest)


@pytest.mark.parametrize(("said", "agency", "rest"), NEAR)
def test_a_name_half_remembered_is_offered_and_the_reason_is_kept(said: str, agency: str, rest: str) -> None:
    found = find_agency(config(), said)
    assert found.agency is None
    assert agency in found.near
    assert found.rest == rest


def test_accents_typed_as_separate_marks_do_not_move_the_reason() -> None:
    from unicodedata import normalize

    assert find_agency(config(), normalize("NFD", "Sở Y tế, bệnh viện")).rest == "bệnh viện"


def test_a_street_or_an_abolished_ward_offers_the_wards_that_it_lies_in_now() -> None:
    found = find_agency(config(), "phường Hàng Trống, đúng địa bàn", lambda _: ("00070", "00082"))
    assert found.near[:2] == ("ubnd-00070", "ubnd-00082")


@pytest.mark.parametrize(
    ("said", "agency", "rest"),
    [
        ("công an phường vì trộm", "ca-00070", "vì trộm"),
        ("CA phường, mất trật tự", "ca-00070", "mất trật tự"),
        ("ubnd phường", "ubnd-00070", ""),
        ("công an phường Hai Bà Trưng, trộm", "ca-00256", "trộm"),
        ("công an, trộm", "catp", "trộm"),
    ],
)
def test_the_unit_of_the_ward_needs_no_name_where_the_ward_is_known(said: str, agency: str, rest: str) -> None:
    found = find_agency(config(), said, ward="00070")
    assert (found.agency, found.rest) == (agency, rest)


def test_a_ward_s_unit_without_a_name_is_not_the_city_s() -> None:
    assert find_agency(config(), "công an phường vì trộm").agency is None


@pytest.mark.parametrize("said", ["", "  ", ",", "abc", "?!", "xyz " * 200])
def test_what_names_nothing_finds_nothing(said: str) -> None:
    found = find_agency(config(), said)
    assert (found.agency, found.near) == (None, ())


def test_every_agency_is_found_by_its_id_and_both_its_names() -> None:
    for key, agency in config().agencies.items():
        if not agency.closed:
            for name in (key, agency.name, agency.short_name):
                assert find_agency(config(), name).agency == key
