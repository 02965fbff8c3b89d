"""Nothing secret and nobody's data stands in a log, whoever wrote the line and whatever an exception says."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.logs import redacted
from storage.records import Citizen, CitizenId
from storage.sealed import MasterKeys
from storage.store import Store

CANARIES = (
    "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0",
    "mat-khau-cua-may",
    "0912345678",
    "+84 912 345 678",
    "001088012345",
    "21.028512",
    "105.8542345",
)
SAID = (
    f"https://api.telegram.org/bot{CANARIES[0]}/getMe postgresql://phananh:{CANARIES[1]}@db/phananh "
    f"gọi {CANARIES[2]} hoặc {CANARIES[3]}, CCCD {CANARIES[4]}, ở ({CANARIES[5]}, {CANARIES[6]})"
)
PROGRAM = """
import logging, sys, structlog
from bot.logs import configure_logs
from storage.store import DatabaseFault, WriteRefused
configure_logs("DEBUG")
said = sys.argv[1]
structlog.get_logger().warning("said", why=said, number=7)
try:
    raise ValueError(said)
except ValueError:
    structlog.get_logger().exception("fault")
    logging.getLogger("a.library").exception("it says %s", said)
try:
    raise WriteRefused("hết chỗ trên đĩa")
except WriteRefused:
    structlog.get_logger().exception("full")
try:
    raise DatabaseFault("Connection refused")
except DatabaseFault:
    structlog.get_logger().exception("away")
"""


@pytest.fixture(scope="module")
def logged() -> str:
    """What a program writes that logs the canaries in every way."""
    child = subprocess.run([sys.executable, "-c", PROGRAM, SAID], capture_output=True, text=True, check=True)
    return child.stderr


def test_a_full_disk_and_a_server_that_is_away_are_told_in_a_line_without_a_trace(logged: str) -> None:
    full, away = map(json.loads, logged.splitlines()[-2:])
    assert full["why"] == "không ghi được vào cơ sở dữ liệu: hết chỗ trên đĩa"
    assert away["why"].endswith("Connection refused")
    assert "exception" not in {**full, **away}


@pytest.mark.parametrize("canary", CANARIES)
def test_what_must_not_be_logged_is_in_no_line(logged: str, canary: str) -> None:
    assert canary in SAID
    assert canary not in logged


def test_what_operators_need_is_still_there(logged: str) -> None:
    first = json.loads(logged.splitlines()[0])
    assert (first["event"], first["number"], first["level"]) == ("said", 7, "warning")
    assert "postgresql://phananh:***@db/phananh" in first["why"]
    assert "(21.028, 105.854)" in first["why"]
    assert "ERROR a.library it says" in logged
    assert logged.count("ValueError") == 2


@pytest.mark.parametrize(
    "line", ["update 734829105", "outbox row 20260131", "https://phananh.example:8443/desk", "2026-11-28 18:40:07"]
)
def test_numbers_of_ours_stay(line: str) -> None:
    assert redacted(line) == line


def test_a_fault_of_the_database_names_no_values(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/faulty.db", MasterKeys.load(tmp_path / "key"))
    citizen = Citizen(CitizenId("nguoi-dan-7"), datetime(2026, 11, 28, tzinfo=UTC))
    try:
        store.write_now(lambda tx: tx.citizens.add(citizen))
        with pytest.raises(Exception, match="UNIQUE") as fault:
            store.write_now(lambda tx: tx.citizens.add(citizen))
    finally:
        store.close()
    assert "nguoi-dan-7" not in str(fault.value)
