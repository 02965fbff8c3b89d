"""Agencies and their contacts as a CSV table: out for a spreadsheet, and back with a report on every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ruamel.yaml.comments import CommentedMap

from routing.config import Agency, AgencyId, Config, ConfigFaults, Level, parse
from routing.config.faults import Fault, listed, nearest
from routing.config_edit import insert, open_text, text_of
from routing.spreadsheet import cells_of

COLUMNS = ("id", "name", "short_name", "level", "parent", "phone", "email", "address", "contact_verified", "verified")
_YES = frozenset(("1", "x", "true", "có", "yes", "đã"))
_NO = frozenset(("0", "", "false", "không", "no", "chưa"))


class Outcome(StrEnum):
    ADDED = "thêm"
    CHANGED = "sửa"
    UNCHANGED = "giữ nguyên"
    REFUSED = "bỏ qua"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one row: its line in the file, the agency, the outcome and words in Vietnamese."""

    line: int
    agency: str
    outcome: Outcome
    words: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """A changed configuration text and the report; the text is the old one when nothing was taken."""

    text: str
    rows: tuple[Row, ...]


def export_agencies(config: Config) -> str:
    """Every agency as CSV with a header, in UTF-8 with a byte order mark so that a spreadsheet shows the accents."""
    stream = io.StringIO()
    table = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    table.writeheader()
    for agency in config.agencies.values():
        table.writerow(_row_of(agency))
    return "\ufeff" + stream.getvalue()


def import_agencies(text: str, table: str) -> Import:
    """The configuration text with the rows of a CSV table taken in, each checked by itself.

    Only the columns present are read; an empty cell clears a contact and leaves anything else as it is. A new id adds
    an agency. Raises ConfigFaults when `text` itself is wrong; rows that would make it so are refused.
    """
    config = parse(text)
    refused: dict[str, str] = {}
    while True:
        outcome = _import(text, config, table, refused)
        try:
            parse(outcome.text)
        except ConfigFaults as faults:
            # What the file's own checks say of a row, or of two together, such as each made the other's parent.
            refused |= _blamed(faults.faults, outcome.rows)
        else:
            return outcome


def _import(text: str, config: Config, table: str, refused: Mapping[str, str]) -> Import:
    """The table taken in without the agencies that are refused, whose words tell why."""
    tree = open_text(text)
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for line, cells in cells_of(table):
        agency_id = cells.get("id", "")
        fault = _fault_of(cells, config, seen) or refused.get(agency_id)
        if fault:
            rows.append(Row(line, agency_id, Outcome.REFUSED, fault))
            continue
        seen[agency_id] = line
        rows.append(_take(tree, config, line, cells))
    is_changed = any(row.outcome in (Outcome.ADDED, Outcome.CHANGED) for row in rows)
    return Import(text_of(tree) if is_changed else text, tuple(rows))


def _blamed(faults: Sequence[Fault], rows: Iterable[Row]) -> dict[str, str]:
    """The agencies whose rows the faults are about, with the words; the last one taken when they name none of them."""
    taken = [row.agency for row in rows if row.outcome in (Outcome.ADDED, Outcome.CHANGED)]
    about = {
        agency: _words_of(fault)
        for fault in faults
        for agency in taken
        if f"{fault.key}.".startswith((f"agencies.{agency}.", f"overrides.{agency}."))
    }
    return about or {taken[-1]: _words_of(faults[0])}


def _words_of(fault: Fault) -> str:
    words = fault.message + (f", cần {fault.expected}" if fault.expected else "")
    return words + (f" (có phải “{fault.nearest}”?)" if fault.nearest else "")


def _row_of(agency: Agency) -> dict[str, str]:
    contact = agency.contact
    return {
        "id": agency.id,
        "name": agency.name,
        "short_name": agency.short_name,
        "level": agency.level.value,
        "parent": agency.parent or "",
        "phone": contact.phone or "",
        "email": contact.email or "",
        "address": contact.address or "",
        "contact_verified": "có" if contact.verified else "không",
        "verified": "có" if agency.verified else "không",
    }


def _fault_of(cells: Mapping[str, str], config: Config, seen: Mapping[str, int]) -> str:
    agency_id = cells.get("id", "")
    known = AgencyId(agency_id) in config.agencies
    if not agency_id:
        return "thiếu cột id hoặc để trống id"
    if agency_id in seen:
        return f"mã đã có ở dòng {seen[agency_id]}"
    for column in cells:
        if column not in COLUMNS:
            near = nearest(column, COLUMNS)
            return f"không có cột “{column}”" + (f", có phải “{near}”?" if near else "")
    level = cells.get("level", "")
    if level and level not in [each.value for each in Level]:
        return f"level “{level}” không hợp lệ, cần: {listed(each.value for each in Level)}"
    parent = cells.get("parent", "")
    if parent and (AgencyId(parent) not in config.agencies or parent == agency_id):
        near = nearest(parent, config.agencies)
        return f"không có cấp trên “{parent}”" + (f", có phải “{near}”?" if near else "")
    for column in ("contact_verified", "verified"):
        if cells.get(column, "").casefold() not in _YES | _NO:
            return f"{column} cần “có” hoặc “không”"
    if not known and not (cells.get("name") and level):
        # The codes of wards are numbers: their neighbour is another ward.
        near = nearest(agency_id, (code for code, agency in config.agencies.items() if agency.ward_code is None))
        asked = f" (có phải “{near}”?)" if near else ""
        return f"không có cơ quan “{agency_id}”{asked}; muốn thêm cơ quan mới thì cần name và level"
    return ""


def _take(tree: CommentedMap, config: Config, line: int, cells: Mapping[str, str]) -> Row:
    agency_id = cells["id"]
    agency = config.agencies.get(AgencyId(agency_id))
    wanted = dict(_row_of(agency)) if agency else dict.fromkeys(COLUMNS, "")
    for column, cell in cells.items():
        clears = column in ("phone", "email", "address")
        if column in ("contact_verified", "verified"):
            wanted[column] = ("có" if cell.casefold() in _YES else "không") if cell else wanted[column] or "không"
        elif cell or clears:
            wanted[column] = cell
    changes = {key: wanted[key] for key in COLUMNS if agency is None or wanted[key] != _row_of(agency)[key]}
    if agency is not None and agency.ward_code is not None and "level" in changes:
        return Row(line, agency_id, Outcome.REFUSED, "không đổi level của đơn vị phường, xã")
    if not changes:
        return Row(line, agency_id, Outcome.UNCHANGED)
    section = "overrides" if agency is not None and agency.ward_code is not None else "agencies"
    _write(_entry(tree[section], agency_id), changes)
    shown = {key: value for key, value in changes.items() if key != "id" and (value or agency is not None)}
    words = ", ".join(f"{key}: {value or '(xoá)'}" for key, value in shown.items())
    return Row(line, agency_id, Outcome.CHANGED if agency else Outcome.ADDED, words)


def _entry(section: CommentedMap, agency_id: str) -> CommentedMap:
    if agency_id not in section:
        added = CommentedMap()
        added.fa.set_flow_style()
        insert(section, agency_id, added)
    entry: CommentedMap = section[agency_id]
    return entry


def _write(entry: CommentedMap, changes: Mapping[str, str]) -> None:
    contact_keys = {"phone": "phone", "email": "email", "address": "address", "contact_verified": "verified"}
    for key, value in changes.items():
        if key in contact_keys:
            _write_contact(entry, contact_keys[key], value)
        elif key == "verified":
            _put(entry, "verified", value == "có")
        elif key != "id" and value:
            _put(entry, key, value)


def _write_contact(entry: CommentedMap, key: str, value: str) -> None:
    if "contact" not in entry:
        if not value or (key == "verified" and value != "có"):
            return
        contact = CommentedMap()
        contact.fa.set_flow_style()
        _put(entry, "contact", contact)
    if key == "verified":
        _put(entry["contact"], key, value == "có")
    elif value:
        _put(entry["contact"], key, value)
    else:
        entry["contact"].pop(key, None)


def _put(entry: CommentedMap, key: str, value: object) -> None:
    if key in entry or entry.fa.flow_style():
        entry[key] = value
    else:
        insert(entry, key, value)
