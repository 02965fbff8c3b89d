"""Each part does its whole work once, with a handful of pieces: its figures mean nothing here, their presence does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.bench import stage as stages
from bot.bench.anchors import Journal, heard_in
from bot.bench.city import NOW, QUIET, city
from bot.bench.goals import GOALS, Finding, Found, Skipped
from bot.bench.stage import Sizes, Stage
from bot.bench.suite import PARTS, measure
from bot.bench.sweeping import sweep
from bot.casework.lifecycle import is_legal
from bot.cli import app
from storage.files import FileStore
from storage.verify import verify

TINY = Sizes(1, messages=3, texts=2, cases=700, few=40, due=60, swept=20, storm=4, pushes=40)
IN_PROCESS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P12")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    opened = Stage(tmp_path_factory.mktemp("bench"), TINY)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", IN_PROCESS)
def test_a_part_finds_all_that_its_goals_ask_for(stage: Stage, name: str) -> None:
    found = list(PARTS[name](stage))
    assert all(isinstance(each, Finding) for each in found)
    told = [each.goal.name for each in found if isinstance(each, Finding)]
    assert told == [goal.name for goal in GOALS.values() if goal.part == name]
    assert all(each.values for each in found if isinstance(each, Finding))


def test_the_city_is_one_that_the_service_could_have_written(stage: Stage, tmp_path: Path) -> None:
    built = city(stage, TINY.few)
    with closing(built.open()) as store:
        assert verify(store, FileStore(tmp_path), is_legal) == []
        case = store.read_now(lambda tx: tx.cases.by_code(built.codes[0]))
        assert case is not None
        assert case.text in stage.texts
    with closing(sqlite3.connect(built.path)) as connection:
        indexes = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    assert {"cases_due", "cases_queue", "cases_near", "events_at"} <= indexes


def test_as_many_are_due_in_the_large_city_as_were_asked_for_and_none_before(tmp_path: Path, stage: Stage) -> None:
    here = Stage(tmp_path, TINY)
    here.__dict__["service"] = stage.service
    with closing(city(here, TINY.cases).open()) as store:
        config = stage.service.current_config()
        assert sweep(store, config, QUIET) == 0
        assert sweep(store, config, NOW, 1_000) == TINY.due
        assert sweep(store, config, NOW, 1_000) == 0


def test_the_anchor_keeps_what_it_commits(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(Journal(path)) as journal:
        journal.commit("c", "1", "xin chào")
        journal.commit("c", "1", "xin chào")
    with closing(sqlite3.connect(path)) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("heard", "state", "reply")]
    assert counts == [1, 1, 2]


def test_what_intake_measured_was_heard(stage: Stage) -> None:
    before = heard_in(stage.folder / "service.db")
    list(PARTS["P2"](stage))
    # Each telling comes after a hello, on both sides, and one round is not counted.
    assert heard_in(stage.folder / "service.db") - before == 2 * TINY.messages * 3


def test_a_part_that_fails_is_skipped_and_says_why(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_stage: Stage) -> Iterator[Found]:
        raise RuntimeError("no disk")
        yield

    monkeypatch.setitem(PARTS, "P3", broken)
    begun: list[str] = []
    assert list(measure(stage, ["P3"], begun.append)) == [Skipped("P3", "hỏng giữa chừng: RuntimeError: no disk")]
    assert begun == ["P3"]


def test_the_command_writes_json_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "QUICK", TINY)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    done = CliRunner().invoke(app, ["bench", "--quick", "--only", "P12", "--json", str(tmp_path / "found.json")])
    assert done.exit_code == 0, done.output
    assert "Đạt" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["found.json"]


def test_an_unknown_part_is_named() -> None:
    done = CliRunner().invoke(app, ["bench", "--only", "P99"])
    assert done.exit_code == 2
    assert "P99" in done.output
