"""The loop: what people put right is stored, learned by the next training, and reported."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.casework.file_case import Complaint, file_case
from bot.casework.triage_case import Triage, triage_case
from bot.cli import app
from bot.cli.corrections import corrections_in, stored_corrections
from bot.dialogue.session import Draft, Understood, Where
from nlp.drift import Correction, confusion, months
from nlp.reader import Reader
from nlp.replace import set_apart
from routing.calendar import HANOI
from storage.records import AgencyId, Example, Role
from storage.sealed import MasterKeys
from storage.store import Store
from tests.casework.house import House

JUNE, JULY = datetime(2026, 6, 3, tzinfo=UTC), datetime(2026, 7, 1, 0, 30, tzinfo=HANOI)
DECIDED = (
    Correction("cống trước nhà nghẹt, nước dâng lên thềm", "nuoc_sach", "thoat_nuoc_ngap_ung", "citizen", JUNE),
    Correction("nước không rút sau mưa, cống nghẹt", "nuoc_sach", "thoat_nuoc_ngap_ung", "triage", JUNE),
    Correction("flycam vè vè zumzum trên nóc", "khac", "an_ninh_trat_tu", "triage", JULY),
    Correction("rác đầy ngõ ba hôm chưa ai gom", "moi_truong_rac_thai", "moi_truong_rac_thai", "triage", JULY),
)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A service's database in a folder of its own, with four decisions."""
    monkeypatch.chdir(tmp_path)
    url = "sqlite:///service.db"
    store = Store.open(url, MasterKeys.load(tmp_path / "var" / "master.key"))
    for each in DECIDED:
        kept = Example(None, each.text, each.category, each.was, each.source, each.at)
        store.write_now(lambda tx, kept=kept: tx.examples.add(kept))
    store.close()
    return url


def test_stored_decisions_are_what_the_next_training_learns_from(database: str) -> None:
    assert tuple(stored_corrections(database)) == DECIDED
    learned, apart = set_apart([each.as_example() for each in stored_corrections(database)])
    assert {e.text for e in learned} | {e.text for e in apart} == {each.text for each in DECIDED}
    assert {e.category for e in learned + apart} == {each.category for each in DECIDED}


def test_a_citizen_who_changes_the_category_and_the_desk_that_decides_it_both_teach(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'house.db'}", MasterKeys.load(tmp_path / "master.key"))
    house = House(store)
    thu, mai = house.officer(AgencyId("triage"), Role.TRIAGE, "Thu"), house.citizen()
    case = house.file(mai, ward=None)
    house.do(lambda ctx: triage_case(ctx, thu, case.id, Triage("tieng_on", ward_code="00070")))
    understood = Understood(
        "tieng_on", ("tieng_on",), False, (), "binh_thuong", None, None, "in_scope", False, False, False,
        "Gọi [số điện thoại], quán mở loa", "goi, quan mo loa",
    )  # fmt: skip
    draft = Draft(
        text="Gọi 0912345678, quán mở loa",
        category="an_ninh_trat_tu",
        chosen_by_citizen=True,
        where=Where("00070", "phường Hoàn Kiếm"),
        understood=understood,
    )
    house.do(lambda ctx: file_case(ctx, mai, Complaint(draft, "console")))
    by_desk, by_citizen = corrections_in(store)
    assert (by_desk.source, by_desk.was, by_desk.category) == ("triage", "moi_truong_rac_thai", "tieng_on")
    assert (by_citizen.source, by_citizen.was, by_citizen.category) == ("citizen", "tieng_on", "an_ninh_trat_tu")
    assert "0912345678" not in by_citizen.text
    store.close()


def test_a_sample_month_teaches_nothing(database: str, tmp_path: Path) -> None:
    store = Store.open(database, MasterKeys.load(tmp_path / "var" / "master.key"))
    store.write_now(lambda tx: tx.meta.set("demo", "1"))
    assert corrections_in(store) == []
    store.close()


def test_asking_makes_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert stored_corrections("sqlite:///none.db") == []
    assert not (tmp_path / "none.db").exists()


def test_changes_are_counted_and_agreement_is_none() -> None:
    assert confusion(DECIDED) == [("nuoc_sach", "thoat_nuoc_ngap_ung", 2), ("khac", "an_ninh_trat_tu", 1)]


def test_each_month_tells_changes_and_words_never_seen(reader: Reader) -> None:
    june, july = months(DECIDED, reader)
    assert (june.month, june.decisions, june.changed) == ("2026-06", 2, 2)
    assert (july.month, july.decisions, july.changed) == ("2026-07", 2, 1)
    assert july.unknown > june.unknown
    assert june.right_now == 1.0


def test_a_decision_after_midnight_is_of_the_new_month(database: str, reader: Reader) -> None:
    assert [each.month for each in months(stored_corrections(database), reader)] == ["2026-06", "2026-07"]


def test_the_command_reports_confusion_and_drift(database: str) -> None:
    shown = CliRunner().invoke(app, ["corrections", "--db", database])
    assert shown.exit_code == 0, shown.output
    assert "nuoc_sach" in shown.stdout
    told = json.loads(CliRunner().invoke(app, ["corrections", "--db", database, "--json"]).stdout)
    assert told["decisions"] == 4
    assert [month["month"] for month in told["months"]] == ["2026-06", "2026-07"]
