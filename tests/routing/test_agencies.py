"""Agencies go out to a spreadsheet and come back, with a report on every row."""

from __future__ import annotations

import csv
import io

import pytest

from routing.agencies import COLUMNS, Outcome, Row, export_agencies, import_agencies
from routing.config import AgencyId, Config, parse


def rows_of(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))


def test_the_table_has_every_agency(config: Config) -> None:
    table = export_agencies(config)
    assert table.startswith("\ufeff" + ",".join(COLUMNS) + "\n")
    rows = rows_of(table)
    assert [row["id"] for row in rows] == list(config.agencies)
    assert {row["id"]: row["verified"] for row in rows}["evnhanoi"] == "không"


def test_an_unchanged_table_changes_nothing(config: Config, shipped_text: str) -> None:
    outcome = import_agencies(shipped_text, export_agencies(config))
    assert outcome.text == shipped_text
    assert {row.outcome for row in outcome.rows} == {Outcome.UNCHANGED}
    assert len(outcome.rows) == len(config.agencies)


def test_each_row_is_judged_by_itself(shipped_text: str) -> None:
    table = (
        "id,name,level,parent,phone,contact_verified\n"
        "ubnd-00070,,,,024 3825 4321,có\n"
        "so-moi,Sở Mới,department,vp-ubnd-tp,,\n"
        "so-xd,,,so-xdd,,\n"
        "so-nv,,bộ,,,\n"
        "so-yt,,,,gọi tôi,\n"
        "so-nua,,,,,\n"
        ",x,,,,\n"
        "so-moi,Sở Mới,department,,,\n"
        "catp,,,,,\n"
        "SO-XD,,,,,\n"
        "so-ct,,,,0,có\n"
        "sở-ba,Sở Ba,department,,,\n"
    )
    outcome = import_agencies(shipped_text, table)
    assert [(row.line, row.outcome) for row in outcome.rows] == [
        (2, Outcome.CHANGED),
        (3, Outcome.ADDED),
        (4, Outcome.REFUSED),
        (5, Outcome.REFUSED),
        (6, Outcome.REFUSED),
        (7, Outcome.REFUSED),
        (8, Outcome.REFUSED),
        (9, Outcome.REFUSED),
        (10, Outcome.UNCHANGED),
        (11, Outcome.REFUSED),
        (12, Outcome.REFUSED),
        (13, Outcome.REFUSED),
    ]
    assert outcome.rows[0].words == "phone: 024 3825 4321, contact_verified: có"
    assert "có phải “so-xd”" in outcome.rows[2].words
    assert "có phải “so-xd”" in outcome.rows[9].words
    assert "số điện thoại “0” không hợp lệ" in outcome.rows[10].words
    assert "có phải “so-ba”" in outcome.rows[11].words
    config = parse(outcome.text)
    hoan_kiem = config.agencies[AgencyId("ubnd-00070")]
    assert hoan_kiem.contact.public_phone == "024 3825 4321"
    assert hoan_kiem.name == "Uỷ ban nhân dân phường Hoàn Kiếm"
    added = config.agencies[AgencyId("so-moi")]
    assert (added.name, added.level, added.verified) == ("Sở Mới", "department", False)


def test_comments_outlive_an_import(shipped_text: str) -> None:
    outcome = import_agencies(shipped_text, "id,phone\nso-xd,024 1\nca-00070,113\nvp-ubnd-tp,024 2\nnha-mang,024 3\n")
    kept = [line for line in outcome.text.splitlines() if line.lstrip().startswith("#")]
    assert kept == [line for line in shipped_text.splitlines() if line.lstrip().startswith("#")]
    assert parse(outcome.text).agencies[AgencyId("nha-mang")].contact.phone == "024 3"


def test_an_empty_cell_clears_a_contact_and_keeps_the_rest(shipped_text: str) -> None:
    outcome = import_agencies(shipped_text, "id,name,phone,verified\nevnhanoi,,,\n")
    assert outcome.rows == (Row(2, "evnhanoi", Outcome.CHANGED, "phone: (xoá)"),)
    evnhanoi = parse(outcome.text).agencies[AgencyId("evnhanoi")]
    assert (evnhanoi.contact.phone, evnhanoi.short_name, evnhanoi.verified) == (None, "EVNHANOI", False)


@pytest.mark.parametrize("head", ["id;phone\nso-xd;024 1\n", "\ufeffid,phone\r\nso-xd,024 1\r\n"])
def test_tables_of_spreadsheets_are_read(shipped_text: str, head: str) -> None:
    assert import_agencies(shipped_text, head).rows == (Row(2, "so-xd", Outcome.CHANGED, "phone: 024 1"),)


def test_an_unknown_column_is_told(shipped_text: str) -> None:
    (row,) = import_agencies(shipped_text, "id,fone\nso-xd,1\n").rows
    assert row.words == "không có cột “fone”, có phải “phone”?"


def test_rows_that_spoil_each_other_are_refused_and_the_others_taken(shipped_text: str) -> None:
    outcome = import_agencies(shipped_text, "id,parent\nso-ct,chi-cuc-qltt\nso-nv,triage\n")
    assert [row.outcome for row in outcome.rows] == [Outcome.REFUSED, Outcome.CHANGED]
    assert "đi vòng" in outcome.rows[0].words
    config = parse(outcome.text)
    assert (config.agencies[AgencyId("so-ct")].parent, config.agencies[AgencyId("so-nv")].parent) == (
        "vp-ubnd-tp",
        "triage",
    )


def test_a_ward_unit_cannot_become_something_else(shipped_text: str) -> None:
    (row,) = import_agencies(shipped_text, "id,level\nubnd-00070,police\n").rows
    assert row.outcome is Outcome.REFUSED
