"""What a card tells, and to whom: facts first, and nobody else's personal data in any line of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.casework.accept_case import accept_case
from bot.casework.add_words import add_words
from bot.casework.ask_citizen import ask_citizen
from bot.casework.citizen_data import erase_data
from bot.casework.escalate_case import escalate_case
from bot.casework.return_case import return_case
from storage.records import AgencyId, Case, CaseStatus, Officer, Role
from tests.casework.house import HOLDER, PARENT
from tests.desk.room import TEXTS, Room

SECRET = "0987654321"


def seen(room: Room, officer: Officer, said: str) -> str:
    return "\n".join(TEXTS.say(say.words) for say in room.hear(officer, said))


def told(room: Room) -> Case:
    """A case whose citizen wrote a telephone number in every place where one can write."""
    house = room.house
    case = house.file(room.mai, text=f"Rác đầu ngõ 12 Hàng Hành, gọi {SECRET}")
    house.do(lambda ctx: accept_case(ctx, room.lan, case.id))
    house.do(lambda ctx: ask_citizen(ctx, room.lan, case.id, "bên nào?"))
    house.do(lambda ctx: add_words(ctx, room.mai, case.id, f"số chẵn, gọi {SECRET}"))
    return case


@pytest.mark.parametrize(
    ("agency", "role", "sees"),
    [
        (HOLDER, Role.OFFICER, True),
        (HOLDER, Role.LEAD, True),
        (AgencyId("vp-ubnd-tp"), Role.REVIEWER, True),
        (PARENT, Role.LEAD, False),
        (AgencyId("triage"), Role.TRIAGE, False),
        (AgencyId("vp-ubnd-tp"), Role.ADMIN, False),
        (AgencyId("ubnd-00004"), Role.OFFICER, False),
    ],
)
def test_a_number_written_anywhere_shows_only_to_those_who_may_see_the_person(
    room: Room, agency: AgencyId, role: Role, sees: bool
) -> None:
    case = told(room)
    somebody = room.house.officer(agency, role, "Somebody")
    for said in (f"/xem {case.code}", f"/viec {case.code}", f"/visao {case.code}", f"/ghichu {case.code} đã xem"):
        shown = seen(room, somebody, said)
        assert SECRET not in shown or (sees and said.startswith("/xem"))
    assert (SECRET in seen(room, somebody, f"/xem {case.code}")) == sees


def test_what_was_passed_up_waits_in_the_queue_of_whoever_decides(room: Room) -> None:
    duc = room.house.officer(PARENT, Role.LEAD, "Duc")
    case = room.house.a_case(CaseStatus.ACCEPTED, room.mai, room.lan)
    room.house.do(lambda ctx: escalate_case(ctx, room.lan, case.id, "đề xuất Sở bố trí điểm mới"))
    assert case.code in seen(room, duc, "/viec")
    assert room.keys(room.lan, "/viec") == ["desk.queue_empty"]
    room.house.do(lambda ctx: return_case(ctx, duc, case.id, "phường tự làm"))
    assert room.keys(duc, "/viec") == ["desk.queue_empty"]
    assert case.code in seen(room, room.lan, "/viec")


def test_a_filter_that_fits_nothing_says_how_much_waits(room: Room) -> None:
    room.house.file(room.mai)
    assert "1 việc" in seen(room, room.lan, "/viec chiếu sáng")


def test_part_of_a_category_filters(room: Room) -> None:
    case = room.house.file(room.mai, text="Bãi phế thải sau chợ")
    assert case.code in seen(room, room.lan, "/viec rác")


def test_whoever_covers_sees_the_work_of_the_absent(room: Room) -> None:
    hoa = room.house.officer(HOLDER, Role.OFFICER, "Hoa")
    room.house.a_case(CaseStatus.ACCEPTED, room.mai, room.lan)
    assert room.keys(hoa, "/viec") == ["desk.queue_empty"]
    room.hear(room.lan, "/nghi 15/12")
    room.hear(room.lan, "Hoa")
    assert room.keys(hoa, "/viec") == ["desk.queue"]


@pytest.mark.parametrize("command", ["hoi", "giahan", "vuottham", "tralai", "xong", "tach", "gop", "ngoai", "chuyen"])
def test_what_cannot_be_done_is_refused_before_anything_is_asked(room: Room, command: str) -> None:
    case = room.house.a_case(CaseStatus.WITHDRAWN, room.mai, room.lan)
    (key,) = room.keys(room.lead(), f"/{command} {case.code}")
    assert key.startswith("refused.")


def test_a_card_offers_only_what_can_still_be_done(room: Room) -> None:
    case = room.house.a_case(CaseStatus.ACCEPTED, room.mai, room.lan)

    def offered() -> set[str]:
        (card,) = room.hear(room.lan, f"/xem {case.code}")
        return {button.press.partition(":")[0] for row in card.buttons for button in row}

    before = offered()
    limits = room.house.config.limits
    worn = {"may_transfer": False, "questions": limits.questions_per_case, "extensions": limits.extensions_per_case}
    room.house.do(lambda ctx: ctx.tx.cases.save(replace(ctx.tx.cases.get(case.id), **worn)))
    assert before - offered() == {"transfer", "ask", "extend"}


def test_somebody_without_a_name_leaves_no_gap(room: Room) -> None:
    nameless = room.house.officer(HOLDER, Role.OFFICER, "")
    case = room.house.a_case(CaseStatus.ACCEPTED, room.mai, nameless)
    room.hear(nameless, f"/ghichu {case.code} đã gọi Urenco")
    card = seen(room, nameless, f"/xem {case.code}")
    assert f"Đang giữ: {room.house.config.agencies[HOLDER].short_name}\n" in card
    assert "Cán bộ: đã gọi Urenco" in card


def test_a_mistyped_code_never_means_the_case_shown_last(room: Room) -> None:
    case = room.house.a_case(CaseStatus.ACCEPTED, room.mai, room.lan)
    room.hear(room.lan, f"/xem {case.code}")
    wrong = f"{case.code[:-1]}{'0' if case.code[-1] != '0' else '1'}"
    assert room.keys(room.lan, f"/ghichu {wrong} đã gọi") == ["refused.unknown_case"]
    assert "noted" not in room.house.kinds(case)


def test_news_of_a_complaint_about_an_official_names_nobody(room: Room) -> None:
    house = room.house
    case = house.file(room.mai)
    house.do(lambda ctx: ctx.tx.cases.save(replace(ctx.tx.cases.get(case.id), about_official=True)))
    house.do(lambda ctx: accept_case(ctx, room.lan, case.id))
    house.do(lambda ctx: ask_citizen(ctx, room.lan, case.id, "ngày nào?"))
    house.do(lambda ctx: add_words(ctx, room.mai, case.id, f"hôm qua, gọi {SECRET}"))
    house.do(lambda ctx: add_words(ctx, room.mai, case.id, f"tôi là Mai, {SECRET}"))
    told = house.see(lambda tx: [str(p.args) for p in tx.outbox.waiting("console", room.lan.id)])
    assert len(told) == 3
    assert SECRET not in "".join(told)
    card = seen(room, room.lan, f"/xem {case.code}")
    assert SECRET not in card
    assert "⚑ phản ánh về cán bộ" in card


@pytest.mark.parametrize("flags", [(), ("forwarded_photo", "reused_photo", "photo_elsewhere", "photo_old", "abuse")])
def test_the_reviewer_reads_the_same_hints_as_the_officer(room: Room, flags: tuple[str, ...]) -> None:
    case = room.house.a_case(CaseStatus.DISPUTED, room.mai, room.lan)
    room.house.do(lambda ctx: ctx.tx.cases.save(replace(ctx.tx.cases.lock(case.id), flags=flags)))
    binh = room.house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh")
    card = seen(room, binh, f"/rasoat {case.code}")
    assert card.startswith("RÀ SOÁT")
    assert [line for line in card.splitlines() if line.startswith("⚑")] == [
        TEXTS.pattern(f"flag.{flag}") for flag in flags
    ]
    assert card == card.strip()


def test_a_review_that_is_late_says_so(room: Room) -> None:
    case = room.house.a_case(CaseStatus.DISPUTED, room.mai, room.lan)
    binh = room.house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh")
    assert "\nHạn: " in seen(room, binh, f"/rasoat {case.code}")
    room.house.later(days=3)
    assert "\nQUÁ HẠN từ " in seen(room, binh, f"/rasoat {case.code}")


@pytest.mark.parametrize(
    ("said", "verdict"),
    [("Đúng", "Phản ánh đúng"), ("phan anh dung.", "Phản ánh đúng"), ("đạt", "Kết quả đạt"), ("2", "Kết quả đạt")],
)
def test_a_verdict_may_be_typed(room: Room, said: str, verdict: str) -> None:
    case = room.house.a_case(CaseStatus.DISPUTED, room.mai, room.lan)
    rated = room.house.see(lambda tx: tx.ratings.get(case.id, case.round))
    assert rated is not None
    room.house.do(lambda ctx: ctx.tx.ratings.save(replace(rated, reason="qua-cham")))
    binh = room.house.officer(AgencyId("vp-ubnd-tp"), Role.REVIEWER, "Binh")
    room.hear(binh, f"/rasoat {case.code}")
    assert "Chưa rõ “đừng”." in seen(room, binh, "đừng")
    assert verdict in seen(room, binh, said)
    room.hear(binh, "Đã gọi hai bên, chụp lại ảnh ngõ 12 Hàng Hành")
    assert room.house.case(case).status is CaseStatus.CLOSED


def test_a_card_names_similar_cases_and_the_citizens_others_without_personal_data(room: Room) -> None:
    house, hoa = room.house, room.house.citizen("Hoa")
    first = house.file(room.mai, text=f"Rác đầu ngõ 12 Hàng Hành, gọi {SECRET}")
    other = house.file(room.mai, text=f"Đèn ngõ 9 tắt, gọi {SECRET}", category="chieu_sang")
    near = house.file(hoa, text="Rác chất đống cạnh ngõ 14 Hàng Hành")
    shown = seen(room, room.lan, f"/xem {near.code}")
    similar = next(line for line in shown.splitlines() if first.code in line)
    assert SECRET not in similar
    assert other.code not in shown, "what else somebody else has complained of is nobody's business here"
    mine = seen(room, room.lan, f"/xem {first.code}")
    others = next(line for line in mine.splitlines() if other.code in line)
    assert "Đèn ngõ 9 tắt" in others
    assert SECRET not in others


def test_what_staff_were_shown_of_a_case_is_forgotten_with_its_author(room: Room) -> None:
    house = room.house
    case = told(room)
    noted = (f"/xem {case.code}", f"/ghichu {case.code} đã gọi {SECRET}", f"gọi {SECRET} rồi")
    for said in (*noted, f"/nhan {case.code}", f"/giahan {case.code}", "Chờ vật tư, thiết bị", f"gọi {SECRET}"):
        room.hear(room.lan, said)
    house.deliver()

    def kept() -> str:
        return str([p.args for p in house.see(lambda tx: tx.outbox.sent("console", room.lan.id))])

    assert SECRET in kept()
    house.do(lambda ctx: erase_data(ctx, ctx.tx.citizens.get(room.mai.id)))
    assert SECRET not in kept()
