"""Limits and what is said of them: late acceptance moves none, and the custody line tells the truth in every state."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.casework import facts
from bot.casework.accept_case import accept_case
from bot.casework.ask_citizen import ask_citizen
from bot.casework.context import Context
from bot.casework.facts import custody_line
from bot.casework.rate_case import rate_case
from bot.casework.resolve_case import Answer, resolve_case
from bot.casework.transfer_case import transfer_case
from bot.desk.cards import card
from bot.dialogue.texts import load_texts
from bot.sweeps import SWEEPS
from storage.records import AgencyId, Case, CaseStatus, Role, Urgency
from tests.casework.house import DONE, HOLDER, OTHER, House

S = CaseStatus


def at(house: House, when: str) -> None:
    house.at = datetime.fromisoformat(f"{when}:00+07:00")


def accepted(house: House, case: Case) -> Case:
    lan = house.officer(HOLDER)
    return house.do(lambda ctx: accept_case(ctx, lan, case.id))


def test_danger_taken_late_must_still_be_over_when_the_citizen_was_promised(house: House) -> None:
    at(house, "2026-12-05T19:00")
    case = house.file(house.citizen(), urgency=Urgency.KHAN)
    house.later(minutes=70)
    late = accepted(house, case)
    assert late.promised_at == case.promised_at
    assert late.due_at == case.promised_at


def test_an_ordinary_case_taken_late_keeps_the_citizens_date_as_its_limit(house: House) -> None:
    case = house.file(house.citizen())
    at(house, "2026-12-03T10:00")
    assert accepted(house, case).due_at == case.promised_at


def test_a_case_taken_early_is_due_when_its_time_to_handle_is_over(house: House) -> None:
    case = house.file(house.citizen())
    house.later(hours=1)
    taken = accepted(house, case)
    assert taken.due_at == house.config.calendar.add_hours(house.at, case.handle_hours)
    assert taken.due_at < case.promised_at


def test_once_the_promise_is_over_the_time_to_handle_counts_from_acceptance(house: House) -> None:
    at(house, "2026-12-05T19:00")
    case = house.file(house.citizen(), urgency=Urgency.KHAN)
    house.later(hours=9)
    taken = accepted(house, case)
    assert taken.due_at == house.at + timedelta(hours=4)
    assert taken.promised_at == case.promised_at
    hoa = house.officer(HOLDER, name="Hoa")
    words = load_texts().say(house.do(lambda ctx: card(ctx, hoa, taken)).words)
    assert "– ĐÃ LỠ" in words


def test_an_agency_pays_for_its_own_delay_only(house: House) -> None:
    """A transfer restarts the agency's clock, never the citizen's date."""
    lan, nam = house.officer(HOLDER), house.officer(OTHER, name="Nam")
    case = house.file(house.citizen())
    at(house, "2026-12-07T09:00")
    passed_on = house.do(lambda ctx: transfer_case(ctx, lan, case.id, OTHER, "thuộc địa bàn phường bên"))
    house.later(hours=1)
    taken = house.do(lambda ctx: accept_case(ctx, nam, case.id))
    assert taken.promised_at == case.promised_at
    assert taken.due_at == house.config.calendar.add_hours(house.at, passed_on.handle_hours)
    assert taken.due_at > case.promised_at


def test_a_pause_after_late_acceptance_keeps_what_was_left(house: House) -> None:
    lan = house.officer(HOLDER)
    case = house.file(house.citizen())
    at(house, "2026-12-03T10:00")
    due_at = house.do(lambda ctx: accept_case(ctx, lan, case.id)).due_at
    left = house.config.calendar.hours_between(house.at, due_at)
    waiting = house.do(lambda ctx: ask_citizen(ctx, lan, case.id, "bên số chẵn hay số lẻ?"))
    assert waiting.paused_hours == pytest.approx(left, abs=0.01)


def custody(house: House, case: Case, language: str = "vi") -> str:
    return load_texts().say(house.do(lambda ctx: custody_line(ctx, ctx.tx.cases.get(case.id))), language)


HELD = {
    S.TRIAGE: ("Đang ở Đầu mối điều phối để phân loại (từ 09:00", "to be sorted (since 09:00"),
    S.RECEIVED: ("UBND phường Hoàn Kiếm đang giữ (từ 09:00", "must take it up before 09:00"),
    S.ACCEPTED: ("UBND phường Hoàn Kiếm đang xử lý (từ 09:00", "is working on it (since 09:00"),
    S.WAITING_CITIZEN: ("Đang chờ người gửi trả lời (từ 09:00", "Then the work goes on."),
    S.ESCALATED: ("quyết định (từ 09:00", "to decide (since 09:00"),
    S.RESOLVED: ("đã trả kết quả (lúc 09:00", "closes by itself"),
    S.DISPUTED: ("Bộ phận giám sát đang rà soát (từ 09:00", "The reviewers are looking at it (since 09:00"),
    S.REJECTED: ("từ chối (lúc 09:00", "declined (at 09:00"),
    S.CLOSED: ("Đã đóng (lúc 09:00", "may be reopened until"),
    S.WITHDRAWN: ("Đã rút theo yêu cầu.", "Taken back."),
    S.MERGED: ("Được giải quyết cùng vụ HN-", "Dealt with together with HN-"),
}


@pytest.mark.parametrize("status", S)
def test_the_custody_line_says_who_since_when_until_when_and_what_then(house: House, status: CaseStatus) -> None:
    case = house.a_case(status, house.citizen(), house.officer(HOLDER))
    for language, part in zip(("vi", "en"), HELD[status], strict=True):
        words = custody(house, case, language)
        assert part in words
        assert "None" not in words
        assert "{" not in words
    if status not in (S.WITHDRAWN, S.MERGED):
        due = house.case(case).due_at
        assert f"{due.astimezone(house.at.tzinfo):%d/%m/%Y}" in custody(house, case)


def late(house: House, *when: str) -> None:
    for each in when:
        at(house, each)
        house.do(lambda ctx: SWEEPS["cases"](ctx, 100))


def test_a_missed_deadline_is_told_as_far_up_as_it_has_really_been_told(house: House) -> None:
    case = house.file(house.citizen())
    parent = house.do(lambda ctx: ctx.agency(case.parent).short_name)
    late(house, "2026-12-01T16:30", "2026-12-02T09:30")
    told = custody(house, case)
    assert "ĐÃ QUÁ HẠN từ 09:00 thứ Tư, 02/12/2026" in told
    assert f"đơn vị đã bị nhắc, nếu vẫn chậm sẽ tự động báo lên {parent}." in told
    assert f"if it stays late {parent} is told by itself" in custody(house, case, "en")
    late(house, "2026-12-03T09:30")
    assert custody(house, case).endswith(f"đã báo lên {parent}.")
    assert custody(house, case, "en").endswith(f"{parent} has been told.")
    late(house, "2026-12-07T09:30")
    city = house.do(lambda ctx: ctx.agency(ctx.reviewer).short_name)
    assert custody(house, case).endswith(f"đã báo lên {city}.")
    assert custody(house, case, "en").endswith(f"{city} has been told.")


def test_a_missed_decision_is_told_to_the_city(house: House) -> None:
    case = house.a_case(S.ESCALATED, house.citizen(), house.officer(HOLDER))
    city = house.do(lambda ctx: ctx.agency(ctx.reviewer).short_name)
    late(house, "2026-12-03T15:00", "2026-12-04T09:30")
    assert f"sẽ tự động báo lên {city}." in custody(house, case)


def test_danger_that_nobody_takes_says_who_has_heard_of_it(house: House) -> None:
    at(house, "2026-12-05T23:00")
    house.officer(AgencyId("so-nnmt"), Role.LEAD, "Duc")
    case = house.file(house.citizen(), urgency=Urgency.KHAN)
    house.later(minutes=16)
    house.do(lambda ctx: SWEEPS["cases"](ctx, 100))
    assert "đơn vị đã bị nhắc" in custody(house, case)
    for _ in range(2):
        house.later(minutes=15)
        house.do(lambda ctx: SWEEPS["cases"](ctx, 100))
    assert "; đã báo lên " in custody(house, case)
    city = house.do(lambda ctx: ctx.agency(ctx.reviewer).short_name)
    assert city not in custody(house, case)
    for _ in range(2):
        house.later(minutes=15)
        house.do(lambda ctx: SWEEPS["cases"](ctx, 100))
    assert custody(house, case).endswith(f"đã báo lên {city}.")


def test_a_rating_of_what_was_danger_is_reviewed_in_working_hours(house: House) -> None:
    at(house, "2026-12-04T15:00")
    case = house.file(house.citizen(), urgency=Urgency.KHAN)
    lan, mai = house.officer(HOLDER), house.see(lambda tx: tx.citizens.get(case.citizen))
    house.do(lambda ctx: accept_case(ctx, lan, case.id))
    proof = house.proof(lan)
    house.do(lambda ctx: resolve_case(ctx, lan, case.id, Answer(DONE, (proof,))))
    at(house, "2026-12-05T21:00")
    disputed = house.do(lambda ctx: rate_case(ctx, mai, case.id, 1, 1))
    assert disputed.status is S.DISPUTED
    assert disputed.due_at == datetime.fromisoformat("2026-12-07T17:00:00+07:00")


def test_the_line_goes_with_the_honest_word_to_the_citizen(house: House) -> None:
    from bot.delivery.words import render

    mai = house.citizen()
    house.file(mai)
    late(house, "2026-12-02T09:30")

    def message(ctx: Context) -> str:
        push = next(p for p in ctx.tx.outbox.waiting("console", mai.id) if p.key == "push.overdue_citizen")
        said = render(ctx, load_texts(), push)
        assert said is not None
        return said.text

    words = house.do(message)
    assert "đã quá hạn ở UBND phường Hoàn Kiếm mà chưa xong" in words
    assert "ĐÃ QUÁ HẠN từ 09:00 thứ Tư, 02/12/2026" in words


SAYS_IT_ITSELF = {"merged", "withdrawn_follower"}
"""A case that has ended in another, or was taken back, is held by nobody."""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_whatever_a_citizen_is_told_of_a_case_carries_the_line(language: str) -> None:
    told = set()
    for source in Path(facts.__file__).parent.glob("*.py"):
        calls = re.findall(r"tell_(?:citizen|person)\((.{0,200})", source.read_text("utf-8"), re.DOTALL)
        told |= {found[1] for call in calls if (found := re.search(r'"push\.(\w+)"', call))}
    told |= {"rating_reminder", "rejected", "question", "verdict_reopen", "verdict_not_upheld"}
    assert len(told) > 15
    for key in told - SAYS_IT_ITSELF:
        assert "{custody}" in load_texts().pattern(f"push.{key}", language), key
