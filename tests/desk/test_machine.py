"""The whole desk against a small model: whatever anybody tries, in whatever order, at whatever time."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from bot.casework.context import Refused
from bot.casework.rate_case import rate_case
from bot.casework.reopen_case import reopen_case
from bot.casework.withdraw_case import withdraw_case
from bot.desk import Desk
from bot.dialogue.message import Incoming
from bot.sweeps import SWEEPS
from storage.records import (
    AgencyId,
    CaseId,
    Event,
    File,
    FileId,
    FileKind,
    FileStatus,
    Officer,
    PersonId,
    Purpose,
    Role,
)
from storage.sealed import MasterKeys
from storage.store import Store
from storage.tables import outbox
from tests.casework.house import DONE, HOLDER, OTHER, PARENT, House

NEXT = {
    ("nhan", "received"): "accepted",
    ("nhan", "escalated"): "accepted",
    ("hoi", "accepted"): "waiting_citizen",
    ("chuyen", "received"): "received",
    ("chuyen", "accepted"): "received",
    ("chuyen", "waiting_citizen"): "received",
    ("chuyen", "escalated"): "received",
    ("chuyen", "triage"): "received",
    ("vuottham", "received"): "escalated",
    ("vuottham", "accepted"): "escalated",
    ("tralai", "escalated"): "received",
    ("xong", "accepted"): "resolved",
    ("xong", "waiting_citizen"): "resolved",
    ("tuchoi", "triage"): "rejected",
    ("tuchoi", "received"): "rejected",
    ("tuchoi", "accepted"): "rejected",
    ("tuchoi", "waiting_citizen"): "rejected",
    ("tuchoi", "escalated"): "rejected",
}
"""What a command makes of a status, where it may: written from the rules, not from the code."""
REMARKS = {"ghichu", "giao", "vuongmac", "giahan"}
TOLD_LATE = {"triage", "received", "accepted", "escalated", "disputed"}
TURNS: dict[str, tuple[str, ...]] = {
    "nhan": ("/nhan {code}",),
    "hoi": ("/hoi {code} bên số chẵn hay số lẻ?",),
    "chuyen": ("/chuyen {code} {agency}, đúng trách nhiệm ở đó",),
    "vuottham": ("/vuottham {code} đề xuất cấp trên bố trí đất",),
    "tralai": ("/tralai {code} phường tự làm trong quyền hạn",),
    "xong": (f"/xong {{code}} {DONE}",),
    "tuchoi": (
        "/tuchoi {code} Việc này ở ngoài thành phố nên đây không nhận được",
        "Ngoài phạm vi tiếp nhận phản ánh, kiến nghị",
        "Cổng dịch vụ công",
    ),
    "ghichu": ("/ghichu {code} đã gọi điện",),
    "giao": ("/giao {code} Hoa",),
    "vuongmac": ("/vuongmac {code}", "Thiếu kinh phí", "Sở Tài chính"),
    "giahan": ("/giahan {code} 28/12/2026", "Chờ vật tư, thiết bị"),
}
ACTORS = ("Lan", "Hoa", "Hung", "Duc", "Tuan", "Thu", "Binh", "Quy")


class DeskMachine(RuleBasedStateMachine):
    """Officers, citizens and time act at random; the model only knows each case's status."""

    keys: MasterKeys
    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "desk.db")
        self.house = House(Store.open(f"sqlite:///{self.folder}/desk.db", self.keys))
        self.desk = Desk(self.house.store, lambda: self.house.config)
        officer = self.house.officer
        self.staff: dict[str, Officer] = {
            "Lan": officer(HOLDER),
            "Hoa": officer(HOLDER, Role.OFFICER, "Hoa"),
            "Hung": officer(HOLDER, Role.LEAD, "Hung"),
            "Duc": officer(PARENT, Role.LEAD, "Duc"),
            "Tuan": officer(OTHER, Role.LEAD, "Tuan"),
            "Thu": officer(AgencyId("triage"), Role.TRIAGE, "Thu"),
            "Binh": officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh"),
            "Quy": officer(AgencyId("vp-ubnd-tp"), Role.ADMIN, "Quy"),
        }
        self.citizen = self.house.citizen()
        self.model: dict[CaseId, str] = {}
        self.said = 0
        for known in (True, True, False):
            self.somebody_files(known)

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.store.close()
            shutil.rmtree(self.folder)

    def somebody_files(self, known: bool) -> None:
        self.house.later(minutes=20)
        case = self.house.file(self.citizen, ward="00070" if known else None)
        self.model[case.id] = "received" if known else "triage"

    @rule(seed=st.integers(0, 2**32))
    def somebody_acts(self, seed: int) -> None:
        """Mostly somebody entitled does something that fits; sometimes anybody tries anything."""
        chance = Random(seed)
        case_id = chance.choice(list(self.model))
        command, actor = chance.choice(sorted(TURNS)), chance.choice(ACTORS)
        if chance.random() < 0.8:
            fitting = [c for c, status in NEXT if status == self.model[case_id]]
            command = chance.choice([*fitting * 6, *sorted(REMARKS)])
            case = self.house.case(case_id)
            able = [n for n in ACTORS if self._is_entitled(self.staff[n], case.agency, case.parent, case.status)]
            actor = chance.choice(able or list(ACTORS))
        to = chance.choice(("ubnd-00004", "so-nnmt", "ubnd-00070", "ubnd-00070"))
        case, officer = self.house.case(case_id), self.staff[actor]
        if command == "xong":
            self._proof(case_id, case.round)
        events = len(self._events(case_id))
        self._hear(officer, "/huy")
        for turn in TURNS[command]:
            self._hear(officer, turn.format(code=case.code, agency=to))
        fresh = self._events(case_id)[events:]
        after = self.house.case(case_id)
        assert len(fresh) <= 1, "exactly one event a move"
        wanted = NEXT.get((command, self.model[case_id]))
        if not fresh:
            assert after == case, "a refusal changes nothing"
            return
        if command in REMARKS:
            assert after.status == case.status
            return
        assert self._is_entitled(officer, case.agency, case.parent, self.model[case_id])
        if command == "chuyen" and case.transfers >= 3 and self.model[case_id] != "triage":
            wanted = "triage"
        assert after.status == wanted
        self.model[case_id] = str(after.status)

    @rule(seed=st.integers(0, 2**32))
    def somebody_takes_it_back(self, seed: int) -> None:
        chance = Random(seed)
        case_id = chance.choice(list(self.model))
        by = self._events(case_id)[-1].by.removeprefix("officer:")
        actor = next((name for name, officer in self.staff.items() if officer.id == by), chance.choice(ACTORS))
        before, events = self.house.case(case_id), self._events(case_id)
        self._hear(self.staff[actor], f"/hoantac {before.code}")
        after, fresh = self.house.case(case_id), self._events(case_id)[len(events) :]
        assert len(fresh) <= 1
        if not fresh:
            assert after == before
            return
        undone = events[-1]
        assert undone.by == f"officer:{self.staff[actor].id}"
        assert self.house.at - undone.at <= timedelta(seconds=60)
        assert after.status == undone.was
        self.model[case_id] = str(after.status)
        left = self.house.see(lambda tx: [p for p in tx.outbox.of_case(case_id) if p.event == undone.seq])
        assert left == [], "nobody hears of what was taken back"

    @rule(seed=st.integers(0, 2**32))
    def the_citizen_acts(self, seed: int) -> None:
        chance = Random(seed)
        case_id = chance.choice(list(self.model))
        what = "withdraw" if chance.random() < 0.05 else chance.choice(("rate5", "rate1", "reopen"))
        case, status = self.house.case(case_id), self.model[case_id]
        acts: dict[str, Callable[..., object]] = {
            "rate5": lambda ctx: rate_case(ctx, self.citizen, case_id, case.round, 5),
            "rate1": lambda ctx: rate_case(ctx, self.citizen, case_id, case.round, 1),
            "reopen": lambda ctx: reopen_case(ctx, self.citizen, case_id, "vẫn còn nguyên"),
            "withdraw": lambda ctx: withdraw_case(ctx, self.citizen, case_id),
        }
        wanted = {
            "rate5": {"resolved": "closed", "rejected": "closed", "disputed": "closed"},
            "rate1": {"resolved": "disputed", "rejected": "disputed", "closed": "disputed"},
            "reopen": {"closed": "accepted"},
            "withdraw": dict.fromkeys(("triage", "received", "accepted", "waiting_citizen", "escalated"), "withdrawn"),
        }
        self.house.later(seconds=5)
        try:
            self.house.do(acts[what])
        except Refused:
            assert self.house.case(case_id) == case
            return
        self.model[case_id] = wanted[what].get(status, status)

    @rule(hours=st.sampled_from((0.02, 0.5, 1, 3, 9, 30, 400)))
    def time_passes(self, hours: float) -> None:
        self.house.later(hours=hours)
        for name in ("cases", "promises", "remedies"):
            self.house.do(lambda ctx, name=name: SWEEPS[name](ctx, 500))
        for case_id, status in self.model.items():
            case = self.house.case(case_id)
            if status == "waiting_citizen" and case.status == "accepted":
                self.model[case_id] = "accepted"
            if status in ("resolved", "rejected") and case.status == "closed":
                self.model[case_id] = "closed"
            is_late = case.status in TOLD_LATE and case.due_at is not None and case.due_at < self.house.at
            if is_late:
                since = case.clock_started_at or datetime.min.replace(tzinfo=UTC)
                assert any(e.kind == "overdue" and e.at >= since for e in self._events(case_id)), (
                    "nothing overdue unsaid"
                )

    @invariant()
    def the_model_knows_every_status(self) -> None:
        for case_id, status in getattr(self, "model", {}).items():
            assert self.house.case(case_id).status == status

    @invariant()
    def nobody_is_told_twice_of_a_move(self) -> None:
        if hasattr(self, "house"):
            # A reply about a case tells of no move.
            query = select(outbox.c.case_id, outbox.c.event, outbox.c.person).where(outbox.c.event.is_not(None))
            rows = self.house.see(lambda tx: [tuple(row) for row in tx.connection.execute(query)])
            assert max(Counter(rows).values(), default=1) == 1

    def _events(self, case_id: CaseId) -> tuple[Event, ...]:
        return self.house.see(lambda tx: tx.events.of(case_id))

    def _hear(self, officer: Officer, text: str) -> None:
        self.said += 1
        self.house.later(seconds=1)
        self.desk.hear_now(Incoming("console", officer.id, f"k{self.said}", self.house.at, text=text))

    def _proof(self, case_id: CaseId, round_: int) -> None:
        self.said += 1
        lan = self.staff["Lan"]
        file = File(
            FileId(f"f{self.said}"), FileKind.PHOTO, Purpose.PROOF, PersonId(lan.id), "console", lan.id, self.house.at,
            FileStatus.READY, case=case_id, round=round_,
        )  # fmt: skip
        self.house.do(lambda ctx: ctx.tx.files.add(file))

    def _is_entitled(self, officer: Officer, agency: object, parent: object, status: str) -> bool:
        if officer.role is Role.ADMIN:
            return False
        if officer.role is Role.TRIAGE and status == "triage":
            return True
        return officer.agency == (parent if status == "escalated" else agency)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_desk_behaves_like_its_model(keys: MasterKeys, sqlite_template: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    machine = type("Machine", (DeskMachine,), {"keys": keys, "template": sqlite_template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
