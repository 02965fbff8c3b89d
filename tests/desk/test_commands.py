"""The desk as people type at it: questions instead of usage errors, codes left out, filters, tables, templates."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.casework.thread import open_thread
from bot.desk.commands import COMMANDS, PRESSES
from bot.dialogue.message import Attachment, Incoming
from bot.reports.tables import guarded
from storage.records import AgencyId, Ban, Case, CaseStatus, Citizen, File, FileKind, Role, Urgency
from tests.casework.house import DONE, HOLDER
from tests.desk.room import TEXTS, Room

S = CaseStatus


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - {"start", "help"}))
def test_a_bare_command_is_answered_by_a_question_or_a_list_never_by_a_fault(room: Room, command: str) -> None:
    for role in Role:
        officer = room.house.officer(HOLDER, role, role.value)
        says = room.hear(officer, f"/{command}")
        assert says
        for say in says:
            assert TEXTS.say(say.words)


def test_every_button_of_every_card_leads_to_a_command(room: Room) -> None:
    hung, thu = room.lead(), room.house.officer(AgencyId("triage"), Role.TRIAGE, "Thu")
    for status in CaseStatus:
        case = room.house.a_case(status, room.house.citizen(status.value), room.lan)
        for officer in (room.lan, hung, thu):
            for say in room.hear(officer, f"/xem {case.code}"):
                for button in (b for row in say.buttons for b in row):
                    name = button.press.partition(":")[0]
                    assert PRESSES[name] in COMMANDS
                    assert len(button.press) <= 60
                    assert TEXTS.say(button.label)


def test_the_code_may_be_left_out_after_the_card(room: Room) -> None:
    case = room.house.file(room.mai)
    room.hear(room.lan, f"/xem {case.code}")
    assert room.keys(room.lan, "/nhan") == ["desk.accepted", "desk.card"]
    assert room.house.case(case).status is S.ACCEPTED


def test_a_wrong_answer_is_asked_again_and_nothing_is_lost(room: Room) -> None:
    case = room.house.a_case(S.ACCEPTED, room.mai, room.lan)
    assert room.keys(room.lan, f"/xong {case.code}") == ["desk.ask_answer"]
    assert room.keys(room.lan, DONE) == ["refused.proof_photo"]
    file = room.house.proof(room.lan)
    room.house.do(lambda ctx: ctx.tx.files.save(_on_case(ctx.tx.files.get(file), case)))
    assert room.keys(room.lan, "ảnh đã gửi từ máy khác") == ["desk.resolved"]
    assert DONE in (room.house.case(case).answer or "")


def _on_case(file: File, case: Case) -> File:
    return replace(file, case=case.id)


def test_a_command_begun_can_be_dropped(room: Room) -> None:
    case = room.house.a_case(S.ACCEPTED, room.mai, room.lan)
    room.hear(room.lan, f"/hoi {case.code}")
    assert room.keys(room.lan, "/huy") == ["desk.dropped"]
    assert room.keys(room.lan, "số nhà bao nhiêu?") == ["desk.loose_words"]
    assert room.house.case(case).status is S.ACCEPTED


def test_the_queue_is_by_urgency_then_deadline_paged_and_filtered(room: Room) -> None:
    cases = []
    for i in range(10):
        room.house.later(minutes=5)
        cases.append(room.house.file(room.house.citizen(f"C{i}"), text=f"Điểm tập kết rác số {i} bốc mùi"))
    urgent = room.house.file(room.mai, urgency=Urgency.KHAN)
    first = room.hear(room.lan, "/viec")[0]
    codes = [b.press.partition(":")[2] for row in first.buttons for b in row if b.press.startswith("open:")]
    assert codes == [urgent.code, *(c.code for c in cases[:7])]
    more = first.buttons[-1][0].press
    second = room.hear(room.lan, press=more)[0]
    assert [b.press for row in second.buttons for b in row] == [f"open:{c.code}" for c in cases[7:]]
    assert (second.words.args["first"], second.words.args["last"]) == (9, 11)
    for typed in ("/viec 2", "/viec trang 2", "/viec 9"):
        assert room.hear(room.lan, typed)[0].buttons == second.buttons
    assert room.hear(room.lan, "/viec 1")[0].buttons == first.buttons
    assert room.hear(room.lan, "/viec khẩn")[0].words.args["n"] == 1
    assert room.hear(room.lan, "/viec số 7")[0].words.args["n"] == 1
    assert room.keys(room.lan, "/viec quá hạn, của tôi") == ["desk.queue_no_match"]


def test_a_long_filter_goes_on_to_its_next_page(room: Room) -> None:
    told = "điểm tập kết rác trước cổng chợ hàng da bốc mùi"
    for i in range(9):
        room.house.file(room.house.citizen(f"C{i}"), text=told)
    more = room.hear(room.lan, f"/viec {told}")[0].buttons[-1][0]
    assert len(more.press.encode()) <= 64
    assert room.hear(room.lan, press=more.press)[0].words.args["first"] == 9


def test_all_who_are_banned_can_be_reached_page_by_page(room: Room) -> None:
    tam = room.house.officer(AgencyId("triage"), Role.TRIAGE, "Tam")
    for i in range(12):
        banned = room.house.citizen(f"C{i}")
        until_at = room.house.at + timedelta(days=1 + i)
        room.house.do(lambda ctx, b=banned, u=until_at: ctx.tx.bans.add(Ban(b.id, "spam", tam.id, ctx.now, u)))
    first = room.hear(tam, "/mokhoa")[0]
    second = room.hear(tam, press=first.buttons[-1][0].press)[0]
    assert [len(say.words.args["lines"]) for say in (first, second)] == [10, 2]
    assert second.words.args["n"] == 12
    assert room.hear(tam, "/mokhoa trang 1")[0].words == first.words


def test_an_officer_sees_own_and_untaken_work_a_lead_the_whole_unit(room: Room) -> None:
    hoa, hung = room.house.officer(HOLDER, Role.OFFICER, "Hoa"), room.lead()
    room.house.a_case(S.ACCEPTED, room.mai, room.lan)
    room.house.file(room.mai)
    seen = {o.name: room.hear(o, "/viec")[0].words.args["n"] for o in (room.lan, hoa, hung)}
    assert seen == {"Lan": 2, "Hoa": 1, "Hung": 2}


def test_the_table_names_nobody_and_runs_no_formula(room: Room) -> None:
    case = room.house.file(room.mai, text="=HYPERLINK(1) rác đầu ngõ")
    document = room.hear(room.lan, "/viec csv")[0].document
    assert document is not None
    rows = list(csv.reader(io.StringIO(document[1].removeprefix("\ufeff"))))
    assert rows[1][0] == case.code
    assert rows[1][-1].startswith("'=HYPERLINK")
    assert "0912345678" not in document[1]
    assert "Mai" not in document[1]


@pytest.mark.parametrize("cell", ["=1+1", "+84", "-1", "@x", "\tx"])
def test_whatever_a_spreadsheet_would_run_becomes_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


def test_a_case_filed_after_midnight_is_of_the_new_day_in_a_template(room: Room) -> None:
    room.house.at = datetime.fromisoformat("2026-12-02T00:30:00+07:00")
    case = room.house.a_case(S.ACCEPTED, room.mai, room.lan)
    room.hear(room.lan, f"/mau {case.code}")
    [letter] = room.hear(room.lan, "Không thuộc phạm vi (khiếu nại, tố cáo)")
    assert "gửi ngày 02/12/2026" in TEXTS.say(letter.words)


@pytest.mark.parametrize(
    ("now", "said", "until"),
    [
        ("2026-12-02T00:30", "hôm nay", "2026-12-02T17:00"),
        ("2026-12-05T10:00", "hôm nay", "2026-12-05T23:59"),  # a Saturday
        ("2026-12-07T00:30", "13/12", "2026-12-13T23:59"),  # a Sunday, named at night
        ("2027-02-06T10:00", "9/2", "2027-02-09T23:59"),  # Tết
        ("2028-02-28T23:58", "ngày mai", "2028-02-29T17:00"),
        ("2026-12-31T23:58", "ngày mai", "2027-01-01T23:59"),  # a holiday
        ("2026-12-01T10:00", "ngày 5", "2026-12-05T23:59"),
        ("2026-12-01T10:00", "ngày 5 năm nay", "2026-12-05T23:59"),
    ],
)
def test_leave_lasts_to_the_end_of_the_day_that_was_named_whatever_day_it_is(
    room: Room, now: str, said: str, until: str
) -> None:
    room.house.at = datetime.fromisoformat(f"{now}+07:00")
    room.hear(room.lan, f"/nghi {said}")
    room.hear(room.lan, "không ai")
    out_until = room.house.see(lambda tx: tx.officers.get(room.lan.id)).out_until
    assert out_until == datetime.fromisoformat(f"{until}+07:00")


@pytest.mark.parametrize("said", ["5 năm", "10 phút", "5 năm nữa"])
def test_a_stretch_of_time_that_no_absence_takes_is_no_day_of_the_month(room: Room, said: str) -> None:
    assert room.keys(room.lan, f"/nghi {said}") == ["raw"]


@pytest.mark.parametrize(
    ("said", "category"),
    [("cháy nổ", "chay_no_pccc"), ("thoat nuoc", "thoat_nuoc_ngap_ung"), ("cho tha rong", "vat_nuoi")],
)
def test_a_category_is_named_by_some_of_its_words(room: Room, said: str, category: str) -> None:
    thu = room.house.officer(AgencyId("triage"), Role.TRIAGE, "Thu")
    case = room.house.file(room.mai, category="khac")
    room.hear(thu, f"/phanloai {case.code}")
    assert room.keys(thu, said) == ["desk.triaged"]
    assert room.house.case(case).category == category


def test_a_template_is_filled_with_the_facts_of_the_case(room: Room) -> None:
    case = room.house.a_case(S.ACCEPTED, room.mai, room.lan)
    room.hear(room.lan, f"/mau {case.code}")
    text = TEXTS.say(room.hear(room.lan, "Hỏi thêm vị trí, thời gian")[0].words)
    assert case.code in text
    assert "{" not in text


def test_another_units_case_is_as_good_as_unknown(room: Room) -> None:
    tuan = room.house.officer(AgencyId("ubnd-00004"), Role.LEAD, "Tuan")
    case = room.house.file(room.mai)
    assert room.keys(tuan, f"/xem {case.code}") == ["refused.unknown_case"]
    said = room.hear(tuan, f"/hoi {case.code} số nhà?")
    assert "0912345678" not in str(said)


def test_who_passed_a_case_on_is_told_so_and_not_to_look_at_the_code_again(room: Room) -> None:
    """Lan is about to transfer it while her lead does."""
    case, hung = room.house.a_case(S.ACCEPTED, room.mai, room.lan), room.lead()
    room.hear(room.lan, f"/chuyen {case.code} sở xây dựng")
    assert room.keys(hung, f"/chuyen {case.code} sở xây dựng, cột đèn của Sở") == ["desk.transferred"]
    assert room.keys(room.lan, "cột đèn của Sở") == ["refused.passed_on"]
    assert room.keys(room.lan, f"/xem {case.code}") == ["refused.passed_on"]


def test_a_button_pressed_again_goes_on_with_what_was_written(room: Room) -> None:
    first, second = (room.house.a_case(S.ACCEPTED, room.house.citizen(n), room.lan) for n in ("A", "B"))
    room.hear(room.lan, f"/xong {first.code} {DONE}")
    for _ in range(2):
        assert room.keys(room.lan, press=f"resolve:{first.code}") == ["refused.proof_photo"]
    # Set aside for another case meanwhile, it is taken up again, and the other one kept in its place.
    room.hear(room.lan, f"/hoi {second.code}")
    room.hear(room.lan, f"/chuyen {second.code} sở xây dựng")
    assert room.keys(room.lan, press=f"resolve:{first.code}") == ["desk.kept_aside", "refused.proof_photo"]
    proof = room.house.proof(room.lan)
    room.house.do(lambda ctx: ctx.tx.files.save(replace(ctx.tx.files.get(proof), case=first.id)))
    assert room.keys(room.lan, press=f"resolve:{first.code}") == ["desk.resolved", "desk.ask_transfer_reason"]
    assert room.house.case(first).answer == DONE


def test_the_last_step_is_taken_back_whatever_was_shown_since(room: Room) -> None:
    first, second = (room.house.a_case(S.ACCEPTED, room.house.citizen(n), room.lan) for n in ("A", "B"))
    room.hear(room.lan, f"/xong {first.code} {DONE}")
    asked = room.keys(room.lan, f"/hoi {second.code} bên số chẵn hay số lẻ?")
    assert asked == ["desk.asked", "refused.proof_photo"]
    assert room.keys(room.lan, "hoàn tác")[:2] == ["desk.kept_aside", "desk.undone"]
    assert room.house.case(second).status is S.ACCEPTED


def test_a_main_case_that_is_not_known_is_said_back(room: Room) -> None:
    case = room.house.a_case(S.ACCEPTED, room.mai, room.lan)
    assert "Chưa rõ “HN-AAAA-AAA”" in TEXTS.say(room.hear(room.lan, f"/gop {case.code} HN-AAAA-AAA")[0].words)


def test_a_command_without_a_code_is_for_the_case_shown_last_and_not_for_one_set_aside(room: Room) -> None:
    first, second = (room.house.a_case(S.ACCEPTED, room.house.citizen(n), room.lan) for n in ("A", "B"))
    room.hear(room.lan, f"/xong {first.code} {DONE}")
    room.hear(room.lan, f"/xem {second.code}")
    asked = room.hear(room.lan, "/xong Đã thay bóng đèn ở đầu ngõ tối qua")[-1]
    assert asked.words.args["code"] == second.code
    room.hear(room.lan, f"/xem {first.code}")
    assert room.hear(room.lan, "/xong")[-1].words.args["code"] == first.code


def test_a_reviewer_may_change_their_mind(room: Room) -> None:
    binh = room.house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh")
    case = room.house.a_case(S.DISPUTED, room.mai, room.lan)
    upheld, not_upheld = (row[0].press for row in room.hear(binh, f"/rasoat {case.code}")[0].buttons)
    room.hear(binh, press=upheld)
    room.hear(binh, "Quá chậm")
    assert room.keys(binh, press=not_upheld) == ["desk.ask_verdict"]
    assert room.keys(binh, "Đã dọn đúng hẹn, ảnh chụp đúng nơi") == ["desk.judged_not_upheld"]


def test_whose_own_office_holds_a_case_is_told_at_which_step_it_is(room: Room) -> None:
    binh = room.house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh")
    case = room.house.a_case(S.DISPUTED, room.mai, room.lan)
    said = room.hear(binh, f"/tuchoi {case.code}")[0]
    assert said.words.key == "refused.move"
    assert [button.press for row in said.buttons for button in row] == [f"review:{case.code}"]


def test_a_refusal_says_which_files_go_with_it(room: Room) -> None:
    case = room.house.a_case(S.ACCEPTED, room.mai, room.lan)
    proof = room.house.proof(room.lan)
    room.house.do(lambda ctx: ctx.tx.files.save(replace(ctx.tx.files.get(proof), case=case.id)))
    room.hear(room.lan, f"/tuchoi {case.code} Hai nhà tranh chấp ranh đất, việc này do toà án giải quyết")
    room.hear(room.lan, "Là tranh chấp dân sự")
    assert f"Đã từ chối {case.code}, kèm 1 ảnh, tệp;" in TEXTS.say(room.hear(room.lan, "Tổ hoà giải số 4")[0].words)


def test_a_new_date_that_does_not_do_is_named(room: Room) -> None:
    case = room.house.a_case(S.ACCEPTED, room.mai, room.lan)
    room.hear(room.lan, f"/giahan {case.code} 13/12")
    assert "13/12/2026 không được" in TEXTS.say(room.hear(room.lan, "Chờ vật tư, thiết bị")[0].words)


def test_the_name_shows_only_to_those_who_hold_the_case(room: Room) -> None:
    case = room.house.file(room.mai)
    thu = room.house.officer(AgencyId("triage"), Role.TRIAGE, "Thu")
    cards = {o.name: TEXTS.say(room.hear(o, f"/xem {case.code}")[0].words) for o in (room.lan, thu)}
    assert "Người gửi: Mai · 0912345678" in cards["Lan"]
    assert "Người gửi: (được giấu)" in cards["Thu"]
    assert "0912345678" not in cards["Thu"]


def test_a_revoked_officer_is_refused_at_the_next_message(room: Room) -> None:
    quy = room.house.officer(AgencyId("vp-ubnd-tp"), Role.ADMIN, "Quy")
    assert room.keys(quy, "/thuhoi Lan") == ["desk.revoked"]
    assert room.keys(room.lan, "/viec") == ["refused.revoked"]


def test_an_administrator_invites_and_confirms(room: Room) -> None:
    quy = room.house.officer(AgencyId("vp-ubnd-tp"), Role.ADMIN, "Quy")
    room.hear(quy, "/moi UBND phường Hoàn Kiếm, Trần Thị Sáu")
    code = room.hear(quy, "Cán bộ")[0].words.args["code"]
    room.house.later(seconds=1)
    room.desk.hear_now(Incoming("console", "new", "n1", room.house.at, command="start", argument=str(code)))
    assert room.keys(quy, "/xacnhan Sáu") == ["desk.confirmed"]


def test_the_same_message_twice_is_done_once(room: Room) -> None:
    case = room.house.file(room.mai)
    twice = Incoming("console", room.lan.id, "same", room.house.at, text=f"/nhan {case.code}")
    room.desk.hear_now(twice)
    room.desk.hear_now(twice)
    assert room.house.kinds(case) == ["filed", "accepted"]


def test_a_number_typed_chooses_from_the_news_that_came_last(room: Room) -> None:
    case = room.house.file(room.mai)
    pushed = room.house.do(lambda ctx: ctx.tx.outbox.claim(ctx.now, 10, "console"))
    room.house.do(lambda ctx: [ctx.tx.outbox.mark_sent(p.id, ctx.now, "m1") for p in pushed] and None)
    assert room.keys(room.lan, "1") == ["desk.accepted", "desk.card"]
    assert room.house.case(case).officer == room.lan.id


def test_everything_that_is_said_has_words_in_both_languages() -> None:
    mine = {k for k in TEXTS.keys("vi") if k.split(".")[0] in ("desk", "push", "refused", "staff", "event")}
    assert mine <= TEXTS.keys("en")


def test_nothing_personal_of_a_citizen_is_in_the_staff_texts(room: Room) -> None:
    citizen: Citizen = room.mai
    case = room.house.a_case(S.ESCALATED, citizen, room.lan)
    says = room.hear(room.lan, f"/xem {case.code}")
    assert "0912345678" not in str([say.to_json() for say in says])


def test_a_command_without_a_case_offers_what_waits_and_goes_on_with_the_code(room: Room) -> None:
    case, other = room.house.file(room.mai), room.house.file(room.house.citizen("Hoa"))
    (asked,) = room.hear(room.lan, "/ghichu đã gọi tổ trưởng")
    assert {b.press for row in asked.buttons for b in row} == {f"pick::{c.code}" for c in (case, other)}
    assert room.keys(room.lan, "cái nào cũng được") == ["desk.ask_code_again"]
    assert room.keys(room.lan, str(other.code).lower()) == ["desk.noted"]
    assert [n.text for n in room.house.see(lambda tx: tx.notes.of(other.id))] == ["đã gọi tổ trưởng"]


def test_an_answer_pressed_late_is_never_taken_for_another_case(room: Room) -> None:
    binh = room.house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh")
    first = room.house.a_case(S.DISPUTED, room.house.citizen("A"), room.lan)
    second = room.house.a_case(S.DISPUTED, room.house.citizen("B"), room.lan)
    upheld = room.hear(binh, f"/rasoat {first.code}")[0].buttons[0][0].press
    room.hear(binh, f"/rasoat {second.code}")
    assert room.keys(binh, press=upheld) == ["desk.ask_review_reason"]
    assert room.keys(binh, "Quá chậm") == ["desk.ask_verdict"]
    assert room.keys(binh, "phường phải trả lời đúng hạn") == ["desk.judged_upheld"]
    verdicts = room.house.see(lambda tx: {c.id: tx.ratings.get(c.id, 1).upheld for c in (first, second)})
    assert verdicts == {first.id: True, second.id: None}


def test_a_picture_kept_for_a_case_does_not_go_to_a_stranger(room: Room) -> None:
    """Only what is sent with the words goes to the person behind a thread."""
    thu = room.house.officer(AgencyId("triage"), Role.TRIAGE, "Thu")
    thread = room.house.do(lambda ctx: open_thread(ctx, room.mai.id))
    shown = Attachment(FileKind.PHOTO, "ref", "da-va.jpg")
    room.desk.hear_now(Incoming("console", thu.id, "p1", room.house.at, attachments=(shown,)))
    assert room.keys(thu, f"/dap {thread} Chào") == ["desk.talk_sent"]
    caption = Incoming("console", thu.id, "p2", room.house.at, text=f"/dap {thread} Chỗ này", attachments=(shown,))
    room.desk.hear_now(caption)
    waiting = room.house.see(lambda tx: tx.outbox.waiting("console", thu.id))
    assert [p.key for p in waiting][-1] == "desk.talk_coming"
