"""What an operator can mend is told in one or two lines and exit code 2, by whichever command it is met."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from routing.geography import Geography, GeographyUnavailable
from storage import engines

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"PORT": "http"}, "PORT (môi trường hoặc .env)"),
        ({"PORT": "80000"}, "PORT (môi trường hoặc .env)"),
        ({"PUBLIC_URL": "phananh.example.vn"}, "PUBLIC_URL (môi trường hoặc .env): cần cả https://"),
        ({"TELEGRAM_STAFF_TOKEN": "AbC"}, "TELEGRAM_STAFF_TOKEN (môi trường hoặc .env): không phải khoá của BotFather"),
        ({"DATABASE_URL": "mysql://may/phananh"}, "không mở được cơ sở dữ liệu"),
        ({"CONFIG_FILE": "khong-co.yaml"}, "khong-co.yaml"),
        ({"KEY_FILE": "khoa-hong"}, "khoa-hong"),
    ],
)
@pytest.mark.parametrize("typed", ["run --port 0", "figures", "jobs run"])
def test_a_wrong_setting_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], words: str, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "khoa-hong").write_text("đây không phải khoá", encoding="utf-8")
    done = CliRunner().invoke(app, typed.split(), env={"CONFIG_FILE": str(ROOT / "config.yaml"), **said})
    assert words in done.stderr
    assert done.exit_code == 2, done.exception
    assert len(done.stderr.splitlines()) <= 2, done.stderr


def test_an_address_of_another_machine_is_not_called_a_taken_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["run", "--host", "192.0.2.1", "--port", "0"])
    assert "Không lắng nghe được ở 192.0.2.1:0" in done.stderr
    assert done.exit_code == 2


@pytest.mark.parametrize("typed", ["run --port 0", "invite --agency ubnd-00070", "config apply config.yaml"])
def test_a_database_that_takes_nothing_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    assert CliRunner().invoke(app, ["config", "apply"]).exit_code == 0
    (tmp_path / "config.yaml").write_text(text.replace("citizen_days: 5", "citizen_days: 6"), encoding="utf-8")
    room = engines._prepare_writer

    def full(connection: Any, record: Any) -> None:
        room(connection, record)
        connection.execute("PRAGMA max_page_count=1")  # as it is, and no larger

    monkeypatch.setattr(engines, "_prepare_writer", full)
    done = CliRunner().invoke(app, typed.split())
    assert done.stderr.splitlines()[-1] == "không ghi được vào cơ sở dữ liệu: hết chỗ trên đĩa"
    assert done.exit_code == 2, done.exception


@pytest.mark.parametrize("typed", ["place cho-hom", "route --category dien"])
def test_map_data_that_is_not_there_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    def load() -> Geography:
        raise GeographyUnavailable("routing/data/wards.csv is damaged")

    monkeypatch.setattr(Geography, "load", load)
    done = CliRunner().invoke(app, typed.split(), env={"CONFIG_FILE": str(ROOT / "config.yaml")})
    assert done.stderr == "routing/data/wards.csv is damaged\n"
    assert done.exit_code == 2


@pytest.mark.parametrize("typed", ["figures --now mai", "jobs run --now mai"])
def test_a_time_that_cannot_be_read_is_told_with_an_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, typed.split(), env={"CONFIG_FILE": str(ROOT / "config.yaml")})
    assert "Thời điểm “mai” không đọc được; cần dạng 2026-12-01T21:00+07:00." in done.stderr
    assert done.exit_code == 2
