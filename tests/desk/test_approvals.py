"""Where config demands a lead's word: asked for, given or refused at the desk; without it nothing moves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.casework.context import Refused
from bot.casework.transfer_case import transfer_case
from storage.records import AgencyId, Case, CaseStatus, Officer
from tests.casework.house import OTHER
from tests.desk.room import TEXTS, Room

S = CaseStatus
ASKED = {
    "chuyen": ("/chuyen {code} ba đình, đúng địa bàn bên đó",),
    "vuottham": ("/vuottham {code} đề xuất Sở bố trí điểm tập kết mới",),
    "giahan": ("/giahan {code} 28/12", "Chờ vật tư, thiết bị"),
    "tuchoi": (
        "/tuchoi {code} Hai nhà số 5 và số 7 đang tranh chấp ranh đất, do toà án giải quyết",
        "Là tranh chấp dân sự giữa các bên",
        "Tổ hoà giải số 4",
    ),
}
BECOMES = {"chuyen": S.RECEIVED, "vuottham": S.ESCALATED, "giahan": S.ACCEPTED, "tuchoi": S.REJECTED}


def strict(room: Room) -> tuple[Officer, Case]:
    """A unit whose lead must approve everything that may be asked for, and a case in hand."""
    room.house.config = replace(room.house.config, approvals=frozenset(ASKED))
    return room.lead(), room.house.a_case(S.ACCEPTED, room.mai, room.lan)


def ask(room: Room, case: Case, what: str) -> str:
    for said in ASKED[what]:
        last = room.keys(room.lan, said.format(code=case.code))
    return last[0]


@pytest.mark.parametrize("what", ASKED)
def test_what_a_lead_approves_happens_in_the_officers_name(room: Room, what: str) -> None:
    hung, case = strict(room)
    assert ask(room, case, what) == "desk.wished"
    assert room.house.case(case).status is S.ACCEPTED
    assert room.house.pushes(hung.id)[-1] == "push.approval_asked"
    (card,) = room.hear(hung, f"/xem {case.code}")
    assert [button.press for button in card.buttons[0]] == [f"approve:{case.code}", f"decline:{case.code}"]
    assert "Chờ lãnh đạo duyệt" in TEXTS.say(card.words)
    assert room.keys(hung, f"/duyet {case.code}") == ["desk.approved"]
    moved = room.house.case(case)
    event = room.house.see(lambda tx: tx.events.last(case.id))
    assert moved.status is BECOMES[what]
    assert (event.by, event.facts["approved_by"]) == (f"officer:{room.lan.id}", hung.id)
    assert room.house.pushes(room.lan.id)[-1] == "push.approved"
    assert room.keys(hung, f"/duyet {case.code}")[0].startswith("refused.")


def test_what_a_lead_does_not_approve_leaves_the_case_and_says_why(room: Room) -> None:
    hung, case = strict(room)
    ask(room, case, "tuchoi")
    assert room.keys(hung, f"/khongduyet {case.code}") == ["desk.ask_decline"]
    assert room.keys(hung, "Phường phải hoà giải trước đã") == ["desk.declined"]
    assert room.house.case(case).status is S.ACCEPTED
    assert room.house.pushes(room.lan.id)[-1] == "push.declined"
    assert room.keys(hung, f"/duyet {case.code}") == ["refused.no_wish"]


def test_a_wish_that_time_has_overtaken_is_not_approved(room: Room) -> None:
    hung, case = strict(room)
    ask(room, case, "chuyen")
    room.hear(room.lan, f"/hoi {case.code} bên số chẵn hay số lẻ?")
    assert room.keys(hung, f"/duyet {case.code}") == ["refused.no_wish"]


def test_the_gate_stands_before_the_lead(room: Room) -> None:
    _, case = strict(room)
    room.hear(room.lan, f"/tuchoi {case.code} Ranh đất")
    room.hear(room.lan, "Là tranh chấp dân sự giữa các bên")
    assert room.keys(room.lan, "Tổ hoà giải số 4") == ["refused.generic"]


def test_what_cannot_be_done_anyway_is_not_put_before_the_lead(room: Room) -> None:
    hung, case = strict(room)
    assert room.keys(room.lan, f"/chuyen {case.code} hoan kiem, việc của mình") == ["refused.same_agency"]
    room.hear(room.lan, f"/giahan {case.code} 2/12")
    assert room.keys(room.lan, "Chờ vật tư, thiết bị") == ["refused.extend_date"]
    assert "push.approval_asked" not in room.house.pushes(hung.id)
    assert room.keys(room.lan, "28/12") == ["desk.wished"]


def test_no_other_way_leads_around_the_lead(room: Room) -> None:
    _, case = strict(room)
    with pytest.raises(Refused, match="needs_approval"):
        room.house.do(lambda ctx: transfer_case(ctx, room.lan, case.id, OTHER, "đúng địa bàn"))


def test_leads_and_units_without_one_decide_by_themselves(room: Room) -> None:
    room.house.config = replace(room.house.config, approvals=frozenset(ASKED))
    first, second = (room.house.a_case(S.ACCEPTED, room.house.citizen(n), room.lan) for n in ("A", "B"))
    assert ask(room, first, "chuyen") == "desk.transferred"
    hung = room.lead()
    assert room.keys(hung, f"/chuyen {second.code} ba dinh, đúng địa bàn") == ["desk.transferred"]
    assert room.house.case(second).agency == AgencyId("ubnd-00004")
