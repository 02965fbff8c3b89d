"""Bans: who imposes, lifts and judges them, what is told of them, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.casework.accept_case import accept_case
from bot.casework.appeal import appeal
from bot.casework.ban_citizen import ban_citizen
from bot.casework.citizen_data import erase_data
from bot.casework.context import Context, Refused
from bot.casework.keep_ban import keep_ban
from bot.casework.lift_ban import lift_ban
from bot.casework.show_data import show_data
from bot.casework.thread import thread_of
from bot.casework.watch_bans import end_bans
from bot.desk.cards import card
from bot.dialogue.message import Say
from bot.dialogue.texts import load_texts
from storage.records import AgencyId, Ban, Case, CaseStatus, Citizen, Officer, Role, Urgency
from tests.casework.house import HOLDER, House

TRIAGE = AgencyId("triage")
REVIEW = AgencyId("vp-ubnd-tp")
WEEK = timedelta(days=7)
ABOUT_BANS = {"push.banned", "push.appeal", "push.unbanned", "push.ban_kept", "push.ban_over"}


def imposed(house: House, officer: Officer, citizen: Citizen) -> Ban:
    ends = house.at + WEEK
    return house.do(lambda ctx: ban_citizen(ctx, officer, citizen.id, "quang-cao", "Quảng cáo bán hàng", ends))


def refusal(house: House, act: Callable[[Context], object]) -> str:
    with pytest.raises(Refused) as refused:
        house.do(act)
    return refused.value.key


def told(house: House, who: Citizen | Officer) -> list[str]:
    """Everything that was said about bans to somebody, in words."""
    pushes = house.see(lambda tx: tx.outbox.waiting("console", who.id))
    return [load_texts().say(Say.from_json(p.args).words) for p in pushes if p.key in ABOUT_BANS and p.args]


def test_the_banned_person_is_told_at_once_why_until_when_and_how_to_appeal(house: House, thu, mai) -> None:
    ban = imposed(house, thu, mai)
    (said,) = told(house, mai)
    reason = "Gửi quảng cáo, tin rác nhiều lần. Quảng cáo bán hàng"
    for part in (reason, "09:00 thứ Ba, 08/12/2026", "/khieunai", "114"):
        assert part in said
    assert house.see(lambda tx: tx.bans.active(mai.id, house.at)) == ban


def test_a_ban_is_in_the_audit_chain_under_a_name_that_tells_nothing(house: House, thu, mai) -> None:
    imposed(house, thu, mai)
    line = house.see(lambda tx: tx.audit.list(1))[0]
    assert (line.by, line.what, line.facts["reason"]) == (f"officer:{thu.id}", "banned", "quang-cao")
    assert line.facts["thread"] == thread_of(mai.id)
    assert mai.id not in str(line.facts)


@pytest.mark.parametrize(
    ("reason", "words", "ends", "why"),
    [
        ("khong-co", "Quảng cáo", 7, "refused.ban_reason"),
        ("khac", "  ", 7, "refused.ban_words"),
        ("khac", "Quảng cáo", -1, "refused.ban_past"),
        ("khac", "Quảng cáo", 91, "refused.ban_too_long"),
    ],
)
def test_no_ban_without_reason_words_and_a_near_end(house: House, thu, mai, reason, words, ends, why) -> None:
    until = house.at + timedelta(days=ends)
    assert refusal(house, lambda ctx: ban_citizen(ctx, thu, mai.id, reason, words, until)) == why


def test_nobody_is_banned_twice_at_once(house: House, thu, mai) -> None:
    imposed(house, thu, mai)
    again = refusal(house, lambda ctx: ban_citizen(ctx, thu, mai.id, "khac", "nữa", house.at + WEEK))
    assert again == "refused.banned_already"


def test_open_cases_of_the_banned_go_on_and_an_emergency_is_filed(house: House, thu, mai) -> None:
    case = house.file(mai)
    imposed(house, thu, mai)
    lan = house.officer(HOLDER)
    assert house.do(lambda ctx: accept_case(ctx, lan, case.id)).status is CaseStatus.ACCEPTED
    with pytest.raises(Refused, match="banned"):
        house.file(mai)
    assert house.file(mai, "cháy nhà có người mắc kẹt", urgency=Urgency.KHAN).urgency is Urgency.KHAN


def test_an_appeal_goes_to_who_did_not_impose_the_ban(house: House, thu, mai) -> None:
    minh = house.officer(TRIAGE, Role.TRIAGE, "Minh")
    binh = house.officer(REVIEW, Role.REVIEWER, "Binh")
    imposed(house, thu, mai)
    house.do(lambda ctx: appeal(ctx, mai, "Không phải tôi"))
    assert len(told(house, minh)) == 1
    assert (told(house, thu), told(house, binh)) == ([], [])


def test_an_appeal_goes_to_the_reviewers_where_nobody_else_is_at_the_desk(house: House, thu, mai) -> None:
    binh = house.officer(REVIEW, Role.REVIEWER, "Binh")
    imposed(house, thu, mai)
    house.do(lambda ctx: appeal(ctx, mai, "Không phải tôi"))
    (said,) = told(house, binh)
    assert "Không phải tôi" in said
    assert mai.name not in said
    assert refusal(house, lambda ctx: keep_ban(ctx, thu, mai.id, "quảng cáo thật")) == "refused.own_ban"
    kept = house.do(lambda ctx: keep_ban(ctx, binh, mai.id, "quảng cáo thật"))
    assert kept.judged_at == house.at
    assert "quảng cáo thật" in told(house, mai)[-1]


def test_an_appeal_is_judged_once(house: House, thu, mai) -> None:
    minh = house.officer(TRIAGE, Role.TRIAGE, "Minh")
    imposed(house, thu, mai)
    assert refusal(house, lambda ctx: keep_ban(ctx, minh, mai.id, "đúng")) == "refused.no_appeal"
    house.do(lambda ctx: appeal(ctx, mai, "Không phải tôi"))
    house.do(lambda ctx: appeal(ctx, mai, "và tôi có ảnh"))
    ban = house.see(lambda tx: tx.bans.active(mai.id, house.at))
    assert ban is not None
    assert ban.appeal == "Không phải tôi\nvà tôi có ảnh"
    house.do(lambda ctx: keep_ban(ctx, minh, mai.id, "đúng"))
    assert refusal(house, lambda ctx: appeal(ctx, mai, "lại nữa")) == "appeal.judged"
    assert refusal(house, lambda ctx: keep_ban(ctx, minh, mai.id, "đúng")) == "refused.no_appeal"


def test_a_granted_appeal_lets_the_person_file_again(house: House, thu, mai) -> None:
    minh = house.officer(TRIAGE, Role.TRIAGE, "Minh")
    imposed(house, thu, mai)
    house.do(lambda ctx: appeal(ctx, mai, "Không phải tôi"))
    house.do(lambda ctx: lift_ban(ctx, minh, mai.id))
    assert "lại gửi được" in told(house, mai)[-1]
    assert house.file(mai).status is CaseStatus.RECEIVED
    assert refusal(house, lambda ctx: lift_ban(ctx, minh, mai.id)) == "refused.not_banned"
    assert refusal(house, lambda ctx: appeal(ctx, mai, "lại nữa")) == "appeal.none"


def test_a_ban_ends_by_itself_and_its_person_is_told_once(house: House, thu, mai) -> None:
    imposed(house, thu, mai)
    assert house.do(lambda ctx: end_bans(ctx, 10)) == 0
    house.at += WEEK
    assert house.file(mai).status is CaseStatus.RECEIVED
    assert house.do(lambda ctx: end_bans(ctx, 10)) == 1
    assert "Thời gian tạm khoá đã hết" in told(house, mai)[-1]
    assert house.do(lambda ctx: end_bans(ctx, 10)) == 0


def test_the_end_of_a_ban_wakes_nobody(house: House, thu, mai) -> None:
    imposed(house, thu, mai)
    house.at = datetime.fromisoformat("2026-12-08T23:59:59+07:00")
    house.do(lambda ctx: end_bans(ctx, 10))
    (push,) = house.see(lambda tx: [p for p in tx.outbox.waiting("console", mai.id) if p.key == "push.ban_over"])
    assert push.not_before == datetime.fromisoformat("2026-12-09T07:00:00+07:00")


def test_the_appeal_of_somebody_erased_is_forgotten(house: House, thu, mai) -> None:
    minh = house.officer(TRIAGE, Role.TRIAGE, "Minh")
    imposed(house, thu, mai)
    house.do(lambda ctx: appeal(ctx, mai, "Không phải tôi"))
    house.do(lambda ctx: erase_data(ctx, ctx.tx.citizens.get(mai.id)))
    assert told(house, minh) == []
    assert house.see(lambda tx: tx.bans.active(mai.id, house.at)) is None


def test_a_ban_is_not_shaken_off_by_erasing_ones_data(house: House, thu, mai) -> None:
    """In the same chat somebody unknown begins, banned until the same day for the same kind of reason."""
    ban = imposed(house, thu, mai)
    house.do(lambda ctx: erase_data(ctx, ctx.tx.citizens.get(mai.id)))
    stranger = house.see(lambda tx: tx.citizens.find("console", mai.id))
    assert stranger is not None
    assert (stranger.name, stranger.phone, stranger.consent) == (None, None, None)
    kept = house.see(lambda tx: tx.bans.active(stranger.id, house.at))
    assert kept is not None
    assert (kept.until_at, kept.reason, kept.appeal) == (ban.until_at, "Gửi quảng cáo, tin rác nhiều lần", None)
    again = replace(stranger, consent="1")
    with pytest.raises(Refused, match="banned"):
        house.file(again)
    assert house.file(again, "cháy nhà có người mắc kẹt", urgency=Urgency.KHAN).urgency is Urgency.KHAN
    house.at += WEEK
    assert house.file(again).status is CaseStatus.RECEIVED


def test_a_ban_is_among_what_is_held_about_a_person(house: House, thu, mai) -> None:
    imposed(house, thu, mai)
    house.do(lambda ctx: appeal(ctx, mai, "Không phải tôi"))
    (say,) = house.do(lambda ctx: show_data(ctx, ctx.tx.citizens.get(mai.id)))
    assert say.document is not None
    (held,) = json.loads(say.document[1])["restrictions"]
    assert (held["reason"], held["appeal"], held["lifted_at"]) == (
        "Gửi quảng cáo, tin rác nhiều lần. Quảng cáo bán hàng",
        "Không phải tôi",
        None,
    )


def test_only_a_flagged_case_offers_a_ban_and_only_to_who_may_impose_one(house: House, thu, mai) -> None:
    lan = house.officer(HOLDER)
    admin = house.officer(REVIEW, Role.ADMIN, "Quy")
    case = house.file(mai)
    flagged = replace(case, flags=("spam",))

    def presses(ctx: Context, officer: Officer, shown: Case) -> list[str]:
        rows = card(ctx, officer, shown).buttons
        return [b.press for row in rows for b in row if b.press.startswith("ban:")]

    for officer, shown, wanted in ((thu, flagged, 1), (admin, flagged, 1), (lan, flagged, 0), (thu, case, 0)):
        found = house.do(lambda ctx, officer=officer, shown=shown: presses(ctx, officer, shown))
        assert len(found) == wanted
