"""What an administrator does in a terminal: try places and routes; read, check, change, rehearse the configuration."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from routing.config import Config
    from routing.decide import Decision
    from routing.geography import Geography, Located
    from routing.places import Found, Places
    from routing.rehearse import Rehearsal

FileOption = Annotated[Path, typer.Option("--file", help="tệp cấu hình", envvar="CONFIG_FILE")]
UnitsOption = Annotated[Path | None, typer.Option(help="tệp đơn vị hành chính (CSV) thay cho tệp đi kèm")]
CONFIG_FILE = Path("config.yaml")
MOST_PAIRS = 20


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("place")(place)
    app.command("route")(route)
    config = typer.Typer(help="Xem, kiểm tra, sửa cấu hình.", no_args_is_help=True)
    config.command("check")(check)
    config.command("show")(show)
    config.command("diff")(diff)
    config.command("unverified")(unverified)
    config.command("rehearse")(rehearse)
    config.command("set")(set_)
    config.command("add")(add)
    config.command("remove")(remove)
    config.command("agencies-export")(agencies_export)
    config.command("agencies-import")(agencies_import)
    app.add_typer(config, name="config")


# — places and routes —


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
        for row in _rows(jsonl):
            _print_json(_placed(row, places, geography))
        return
    if not text and (lat is None or lon is None):
        _stop("Cần lời tả địa điểm, hoặc cả --lat và --lon.")
    _print_json(_placed({"text": text, "lat": lat, "lon": lon}, places, geography), indent=2)


def _placed(row: Mapping[str, Any], places: Places, geography: Geography) -> dict[str, Any]:
    point = _point(row)
    if point is not None:
        located = geography.locate(*point)
        codes = [code for code in (located.ward_code, *located.near) if code]
        names = {code: geography.wards[code].full_name for code in codes}
        evidence = f"{row['lat']}, {row['lon']}"
        return {
            "candidates": [{"ward_code": c, "ward": names[c], "evidence": evidence} for c in codes],
            "default": located.ward_code,
            "swapped": located.swapped,
            "outside": located.outside,
        }
    found = places.find(str(row.get("text", "")))
    return {
        "candidates": [asdict(candidate) for candidate in found.candidates],
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

    with _explained():
        config = _load(file, units)
        geography = Geography.load()
        places = Places.load(geography)
        if jsonl is not None:
            for row in _rows(jsonl):
                _print_json(_routed(row, config, places, geography))
            return
        if not category:
            _stop("Cần --category hoặc --jsonl.")
        row = {"category": category, "sub": sub, "lat": lat, "lon": lon, "ward": ward, "text": text}
        _print_json(_routed({**row, "urgency": urgency, "at": at}, config, places, geography), indent=2)


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
            at=_moment(row.get("at")),
            in_alley=found.in_alley,
        ),
    )
    answer = _answer(config, decision)
    answer["place"] = {"ward_code": ward, "swapped": located.swapped if located else found.swapped}
    return answer


def _ward_of(row: Mapping[str, Any], found: Found, geography: Geography) -> tuple[str | None, Located | None]:
    """A point beats a given ward, which beats the words."""
    point = _point(row)
    if point is not None:
        located = geography.locate(*point)
        return located.ward_code, located
    return row.get("ward") or row.get("ward_code") or found.default, None


def _point(row: Mapping[str, Any]) -> tuple[float, float] | None:
    if row.get("lat") is None or row.get("lon") is None:
        return None
    try:
        return float(row["lat"]), float(row["lon"])
    except (TypeError, ValueError):
        _stop(f"Toạ độ “{row['lat']}, {row['lon']}” không phải là số.")
        return None


def _moment(at: object) -> Any:
    from datetime import datetime

    from routing.calendar import HANOI

    if not at:
        return None
    try:
        moment = datetime.fromisoformat(str(at))
    except ValueError:
        _stop(f"Thời điểm “{at}” không đọc được; cần dạng 2026-12-01T21:00+07:00.")
    return moment if moment.tzinfo else moment.replace(tzinfo=HANOI)


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


# — reading the configuration —


def check(file: FileOption = CONFIG_FILE, units: UnitsOption = None) -> None:
    """Kiểm tra tệp: báo mọi chỗ sai một lần, kèm số dòng."""
    with _explained():
        config = _load(file, units)
    subs = sum(len(category.subcategories) for category in config.categories.values())
    print(f"{file}: đúng. Phiên bản {config.version_hash}.")
    print(f"{len(config.categories)} lĩnh vực, {subs} mục con, {len(config.agencies)} cơ quan.")
    print(f"{len(config.rules)} quy tắc, không quy tắc nào thừa.")
    print(f"{len(config.unverified)} điều chưa đối chiếu (xem: phananh config unverified).")


def show(
    key: Annotated[str, typer.Argument(help="khoá có dấu chấm, ví dụ categories.cay_xanh; để trống: mục lục")] = "",
    file: FileOption = CONFIG_FILE,
) -> None:
    """Xem một phần của cấu hình."""
    from routing.config.faults import listed, nearest
    from routing.config.source import read_source

    with _explained():
        source = read_source(_read(file), str(file))
    value: Any = source.value
    path: tuple[str | int, ...] = ()
    for part in key.split(".") if key else ():
        inside = {str(each.get("id", at)): at for at, each in enumerate(value)} if _is_listed(value) else None
        known: Iterable[str] = inside if inside is not None else value if isinstance(value, dict) else ()
        if part not in known:
            near = nearest(part, known)
            _stop(f"Không có “{part}”. Ở đây có: {listed(known, 30)}." + (f" Có phải “{near}”?" if near else ""))
        step: str | int = inside[part] if inside is not None else part
        path, value = (*path, step), value[step]
    if not key:
        for section, inner in value.items():
            print(f"{source.line_of((section,)):>5}  {section} ({len(inner)})" if isinstance(inner, dict | list) else
                  f"{source.line_of((section,)):>5}  {section}: {inner}")  # fmt: skip
        return
    print(f"# {file}:{source.line_of(path)}")
    _print_yaml(value)


def _is_listed(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def diff(
    old: Annotated[Path, typer.Argument(help="tệp cũ")],
    new: Annotated[Path, typer.Argument(help="tệp mới")],
) -> None:
    """Hai tệp cấu hình khác nhau ở đâu, bằng lời."""
    from routing.config_diff import differences

    with _explained():
        lines = differences(_read(old), _read(new))
    print("\n".join(lines) if lines else "Không khác gì (không kể lời giải thích).")


def unverified(file: FileOption = CONFIG_FILE, units: UnitsOption = None) -> None:
    """Những điều chưa đối chiếu với văn bản gốc."""
    with _explained():
        config = _load(file, units)
    for each in config.unverified:
        print(f"{file}:{each.line}: {each.key}: {each.words}")
    print(f"{len(config.unverified)} điều chưa đối chiếu. Số điện thoại trong đó không hiện cho người dân.")


def rehearse(
    new: Annotated[Path, typer.Argument(help="tệp cấu hình mới")],
    cases: Annotated[Path | None, typer.Option(help="tệp mỗi dòng một vụ việc {category, ward_code, text …}")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="in số vụ việc của từng quy tắc")] = False,
    file: FileOption = CONFIG_FILE,
    units: UnitsOption = None,
) -> None:
    """Diễn thử: với cấu hình mới, những vụ việc nào sẽ chuyển từ cơ quan nào sang cơ quan nào."""
    from routing.rehearse import rehearse as rehearse_change
    from routing.rehearse import sample

    with _explained():
        before, after = _load(file, units), _load(new, units)
        asks = _asks(cases) if cases is not None else sample(before)
        outcome = rehearse_change(before, after, asks)
    source = f"trong {cases}" if cases is not None else "mẫu dựng từ chính cấu hình"
    print(f"{outcome.cases} vụ việc {source}: {len(outcome.moved)} chuyển cơ quan, {outcome.redated} đổi thời hạn.")
    _print_rehearsal(outcome, after, rules)
    if outcome.faults:
        raise typer.Exit(1)


def _print_rehearsal(outcome: Rehearsal, config: Config, rules: bool) -> None:
    examples = {(move.from_agency, move.to_agency): move for move in reversed(outcome.moved)}
    for (old, new), count in list(outcome.by_pair.items())[:MOST_PAIRS]:
        move = examples[old, new]
        print(f"  {count:>4}  {old} → {new}  (quy tắc {move.rule}; ví dụ: “{move.ask.text}”)")
    if len(outcome.by_pair) > MOST_PAIRS:
        print(f"        … và {len(outcome.by_pair) - MOST_PAIRS} cặp khác")
    for words in outcome.warnings:
        print(f"Lưu ý: {words}")
    for words in outcome.faults:
        print(f"Không được áp dụng: {words}")
    if rules:
        names = {rule.id: rule.because for rule in config.rules}
        for rule, count in sorted(outcome.per_rule.items(), key=lambda each: -each[1]):
            print(f"  {count:>5}  {rule}  {names.get(rule, '')}")


def _asks(path: Path) -> Iterator[Any]:
    from routing.decide import Ask

    for row in _rows(path):
        yield Ask(
            category=str(row.get("category") or ""),
            sub=row.get("sub") or None,
            ward_code=row.get("ward_code") or None,
            urgency=str(row.get("urgency") or "binh_thuong"),
            text=str(row.get("text") or ""),
            street=row.get("street") or None,
            about_official=bool(row.get("about_official")),
            at=_moment(row.get("at")),
            in_alley=bool(row.get("in_alley")),
        )


# — changing the configuration —


def set_(
    key: Annotated[str, typer.Argument(help="khoá có dấu chấm, ví dụ deadlines.accept_hours")],
    value: Annotated[str, typer.Argument(help="giá trị mới, viết như trong tệp")],
    file: FileOption = CONFIG_FILE,
    units: UnitsOption = None,
) -> None:
    """Đổi một giá trị, giữ nguyên lời giải thích trong tệp."""
    from routing.config_edit import set_value

    _edit(file, units, lambda text: set_value(text, key, value))


def add(
    key: Annotated[str, typer.Argument(help="danh sách, ví dụ categories.cay_xanh.keywords")],
    word: Annotated[str, typer.Argument(help="từ cần thêm")],
    file: FileOption = CONFIG_FILE,
    units: UnitsOption = None,
) -> None:
    """Thêm một từ vào danh sách."""
    from routing.config_edit import add_word

    _edit(file, units, lambda text: add_word(text, key, word))


def remove(
    key: Annotated[str, typer.Argument(help="danh sách, ví dụ categories.cay_xanh.keywords")],
    word: Annotated[str, typer.Argument(help="từ cần bỏ")],
    file: FileOption = CONFIG_FILE,
    units: UnitsOption = None,
) -> None:
    """Bỏ một từ khỏi danh sách."""
    from routing.config_edit import remove_word

    _edit(file, units, lambda text: remove_word(text, key, word))


def agencies_export(
    out: Annotated[Path | None, typer.Argument(help="tệp CSV; để trống thì in ra màn hình")] = None,
    file: FileOption = CONFIG_FILE,
    units: UnitsOption = None,
) -> None:
    """Xuất cơ quan và liên hệ ra bảng CSV."""
    from routing.agencies import export_agencies

    with _explained():
        config = _load(file, units)
        table = export_agencies(config)
        if out is None:
            sys.stdout.write(table)
            return
        out.write_text(table, encoding="utf-8")
    print(f"Đã xuất {len(config.agencies)} cơ quan ra {out}.")


def agencies_import(
    table: Annotated[Path, typer.Argument(help="tệp CSV")],
    apply: Annotated[bool, typer.Option("--apply", help="ghi vào tệp; không có thì chỉ xem trước")] = False,
    file: FileOption = CONFIG_FILE,
    units: UnitsOption = None,
) -> None:
    """Nhập cơ quan và liên hệ từ bảng CSV, báo từng dòng."""
    from routing.agencies import Outcome, import_agencies
    from routing.config_edit import fingerprint, save

    with _explained():
        text = _read(file)
        outcome = import_agencies(text, _read(table))
        for row in outcome.rows:
            if row.outcome is not Outcome.UNCHANGED:
                print(f"dòng {row.line}: {row.agency}: {row.outcome.value}" + (f" — {row.words}" if row.words else ""))
        counts = [f"{sum(row.outcome is each for row in outcome.rows)} {each.value}" for each in Outcome]
        print("Tổng: " + ", ".join(counts) + ".")
        if apply and outcome.text != text:
            config = save(file, outcome.text, fingerprint(text), units)
            print(f"Đã ghi {file}, phiên bản {config.version_hash}.")
        elif outcome.text != text:
            print("Chưa ghi gì; thêm --apply để ghi.")
    if any(row.outcome is Outcome.REFUSED for row in outcome.rows):
        raise typer.Exit(1)


def _edit(file: Path, units: Path | None, change: Any) -> None:
    from routing.config_diff import differences
    from routing.config_edit import fingerprint, save

    with _explained():
        text = _read(file)
        changed = change(text)
        config = save(file, changed, fingerprint(text), units)
        for line in differences(text, changed):
            print(line)
    print(f"Đã ghi {file}, phiên bản {config.version_hash}.")


# — input and output —


@contextmanager
def _explained() -> Iterator[None]:
    """Faults of the configuration, a refused edit and unreadable files, in words and with exit code 2."""
    from routing.config import ConfigFaults
    from routing.config_edit import EditRefused
    from routing.geography import GeographyUnavailable

    try:
        yield
    except ConfigFaults as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        _stop(f"{len(error.faults)} chỗ sai.")
    except (EditRefused, GeographyUnavailable) as error:
        _stop(str(error))


def _stop(words: str) -> Any:
    print(words, file=sys.stderr)
    raise typer.Exit(2)


def _load(file: Path, units: Path | None) -> Config:
    from routing.config import load

    return load(file, units)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return str(_stop(f"Không đọc được {path}: {error}"))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    lines = sys.stdin if str(path) == "-" else _read(path).splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            _stop(f"{path}:{number}: không phải một đối tượng JSON")
        yield row


def _print_json(value: object, indent: int | None = None) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=indent))


def _print_yaml(value: object) -> None:
    from ruamel.yaml import YAML

    if not isinstance(value, dict | list):
        print(value)
        return
    yaml = YAML()
    yaml.width = 110
    yaml.default_flow_style = None
    yaml.dump(value, sys.stdout)
