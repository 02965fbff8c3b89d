"""/solieu: who is shown whose figures, what the picture is given, that it says the same as the words, and its table."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace
from datetime import date, datetime

import pytest
from PIL import Image

from bot.casework.rate_case import rate_case
from bot.casework.resolve_case import Answer, resolve_case
from bot.casework.sweeps import sweep_cases
from bot.casework.undo_move import undo_move
from bot.dialogue.message import Drawing, Say
from bot.reports.drawing.sheet import font
from bot.reports.painter import Painter
from bot.reports.statistics import Period, Statistics, statistics
from bot.reports.weekly import weekly_digest
from routing.geography import Geography
from routing.landmarks import landmarks
from storage.records import AgencyId, CaseStatus, Officer, Role
from tests.casework.house import DONE, HOLDER, OTHER
from tests.desk.room import TEXTS, Room

S = CaseStatus
CITY = AgencyId("vp-ubnd-tp")


def reviewer(room: Room) -> Officer:
    return room.house.officer(CITY, Role.REVIEWER, "Binh")


def lived(room: Room) -> None:
    """Ten days: two answered and rated, one refused, one late and unanswered, one of another ward, one taken back."""
    house = room.house
    house.a_case(S.REJECTED, house.citizen("Bay"), room.lan)
    late = house.file(house.citizen("Cuc"))
    house.later(days=9)
    house.do(lambda ctx: sweep_cases(ctx, 50))
    assert "overdue" in house.kinds(late)
    house.a_case(S.CLOSED, house.citizen("An"), room.lan)
    house.a_case(S.DISPUTED, house.citizen("Dung"), room.lan)
    house.file(house.citizen("Em"), ward="00004", category="chieu_sang")
    taken_back = house.a_case(S.RESOLVED, house.citizen("Phuong"), room.lan)
    house.do(lambda ctx: undo_move(ctx, room.lan, taken_back.id))


def counted(room: Room, period: Period = Period.MONTH, agency: AgencyId | None = None) -> Statistics:
    from bot.casework.context import Context

    return room.house.see(lambda tx: statistics(Context(tx, room.house.config, room.house.at), period, agency))


def shown(say: Say) -> tuple[str, Drawing]:
    message = TEXTS.put(say, "console", "")
    assert message.drawing is not None
    return message.text, message.drawing


def picture(drawing: Drawing) -> Image.Image:
    content = Painter().paint(drawing)
    made = Image.open(io.BytesIO(content))
    assert made.format == "PNG"
    assert len(content) < 60_000
    return made


def test_what_happened_is_counted_from_events_and_what_was_taken_back_is_not(room: Room) -> None:
    lived(room)
    made = counted(room)
    assert dict(made.total) == {
        "received": 6,
        "done": 2,
        "refused": 1,
        "late": 1,
        "judged": 4,
        "on_time": 3,
        "satisfied": 1,
        "dissatisfied": 1,
    }
    assert made.by_agency[OTHER]["received"] == 1
    assert made.by_agency[HOLDER]["received"] == 5
    assert made.by_category["chieu_sang"]["received"] == 1
    assert (made.first, made.last) == (date(2026, 11, 13), date(2026, 12, 10))
    assert sum(dict(part).get("received", 0) for part in made.by_part) == 6
    assert dict(counted(room, Period.WEEK).total)["received"] == 4


def test_a_case_that_was_answered_twice_counts_once_and_its_citizens_last_word(room: Room) -> None:
    house = room.house
    an = house.citizen("An")
    case = house.a_case(S.RESOLVED, an, room.lan)
    house.do(lambda ctx: rate_case(ctx, an, case.id, 1, 2))
    house.do(lambda ctx: rate_case(ctx, an, case.id, 1, 5))
    assert dict(counted(room).total) == {"received": 1, "done": 1, "judged": 1, "on_time": 1, "satisfied": 1}
    assert house.case(case).status is S.CLOSED


def test_an_answer_after_its_time_is_not_on_time(room: Room) -> None:
    house = room.house
    case = house.a_case(S.ACCEPTED, house.citizen("An"), room.lan)
    house.later(days=30)
    house.do(lambda ctx: sweep_cases(ctx, 50))
    proof = house.proof(room.lan)
    house.do(lambda ctx: resolve_case(ctx, room.lan, case.id, Answer(DONE, (proof,))))
    total = counted(room, Period.WEEK).total
    assert (total["done"], total["judged"], total["on_time"]) == (1, 1, 0)


def test_a_lead_is_shown_the_own_unit_and_nobody_elses(room: Room) -> None:
    lived(room)
    [say] = room.hear(room.lead(), "/solieu")
    text, drawing = shown(say)
    assert "nhận 5, có kết quả 3" in text
    assert "UBND phường Hoàn Kiếm" in text
    assert [name for name, _ in drawing.args["series"]] == ["Nhận", "Có kết quả", "Quá hạn"]
    assert [sum(numbers) for _, numbers in drawing.args["series"]] == [5, 3, 1]
    assert room.keys(lead2(room), "/solieu phường Ba Đình") == ["refused.figures"]


def lead2(room: Room) -> Officer:
    return room.house.officer(HOLDER, Role.LEAD, "Hai")


def test_the_city_office_is_shown_everybody_or_whom_it_names(room: Room) -> None:
    lived(room)
    binh = reviewer(room)
    text, _ = shown(room.hear(binh, "/solieu")[0])
    assert "Thành phố Hà Nội" in text
    assert "nhận 6" in text
    text, _ = shown(room.hear(binh, "/solieu 7 ngày phường Ba Đình")[0])
    assert "UBND phường Ba Đình · 7 ngày" in text
    assert "nhận 1" in text


@pytest.mark.parametrize(("agency", "role"), [(HOLDER, Role.OFFICER), (AgencyId("triage"), Role.TRIAGE)])
def test_others_are_told_who_sees_figures(room: Room, agency: AgencyId, role: Role) -> None:
    assert room.keys(room.house.officer(agency, role, "Nhi"), "/solieu") == ["refused.figures"]


def test_the_words_say_what_the_picture_says(room: Room) -> None:
    lived(room)
    binh = reviewer(room)
    text, drawing = shown(room.hear(binh, "/solieu đúng hạn")[0])
    assert drawing.key == "chart.bars"
    assert [(name, said) for name, _, said, _ in drawing.args["rows"]] == [("UBND phường Hoàn Kiếm", "75% (3/4)")]
    assert "UBND phường Hoàn Kiếm: 75% (3/4)" in text
    assert drawing.title in text
    text, drawing = shown(room.hear(binh, "/solieu hài lòng")[0])
    assert drawing.title == "50% hài lòng: 1 trên 2 đánh giá"
    text, drawing = shown(room.hear(binh, "/solieu lĩnh vực")[0])
    assert [said for _, _, said, _ in drawing.args["rows"]] == ["5 (83%)", "1 (17%)"]
    assert "Chiếu sáng công cộng: 1 (17%)" in text


def test_every_view_of_every_period_is_a_picture_that_a_phone_can_show(room: Room) -> None:
    lived(room)
    binh = reviewer(room)
    for period in ("7 ngày", "4 tuần", "13 tuần"):
        for view in ("nhận kết quả", "đúng hạn", "hài lòng", "lĩnh vực"):
            text, drawing = shown(room.hear(binh, f"/solieu {period} {view}")[0])
            made = picture(drawing)
            assert made.width == 900
            assert 250 <= made.height <= 1100
            assert len(text) <= 1024
            assert Painter().paint(drawing) == Painter().paint(drawing)


def test_buttons_change_one_thing_and_keep_the_rest(room: Room) -> None:
    lived(room)
    binh = reviewer(room)
    [say] = room.hear(binh, "/solieu 13 tuần phường Hoàn Kiếm")
    presses = [button.press for row in say.buttons for button in row]
    assert all(press.isascii() and len(press) <= 60 for press in presses)
    assert "do:solieu 7 ngay nhan ket qua ubnd-00070" in presses
    labels = [TEXTS.say(button.label) for row in say.buttons for button in row]
    assert labels == [
        "7 ngày",
        "4 tuần",
        "● 13 tuần",
        "● Nhận, kết quả",
        "Đúng hạn",
        "Hài lòng",
        "Lĩnh vực",
        "Tệp bảng (CSV)",
    ]
    [say] = room.hear(binh, press="do:solieu 13 tuan dung han ubnd-00070")
    text, _ = shown(say)
    assert "UBND phường Hoàn Kiếm · 13 tuần" in text
    assert "Rác thải" in text


def test_many_bars_are_paged_and_the_worst_comes_first(room: Room) -> None:
    house, binh = room.house, reviewer(room)
    wards = ("00004", "00008", "00025", "00070", "00082", "00091", "00097", "00103", "00118")
    for n, ward in enumerate(wards):
        house.file(house.citizen(f"C{n}"), ward=ward)
    house.later(days=9)
    house.do(lambda ctx: sweep_cases(ctx, 500))
    [say] = room.hear(binh, "/solieu đúng hạn")
    _, drawing = shown(say)
    assert len(drawing.args["rows"]) == 8
    more = say.buttons[-1][-1]
    assert TEXTS.say(more.label) == "Xem thêm"
    _, second = shown(room.hear(binh, press=more.press)[0])
    names = {row[0] for row in (*drawing.args["rows"], *second.args["rows"])}
    assert len(names) == len(wards)
    for typed in ("/solieu đúng hạn trang 2", "/solieu dung han trang 9"):
        assert shown(room.hear(binh, typed)[0])[1].args["rows"] == second.args["rows"]
    assert shown(room.hear(binh, "/solieu đúng hạn trang 1")[0])[1].args["rows"] == drawing.args["rows"]


def test_the_table_has_every_row_and_no_formula(room: Room) -> None:
    lived(room)
    [say] = room.hear(reviewer(room), "/solieu đúng hạn csv")
    assert say.document is not None
    name, content = say.document
    assert name == "so-lieu-2026-12-10.csv"
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    assert {row["Đơn vị"]: (row["Nhận"], row["Xong"], row["Từ chối"]) for row in rows} == {
        "UBND phường Hoàn Kiếm": ("5", "2", "1"),
        "UBND phường Ba Đình": ("1", "0", "0"),
    }
    [say] = room.hear(reviewer2(room), "/solieu 7 ngày csv")
    assert say.document is not None
    assert len(list(csv.DictReader(io.StringIO(say.document[1].removeprefix("\ufeff"))))) == 7


def reviewer2(room: Room) -> Officer:
    return room.house.officer(CITY, Role.REVIEWER, "Hai")


def test_the_weeks_digest_brings_its_picture_and_leads_to_the_weeks_before(room: Room) -> None:
    hung = room.lead()
    lived(room)
    room.house.at = datetime.fromisoformat("2026-12-14T08:00:00+07:00")
    room.house.do(lambda ctx: weekly_digest(ctx, 10))
    [digest] = [p for p in room.house.see(lambda tx: tx.outbox.waiting("console", hung.id)) if p.key == "push.weekly"]
    say = Say.from_json(digest.args)
    text, drawing = shown(say)
    assert "Tuần qua (07/12–13/12) · UBND phường Hoàn Kiếm" in text
    assert "Nhận 3 · xong 2 · từ chối 0" in text
    assert list(drawing.args["labels"]) == [f"{n:02}/12" for n in range(7, 14)]
    assert sum(map(int, drawing.args["series"][0][1])) == 3
    assert Painter().paint(drawing).startswith(b"\x89PNG")
    [[button]] = say.buttons
    assert "4 tuần" in shown(room.hear(hung, press=button.press)[0])[0]


def test_nothing_to_count_is_said_without_a_picture(room: Room) -> None:
    [say] = room.hear(room.lead(), "/solieu hài lòng")
    assert say.drawing is None
    assert "chưa có gì để đếm" in TEXTS.say(say.words)


def test_an_english_speaker_gets_an_english_picture(room: Room) -> None:
    lived(room)
    binh = reviewer(room)
    room.house.do(lambda ctx: ctx.tx.officers.save(replace(binh, language="en")))
    [say] = room.hear(binh, "/solieu")
    drawing = TEXTS.put(say, "console", "", "en").drawing
    assert drawing is not None
    assert "More came in" in drawing.title


def test_every_character_that_may_stand_in_a_picture_is_in_its_fonts(room: Room) -> None:
    config = room.house.config
    drawn = [key for key in sorted(TEXTS.keys()) if key.startswith("figures.") and key != "figures.chosen"]
    spoken = [TEXTS.pattern(key, language) for key in drawn for language in ("vi", "en")]
    spoken += [agency.short_name for agency in config.agencies.values()]
    spoken += [name for each in config.categories.values() for name in (each.label, each.label_en)]
    spoken += [landmark.name for landmark in landmarks()] + [ward.name for ward in Geography.load().wards.values()]
    characters = {c for words in spoken for c in unicodedata.normalize("NFC", words.upper() + words) if not c.isspace()}
    for is_bold in (False, True):
        assert [c for c in sorted(characters) if font(30, is_bold).getmask(c).getbbox() is None] == []
