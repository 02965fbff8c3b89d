"""What an operator can mend is told in one or two lines and exit code 2, by whichever command it is met."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"PORT": "http"}, "PORT (môi trường hoặc .env)"),
        ({"DATABASE_URL": "mysql://may/phananh"}, "không mở được cơ sở dữ liệu"),
        ({"CONFIG_FILE": "khong-co.yaml"}, "khong-co.yaml"),
        ({"KEY_FILE": "khoa-hong"}, "khoa-hong"),
    ],
)
@pytest.mark.parametrize("typed", ["run --port 0", "verify", "figures", "jobs run"])
def test_a_wrong_setting_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], words: str, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "khoa-hong").write_text("đây không phải khoá", encoding="utf-8")
    done = CliRunner().invoke(app, typed.split(), env={"CONFIG_FILE": str(ROOT / "config.yaml"), **said})
    assert words in done.stderr
    assert done.exit_code == 2, done.exception
    assert len(done.stderr.splitlines()) <= 2, done.stderr


@pytest.mark.parametrize("typed", ["figures --now mai", "jobs run --now mai"])
def test_a_time_that_cannot_be_read_is_told_with_an_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, typed.split(), env={"CONFIG_FILE": str(ROOT / "config.yaml")})
    assert "Thời điểm “mai” không đọc được; cần dạng 2026-12-01T21:00+07:00." in done.stderr
    assert done.exit_code == 2
