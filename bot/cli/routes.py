"""Where is this place, and who is responsible for this matter: both asked in a terminal, one by one or by the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal import CONFIG_FILE, FileOption, UnitsOption, load, moment, print_json, rows, stop

if TYPE_CHECKING:
    from routing.config import Config
    from routing.decide import Decision
    from routing.geography import Geography, Located
    from routing.places import Found, Places


def place(
    text: Annotated[str, typer.Argument(help="lời tả địa điểm")] = "",
    lat: Annotated[float | None, typer.Option(help="vĩ độ")] = None,
    lon: Annotated[float | None, typer.Option(help="kinh độ")] = None,
    jsonl: Annotated[
        Path | None, typer.Option(help="tệp mỗi dòng một {text} hoặc {lat, lon}; - là đầu vào chuẩn")
    ] = None,
) -> None:
    """Địa điểm này thuộc phường, xã nào?"""
    from routing.geography import Geography
    from routing.places import Places

    geography = Geography.load()
    places = Places.load(geography)
    if jsonl is not None:
        for row in rows(jsonl):
            print_json(_placed(row, places, geography))
        return
    if not text and (lat is None or lon is None):
        stop("Cần lời tả địa điểm, hoặc cả --lat và --lon.")
    print_json(_placed({"text": text, "lat": lat, "lon": lon}, places, geography), indent=2)


def _placed(row: Mapping[str, Any], places: Places, geography: Geography) -> dict[str, Any]:
    point = _point(row)
    if point is not None:
        located = geography.locate(*point)
        codes = [code for code in (located.ward_code, *located.near) if code]
        names = {code: geography.wards[code].full_name for code in codes}
        evidence = f"{row['lat']}, {row['lon']}"
        return {
            "candidates": [{"ward_code": c, "ward": names[c], "evidence": evidence} for c in codes],
            "default": None if located.near else located.ward_code,
            "swapped": located.swapped,
            "outside": located.outside,
        }
    found = places.find(str(row.get("text") or ""))
    return {
        "candidates": [candidate._asdict() for candidate in found.candidates],
        "default": found.default,
        "swapped": found.swapped,
    }


def route(
    category: Annotated[str, typer.Option(help="mã lĩnh vực")] = "",
    sub: Annotated[str, typer.Option(help="mã mục con; để trống thì chọn theo lời")] = "",
    lat: Annotated[float | None, typer.Option(help="vĩ độ")] = None,
    lon: Annotated[float | None, typer.Option(help="kinh độ")] = None,
    ward: Annotated[str, typer.Option(help="mã phường, xã, khi đã biết")] = "",
    text: Annotated[str, typer.Option(help="lời phản ánh")] = "",
    urgency: Annotated[str, typer.Option(help="khan, phuc_tap hoặc binh_thuong")] = "binh_thuong",
    at: Annotated[str, typer.Option(help="thời điểm gửi, ví dụ 2026-12-01T21:00+07:00")] = "",
    jsonl: Annotated[
        Path | None, typer.Option(help="tệp mỗi dòng một câu hỏi cùng tên trường; - là đầu vào chuẩn")
    ] = None,
    file: FileOption = CONFIG_FILE,
    units: UnitsOption = None,
) -> None:
    """Vụ việc này do cơ quan nào chịu trách nhiệm, vì sao, trong bao lâu?"""
    from routing.geography import Geography
    from routing.places import Places

    config = load(file, units)
    geography = Geography.load()
    places = Places.load(geography)
    if jsonl is not None:
        for row in rows(jsonl):
            print_json(_routed(row, config, places, geography))
        return
    if not category:
        stop("Cần --category hoặc --jsonl.")
    row = {"category": category, "sub": sub, "lat": lat, "lon": lon, "ward": ward, "text": text}
    print_json(_routed({**row, "urgency": urgency, "at": at}, config, places, geography), indent=2)


def _routed(row: Mapping[str, Any], config: Config, places: Places, geography: Geography) -> dict[str, Any]:
    from routing.decide import Ask, decide

    text = str(row.get("text") or "")
    found = places.find(text)
    ward, located = _ward_of(row, found, geography)
    decision = decide(
        config,
        Ask(
            category=str(row.get("category") or ""),
            sub=row.get("sub") or None,
            ward_code=ward,
            urgency=str(row.get("urgency") or "binh_thuong"),
            text=text,
            street=row.get("street") or found.street,
            about_official=bool(row.get("about_official")),
            at=moment(row.get("at")),
            in_alley=found.in_alley,
        ),
    )
    answer = _answer(config, decision)
    answer["place"] = {"ward_code": ward, "swapped": located.swapped if located else found.swapped}
    if ward is None and located is not None and located.near:
        answer["place"]["candidates"] = [located.ward_code, *located.near]
    return answer


def _ward_of(row: Mapping[str, Any], found: Found, geography: Geography) -> tuple[str | None, Located | None]:
    """A point beats a given ward, which beats the words; near a border the ward given or named settles which."""
    said = row.get("ward") or row.get("ward_code") or found.default
    point = _point(row)
    if point is None:
        return said, None
    located = geography.locate(*point)
    if not located.near:
        return located.ward_code, located
    wards = (located.ward_code, *located.near)
    named = [said] if said in wards else [each.ward_code for each in found.candidates if each.ward_code in wards]
    return named[0] if len(named) == 1 else None, located


def _point(row: Mapping[str, Any]) -> tuple[float, float] | None:
    if row.get("lat") is None or row.get("lon") is None:
        return None
    try:
        return float(row["lat"]), float(row["lon"])
    except (TypeError, ValueError):
        stop(f"Toạ độ “{row['lat']}, {row['lon']}” không phải là số.")
        return None


def _answer(config: Config, decision: Decision) -> dict[str, Any]:
    agency = config.agencies[decision.agency]
    return {
        "agency": {
            "id": agency.id,
            "name": agency.name,
            "level": agency.level.value,
            "ward_code": agency.ward_code,
        },
        "executor": decision.executor,
        "co_handling": list(decision.co_handling),
        "parent": decision.parent,
        "sub": decision.sub,
        "rule": decision.rule,
        "because": list(decision.because),
        "urgency": decision.urgency,
        "about_official": decision.about_official,
        "deadlines": {
            "accept_working_hours": decision.accept_hours,
            "handle_hours": decision.handle.hours,
            "handle_working_days": decision.handle.days,
            "by_the_clock": decision.urgent,
        },
        "config_version": decision.config_version,
    }
