"""An administrator edits config.yaml while the service runs."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import Service, open_service
from bot.casework.apply_config import Written, apply_config
from bot.casework.change_config import MOST_FAULTS_SHOWN
from bot.casework.context import Context
from bot.casework.join_staff import invite, join_staff
from bot.delivery.words import render
from bot.dialogue.message import Words
from bot.live_config import Seen
from bot.settings import Settings
from routing.config import ConfigFaults, parse
from storage.records import AgencyId, Role
from storage.store import Transaction
from tests.waiting import held_clock, until

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
    applied(service, moved)
    service.live_config.look()
    assert service.current_config().version_hash == parse(moved).version_hash


def applied(service: Service, text: str) -> None:
    """As if another process, or an administrator in the staff chat, had applied it."""
    before = service.current_config()
    service.store.write_now(lambda tx: apply_config(tx, Written(text, parse(text)), before, "officer:x", NOW))


def with_seven_days(config_file: Path) -> str:
    """The configuration with another time for the citizen to answer."""
    return config_file.read_text(encoding="utf-8").replace("citizen_days: 5", "citizen_days: 7")


def test_a_version_applied_in_the_chat_is_written_into_the_file(service: Service, config_file: Path) -> None:
    text = with_seven_days(config_file)
    applied(service, text)
    service.live_config.look()
    assert service.current_config().deadlines.citizen_days == 7
    assert config_file.read_text(encoding="utf-8") == text
    assert service.live_config.look() is Seen.UNCHANGED


def test_a_file_with_another_change_is_not_overwritten_and_administrators_are_told(
    service: Service, config_file: Path
) -> None:
    invited(service)
    text = with_seven_days(config_file)
    edit(config_file, "citizen_days: 5", "citizen_days: năm")
    service.live_config.look()
    applied(service, text)
    service.live_config.look()
    assert service.current_config().deadlines.citizen_days == 7
    assert "citizen_days: năm" in config_file.read_text(encoding="utf-8")
    assert told(service) == ["config.broken", "config.file_differs"]


def test_a_file_left_behind_while_nobody_followed_it_is_brought_along_at_the_next_start(config_file: Path) -> None:
    first = open_on(config_file)
    text = with_seven_days(config_file)
    applied(first, text)
    first.close()
    again = open_on(config_file)
    assert again.current_config().deadlines.citizen_days == 7
    assert config_file.read_text(encoding="utf-8") == text
    again.close()


def invited(service: Service) -> None:
    """An administrator with a chat."""

    def join(tx: Transaction) -> None:
        ctx = Context(tx, service.current_config(), NOW)
        invite(ctx, "secret", AgencyId("vp-ubnd-tp"), Role.ADMIN, "test", "Quy", confirmed=True)
        join_staff(ctx, "console", "quy", "secret", "Quy")

    service.store.write_now(join)


def told(service: Service) -> list[str]:
    return [push.key for push in service.store.read_now(lambda tx: tx.outbox.waiting("console", "quy"))]


def test_a_command_beside_the_service_leaves_it_to_it_to_tell_of_a_file_that_is_not_taken(
    service: Service, config_file: Path
) -> None:
    invited(service)
    edit(config_file, "citizen_days: 5", "citizen_days: năm")
    beside = open_on(config_file)
    assert told(service) == []
    assert beside.live_config.look() is Seen.BROKEN, "a service that has just started looks by itself"
    beside.close()
    assert told(service) == ["config.broken"]


def test_of_many_faults_administrators_are_told_the_first_and_how_many_others_there_are(
    service: Service, config_file: Path
) -> None:
    invited(service)
    text = config_file.read_text(encoding="utf-8")
    config_file.write_text(text.replace("    to: ubnd\n", "    to: ubndx\n"), encoding="utf-8")
    assert service.live_config.look() is Seen.BROKEN
    said = service.store.read_now(
        lambda tx: [
            render(Context(tx, service.current_config(), NOW), service.texts, push)
            for push in tx.outbox.waiting("console", "quy")
        ]
    )
    assert said[0] is not None
    assert said[0].text.count("“ubndx”") == MOST_FAULTS_SHOWN
    assert "chỗ sai khác" in said[0].text


def test_administrators_are_told_once_of_a_broken_file_and_of_one_that_waits(
    service: Service, config_file: Path
) -> None:
    invited(service)
    good = config_file.read_text(encoding="utf-8")
    edit(config_file, "citizen_days: 5", "citizen_days: năm")
    service.live_config.look()
    service.live_config.look()
    config_file.write_text(good.replace("    to: so-xd", "    to: so-nnmt", 1), encoding="utf-8")
    service.live_config.look()
    assert told(service) == ["config.broken", "config.waits"]


async def test_the_file_is_followed_within_five_seconds(
    service: Service, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    service.live_config.when_changed(lambda _config: loop.call_soon_threadsafe(changed.set))
    look, looks = service.live_config.look, list[Seen]()
    monkeypatch.setattr(service.live_config, "look", lambda patient: looks.append(look(patient)))
    with held_clock() as forward:
        following = asyncio.create_task(service.live_config.follow())
        await until(lambda: looks)
        edit(config_file, "citizen_days: 5", "citizen_days: 6")
        await forward(5)
        await until(changed.is_set)
    following.cancel()
    assert service.current_config().deadlines.citizen_days == 6


@pytest.mark.parametrize(
    "content", ["city: Hà Tây\n".encode("latin-1"), "city: Hà Nội\n".encode("utf-16"), b"\x89PNG\0", b"", None]
)
def test_a_file_that_is_no_text_is_told_once_and_the_next_good_edit_is_taken(
    service: Service, config_file: Path, content: bytes | None
) -> None:
    invited(service)
    good = config_file.read_text(encoding="utf-8")
    config_file.unlink() if content is None else config_file.write_bytes(content)
    assert service.live_config.look() is Seen.BROKEN
    assert service.live_config.look() is Seen.UNCHANGED
    assert told(service) == ["config.broken"]
    config_file.write_text(good.replace("citizen_days: 5", "citizen_days: 6"), encoding="utf-8")
    assert service.live_config.look() is Seen.TAKEN
    service.close()
    config_file.unlink() if content is None else config_file.write_bytes(content)
    again = open_on(config_file)
    assert again.current_config().deadlines.citizen_days == 6, "it starts on its last good version"
    again.close()


def test_a_file_that_is_just_being_written_alarms_nobody(service: Service, config_file: Path) -> None:
    invited(service)
    good = config_file.read_text(encoding="utf-8")
    config_file.write_text(good[: len(good) // 2], encoding="utf-8")
    assert service.live_config.look(patient=True) is Seen.UNCHANGED
    config_file.write_text(good.replace("citizen_days: 5", "citizen_days: 6"), encoding="utf-8")
    assert service.live_config.look(patient=True) is Seen.TAKEN
    config_file.write_text(good[: len(good) // 2], encoding="utf-8")
    assert [service.live_config.look(patient=True) for _ in range(3)] == [Seen.UNCHANGED, Seen.BROKEN, Seen.UNCHANGED]
    assert told(service) == ["config.broken"]


async def test_whatever_happens_while_the_file_is_looked_at_the_next_edit_is_seen(
    service: Service, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = list[bool]()

    def stumble(patient: bool) -> Seen:
        looked.append(patient)
        raise RuntimeError("the disk is gone for a moment")

    monkeypatch.setattr(service.live_config, "look", stumble)
    monkeypatch.setattr("bot.live_config.LOOK_EVERY_SECONDS", 0.01)
    following = asyncio.create_task(service.live_config.follow())
    await until(lambda: len(looked) >= 3)
    following.cancel()


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


def test_a_file_with_a_faulty_own_sentence_is_not_taken_and_one_without_is_said_at_once(
    service: Service, config_file: Path
) -> None:
    invited(service)
    good = config_file.read_text(encoding="utf-8")
    edit(config_file, "texts: {}", "texts:\n  track.wy: Vì sao?")
    assert service.live_config.look() is Seen.BROKEN
    assert told(service) == ["config.not_taken"]
    config_file.write_text(good.replace("texts: {}", "texts:\n  track.why: Vì sao thế?"), encoding="utf-8")
    assert service.live_config.look() is Seen.TAKEN
    assert service.texts.say(Words("track.why")) == "Vì sao thế?"
    service.texts.take_own({})
