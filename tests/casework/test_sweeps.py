"""Time passes: reminders, the ladder, danger at night, silences, promises, remedies, digests; nothing twice."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from bot.casework import notices, sweeps, watch_promises
from bot.casework.accept_case import accept_case
from bot.casework.ask_citizen import ask_citizen
from bot.casework.citizen_data import erase_data
from bot.casework.context import Context, Refused
from bot.casework.keep_promise import keep_promise
from bot.casework.rate_case import give_reason, rate_case
from bot.casework.resolve_case import Answer, resolve_case
from bot.casework.review_rating import review_rating
from bot.delivery.words import render
from bot.dialogue.message import Outgoing, Say
from bot.dialogue.texts import load_texts
from bot.sweeps import SWEEPS
from storage.records import AgencyId, CaseStatus, Citizen, CitizenId, Officer, Role, Urgency
from storage.sealed import MasterKeys
from storage.store import Store
from storage.transaction import Transaction
from tests.casework.house import DONE, HOLDER, PARENT, House

S = CaseStatus


def sweep(house: House, *names: str) -> int:
    return sum(house.do(lambda ctx, name=name: SWEEPS[name](ctx, 500)) for name in names or SWEEPS)


def at(house: House, when: str) -> None:
    """Time goes on; what was due until now has been sent."""
    house.deliver()
    house.at = datetime.fromisoformat(f"{when}:00+07:00")


def staff(house: House) -> tuple[Officer, Officer, Officer, Officer]:
    """Officer, lead, parent department, city office."""
    return (
        house.officer(HOLDER),
        house.officer(HOLDER, Role.LEAD, "Hung"),
        house.officer(PARENT, Role.LEAD, "Duc"),
        house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh"),
    )


def told(house: House, person: str) -> list[Outgoing]:
    """What waits for somebody, in the words in which it will go."""

    def words(tx: Transaction) -> list[Outgoing]:
        ctx = Context(tx, house.config, house.at)
        said = (render(ctx, load_texts(), push) for push in tx.outbox.waiting("console", person))
        return [message for message in said if message is not None]

    return house.see(words)


def test_an_unaccepted_case_climbs_the_whole_ladder(house: House) -> None:
    lan, hung, duc, binh = staff(house)
    mai = house.citizen()
    case = house.file(mai)
    for when in ("2026-12-01T16:30", "2026-12-02T09:30", "2026-12-03T09:30", "2026-12-07T09:30"):
        at(house, when)
        sweep(house, "cases")
        sweep(house, "cases")
    assert house.kinds(case) == ["filed", "reminded", "overdue", "overdue_parent", "overdue_city"]
    assert house.pushes(lan.id) == ["push.new", "push.reminder", "push.overdue_office"]
    assert house.pushes(hung.id) == ["push.new", "push.reminder", "push.overdue_office"]
    assert house.pushes(duc.id) == ["push.overdue_parent"]
    assert house.pushes(binh.id) == ["push.overdue_city"]
    assert house.pushes(mai.id) == ["push.overdue_citizen"]


def test_a_clock_that_jumps_a_week_tells_each_once_and_the_citizen_the_truth(house: House) -> None:
    lan, _, _, binh = staff(house)
    mai = house.citizen()
    case = house.file(mai)
    at(house, "2026-12-14T09:00")
    sweep(house, "cases")
    sweep(house, "cases")
    assert house.kinds(case) == ["filed", "overdue", "overdue_city"]
    assert house.pushes(lan.id) == ["push.new", "push.overdue_office"]
    assert house.pushes(mai.id) == ["push.overdue_citizen"]
    assert house.pushes(binh.id) == ["push.overdue_city"]


def test_twenty_cases_overdue_at_once_are_one_message_a_chat(house: House) -> None:
    lan, hung, *_ = staff(house)
    mai = house.citizen()
    for i in range(20):
        house.file(mai, text=f"Điểm tập kết rác số {i} bốc mùi")
        house.later(hours=1)
    at(house, "2026-12-10T09:00")
    before = Counter(house.pushes(lan.id))
    sweep(house, "cases")
    for person in (lan.id, hung.id):
        assert Counter(house.pushes(person)) - before == {"push.joined": 1}
    assert house.pushes(mai.id) == ["push.joined"]
    message = told(house, lan.id)[-1]
    assert message.text.splitlines()[0] == "20 thông báo:"
    assert message.text.splitlines()[-1] == "… và 10 việc khác."
    assert len(message.choices) == 10


def test_sweeps_that_follow_one_another_tell_a_chat_in_one_message(house: House) -> None:
    """A reminder, a missed promise and, a day later, still unsent, a case overdue: one message, in their order."""
    lan, *_ = staff(house)
    mai, hoa = house.citizen(), house.citizen("Hoa")
    promised(house, lan, mai)
    house.later(hours=3)
    late = house.a_case(S.ACCEPTED, hoa, lan)
    before = house.pushes(lan.id)
    at(house, "2026-12-05T08:30")
    for name in ("cases", "promises", "cases", "promises"):
        sweep(house, name)
    house.later(days=9, minutes=30)
    sweep(house)
    sweep(house)
    sent = Counter(house.pushes(lan.id)) - Counter(before) - Counter({"push.digest": 1})
    assert sent == {"push.joined": 1}
    words = [message.text for message in told(house, lan.id) if "thông báo:" in message.text]
    assert len(words) == 1
    assert "LỠ HẸN với người dân" in words[0]
    assert f"QUÁ HẠN: {late.code}" in words[0]
    assert "2 thông báo:" in words[0]


def test_what_is_on_its_way_is_not_joined_and_danger_never_waits_for_others(house: House) -> None:
    lan, *_ = staff(house)
    mai = house.citizen()
    house.file(mai)
    at(house, "2026-12-01T16:30")
    sweep(house, "cases")
    house.store.write_now(lambda tx: tx.outbox.claim(house.at, 10, "console"))
    house.file(mai, urgency=Urgency.KHAN)
    house.later(minutes=16)
    sweep(house, "cases")
    house.file(mai)
    at(house, "2026-12-03T09:30")
    sweep(house, "cases")
    keys = Counter(house.pushes(lan.id))
    assert keys["push.urgent_again"] == 2
    assert keys["push.new"] == 2
    urgent = [p for p in house.see(lambda tx: tx.outbox.waiting("console", lan.id)) if "urgent" in p.key]
    assert all(p.not_before is None and p.priority.value == "urgent" for p in urgent)


def test_notices_of_a_night_are_one_message_in_the_morning(house: House) -> None:
    lan, *_ = staff(house)
    mai = house.citizen()
    for when in ("2026-12-01T22:30", "2026-12-02T01:30"):
        at(house, when)
        house.a_case(S.WAITING_CITIZEN, mai, lan)
    house.store.write_now(lambda tx: tx.outbox.purge(mai.id))
    for when in ("2026-12-06T22:30", "2026-12-07T01:30"):
        at(house, when)
        sweep(house, "cases")
    waiting = [p for p in house.see(lambda tx: tx.outbox.waiting("console", mai.id)) if p.not_before is not None]
    assert [p.key for p in waiting] == ["push.joined"]
    assert waiting[0].not_before == datetime.fromisoformat("2026-12-07T07:00:00+07:00")


def test_whoever_is_forgotten_is_gone_from_joined_messages(house: House) -> None:
    lan, *_ = staff(house)
    mai, hoa = house.citizen(), house.citizen("Hoa")
    gone, stays = house.file(mai, text="Rác trước nhà bà Mai số 12"), house.file(hoa)
    at(house, "2026-12-01T16:30")
    sweep(house, "cases")
    house.do(lambda ctx: erase_data(ctx, mai))
    message = next(m for m in told(house, lan.id) if "thông báo:" in m.text)
    assert str(gone.code) not in message.text
    assert str(stays.code) in message.text
    joined = next(p for p in house.see(lambda tx: tx.outbox.waiting("console", lan.id)) if p.key == "push.joined")
    assert {tuple(words.args) for words in Say.from_json(joined.args).words.args["lines"]} == {("case",)}
    house.do(lambda ctx: erase_data(ctx, hoa))
    assert not [m for m in told(house, lan.id) if "thông báo:" in m.text], "nobody is left to tell of"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_notice_of_a_sweep_has_its_line(language: str) -> None:
    """What sweeps tell of ordinary cases can be joined: its words exist, and it is known who reads them."""
    sources = "".join(Path(source).read_text("utf-8") for source in (sweeps.__file__, watch_promises.__file__))
    keys = set(re.findall(r'case_say\(\s*"push\.(\w+)"', sources)) - {"urgent_again", "nobody_urgent"}
    assert len(keys) > 10
    for key in keys:
        assert load_texts().pattern(f"joined.{key}", language)
        assert (key in notices.FOR_STAFF) == ("citizen" not in key and key not in CITIZENS_READ), key


CITIZENS_READ = ("rating_reminder", "closed_silently", "promise_missed")


def test_danger_is_repeated_by_the_wall_clock_at_night_and_never_joined(house: House) -> None:
    at(house, "2026-12-05T23:00")
    lan, hung, duc, binh = staff(house)
    mai = house.citizen()
    case = house.file(mai, urgency=Urgency.KHAN)
    for _ in range(4):
        house.later(minutes=15)
        sweep(house, "cases")
        sweep(house, "cases")
    assert house.pushes(lan.id) == ["push.new_urgent", *["push.urgent_again"] * 4]
    assert house.pushes(duc.id) == ["push.urgent_again"] * 3
    assert house.pushes(binh.id) == ["push.overdue_city"]
    assert house.kinds(case).count("overdue") == 1
    assert house.kinds(case).count("overdue_city") == 1
    told = house.see(lambda tx: tx.outbox.waiting("console", mai.id))
    assert [p.key for p in told] == ["push.overdue_citizen"]
    assert told[0].not_before is None
    assert hung


def test_danger_where_nobody_works_is_told_to_the_desk_as_often(house: House) -> None:
    """No officer here, nor in the parent agency: somebody must telephone, and is asked every quarter of an hour."""
    at(house, "2026-12-05T23:00")
    tam = house.officer(AgencyId("triage"), Role.TRIAGE, "Tam")
    house.file(house.citizen(), urgency=Urgency.KHAN)
    for _ in range(4):
        house.later(minutes=15)
        sweep(house, "cases")
        sweep(house, "cases")
    assert house.pushes(tam.id) == ["push.nobody_urgent"] * 5
    assert "KHẨN" in told(house, tam.id)[-1].text


def test_danger_that_was_taken_and_lies_goes_up_within_the_hour(house: House) -> None:
    at(house, "2026-12-05T23:00")
    lan, _, duc, binh = staff(house)
    mai = house.citizen()
    case = house.file(mai, urgency=Urgency.KHAN)
    house.do(lambda ctx: accept_case(ctx, lan, case.id))
    for _ in range(24):
        house.later(minutes=15)
        sweep(house, "cases")
    assert house.kinds(case)[2:] == ["reminded", "overdue", "overdue_parent", "overdue_city"]
    assert house.pushes(duc.id) == ["push.overdue_parent"]
    assert house.pushes(binh.id) == ["push.overdue_city"]


def test_a_citizen_is_left_in_peace_at_night(house: House) -> None:
    lan, *_ = staff(house)
    mai = house.citizen()
    case = house.a_case(S.WAITING_CITIZEN, mai, lan)
    at(house, "2026-12-06T23:30")
    sweep(house, "cases")
    told = house.see(lambda tx: tx.outbox.waiting("console", mai.id))[-1]
    assert told.key == "push.silence_citizen"
    assert told.not_before == datetime.fromisoformat("2026-12-07T07:00:00+07:00")
    assert house.case(case).status is S.ACCEPTED


def test_a_pause_keeps_what_was_left_of_the_clock(house: House) -> None:
    lan, *_ = staff(house)
    case = house.a_case(S.ACCEPTED, house.citizen(), lan)
    at(house, "2026-12-02T09:00")
    left = house.config.calendar.hours_between(house.at, house.case(case).due_at)
    house.do(lambda ctx: ask_citizen(ctx, lan, case.id, "số nhà nào?"))
    at(house, "2026-12-07T10:00")
    sweep(house, "cases")
    resumed = house.case(case)
    assert abs(house.config.calendar.hours_between(house.at, resumed.due_at) - left) < 0.01


def test_an_escalation_that_nobody_decides_is_told_further_up(house: House) -> None:
    lan, _, duc, binh = staff(house)
    mai = house.citizen()
    case = house.a_case(S.ESCALATED, mai, lan)
    for when in ("2026-12-03T15:00", "2026-12-04T09:30", "2026-12-07T09:30"):
        at(house, when)
        sweep(house, "cases")
    assert house.pushes(duc.id) == ["push.escalated_office", "push.reminder", "push.overdue_office"]
    assert house.pushes(binh.id) == ["push.overdue_parent"]
    assert "push.overdue_citizen" in house.pushes(mai.id)
    assert house.case(case).status is S.ESCALATED


def test_a_rating_is_asked_for_once_more_and_silence_closes(house: House) -> None:
    lan, *_ = staff(house)
    mai = house.citizen()
    case = house.a_case(S.RESOLVED, mai, lan)
    for when in ("2026-12-04T10:00", "2026-12-04T11:00", "2026-12-16T10:00", "2026-12-16T11:00"):
        at(house, when)
        sweep(house, "cases")
    assert house.pushes(mai.id)[-2:] == ["push.rating_reminder", "push.closed_silently"]
    assert house.case(case).status is S.CLOSED


def promised(house: House, lan: Officer, mai: object) -> object:
    case = house.a_case(S.ACCEPTED, mai, lan)
    text = DONE + " Phần còn lại sẽ làm xong trước ngày 4/12/2026."
    proof = house.proof(lan)
    return house.do(lambda ctx: resolve_case(ctx, lan, case.id, Answer(text, (proof,), promise_confirmed=True)))


def test_a_promise_is_reminded_on_its_day_and_said_to_be_missed_the_day_after(house: House) -> None:
    lan, hung, *_ = staff(house)
    mai = house.citizen()
    case = promised(house, lan, mai)
    for when in ("2026-12-04T07:00", "2026-12-04T08:30", "2026-12-04T16:00", "2026-12-05T08:30", "2026-12-06T08:30"):
        at(house, when)
        sweep(house, "promises")
    assert [k for k in house.kinds(case) if k.startswith("promise")] == ["promise_due", "promise_missed"]
    assert house.pushes(lan.id)[-2:] == ["push.promise_due", "push.promise_missed_office"]
    assert house.pushes(hung.id)[-1] == "push.promise_missed_office"
    assert house.pushes(mai.id)[-1] == "push.promise_missed"
    house.do(lambda ctx: keep_promise(ctx, lan, case.id, DONE))
    assert house.pushes(mai.id)[-1] == "push.promise_kept_late", "what is done late is told all the same"
    with pytest.raises(Refused):
        house.do(lambda ctx: keep_promise(ctx, lan, case.id, DONE))


def test_a_promise_binds_whoever_made_it_also_while_a_reviewer_has_the_case(house: House) -> None:
    lan, _, _, binh = staff(house)
    mai = house.citizen()
    case = promised(house, lan, mai)
    house.do(lambda ctx: rate_case(ctx, mai, case.id, 1, 2))
    for when in ("2026-12-04T08:30", "2026-12-05T08:30"):
        at(house, when)
        sweep(house, "promises")
    assert house.pushes(lan.id)[-2:] == ["push.promise_due", "push.promise_missed_office"]
    assert house.pushes(binh.id) == ["push.disputed"]


def test_a_kept_promise_is_told_and_never_missed(house: House) -> None:
    lan, *_ = staff(house)
    mai = house.citizen()
    case = promised(house, lan, mai)
    at(house, "2026-12-04T15:00")
    house.do(lambda ctx: keep_promise(ctx, lan, case.id, DONE))
    at(house, "2026-12-08T15:00")
    sweep(house, "promises")
    assert house.pushes(mai.id)[-1] == "push.promise_kept"
    assert "promise_missed" not in house.kinds(case)


def test_a_remedy_that_does_not_come_is_told_once(house: House) -> None:
    lan, hung, _, binh = staff(house)
    mai = house.citizen()
    case = house.a_case(S.DISPUTED, mai, lan)
    house.do(lambda ctx: give_reason(ctx, mai, case.id, 1, "khong-bang-chung"))
    house.do(lambda ctx: review_rating(ctx, binh, case.id, True, "ảnh không đúng chỗ"))
    assert house.case(case).due_at == datetime.fromisoformat("2026-12-02T09:00:00+07:00")
    for when in ("2026-12-02T10:00", "2026-12-03T10:00"):
        at(house, when)
        sweep(house, "remedies")
    for person in (lan, hung, binh):
        assert house.pushes(person.id).count("push.remedy_missed") == 1


def test_a_remedy_that_came_is_not_missed_and_is_rated_anew(house: House) -> None:
    lan, _, _, binh = staff(house)
    mai = house.citizen()
    case = house.a_case(S.DISPUTED, mai, lan)
    house.do(lambda ctx: review_rating(ctx, binh, case.id, True, "chưa sạch", "chua-xu-ly"))
    proof = house.proof(lan)
    house.do(lambda ctx: resolve_case(ctx, lan, case.id, Answer(DONE, (proof,))))
    at(house, "2026-12-30T10:00")
    sweep(house, "remedies")
    assert "remedy_missed" not in house.kinds(case)
    house.do(lambda ctx: rate_case(ctx, mai, case.id, 2, 5))
    assert house.case(case).status is S.CLOSED


def test_the_digest_says_how_many_more_there_are(house: House) -> None:
    lan, *_ = staff(house)
    for i in range(7):
        house.file(house.citizen(f"C{i}"))
    at(house, "2026-12-02T08:00")
    sweep(house, "morning")
    assert told(house, lan.id)[-1].text.splitlines()[-1] == "… và 2 việc nữa: /viec"


def test_the_morning_digest_comes_once_on_working_days(house: House) -> None:
    lan, *_ = staff(house)
    house.a_case(S.ACCEPTED, house.citizen(), lan)
    told = []
    for when in ("2026-12-02T07:55", "2026-12-02T08:00", "2026-12-02T08:02", "2026-12-05T08:00", "2026-12-07T08:00"):
        at(house, when)
        sweep(house, "morning")
        told.append(house.pushes(lan.id).count("push.digest"))
    assert told == [0, 1, 1, 1, 2]


def test_the_week_is_told_to_leads_and_reviewers_once(house: House) -> None:
    lan, hung, _, binh = staff(house)
    house.a_case(S.CLOSED, house.citizen(), lan)
    for when in ("2026-12-07T08:00", "2026-12-07T09:00", "2026-12-08T08:00"):
        at(house, when)
        sweep(house, "weekly")
    assert [house.pushes(p.id).count("push.weekly") for p in (lan, hung, binh)] == [0, 1, 1]
    weekly = house.see(lambda tx: tx.outbox.sent("console", hung.id))[-1]
    args = Say.from_json(weekly.args).words.args
    assert (args["received"], args["done"], args["satisfied"], args["dissatisfied"]) == (1, 1, 1, 0)


def test_an_absent_officers_notices_go_to_the_cover(house: House) -> None:
    from bot.casework.leave_service import take_leave

    lan, *_ = staff(house)
    hoa = house.officer(HOLDER, Role.OFFICER, "Hoa")
    house.a_case(S.ACCEPTED, house.citizen(), lan)
    until = datetime.fromisoformat("2026-12-20T17:00:00+07:00")
    house.do(lambda ctx: take_leave(ctx, lan, until, hoa))
    at(house, "2026-12-07T10:00")
    before = house.pushes(lan.id)
    sweep(house, "cases")
    assert house.pushes(lan.id) == before
    assert house.pushes(hoa.id)[-1] == "push.overdue_office"


def test_two_sweeps_at_once_tell_nothing_twice(single_store: Store, database_url: str, keys: MasterKeys) -> None:
    house = House(single_store)

    def sweep_cases(tx: Transaction) -> int:
        return SWEEPS["cases"](Context(tx, house.config, house.at), 500)

    lan, *_ = staff(house)
    cases = [house.file(house.citizen(f"Mai{i}")) for i in range(12)]
    at(house, "2026-12-14T09:00")
    other = Store.open(database_url, keys)
    try:
        with ThreadPoolExecutor(4) as pool:
            stores = [house.store, other, house.store, other]
            list(pool.map(lambda store: store.write_now(sweep_cases), stores))
    finally:
        other.close()
    for case in cases:
        assert house.kinds(case) == ["filed", "overdue", "overdue_city"]
    joined = [p for p in house.see(lambda tx: tx.outbox.waiting("console", lan.id)) if p.key.startswith("push.joined")]
    told = sum(Say.from_json(p.args).words.args["n"] for p in joined)
    alone = house.pushes(lan.id).count("push.overdue_office")
    assert told + alone == 12


def test_what_has_served_its_purpose_is_forgotten(house: House) -> None:
    at(house, "2026-12-01T09:00")
    soon, late = house.at + timedelta(days=1), house.at + timedelta(days=60)

    def begin(tx: Transaction) -> None:
        tx.inputs.first_time("telegram", "1", "m1", house.at)
        tx.presses.add("a", "telegram_staff:1", {"press": "x"}, soon)
        tx.presses.add("b", "telegram_staff:1", {"press": "x"}, late)

    house.store.write_now(begin)
    at(house, "2026-12-08T09:00")
    assert sweep(house, "spent") == 1
    assert not house.store.write_now(lambda tx: tx.inputs.first_time("telegram", "1", "m1", house.at))
    at(house, "2027-01-02T09:00")
    assert sweep(house, "spent") == 1
    assert sweep(house, "spent") == 0
    assert house.see(lambda tx: tx.presses.get("b", "telegram_staff:1", house.at)) is not None


def statements_of_a_sweep(house: House) -> int:
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert sweep(house, "cases")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(found)


def test_the_statements_of_a_sweep_do_not_grow_with_its_cases(house: House) -> None:
    """Reminders, and after a long silence the ladder up to the city office, with citizens and followers told."""
    staff(house)
    needed: dict[str, list[int]] = {}
    for count in (3, 12):
        at(house, "2026-12-01T09:00")
        filed = [house.file(house.citizen(f"{number} of {count}")) for number in range(count)]
        for case in filed:
            house.do(lambda ctx, case=case: ctx.tx.followers.add(case.id, CitizenId(f"citizen-{case.code}")))
            house.do(lambda ctx, case=case: ctx.tx.citizens.add(Citizen(CitizenId(f"citizen-{case.code}"), house.at)))
        for when in ("2026-12-01T16:30", "2026-12-07T09:30"):
            at(house, when)
            needed.setdefault(when, []).append(statements_of_a_sweep(house))
        assert {tuple(house.kinds(case)) for case in filed} == {("filed", "reminded", "overdue", "overdue_city")}
    for few, many in needed.values():
        assert many <= few, needed
