"""What an administrator does in a terminal: try places and routes; read, check, change, rehearse the configuration."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli import versions
from bot.cli.routes import place, route
from bot.cli.terminal import (
    CONFIG_FILE,
    DbOption,
    FileOption,
    UnitsOption,
    config_text,
    load,
    moment,
    read,
    rows,
)


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
    versions.register(config)
    app.add_typer(config, name="config")


# — reading the configuration —


def check(
    named: Annotated[Path | None, typer.Argument(help="tệp cần kiểm tra; để trống: tệp đang dùng")] = None,
    file: FileOption = CONFIG_FILE,
    units: UnitsOption = None,
) -> None:
    """Kiểm tra tệp: báo mọi chỗ sai một lần, kèm số dòng."""
    from bot.casework.own_texts import located_faults
    from routing.config import ConfigFaults

    file = named or file
    config = load(file, units)
    if strange := list(located_faults(config, config_text(file), str(file))):
        raise ConfigFaults(strange)
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
    from routing.config_show import contents, part

    text = config_text(file)
    print(part(text, str(file), key) if key else contents(text, str(file)))


def diff(
    old: Annotated[Path, typer.Argument(help="tệp cũ")],
    new: Annotated[Path, typer.Argument(help="tệp mới")],
) -> None:
    """Hai tệp cấu hình khác nhau ở đâu, bằng lời."""
    from routing.config_diff import differences

    lines = differences(config_text(old), config_text(new))
    print("\n".join(lines) if lines else "Không khác gì (không kể lời giải thích).")


def unverified(file: FileOption = CONFIG_FILE, units: UnitsOption = None) -> None:
    """Những điều chưa đối chiếu với văn bản gốc."""
    config = load(file, units)
    for each in config.unverified:
        print(f"{file}:{each.line}: {each.key}: {each.words}")
    print(f"{len(config.unverified)} điều chưa đối chiếu. Số điện thoại trong đó không hiện cho người dân.")


def rehearse(
    new: Annotated[Path, typer.Argument(help="tệp cấu hình mới")],
    last: Annotated[int | None, typer.Option(help="diễn thử trên chừng ấy vụ việc gần nhất đã nhận")] = None,
    cases: Annotated[Path | None, typer.Option(help="tệp mỗi dòng một vụ việc {category, ward_code, text …}")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="in số vụ việc của từng quy tắc")] = False,
    file: FileOption = CONFIG_FILE,
    units: UnitsOption = None,
    db: DbOption = "",
) -> None:
    """Diễn thử: với cấu hình mới, những vụ việc nào sẽ chuyển từ cơ quan nào sang cơ quan nào."""
    from routing.rehearse import rehearse as rehearse_change
    from routing.rehearse import sample

    before, after = load(file, units), load(new, units)
    source = "mẫu dựng từ chính cấu hình"
    if cases is not None:
        source, outcome = f"trong {cases}", rehearse_change(before, after, _asks(cases))
    elif last is not None:
        outcome, is_past = versions.rehearse_past(before, after, last, db)
        source = "gần nhất" if is_past else f"{source} (chưa có vụ việc nào)"
    else:
        outcome = rehearse_change(before, after, sample(before))
    versions.tell(outcome, source)
    if rules:
        names = {rule.id: rule.because for rule in after.rules}
        for rule, count in sorted(outcome.per_rule.items(), key=lambda each: -each[1]):
            print(f"  {count:>5}  {rule}  {names.get(rule, '')}")
    if outcome.faults:
        raise typer.Exit(1)


def _asks(path: Path) -> Iterator[Any]:
    from routing.decide import Ask

    for row in rows(path):
        yield Ask(
            category=str(row.get("category") or ""),
            sub=row.get("sub") or None,
            ward_code=row.get("ward_code") or None,
            urgency=str(row.get("urgency") or "binh_thuong"),
            text=str(row.get("text") or ""),
            street=row.get("street") or None,
            about_official=bool(row.get("about_official")),
            at=moment(row.get("at")),
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

    config = load(file, units)
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

    text = config_text(file)
    outcome = import_agencies(text, read(table))
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


def _edit(file: Path, units: Path | None, change: Callable[[str], str]) -> None:
    from routing.config_diff import differences
    from routing.config_edit import fingerprint, save

    text = config_text(file)
    changed = change(text)
    config = save(file, changed, fingerprint(text), units)
    for line in differences(text, changed):
        print(line)
    print(f"Đã ghi {file}, phiên bản {config.version_hash}.")
