"""A copy is made and opened beside the running service; a new master key opens everything, and an old copy still."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.app import open_service
from bot.cli import app
from bot.run import listen_on, running
from bot.settings import Settings
from storage.records import Citizen, CitizenId
from storage.sealed import KeyFault, MasterKeys
from storage.store import Store
from tests.storage.builders import break_it
from tests.waiting import until

CONFIG = Path(__file__).parent.parent.parent / "config.yaml"
LAN = Citizen(CitizenId("lan"), datetime(2026, 12, 1, tzinfo=UTC), name="Trần Thị Lan")


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Result]]:
    """Types a command in a folder with a database in which somebody is."""
    monkeypatch.chdir(tmp_path)
    store = Store.open(f"sqlite:///{tmp_path}/phananh.db", MasterKeys.load(tmp_path / "master.key"))
    store.write_now(lambda tx: tx.citizens.add(LAN))
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/phananh.db", "KEY_FILE": "master.key", "VAR_DIR": "var"}
    yield lambda line: CliRunner().invoke(app, line.split(), env=environment)
    store.close()


def name_in(database: str, key: str) -> str | None:
    store = Store.open(f"sqlite:///{database}", MasterKeys.load(Path(key)))
    try:
        return store.read_now(lambda tx: tx.citizens.get(LAN.id).name)
    finally:
        store.close()


@pytest.mark.parametrize("typed_first", ["jobs run", "config history"])
def test_what_the_service_keeps_is_for_nobody_else_on_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed_first: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, typed_first.split(), env={"CONFIG_FILE": str(CONFIG)}).exit_code == 0
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == {"var": "0o700"}


def test_a_copy_is_made_while_the_service_runs_and_can_be_used(typed: Callable[[str], Result]) -> None:
    done = typed("backup ban-sao.db")
    assert done.exit_code == 0, done.output
    assert "mọi thứ còn nguyên" in done.stdout
    assert name_in("ban-sao.db", "master.key") == LAN.name


def test_a_copy_that_cannot_be_opened_is_no_success(typed: Callable[[str], Result]) -> None:
    shutil.move("master.key", "elsewhere.key")
    done = typed("backup ban-sao.db")
    assert done.exit_code == 2
    assert "khoá" in done.stderr


def test_what_cannot_be_copied_is_told(typed: Callable[[str], Result]) -> None:
    for url, words in (("sqlite:///khong-co.db", "không có cơ sở dữ liệu"), ("postgresql://a/b", "pg_dump")):
        done = typed(f"backup ban-sao.db --db {url}")
        assert done.exit_code == 2
        assert words in done.stderr
    assert not Path("ban-sao.db").exists()


def test_a_database_sealed_by_another_key_is_told_by_verify(typed: Callable[[str], Result]) -> None:
    shutil.move("master.key", "elsewhere.key")
    done = typed("verify")
    assert done.exit_code == 2
    assert "không có trong tệp khoá" in done.stderr
    assert not Path("master.key").exists()


@pytest.mark.parametrize("command", ["verify", "keys renew", "keys forget"])
def test_a_database_that_is_not_there_is_not_made_in_order_to_be_called_whole(
    typed: Callable[[str], Result], tmp_path: Path, command: str
) -> None:
    key = Path("master.key").read_text(encoding="utf-8")
    done = typed(f"{command} --db sqlite:///{tmp_path}/sai/cho.db")
    assert done.exit_code == 2
    assert done.stderr == f"không có cơ sở dữ liệu {tmp_path}/sai/cho.db\n"
    assert not Path("sai").exists()
    assert Path("master.key").read_text(encoding="utf-8") == key


def test_whoever_checks_a_copy_takes_over_no_configuration(typed: Callable[[str], Result], tmp_path: Path) -> None:
    """Beside a copy that was brought back there may lie a file that its city never used."""
    text = CONFIG.read_text(encoding="utf-8")
    Path("config.yaml").write_text(text, encoding="utf-8")
    assert typed("config apply").exit_code == 0
    other = text.replace("citizen_days: 5", "citizen_days: 6")
    Path("config.yaml").write_text(other, encoding="utf-8")
    assert typed("verify").exit_code == 0
    assert "\n" not in typed("config history").stdout.strip()
    assert Path("config.yaml").read_text(encoding="utf-8") == other


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("phananh.db", "là cơ sở dữ liệu đang dùng"),
        ("loi-tat.db", "là cơ sở dữ liệu đang dùng"),
        ("phananh.db-wal", "không phải bản sao lưu"),
        ("master.key", "không phải bản sao lưu"),
        (".", "là một thư mục"),
    ],
)
def test_a_copy_takes_the_place_of_nothing_but_an_earlier_copy(
    typed: Callable[[str], Result], target: str, words: str
) -> None:
    Path("loi-tat.db").symlink_to("phananh.db")
    done = typed(f"backup {target}")
    assert done.exit_code == 2
    assert words in done.stderr
    assert name_in("phananh.db", "master.key") == LAN.name
    assert [typed("backup ban-sao.db").exit_code for _ in range(2)] == [0, 0]


def test_a_new_key_opens_everything_and_the_old_copies_until_it_is_told_to_forget(
    typed: Callable[[str], Result],
) -> None:
    typed("backup ban-sao.db")
    shutil.copy("master.key", "first.key")
    done = typed("keys renew")
    assert done.exit_code == 0, done.output
    assert name_in("phananh.db", "master.key") == LAN.name
    with pytest.raises(KeyFault):
        name_in("phananh.db", "first.key")
    assert name_in("ban-sao.db", "master.key") == LAN.name
    assert typed("keys forget").exit_code == 0
    assert name_in("phananh.db", "master.key") == LAN.name
    with pytest.raises(KeyFault):
        name_in("ban-sao.db", "master.key")
    assert name_in("ban-sao.db", "first.key") == LAN.name


async def test_a_line_of_yesterday_that_is_cut_off_is_missed(typed: Callable[[str], Result], tmp_path: Path) -> None:
    yesterday = datetime(2026, 12, 1, tzinfo=UTC)
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path}/phananh.db",
        key_file=Path("master.key"),
        config_file=CONFIG,
        model_file=Path("none"),
    )
    service = open_service(settings, clock=lambda: yesterday + timedelta(days=1))
    service.store.write_now(lambda tx: tx.audit.add("officer:1", "refused", yesterday, {}))
    async with running(service, listen_on("127.0.0.1", 0)):
        await until(Path("var/heads/2026-12-01.txt").exists)
    assert typed("verify").exit_code == 0
    number = service.store.read_now(lambda tx: tx.audit.list(1)[0].number)
    break_it(service.store, f"DELETE FROM audit WHERE number = {number}")
    service.close()
    done = typed("verify")
    assert done.exit_code == 1
    assert f"audit {number}: is missing" in done.stderr
