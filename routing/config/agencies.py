"""Every agency of the city: those written in the file, and committee and police of each ward from the units file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from routing.config.faults import ConfigFaults, Fault
from routing.config.model import Agency, AgencyId, Contact, Level
from routing.config.reading import why
from routing.config.written import (
    WrittenAgency,
    WrittenConfig,
    WrittenContact,
    WrittenOverride,
    WrittenWardUnit,
)
from routing.spreadsheet import cells_of

UNITS_FILE = "wards.csv"
TYPE_WORDS = {"phuong": "Phường", "xa": "Xã"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A ward of the city: official code, name without its type, "phuong" or "xa"."""

    code: str
    name: str
    type: str


@cache
def shipped_units_text() -> str:
    """The units file that ships with the package."""
    return resources.files("routing.data").joinpath(UNITS_FILE).read_text(encoding="utf-8")


def read_units(path: Path | None) -> tuple[tuple[Unit, ...], str]:
    """The wards and the text they were read from; None means the file that ships. Faults come as ConfigFaults."""
    name = str(path or UNITS_FILE)
    try:
        text = path.read_text(encoding="utf-8") if path else shipped_units_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigFaults([Fault(name, 0, "", f"không đọc được tệp đơn vị hành chính: {why(error)}")]) from None
    faults: list[Fault] = []
    units: dict[str, Unit] = {}
    for line, cells in cells_of(text):
        code, label, kind = (cells.get(column, "") for column in ("code", "name", "type"))
        if not (code.isdigit() and len(code) == 5):
            faults.append(Fault(name, line, "code", f"mã “{code}” không hợp lệ", "năm chữ số"))
        elif code in units:
            faults.append(Fault(name, line, "code", f"mã {code} bị lặp", "mỗi phường, xã một dòng"))
        elif kind not in TYPE_WORDS or not label:
            faults.append(Fault(name, line, "type", f"dòng của mã {code} thiếu tên hoặc sai loại", "phuong hoặc xa"))
        else:
            units[code] = Unit(code, label, kind)
    if not units and not faults:
        faults.append(Fault(name, 1, "", "không có phường, xã nào", "các cột code, name, type"))
    if faults:
        raise ConfigFaults(faults)
    return tuple(units.values()), text


def all_agencies(written: WrittenConfig, units: tuple[Unit, ...]) -> dict[AgencyId, Agency]:
    """Agencies by id: the written ones first, then committees `ubnd-<ward>` and police `ca-<ward>`."""
    agencies = {AgencyId(code): _written(AgencyId(code), agency) for code, agency in written.agencies.items()}
    for agency in _of_wards(written, units):
        agencies[agency.id] = agency
    return agencies


def _of_wards(written: WrittenConfig, units: tuple[Unit, ...]) -> Iterator[Agency]:
    kinds = (("ubnd", Level.WARD, written.ward_units.ubnd), ("ca", Level.POLICE, written.ward_units.cong_an))
    for prefix, level, pattern in kinds:
        for unit in units:
            agency_id = AgencyId(f"{prefix}-{unit.code}")
            yield _patterned(agency_id, level, unit, pattern, written.overrides.get(agency_id, WrittenOverride()))


def _patterned(agency_id: AgencyId, level: Level, unit: Unit, pattern: WrittenWardUnit, own: WrittenOverride) -> Agency:
    words = {"type": TYPE_WORDS[unit.type].lower(), "Type": TYPE_WORDS[unit.type], "name": unit.name}
    return Agency(
        id=agency_id,
        name=own.name or filled(pattern.name, words),
        short_name=own.short_name or filled(pattern.short_name, words),
        level=level,
        ward_code=unit.code,
        parent=AgencyId(own.parent or pattern.parent),
        contact=_contact(own.contact) if own.contact else Contact(),
        verified=pattern.verified if own.verified is None else own.verified,
        closed=own.closed,
        successor=AgencyId(own.successor) if own.successor else None,
        note=own.note,
    )


def filled(pattern: str, words: Mapping[str, str]) -> str:
    """The pattern with its {words} replaced; braces that name nothing stay as they are."""
    for key, word in words.items():
        pattern = pattern.replace("{" + key + "}", word)
    return pattern


def _written(agency_id: AgencyId, agency: WrittenAgency) -> Agency:
    return Agency(
        id=agency_id,
        name=agency.name,
        short_name=agency.short_name or agency.name,
        level=Level(agency.level),
        ward_code=None,
        parent=AgencyId(agency.parent) if agency.parent else None,
        contact=_contact(agency.contact),
        verified=agency.verified,
        closed=agency.closed,
        successor=AgencyId(agency.successor) if agency.successor else None,
        note=agency.note,
    )


def _contact(contact: WrittenContact) -> Contact:
    return Contact(contact.phone, contact.email, contact.address, contact.verified)
