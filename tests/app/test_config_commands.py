"""`phananh config rehearse --last`, `apply`, `history` and `rollback` on the cases that the service has received."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.casework.apply_config import Written, apply_config
from bot.cli import app
from routing.config import parse
from storage.records import CaseStatus
from storage.sealed import MasterKeys
from storage.store import Store
from tests.casework.house import HOLDER, House

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A folder with config.yaml, a copy to change, and a database, as an administrator finds them."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "KEY_FILE", "CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "var").mkdir()
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "moi.yaml").write_text(moving(text), encoding="utf-8")
    store = Store.open("sqlite:///var/phananh.db", MasterKeys.load(tmp_path / "var" / "master.key"))
    store.write_now(lambda tx: apply_config(tx, Written(text, parse(text)), None, "file", House(store).at))
    yield House(store)
    store.close()


def moving(text: str) -> str:
    """Rubbish goes to the department instead of the ward."""
    head, category, rest = text.partition("  moi_truong_rac_thai:\n")
    return head + category + rest.replace("to: ubnd", "to: so-nnmt", 1)


def run(*arguments: str) -> str:
    return CliRunner().invoke(app, ["config", *arguments]).output


def test_past_cases_are_replayed_and_agencies_without_officers_named(office: House) -> None:
    office.a_case(CaseStatus.ACCEPTED, office.citizen(), office.officer(HOLDER))
    said = run("rehearse", "moi.yaml", "--last", "1000")
    assert said.startswith("1 vụ việc gần nhất: 1 chuyển cơ quan")
    assert "ubnd-00070 → so-nnmt" in said
    assert "Sở Nông nghiệp và Môi trường Hà Nội chưa có cán bộ nào" in said


def test_without_cases_the_sample_is_replayed(office: House) -> None:
    assert "mẫu dựng từ chính cấu hình (chưa có vụ việc nào)" in run("rehearse", "moi.yaml", "--last", "10")


def test_the_file_is_the_one_that_the_dot_env_names_unless_another_is_said(office: House) -> None:
    Path("config.yaml").rename("noi-khac.yaml")
    Path(".env").write_text("CONFIG_FILE=noi-khac.yaml\n", encoding="utf-8")
    assert run("check").startswith("noi-khac.yaml: đúng.")
    assert run("check", "--file", "moi.yaml").startswith("moi.yaml: đúng.")
    assert "Không có gì khác" in run("apply") or "Đang dùng phiên bản" in run("apply")


def test_a_version_is_applied_listed_and_taken_back(office: House) -> None:
    assert "Đang dùng phiên bản 2" in run("apply", "moi.yaml")
    listed = run("history")
    assert "*    2" in listed
    assert "“ubnd” → “so-nnmt”" in listed
    assert "qua tệp config.yaml" in listed
    assert "Đang dùng phiên bản 3" in run("rollback", "1")
    assert "Không có phiên bản 9" in run("rollback", "9")


def test_who_applies_a_version_is_a_number_where_the_machine_knows_no_name(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr("getpass.getuser", nobody)
    monkeypatch.setattr("os.getuid", lambda: 1234)
    assert "Đang dùng phiên bản 2" in run("apply", "moi.yaml")
    assert "uid 1234" in run("history")


def test_applying_tells_as_much_as_rehearsing(office: House) -> None:
    office.a_case(CaseStatus.ACCEPTED, office.citizen(), office.officer(HOLDER))
    rehearsed = run("rehearse", "moi.yaml", "--last", "1000").splitlines()
    applied = run("apply", "moi.yaml").splitlines()
    assert rehearsed[1:] == applied[1 : len(rehearsed)]
    assert "ví dụ: “" in applied[1]
