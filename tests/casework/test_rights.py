"""Who may do what, at every status: the use cases against tests/rights.csv, which was written by hand."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.casework.accept_case import accept_case
from bot.casework.answer_externally import link_case
from bot.casework.approve_move import approve_move, ask_approval, decline_move
from bot.casework.ask_citizen import ask_citizen
from bot.casework.assign_case import assign_case
from bot.casework.ban_citizen import ban_citizen
from bot.casework.context import Context, Refused
from bot.casework.escalate_case import escalate_case
from bot.casework.extend_case import extend_case
from bot.casework.keep_ban import keep_ban
from bot.casework.keep_promise import keep_promise
from bot.casework.lift_ban import lift_ban
from bot.casework.merge_cases import merge_cases
from bot.casework.note_case import note_case
from bot.casework.permissions import ensure_may_count, ensure_may_see, may_see, may_see_person, may_work_on
from bot.casework.record_difficulty import record_difficulty
from bot.casework.reject_case import reject_case
from bot.casework.resolve_case import Answer, resolve_case
from bot.casework.return_case import return_case
from bot.casework.review_rating import review_rating
from bot.casework.split_case import split_case
from bot.casework.transfer_case import transfer_case
from bot.casework.triage_case import Triage, triage_case
from storage.records import AgencyId, Ban, Case, CaseStatus, Officer, PromisedDate, Role
from storage.sealed import MasterKeys
from storage.store import Store, Transaction
from tests.casework.house import DONE, HOLDER, OTHER, PARENT, House

ROWS = list(csv.DictReader((Path(__file__).parents[1] / "rights.csv").open(encoding="utf-8")))


class Town:
    """One case in each status, everybody who might try something, and what each act needs."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.actors = {
            "officer@holder": house.officer(HOLDER, Role.OFFICER, "Lan"),
            "colleague@holder": house.officer(HOLDER, Role.OFFICER, "Hoa"),
            "lead@holder": house.officer(HOLDER, Role.LEAD, "Hung"),
            "officer@parent": house.officer(PARENT, Role.OFFICER, "Nam"),
            "lead@parent": house.officer(PARENT, Role.LEAD, "Duc"),
            "officer@other": house.officer(OTHER, Role.OFFICER, "Tuan"),
            "lead@other": house.officer(OTHER, Role.LEAD, "Long"),
            "triage": house.officer(AgencyId("triage"), Role.TRIAGE, "Thu"),
            "reviewer": house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh"),
            "admin": house.officer(AgencyId("vp-ubnd-tp"), Role.ADMIN, "Quy"),
        }
        self.heir = house.officer(HOLDER, Role.OFFICER, "Sau")
        citizens = iter([house.citizen(f"Mai{i}") for i in range(20)])
        lan = self.actors["officer@holder"]
        self.cases = {status: house.a_case(status, next(citizens), lan) for status in CaseStatus}
        self.main = house.a_case(CaseStatus.ACCEPTED, next(citizens), lan)
        self.main_at_desk = house.a_case(CaseStatus.TRIAGE, next(citizens), lan)
        self.proof = house.proof(lan)
        for case in self.cases.values():
            promise = PromisedDate(case.id, 9, date(2026, 12, 9), "trước ngày 9/12", house.at, lan.id)
            house.do(lambda ctx, promise=promise: ctx.tx.promises.add(promise))

    def is_allowed(self, actor: str, action: str, status: CaseStatus) -> bool:
        """Tries it for real, and takes it back."""
        officer, case = self.actors[actor], self.cases[status]

        def attempt(tx: Transaction) -> bool:
            ctx = Context(tx, self.house.config, self.house.at)
            try:
                return ACTS[action](self, ctx, officer, case) is not False
            except Refused:
                return False

        return self.house.store.rehearse_now(attempt)


Try = Callable[[Town, Context, Officer, Case], object]


def ask_for_approval(town: Town, ctx: Context, case: Case) -> None:
    """An officer of whoever must act now has asked a lead for a transfer."""
    officer = town.actors["officer@parent" if case.status is CaseStatus.ESCALATED else "officer@holder"]
    ask_approval(ctx, officer, case.id, "chuyen", "việc thu gom của Urenco", "URENCO", {"to": "urenco"})


def banned(town: Town, ctx: Context, case: Case) -> None:
    """A colleague at the desk has banned the author of a case, who appeals."""
    ends = ctx.now + timedelta(days=7)
    ctx.tx.bans.add(Ban(case.citizen, "quảng cáo", town.heir.id, ctx.now, ends, "không phải", ctx.now))


ACTS: Mapping[str, Try] = {
    "see": lambda t, ctx, o, c: ensure_may_see(ctx, o, c),
    "see_person": lambda t, ctx, o, c: may_see_person(o, c),
    "accept": lambda t, ctx, o, c: accept_case(ctx, o, c.id),
    "ask": lambda t, ctx, o, c: ask_citizen(ctx, o, c.id, "số nhà nào?"),
    "transfer": lambda t, ctx, o, c: transfer_case(ctx, o, c.id, AgencyId("urenco"), "việc thu gom của Urenco"),
    "escalate": lambda t, ctx, o, c: escalate_case(ctx, o, c.id, "đề xuất Thành phố bố trí đất"),
    "return": lambda t, ctx, o, c: return_case(ctx, o, c.id, "phường làm trong quyền hạn"),
    "extend": lambda t, ctx, o, c: extend_case(ctx, o, c.id, "cho-vat-tu", date(2026, 12, 28)),
    "resolve": lambda t, ctx, o, c: resolve_case(ctx, o, c.id, Answer(DONE, (t.proof,))),
    "reject": lambda t, ctx, o, c: reject_case(
        ctx, o, c.id, "ngoai-pham-vi", "Cổng dịch vụ công", Answer("Việc này ở ngoài thành phố nên không nhận được")
    ),
    "note": lambda t, ctx, o, c: note_case(ctx, o, c.id, "đã gọi điện"),
    "difficulty": lambda t, ctx, o, c: record_difficulty(ctx, o, c.id, "thieu-kinh-phi", "Sở Tài chính"),
    "assign": lambda t, ctx, o, c: assign_case(ctx, o, c.id, t.heir),
    "merge": lambda t, ctx, o, c: merge_cases(ctx, o, c.id, t.main_at_desk.id if o.role is Role.TRIAGE else t.main.id),
    "split": lambda t, ctx, o, c: split_case(ctx, o, c.id, "chieu_sang", "và đèn cũng hỏng"),
    "link": lambda t, ctx, o, c: link_case(ctx, o, c.id, "Công ty Môi trường Xanh"),
    "keep": lambda t, ctx, o, c: keep_promise(ctx, o, c.id, DONE),
    "review": lambda t, ctx, o, c: review_rating(ctx, o, c.id, True, "phản ánh đúng", "chua-xu-ly"),
    "approve": lambda t, ctx, o, c: (ask_for_approval(t, ctx, c), approve_move(ctx, o, c.id)),
    "decline": lambda t, ctx, o, c: (ask_for_approval(t, ctx, c), decline_move(ctx, o, c.id, "việc của mình")),
    "figures": lambda t, ctx, o, c: ensure_may_count(o, HOLDER),
    "figures_city": lambda t, ctx, o, c: ensure_may_count(o, None),
    "triage": lambda t, ctx, o, c: triage_case(ctx, o, c.id, Triage("dien", ward_code="00070")),
    "ban": lambda t, ctx, o, c: ban_citizen(ctx, o, c.citizen, "khac", "quảng cáo", ctx.now + timedelta(days=7)),
    "lift_ban": lambda t, ctx, o, c: (banned(t, ctx, c), lift_ban(ctx, o, c.citizen)),
    "keep_ban": lambda t, ctx, o, c: (banned(t, ctx, c), keep_ban(ctx, o, c.citizen, "quảng cáo thật")),
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, keys: MasterKeys) -> Iterator[Town]:
    path = tmp_path_factory.mktemp("rights") / "town.db"
    shutil.copy(sqlite_template, path)
    store = Store.open(f"sqlite:///{path}", keys)
    yield Town(House(store))
    store.close()


def test_the_matrix_names_every_actor_action_and_status_once() -> None:
    named = [(row["actor"], row["action"]) for row in ROWS]
    actors = {actor for actor, _ in named}
    assert len(named) == len(set(named)) == len(actors) * len(ACTS)
    assert {action for _, action in named} == set(ACTS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['actor']}-{row['action']}")
def test_rights_are_as_written(town: Town, row: dict[str, str]) -> None:
    wanted = set() if row["statuses"] == "-" else {CaseStatus(s) for s in row["statuses"].split()}
    allowed = {status for status in CaseStatus if town.is_allowed(row["actor"], row["action"], status)}
    assert allowed == wanted


@pytest.mark.parametrize("action", sorted(ACTS))
def test_nobody_unconfirmed_or_revoked_does_anything(town: Town, action: str) -> None:
    lan = town.actors["officer@holder"]
    for stranger in (replace(lan, confirmed_at=None), replace(lan, revoked_at=town.house.at)):
        town.actors["stranger"] = stranger
        assert not any(town.is_allowed("stranger", action, status) for status in CaseStatus)
    del town.actors["stranger"]


def test_the_author_of_a_complaint_about_an_official_is_hidden(town: Town) -> None:
    case = replace(town.cases[CaseStatus.ACCEPTED], about_official=True)
    seeing = {name for name, officer in town.actors.items() if may_see_person(officer, case)}
    assert seeing == {"reviewer"}


def test_whoever_must_decide_on_a_complaint_about_an_official_sees_it(town: Town) -> None:
    case = replace(town.cases[CaseStatus.ESCALATED], about_official=True)
    above = town.actors["officer@parent"]
    assert may_work_on(above, case)
    assert town.house.do(lambda ctx: may_see(ctx, above, case))
