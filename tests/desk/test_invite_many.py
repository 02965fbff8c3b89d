"""A table of people becomes invitations; a table with faults invites nobody and names each fault."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.casework.join_staff import code_hash
from bot.cli import app
from routing.geography import Geography
from storage.sealed import MasterKeys
from storage.store import Store

HERE = Path(__file__).parents[2]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    shutil.copy(HERE / "config.yaml", tmp_path / "config.yaml")
    monkeypatch.chdir(tmp_path)
    return f"sqlite:///{tmp_path}/staff.db"


def invited(url: str) -> dict[str, str]:
    store = Store.open(url, MasterKeys.load(Path("var/master.key")))
    try:
        from datetime import UTC, datetime

        return {i.hash: i.agency for i in store.read_now(lambda tx: tx.invitations.open(datetime.now(UTC)))}
    finally:
        store.close()


def test_every_row_gets_a_code_of_its_own(url: str) -> None:
    wards = [ward.code for ward in Geography.load().wards.values()]
    assert len(wards) == 126
    Path("people.csv").write_text(
        "agency,role,name\n" + "".join(f"ubnd-{w},lead,Lãnh đạo {w}\n" for w in wards), encoding="utf-8"
    )
    done = CliRunner().invoke(app, ["invite", "--csv", "people.csv", "--db", url])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(done.stdout[done.stdout.index("agency,role") :])))
    assert invited(url) == {code_hash(row["code"]): row["agency"] for row in rows}
    assert {row["agency"] for row in rows} == {f"ubnd-{ward}" for ward in wards}


def test_a_table_as_a_spreadsheet_here_saves_it_is_read(url: str) -> None:
    Path("people.csv").write_text("\ufeffagency;role;name\nubnd-00070; lead;Lê Lan\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["invite", "--csv", "people.csv", "--db", url])
    assert done.exit_code == 0, done.output
    assert "ubnd-00070,lead,Lê Lan," in done.stdout
    assert list(invited(url).values()) == ["ubnd-00070"]


def test_a_table_with_faults_invites_nobody(url: str) -> None:
    Path("people.csv").write_text("agency,role,name\n\nubnd-9,lead,B\nubnd-00004,vua,C\nubnd-00070,lead,A\n")
    done = CliRunner().invoke(app, ["invite", "--csv", "people.csv", "--db", url])
    assert done.exit_code == 2
    assert "Dòng 3" in done.output
    assert "Dòng 4" in done.output
    assert invited(url) == {}
