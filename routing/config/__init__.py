"""config.yaml as a typed, checked, immutable snapshot; every fault is reported at once, with its file, line and key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from routing.config.agencies import Unit, read_units
from routing.config.build import build
from routing.config.check import CATEGORY_CODES, Checker
from routing.config.faults import ConfigFaults, Fault
from routing.config.model import (
    NO,
    WARD_COMMITTEE,
    WARD_POLICE,
    YES,
    Agency,
    AgencyId,
    Category,
    Config,
    Contact,
    Deadlines,
    Handle,
    Hotline,
    Identity,
    Knock,
    Ladder,
    Level,
    Limits,
    MessageWindow,
    OfficeHours,
    Privacy,
    Proof,
    Question,
    QuestionKind,
    QuietHours,
    RatingTimes,
    Reasons,
    Road,
    Rule,
    RuleId,
    Stop,
    Subcategory,
    Template,
    Unverified,
    When,
)
from routing.config.reading import decoded, read_text
from routing.config.shape import check_shape
from routing.config.source import Path_, Source, read_source

__all__ = [
    "CATEGORY_CODES",
    "NO",
    "WARD_COMMITTEE",
    "WARD_POLICE",
    "YES",
    "Agency",
    "AgencyId",
    "Category",
    "Config",
    "ConfigFaults",
    "Contact",
    "Deadlines",
    "Fault",
    "Handle",
    "Hotline",
    "Identity",
    "Knock",
    "Ladder",
    "Level",
    "Limits",
    "MessageWindow",
    "OfficeHours",
    "Privacy",
    "Proof",
    "Question",
    "QuestionKind",
    "QuietHours",
    "RatingTimes",
    "Reasons",
    "Road",
    "Rule",
    "RuleId",
    "Stop",
    "Subcategory",
    "Template",
    "Unverified",
    "When",
    "decoded",
    "load",
    "parse",
    "read_text",
    "version_of",
]


def load(path: Path, units: Path | None = None) -> Config:
    """The configuration of a file; `units` is a units file (CSV) in place of the one that ships.

    Raises ConfigFaults with every fault of the file, also when it cannot be read.
    """
    return parse(read_text(path), file=str(path), units=units)


def parse(text: str, file: str = "config.yaml", units: Path | None = None) -> Config:
    """The configuration of a YAML text; `file` is how its faults name it. Raises ConfigFaults."""
    wards, units_text = read_units(units)
    try:
        return _parse(text, wards, units_text)
    except ConfigFaults as found:
        raise ConfigFaults(replace(fault, file=file) for fault in found.faults) from None


@lru_cache(maxsize=4)
def _parse(text: str, wards: tuple[Unit, ...], units_text: str) -> Config:
    """A text that was read before is not read again, whatever it is called: a start finds it in database and file."""
    source = read_source(text, "")
    written, filled = check_shape(source)
    Checker(source, written, wards, filled).check()
    if source.faults:
        raise ConfigFaults(source.faults)
    return build(written, wards, version_of(text, units_text), tuple(_unverified(source, source.value, ())))


def version_of(text: str, units_text: str) -> str:
    """The name of a version: 16 hexadecimal digits over the file and the units it was read with."""
    return hashlib.sha256(f"{text}\0{units_text}".encode()).hexdigest()[:16]


def _unverified(source: Source, value: Any, path: Path_) -> Iterator[Unverified]:
    if isinstance(value, dict):
        if value.get("verified") is False:
            key = ".".join(map(str, path))
            yield Unverified(source.line_of((*path, "verified")), key, _words_for(value))
        for key, inner in value.items():
            yield from _unverified(source, inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _unverified(source, inner, (*path, at))


def _words_for(value: dict[str, Any]) -> str:
    for key in ("label", "name", "because", "phone"):
        if value.get(key):
            return str(value[key])
    plain = {key: inner for key, inner in value.items() if key != "verified" and not isinstance(inner, dict | list)}
    return ", ".join(f"{key}: {inner}" for key, inner in plain.items())
