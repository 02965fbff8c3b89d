"""Time passes: reminders, the ladder, danger at night, silences, promises, remedies, digests; nothing twice."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from bot.casework.accept_case import accept_case
from bot.casework.ask_citizen import ask_citizen
from bot.casework.context import Context
from bot.casework.keep_promise import keep_promise
from bot.casework.rate_case import give_reason, rate_case
from bot.casework.resolve_case import Answer, resolve_case
from bot.casework.review_rating import review_rating
from bot.casework.sweeps import SWEEPS
from bot.dialogue.message import Say
from storage.records import AgencyId, CaseStatus, Officer, Role, Urgency
from storage.transaction import Transaction
from tests.casework.house import DONE, HOLDER, PARENT, House

S = CaseStatus


def sweep(house: House, *names: str) -> int:
    return sum(house.do(lambda ctx, name=name: SWEEPS[name](ctx, 500)) for name in names or SWEEPS)


def at(house: House, when: str) -> None:
    house.at = datetime.fromisoformat(f"{when}:00+07:00")


def staff(house: House) -> tuple[Officer, Officer, Officer, Officer]:
    """Officer, lead, parent department, city office."""
    return (
        house.officer(HOLDER),
        house.officer(HOLDER, Role.LEAD, "Hung"),
        house.officer(PARENT, Role.LEAD, "Duc"),
        house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh"),
    )


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
    joined = house.see(lambda tx: tx.outbox.waiting("console", lan.id))[-1]
    say = Say.from_json(joined.args)
    assert say.words.args["n"] == 20
    assert len(say.words.args["lines"]) == 11
    assert len(say.buttons) == 10


def test_danger_is_repeated_by_the_wall_clock_at_night_and_never_joined(house: House) -> None:
    at(house, "2026-12-05T23:00")
    lan, hung, duc, _ = staff(house)
    mai = house.citizen()
    case = house.file(mai, urgency=Urgency.KHAN)
    for _ in range(4):
        house.later(minutes=15)
        sweep(house, "cases")
        sweep(house, "cases")
    assert house.pushes(lan.id) == ["push.new_urgent", *["push.urgent_again"] * 4]
    assert house.pushes(duc.id) == ["push.urgent_again"] * 3
    assert house.kinds(case).count("overdue") == 1
    told = house.see(lambda tx: tx.outbox.waiting("console", mai.id))
    assert [p.key for p in told] == ["push.overdue_citizen"]
    assert told[0].not_before is None
    assert hung


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
    weekly = house.see(lambda tx: tx.outbox.waiting("console", hung.id))[-1]
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


def test_two_sweeps_at_once_tell_nothing_twice(single_store: object, database_url: str, keys: object) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from storage.store import Store

    house = House(single_store)  # type: ignore[arg-type]
    lan, *_ = staff(house)
    cases = [house.file(house.citizen(f"Mai{i}")) for i in range(12)]
    at(house, "2026-12-14T09:00")
    other = Store.open(database_url, keys)  # type: ignore[arg-type]
    try:
        work = lambda tx: SWEEPS["cases"](Context(tx, house.config, house.at), 500)  # noqa: E731
        with ThreadPoolExecutor(4) as pool:
            stores = [house.store, other, house.store, other]
            list(pool.map(lambda store: store.write_now(work), stores))
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
