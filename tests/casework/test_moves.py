"""Single moves and what they must not do: proof, promises, undo, review, extension, joining, links, groups."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.casework.accept_case import accept_case
from bot.casework.answer_externally import answer_externally, link_case
from bot.casework.bind_group import bind_group
from bot.casework.context import Context, Refused
from bot.casework.extend_case import extend_case
from bot.casework.file_for_someone import Caller, file_for_someone
from bot.casework.follow_case import follow_case
from bot.casework.leave_service import confirm_officer, leave_service, revoke_officer
from bot.casework.merge_cases import merge_cases
from bot.casework.rate_case import give_reason, rate_case
from bot.casework.record_difficulty import record_difficulty
from bot.casework.reject_case import reject_case
from bot.casework.reopen_case import reopen_case
from bot.casework.resolve_case import Answer, resolve_case
from bot.casework.review_rating import review_rating, start_review
from bot.casework.second_case import second_case
from bot.casework.split_case import split_case
from bot.casework.transfer_case import transfer_case
from bot.casework.triage_case import Triage, triage_case
from bot.casework.undo_move import undo_move
from bot.delivery.words import render
from bot.dialogue.message import Outgoing, Say, Words
from bot.dialogue.texts import load_texts
from bot.reports.difficulties import held_up_by
from storage.records import (
    AgencyId,
    Case,
    CaseStatus,
    Citizen,
    FileKind,
    FileStatus,
    Officer,
    PersonId,
    Purpose,
    Role,
    Urgency,
)
from storage.store import Store
from tests.casework.house import DONE, HOLDER, OTHER, House

S = CaseStatus
NO_WORDS = Answer("Việc này là tranh chấp giữa hai hộ liền kề do tổ hoà giải giải quyết")


@pytest.fixture
def lan(house: House) -> Officer:
    return house.officer(HOLDER)


@pytest.fixture
def binh(house: House) -> Officer:
    return house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh")


@pytest.fixture
def mai(house: House) -> Citizen:
    return house.citizen()


def refusal(house: House, act: Callable[[Context], object]) -> str:
    """Why an act is refused; the transaction that refuses writes nothing."""
    with pytest.raises(Refused) as refused:
        house.do(act)
    return refused.value.key


@pytest.mark.parametrize(
    ("text", "proofs", "why"),
    [
        ("", 1, "refused.empty_answer"),
        ("Đã xử lý theo quy định.", 1, "refused.generic"),
        (DONE, 0, "refused.proof_photo"),
        (DONE + " Sẽ lát lại vỉa hè trước ngày 15/12/2026.", 1, "refused.confirm_promise"),
    ],
)
def test_an_answer_must_prove_itself(
    house: House, lan: Officer, mai: Citizen, text: str, proofs: int, why: str
) -> None:
    case = house.a_case(S.ACCEPTED, mai, lan)
    files = tuple(house.proof(lan) for _ in range(proofs))
    assert refusal(house, lambda ctx: resolve_case(ctx, lan, case.id, Answer(text, files))) == why
    assert house.case(case).status is S.ACCEPTED


def test_a_picture_still_on_its_way_is_no_proof(house: House, lan: Officer, mai: Citizen) -> None:
    case = house.a_case(S.ACCEPTED, mai, lan)
    coming = house.proof(lan, FileStatus.WAITING)
    assert (
        refusal(house, lambda ctx: resolve_case(ctx, lan, case.id, Answer(DONE, (coming,)))) == "refused.proof_coming"
    )


@pytest.mark.parametrize("kind", [FileKind.VOICE, FileKind.VIDEO])
def test_a_recording_shows_the_citizen_nothing_and_is_no_proof(
    house: House, lan: Officer, mai: Citizen, kind: FileKind
) -> None:
    case, file = house.a_case(S.ACCEPTED, mai, lan), house.proof(lan)
    house.do(lambda ctx: ctx.tx.files.save(replace(ctx.tx.files.get(file), kind=kind)))
    assert refusal(house, lambda ctx: resolve_case(ctx, lan, case.id, Answer(DONE, (file,)))) == "refused.proof_photo"
    untrue = Answer(DONE, (file,))
    why = refusal(house, lambda ctx: reject_case(ctx, lan, case.id, "khong-dung-su-that", "phường", untrue))
    assert why == "refused.proof_photo_or_document"


def test_a_generic_text_may_be_overruled_once(house: House, lan: Officer, mai: Citizen, binh: Officer) -> None:
    case = house.a_case(S.ACCEPTED, mai, lan)
    answer = Answer("Đã xử lý theo quy định.", (house.proof(lan),), override="đang điều tra")
    house.do(lambda ctx: resolve_case(ctx, lan, case.id, answer))
    assert house.case(case).override == "đang điều tra"
    house.do(lambda ctx: rate_case(ctx, mai, case.id, 1, 1))
    house.do(lambda ctx: review_rating(ctx, binh, case.id, True, "quá chung", "chung-chung"))
    assert refusal(house, lambda ctx: resolve_case(ctx, lan, case.id, answer)) == "refused.override_used"


@pytest.mark.parametrize(
    ("reason", "elsewhere", "text", "why"),
    [
        ("khong-co", "toà án", NO_WORDS.text, "refused.reject_reason"),
        ("tranh-chap-dan-su", " ", NO_WORDS.text, "refused.elsewhere"),
        ("tranh-chap-dan-su", "toà án", "tranh chấp", "refused.generic"),
        ("khong-dung-su-that", "phường", DONE, "refused.proof_photo_or_document"),
        ("trung-lap", "phường", "Việc này đã được trả lời ở một vụ trước đây rồi", "refused.name_earlier"),
    ],
)
def test_a_refusal_must_be_founded(
    house: House, lan: Officer, mai: Citizen, reason: str, elsewhere: str, text: str, why: str
) -> None:
    case = house.a_case(S.ACCEPTED, mai, lan)
    assert refusal(house, lambda ctx: reject_case(ctx, lan, case.id, reason, elsewhere, Answer(text))) == why


def test_why_a_refusal_says_too_little_is_told_in_the_officers_language(
    house: House, lan: Officer, mai: Citizen
) -> None:
    case, short = house.a_case(S.ACCEPTED, mai, lan), Answer("tranh chấp")
    with pytest.raises(Refused) as refused:
        house.do(lambda ctx: reject_case(ctx, lan, case.id, "tranh-chap-dan-su", "toà án", short))
    told = Words(refused.value.key, refused.value.args_for_words)
    assert "too short" in load_texts().say(told, "en")
    assert "quá ngắn" in load_texts().say(told)


def test_undo_restores_status_clock_and_holder_and_nobody_hears_of_it(house: House, lan: Officer, mai: Citizen) -> None:
    case = house.a_case(S.ACCEPTED, mai, lan)
    told = house.pushes(mai.id)
    house.later(hours=1)
    house.do(lambda ctx: transfer_case(ctx, lan, case.id, OTHER, "thuộc địa bàn khác"))
    house.later(seconds=30)
    after = house.do(lambda ctx: undo_move(ctx, lan, case.id))
    assert replace(after, seq=case.seq, head=case.head) == case
    assert house.pushes(mai.id) == told
    assert house.kinds(case)[-2:] == ["transferred", "undone"]


def test_undoing_a_result_takes_its_promise_back_and_the_earlier_answer_stands(
    house: House, lan: Officer, mai: Citizen
) -> None:
    case = house.a_case(S.CLOSED, mai, lan)
    house.do(lambda ctx: reopen_case(ctx, mai, case.id, "vẫn còn"))
    text = DONE + " Sẽ lát lại trước ngày 15/12/2026."
    answer = Answer(text, (house.proof(lan),), promise_confirmed=True)
    house.do(lambda ctx: resolve_case(ctx, lan, case.id, answer))
    assert len(house.see(lambda tx: tx.promises.of(case.id))) == 1
    undone = house.do(lambda ctx: undo_move(ctx, lan, case.id))
    assert (undone.status, undone.round, undone.answer) == (S.ACCEPTED, 2, DONE)
    assert house.see(lambda tx: tx.promises.of(case.id)) == ()


@pytest.mark.parametrize("why", ["late", "told", "urgent", "another", "not_last"])
def test_undo_has_its_limits(house: House, lan: Officer, mai: Citizen, why: str) -> None:
    case = house.file(mai, urgency=Urgency.KHAN if why == "urgent" else Urgency.BINH_THUONG)
    house.do(lambda ctx: accept_case(ctx, lan, case.id))
    who = house.officer(HOLDER, Role.LEAD, "Hung") if why == "another" else lan
    if why == "late":
        house.later(seconds=61)
    if why == "told":
        house.later(seconds=60)
        assert house.do(lambda ctx: ctx.tx.outbox.claim(ctx.now, 10, "console"))
    if why == "not_last":
        house.do(lambda ctx: record_difficulty(ctx, lan, case.id, "thieu-kinh-phi", "Sở Tài chính"))
    wanted = {
        "late": "refused.undo_late",
        "told": "refused.undo_told",
        "urgent": "refused.undo_urgent",
        "another": "refused.undo_nothing",
        "not_last": "refused.undo_nothing",
    }
    assert refusal(house, lambda ctx: undo_move(ctx, who, case.id)) == wanted[why]


def test_what_holds_cases_up_is_counted_until_it_has_ended(house: House, lan: Officer, mai: Citizen) -> None:
    cases = [house.a_case(CaseStatus.ACCEPTED, mai, lan) for _ in range(2)]
    for case, cause in ((cases[0], "thieu-kinh-phi"), (cases[0], "mat-bang"), (cases[1], "thieu-kinh-phi")):
        house.do(lambda ctx, c=case, why=cause: record_difficulty(ctx, lan, c.id, why, "Sở Tài chính"))
    assert house.do(held_up_by) == {"thieu-kinh-phi": 2, "mat-bang": 1}
    assert house.do(lambda ctx: held_up_by(ctx, OTHER)) == {}
    proof = house.proof(lan)
    house.do(lambda ctx: resolve_case(ctx, lan, cases[0].id, Answer(DONE, (proof,))))
    assert house.do(lambda ctx: held_up_by(ctx, HOLDER)) == {"thieu-kinh-phi": 1}


def test_the_fourth_transfer_goes_to_the_desk_and_its_choice_stays(house: House, lan: Officer, mai: Citizen) -> None:
    thu = house.officer(AgencyId("triage"), Role.TRIAGE, "Thu")
    tuan = house.officer(OTHER, Role.OFFICER, "Tuan")
    case = house.file(mai)
    for i in range(4):
        who, to = (lan, OTHER) if i % 2 == 0 else (tuan, HOLDER)
        moved = house.do(lambda ctx, who=who, to=to: transfer_case(ctx, who, case.id, to, "không thuộc"))
    assert moved.status is S.TRIAGE
    assert moved.promised_at == case.promised_at
    house.do(lambda ctx: triage_case(ctx, thu, case.id, Triage("moi_truong_rac_thai", HOLDER, why="đúng phường")))
    assert refusal(house, lambda ctx: transfer_case(ctx, lan, case.id, OTHER, "lại")) == "refused.may_not_transfer"


def test_a_complaint_about_an_official_stays_out_of_units(house: House, lan: Officer, mai: Citizen) -> None:
    case = house.file(mai)
    house.do(lambda ctx: ctx.tx.cases.save(replace(ctx.tx.cases.get(case.id), about_official=True)))
    assert refusal(house, lambda ctx: transfer_case(ctx, lan, case.id, OTHER, "x")) == "refused.official_unit"
    moved = house.do(lambda ctx: transfer_case(ctx, lan, case.id, AgencyId("thanh-tra-tp"), "về cán bộ"))
    assert moved.agency == "thanh-tra-tp"


def test_more_time_moves_the_citizens_date_openly_and_at_most_twice(house: House, lan: Officer, mai: Citizen) -> None:
    case = house.a_case(S.ACCEPTED, mai, lan)
    for day in (14, 21):
        more = date(2026, 12, day)
        case = house.do(lambda ctx, c=case.id, d=more: extend_case(ctx, lan, c, "cho-vat-tu", d))
        assert case.due_at == case.promised_at == datetime.fromisoformat(f"2026-12-{day}T17:00:00+07:00")
    assert house.pushes(mai.id).count("push.extended") == 2
    late = date(2026, 12, 28)
    assert refusal(house, lambda ctx: extend_case(ctx, lan, case.id, "cho-vat-tu", late)) == "refused.extensions"


@pytest.mark.parametrize(
    ("reason", "status", "remedy"),
    [
        ("khong-bang-chung", S.ACCEPTED, "proof"),
        ("chung-chung", S.ACCEPTED, "rewrite"),
        ("chua-xu-ly", S.ACCEPTED, "reopen"),
        ("sai-don-vi", S.TRIAGE, "reroute"),
        ("thai-do", S.CLOSED, "other"),
    ],
)
def test_an_upheld_review_starts_the_remedy_of_its_reason(
    house: House, lan: Officer, mai: Citizen, binh: Officer, reason: str, status: S, remedy: str
) -> None:
    case = house.a_case(S.DISPUTED, mai, lan)
    house.do(lambda ctx: give_reason(ctx, mai, case.id, 1, reason))
    judged = house.do(lambda ctx: review_rating(ctx, binh, case.id, True, "phản ánh đúng"))
    rating = house.see(lambda tx: tx.ratings.get(case.id, 1))
    assert (judged.status, rating.remedy, rating.upheld) == (status, remedy, True)
    assert judged.round == (1 if status is S.CLOSED else 2)
    assert (rating.remedy_due_at is None) == (remedy == "other")
    assert house.pushes(mai.id)[-1] == f"push.verdict_{remedy}"


def test_a_rating_cannot_change_once_its_review_has_begun(
    house: House, lan: Officer, mai: Citizen, binh: Officer
) -> None:
    case = house.a_case(S.DISPUTED, mai, lan)
    house.do(lambda ctx: start_review(ctx, binh, case.id))
    assert refusal(house, lambda ctx: rate_case(ctx, mai, case.id, 1, 5)) == "rate.under_review"


def test_not_upheld_closes_and_starts_nothing(house: House, lan: Officer, mai: Citizen, binh: Officer) -> None:
    case = house.a_case(S.DISPUTED, mai, lan)
    judged = house.do(lambda ctx: review_rating(ctx, binh, case.id, False, "ảnh rõ, đúng chỗ"))
    rating = house.see(lambda tx: tx.ratings.get(case.id, 1))
    assert (judged.status, rating.upheld, rating.remedy) == (S.CLOSED, False, None)


def test_a_closed_case_is_reopened_within_thirty_days_only(house: House, lan: Officer, mai: Citizen) -> None:
    case = house.a_case(S.CLOSED, mai, lan)
    house.later(days=29)
    reopened = house.do(lambda ctx: reopen_case(ctx, mai, case.id, "rác lại đầy"))
    assert (reopened.status, reopened.round, reopened.officer) == (S.ACCEPTED, 2, lan.id)
    other = house.a_case(S.CLOSED, mai, lan)
    house.later(days=30)
    assert refusal(house, lambda ctx: reopen_case(ctx, mai, other.id, "x")) == "refused.reopen_late"


def test_a_merged_cases_author_hears_of_the_main_one(house: House, lan: Officer, mai: Citizen) -> None:
    hoa = house.citizen("Hoa")
    main, twin = house.a_case(S.ACCEPTED, mai, lan), house.file(hoa)
    house.do(lambda ctx: merge_cases(ctx, lan, twin.id, main.id))
    assert house.case(main).supporters == 1
    assert house.pushes(hoa.id)[-1] == "push.merged"
    assert house.see(lambda tx: tx.followers.of(main.id)) == (hoa.id,)


def test_a_follower_is_asked_whether_it_is_done_and_never_rates(
    house: House, lan: Officer, mai: Citizen, binh: Officer
) -> None:
    hoa = house.citizen("Hoa")
    case = house.a_case(S.ACCEPTED, mai, lan)
    house.do(lambda ctx: follow_case(ctx, hoa, case.id))
    proof = house.proof(lan)
    house.do(lambda ctx: resolve_case(ctx, lan, case.id, Answer(DONE, (proof,))))
    assert house.pushes(hoa.id)[-1] == "push.resolved_follower"
    assert refusal(house, lambda ctx: rate_case(ctx, hoa, case.id, 1, 1)) == "answer.unknown"
    for _ in range(2):
        house.do(lambda ctx: second_case(ctx, hoa, case.id, is_done=False))
    assert house.kinds(case).count("seconded") == 1
    assert house.pushes(binh.id) == ["push.still_there"]


def test_a_second_problem_becomes_a_linked_case_of_the_same_person(house: House, lan: Officer, mai: Citizen) -> None:
    case = house.a_case(S.ACCEPTED, mai, lan)
    fresh = house.do(lambda ctx: split_case(ctx, lan, case.id, "chieu_sang", "Đèn ở đó cũng hỏng, gọi 0912345678"))
    assert fresh.citizen == case.citizen
    assert (fresh.linked_case, house.case(case).linked_case) == (case.id, fresh.id)
    assert "0912345678" not in house.case(fresh).masked
    assert house.pushes(mai.id)[-1] == "push.split"


def test_a_link_answers_once_within_fourteen_days_and_its_pictures_count_as_proof(
    house: House, lan: Officer, mai: Citizen
) -> None:
    case = house.a_case(S.ACCEPTED, mai, lan)
    link = house.do(lambda ctx: link_case(ctx, lan, case.id, "Công ty Ánh Sáng"))
    proof = house.proof(lan)
    house.do(lambda ctx: answer_externally(ctx, link.token, "Công ty Ánh Sáng", "đã thay bóng", (proof,)))
    again = refusal(house, lambda ctx: answer_externally(ctx, link.token, "x", "lần hai"))
    assert again == "refused.link_expired"
    assert house.pushes(lan.id)[-1] == "push.answered_outside"
    house.do(lambda ctx: resolve_case(ctx, lan, case.id, Answer(DONE)))
    fresh = house.file(mai)
    old = house.do(lambda ctx: link_case(ctx, lan, fresh.id, "x"))
    house.later(days=14)
    assert refusal(house, lambda ctx: answer_externally(ctx, old.token, "x", "muộn")) == "refused.link_expired"


def test_of_several_answers_by_one_link_at_once_one_is_taken(single_store: Store) -> None:
    house, at_once = House(single_store), threading.Barrier(6)
    lan = house.officer(HOLDER)
    case = house.a_case(S.ACCEPTED, house.citizen(), lan)
    link = house.do(lambda ctx: link_case(ctx, lan, case.id, "Công ty Ánh Sáng"))

    def answer(words: str) -> str | None:
        at_once.wait()
        try:
            house.do(lambda ctx: answer_externally(ctx, link.token, "", words))
        except Refused as refused:
            return refused.key
        return None

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(answer, [f"đã thay bóng {n}" for n in range(6)]))
    assert sorted(map(str, told)) == ["None", *["refused.link_expired"] * 5]
    assert len(house.see(lambda tx: tx.notes.of(case.id))) == 1


def test_a_group_sees_no_personal_data_and_the_first_press_takes(house: House, lan: Officer, mai: Citizen) -> None:
    hung = house.officer(HOLDER, Role.LEAD, "Hung")
    house.do(lambda ctx: bind_group(ctx, hung, "console", "group-1"))
    case = house.file(mai, text="Điểm tập kết rác nhà bà Tư số 12 bốc mùi, gọi 0912345678")
    posted = house.see(lambda tx: tx.outbox.waiting("console", "group-1"))
    assert [p.key for p in posted] == ["push.group_bound", "push.new_group"]
    assert "Tư" not in str(posted[1].args)
    house.do(lambda ctx: accept_case(ctx, lan, case.id))
    assert refusal(house, lambda ctx: accept_case(ctx, hung, case.id)) == "refused.already_taken"
    assert refusal(house, lambda ctx: bind_group(ctx, hung, "console", mai.id)) == "refused.not_a_group"


def posts(house: House, group: str) -> list[Outgoing]:
    """What a group has been told of cases or will be, in the words in which it goes."""

    def words(ctx: Context) -> list[Outgoing]:
        waiting = (push for push in ctx.tx.outbox.waiting("console", group) if push.case is not None)
        said = (render(ctx, load_texts(), push) for push in waiting)
        return [message for message in said if message is not None]

    return house.do(words)


def test_the_result_comes_with_the_pictures_before_and_after(house: House, lan: Officer, mai: Citizen) -> None:
    """The author sees what was complained of beside what was done; a follower only what was done."""
    case, hoa = house.a_case(S.ACCEPTED, mai, lan), house.citizen("Hoa")
    house.do(lambda ctx: follow_case(ctx, hoa, case.id))
    before, after = house.proof(lan), house.proof(lan)
    complaint = {"purpose": Purpose.COMPLAINT, "case": case.id, "person": PersonId(mai.id)}
    house.do(lambda ctx: ctx.tx.files.save(replace(ctx.tx.files.get(before), **complaint)))
    house.do(lambda ctx: resolve_case(ctx, lan, case.id, Answer(DONE, (after,))))

    def pictures(who: Citizen) -> tuple[str, ...]:
        return Say.from_json(house.see(lambda tx: tx.outbox.waiting("console", who.id))[-1].args).pictures

    assert pictures(mai) == (before, after)
    assert pictures(hoa) == (after,)


def test_a_case_passed_on_is_posted_to_the_new_group_and_the_old_one_hears_where_it_went(
    house: House, lan: Officer, mai: Citizen
) -> None:
    hung, nam = house.officer(HOLDER, Role.LEAD, "Hung"), house.officer(OTHER, Role.LEAD, "Nam")
    hai = house.officer(OTHER, name="Hai")
    house.do(lambda ctx: bind_group(ctx, hung, "console", "old"))
    house.do(lambda ctx: bind_group(ctx, nam, "console", "new"))
    case = house.file(mai, text="Điểm tập kết rác nhà bà Tư số 12 bốc mùi, gọi 0912345678")
    house.do(lambda ctx: transfer_case(ctx, lan, case.id, OTHER, "nhà bà Tư thuộc địa bàn phường bên"))
    (new,) = posts(house, "new")
    assert new.text.startswith(f"Vụ mới {case.code} · Rác thải")
    assert [choice.press for row in new.buttons for choice in row] == [f"take:{case.code}"]
    old = posts(house, "old")[-1]
    name = house.do(lambda ctx: ctx.agency(OTHER).short_name)
    assert f"{case.code} · " in old.text
    assert f"đã chuyển đến {name}" in old.text
    assert not old.buttons
    for said in (new.text, old.text):
        assert not any(personal in said for personal in ("bà Tư", "0912345678", "số 12", mai.name))
    assert refusal(house, lambda ctx: accept_case(ctx, lan, case.id)) == "refused.not_yours"
    assert house.do(lambda ctx: accept_case(ctx, hai, case.id)).officer == hai.id
    assert refusal(house, lambda ctx: accept_case(ctx, nam, case.id)) == "refused.already_taken"
    assert posts(house, "new")[-1].text.endswith("đã có người tiếp nhận.")


def test_a_transfer_taken_back_leaves_no_post_in_either_group(house: House, lan: Officer, mai: Citizen) -> None:
    hung, nam = house.officer(HOLDER, Role.LEAD, "Hung"), house.officer(OTHER, Role.LEAD, "Nam")
    house.do(lambda ctx: bind_group(ctx, hung, "console", "old"))
    house.do(lambda ctx: bind_group(ctx, nam, "console", "new"))
    case = house.file(mai)
    house.do(lambda ctx: transfer_case(ctx, lan, case.id, OTHER, "nhầm địa bàn"))
    house.do(lambda ctx: undo_move(ctx, lan, case.id))
    assert posts(house, "new") == []
    assert len(posts(house, "old")) == 1


def test_triage_teaches_and_wants_a_recording_listened_to(house: House, mai: Citizen) -> None:
    thu = house.officer(AgencyId("triage"), Role.TRIAGE, "Thu")
    case = house.file(mai, text="", ward=None)
    house.do(lambda ctx: ctx.tx.cases.save(replace(ctx.tx.cases.get(case.id), flags=("voice_only",))))
    decision = Triage("chieu_sang", ward_code="00070")
    assert refusal(house, lambda ctx: triage_case(ctx, thu, case.id, decision)) == "refused.listen_first"
    heard = replace(decision, words="Đèn đường ngõ 9 tắt cả tuần")
    moved = house.do(lambda ctx: triage_case(ctx, thu, case.id, heard))
    assert (moved.status, moved.category, moved.flags) == (S.RECEIVED, "chieu_sang", ())
    assert "Đèn đường" in moved.text
    taught = house.see(lambda tx: tx.examples.all())
    assert [(e.category, e.was, e.source) for e in taught] == [("chieu_sang", "moi_truong_rac_thai", "triage")]


def test_a_caller_is_known_again_and_must_consent(house: House) -> None:
    hung = house.officer(HOLDER, Role.LEAD, "Hung")
    caller = Caller("Bà Tư", "0987654321", consented=True)

    def filed(ctx: Context, who: Caller = caller) -> Case:
        return file_for_someone(ctx, hung, who, "phone", "Đèn ngõ 9 hỏng", "chieu_sang", "00070")

    first, second = house.do(filed), house.do(filed)
    assert first.citizen == second.citizen
    assert first.channel == "phone"
    silent = replace(caller, consented=False)
    assert refusal(house, lambda ctx: filed(ctx, silent)) == "refused.spoken_consent"


def test_whoever_leaves_or_is_revoked_leaves_no_case_behind(house: House, lan: Officer, mai: Citizen) -> None:
    hoa = house.officer(HOLDER, Role.OFFICER, "Hoa")
    quy = house.officer(AgencyId("vp-ubnd-tp"), Role.ADMIN, "Quy")
    case = house.a_case(S.ACCEPTED, mai, lan)
    assert house.do(lambda ctx: leave_service(ctx, lan, hoa)) == 1
    assert house.case(case).officer == hoa.id
    assert house.pushes(hoa.id)[-1] == "push.handed_over"
    assert house.do(lambda ctx: revoke_officer(ctx, quy, hoa)) == 1
    assert house.case(case).officer is None
    gone = house.see(lambda tx: tx.officers.get(hoa.id))
    assert refusal(house, lambda ctx: accept_case(ctx, gone, case.id)) == "refused.revoked"
    assert refusal(house, lambda ctx: confirm_officer(ctx, quy, gone)) == "refused.revoked"
