"""An administrator edits config.yaml while the service runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import Service, open_service
from bot.casework.apply_config import Written, apply_config
from bot.live_config import Seen
from bot.settings import Settings
from routing.config import ConfigFaults, parse

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return Path(shutil.copy(ROOT / "config.yaml", tmp_path / "config.yaml"))


def open_on(config_file: Path) -> Service:
    folder = config_file.parent
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder}/live.db",
        var_dir=folder / "var",
        key_file=folder / "key",
        config_file=config_file,
        model_file=folder / "none",
    )
    return open_service(settings, lambda: NOW)


@pytest.fixture
def service(config_file: Path) -> Iterator[Service]:
    opened = open_on(config_file)
    yield opened
    opened.close()


def edit(config_file: Path, old: str, new: str) -> None:
    text = config_file.read_text(encoding="utf-8")
    assert old in text
    config_file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_harmless_edit_is_taken_without_a_restart(service: Service, config_file: Path) -> None:
    edit(config_file, "citizen_days: 5", "citizen_days: 6")
    assert service.live_config.look() is Seen.TAKEN
    assert service.current_config().deadlines.citizen_days == 6
    versions = service.store.read_now(lambda tx: tx.configs.history(10))
    assert [v.number for v in versions] == [2, 1]
    assert [v.active for v in versions] == [True, False]


def test_a_broken_edit_is_refused_and_the_last_good_version_stays(service: Service, config_file: Path) -> None:
    before = service.current_config().version_hash
    edit(config_file, "citizen_days: 5", "citizen_days: năm")
    assert service.live_config.look() is Seen.BROKEN
    assert service.current_config().version_hash == before
    assert service.live_config.look() is Seen.UNCHANGED, "each edit is told once"


def test_an_edit_that_would_move_cases_waits_to_be_applied(service: Service, config_file: Path) -> None:
    before = service.current_config()
    edit(config_file, "    to: so-xd", "    to: so-nnmt")
    moved = config_file.read_text(encoding="utf-8")
    assert service.live_config.look() is Seen.WAITS
    assert service.current_config().version_hash == before.version_hash
    written = Written(moved, parse(moved))
    service.store.write_now(lambda tx: apply_config(tx, written, before, "admin", NOW))
    service.live_config.look()
    assert service.current_config().version_hash == written.config.version_hash


def test_a_service_restarts_on_its_last_good_version_when_the_file_is_broken(config_file: Path) -> None:
    first = open_on(config_file)
    good = first.current_config().version_hash
    first.close()
    config_file.write_text("city: [", encoding="utf-8")
    again = open_on(config_file)
    assert again.current_config().version_hash == good
    again.close()


def test_a_first_start_with_a_broken_file_names_every_fault(config_file: Path) -> None:
    edit(config_file, "citizen_days: 5", "citizen_days: năm")
    edit(config_file, "triage: triage ", "triage: nobody ")
    with pytest.raises(ConfigFaults) as broken:
        open_on(config_file)
    assert len(broken.value.faults) >= 2
    assert all(fault.line > 0 for fault in broken.value.faults)


def test_a_new_keyword_is_understood_at_once(service: Service, config_file: Path) -> None:
    text = "mấy hôm nay cái zượng kêu quá"
    config = service.current_config()
    word = config.categories["tieng_on"].keywords[0]
    edit(config_file, word, f"zượng kêu, {word}")
    service.live_config.look()
    assert service.converse._reader.read(text).candidates[0].category == "tieng_on"
