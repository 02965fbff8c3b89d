"""`place` and `route` answer one question or a file of them, and explain what they cannot read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from routing.config import load
from tests.routing.conftest import SHIPPED

HOAN_KIEM = ("21.0287", "105.8523")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin, env={"CONFIG_FILE": str(SHIPPED)})


def answer(*arguments: str) -> dict[str, Any]:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_point_is_routed_to_the_ward_it_lies_in() -> None:
    said = answer("route", "--category", "moi_truong_rac_thai", "--lat", HOAN_KIEM[0], "--lon", HOAN_KIEM[1])
    assert said["agency"] == {
        "id": "ubnd-00070",
        "name": "Uỷ ban nhân dân phường Hoàn Kiếm",
        "level": "ward",
        "ward_code": "00070",
    }
    assert (said["sub"], said["rule"]) == (None, "moi_truong_rac_thai")
    assert said["deadlines"]["accept_working_hours"] == 8


def test_a_point_beats_the_words() -> None:
    point = ("--lat", HOAN_KIEM[0], "--lon", HOAN_KIEM[1])
    said = answer("route", "--category", "tieng_on", *point, "--text", "karaoke ở phường Thanh Xuân")
    assert said["agency"]["ward_code"] == "00070"


def test_exchanged_coordinates_are_put_right() -> None:
    said = answer("route", "--category", "tieng_on", "--lat", HOAN_KIEM[1], "--lon", HOAN_KIEM[0])
    assert said["place"] == {"ward_code": "00070", "swapped": True}


BORDER = {"lat": 21.0031, "lon": 105.8201}
"""Đống Đa; Kim Liên and Khương Đình are within 30 m."""


def test_a_point_beside_a_border_offers_both_wards_and_takes_none() -> None:
    rows = json.dumps(BORDER) + "\n" + json.dumps({"text": f"{BORDER['lat']}, {BORDER['lon']}"}) + "\n"
    for said in map(json.loads, run("place", "--jsonl", "-", stdin=rows).output.splitlines()):
        assert [each["ward_code"] for each in said["candidates"]] == ["00235", "00229", "00364"]
        assert said["default"] is None


@pytest.mark.parametrize(
    ("words", "ward"),
    [("rác chất đống", None), ("rác ở phường Kim Liên", "00229"), ("rác ở phường Hà Đông", None)],
)
def test_a_point_beside_a_border_is_settled_by_words_that_name_one_of_its_wards(words: str, ward: str | None) -> None:
    point = ("--lat", str(BORDER["lat"]), "--lon", str(BORDER["lon"]))
    said = answer("route", "--category", "moi_truong_rac_thai", *point, "--text", words)
    assert said["place"]["ward_code"] == said["agency"]["ward_code"] == ward
    assert said["agency"]["id"] == ("triage" if ward is None else f"ubnd-{ward}")
    if ward is None:
        assert said["place"]["candidates"] == ["00235", "00229", "00364"]


def test_a_given_ward_settles_a_point_beside_its_border_only() -> None:
    row = {"category": "moi_truong_rac_thai", **BORDER}
    rows = "".join(json.dumps({**row, "ward": ward}) + "\n" for ward in ("00364", "00070"))
    said = [json.loads(line) for line in run("route", "--jsonl", "-", stdin=rows).output.splitlines()]
    assert [each["place"]["ward_code"] for each in said] == ["00364", None]


def test_the_words_name_the_ward() -> None:
    said = answer("route", "--category", "tieng_on", "--text", "karaoke ở phường Bồ Đề")
    assert said["agency"]["id"] == "ubnd-00118"


def test_a_named_subcategory_is_taken() -> None:
    said = answer("route", "--category", "dien", "--sub", "tien_dien", "--text", "mất điện")
    assert said["sub"] == "tien_dien"


def test_a_file_of_questions_has_a_line_of_answer_each(tmp_path: Path) -> None:
    rows = [
        {"category": "dien", "text": "mất điện"},
        {"category": "khong_co"},
        {"category": "vat_nuoi", "lat": 21.0287, "lon": 105.8523, "text": "chó thả rông"},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows) + "\n"
    file = tmp_path / "rows.jsonl"
    file.write_text(text, encoding="utf-8")
    for result in (run("route", "--jsonl", str(file)), run("route", "--jsonl", "-", stdin=text)):
        agencies = [json.loads(line)["agency"]["id"] for line in result.output.splitlines()]
        assert agencies == ["evnhanoi", "triage", "ubnd-00070"]


def test_places_of_a_file() -> None:
    rows = '{"text": "phường Bồ Đề"}\n{"lat": 21.0287, "lon": 105.8523}\n{"text": "không có gì"}\n'
    said = [json.loads(line) for line in run("place", "--jsonl", "-", stdin=rows).output.splitlines()]
    assert [each["default"] for each in said] == ["00118", "00070", None]
    assert said[0]["candidates"][0]["ward"] == "Phường Bồ Đề"
    assert said[2]["candidates"] == []


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (("route",), None, "Cần --category"),
        (("place",), None, "Cần lời tả địa điểm"),
        (("route", "--jsonl", "-"), "không phải json\n", "-:1: không phải một đối tượng JSON"),
        (("route", "--jsonl", "-"), '{"category": "dien", "lat": "a", "lon": 1}\n', "không phải là số"),
        (("route", "--category", "dien", "--at", "mai"), None, "không đọc được"),
        (("route", "--category", "dien", "--file", "/khong/co.yaml"), None, "không đọc được tệp"),
        (("config", "diff", "/khong/co.yaml", "/khong/co.yaml"), None, "không có tệp này"),
        (("config", "show", "categories.cay_xan"), None, "Có phải “cay_xanh”?"),
    ],
)
def test_what_cannot_be_read_is_explained(arguments: tuple[str, ...], stdin: str | None, words: str) -> None:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


def test_what_citizens_write_reaches_whom_it_should() -> None:
    """Answers worked out from config.yaml by hand: 86 of 94 were right at first, and the causes were mended.

    `never`: a complaint about somebody in that unit, which neither gets it nor helps nor carries it out.
    """
    table = Path(__file__).parent / "routes_citizens.jsonl"
    asked = [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]
    said = [json.loads(line) for line in run("route", "--jsonl", str(table)).output.splitlines()]
    assert len(said) == len(asked) >= 50
    assert [each["text"] for each, answer in zip(asked, said, strict=True) if not is_right(each, answer)] == []
    unasked = {rule.id for rule in load(SHIPPED).rules} - {answer["rule"] for answer in said}
    assert unasked == set(), "every rule has a row"


def is_right(row: dict[str, Any], answer: dict[str, Any]) -> bool:
    if "urgency_decided" in row:
        return answer["urgency"] == row["urgency_decided"] and answer["deadlines"]["by_the_clock"]
    if "never" in row:
        concerned = [answer["agency"]["id"], answer["executor"], *answer["co_handling"]]
        return answer["about_official"] and row["never"] not in concerned and answer["agency"]["ward_code"] is None
    return answer["agency"]["id"] == row["agency"] and row.get("rule") in (None, answer["rule"])


def test_matters_in_other_words_than_the_keywords_reach_agency_and_sub_category() -> None:
    """Written before the keywords were widened: 145 of 146 agencies were right at once, 90 of 128 sub-categories.

    Of two more sets all 128 agencies were right at once, and 112 with their sub-category and urgency; of the next rows,
    in everyday words, 24 of 54. Of 150 by many voices 105 sub-categories were right at once; the last rows are the
    others. The sub-category is what is expected: the question does not name it.
    """
    table = Path(__file__).parent / "routes_in_other_words.jsonl"
    asked = [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]
    asks = [{name: value for name, value in row.items() if name not in ("sub", "urgency")} for row in asked]
    stdin = "\n".join(json.dumps(ask, ensure_ascii=False) for ask in asks)
    said = [json.loads(line) for line in run("route", "--jsonl", "-", stdin=stdin).output.splitlines()]
    for row, answer in zip(asked, said, strict=True):
        assert answer["urgency"] == row.get("urgency", answer["urgency"]), row
        agency = answer["agency"]
        assert agency["id"] in row.get("agencies", [agency["id"]]), row
        assert agency["level"] in row.get("levels", [agency["level"]]), row
        assert answer["sub"] == row.get("sub", answer["sub"]), row
