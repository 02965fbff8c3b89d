"""/cauhinh: administrators change the configuration from the staff chat, and see first what it would do."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.casework.apply_config import Written, apply_config
from bot.desk import Desk
from bot.dialogue.message import Attachment, Incoming, Say
from bot.dialogue.session import Result
from bot.reports.painter import Painter
from routing.config import parse
from storage.records import AgencyId, CaseStatus, FileKind, FileStatus, Officer, OfficerId, Role
from storage.store import Store
from tests.casework.house import HOLDER, OTHER, House
from tests.desk.room import TEXTS, Room

SHIPPED = (Path(__file__).parents[2] / "config.yaml").read_text(encoding="utf-8")


class Office(Room):
    """A desk with an administrator and the shipped configuration in force."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.stored: dict[str, bytes] = {}
        self.desk = Desk(house.store, lambda: house.config, bytes_of=self.stored.__getitem__)
        self.admin = house.officer(AgencyId("vp-ubnd-tp"), Role.ADMIN, "Quy")
        self.apply(SHIPPED)

    def apply(self, text: str) -> None:
        written = Written(text, parse(text))
        self.house.store.write_now(lambda tx: apply_config(tx, written, None, "file", self.house.at))

    def text(self) -> str:
        active = self.house.see(lambda tx: tx.configs.active())
        assert active is not None
        return active.text

    def says(self, text: str = "", press: str | None = None, officer: Officer | None = None) -> str:
        return "\n".join(TEXTS.say(say.words) for say in self.hear(officer or self.admin, text, press))

    def send_file(self, content: bytes, officer: Officer | None = None) -> list[Say]:
        """Sends a file to the desk and lets its bytes arrive."""
        sender = officer or self.admin
        attachment = Attachment(FileKind.DOCUMENT, "ref", name="config.yaml")
        self.desk.hear_now(
            Incoming("console", sender.id, f"f{len(self.stored)}", self.house.at, attachments=(attachment,))
        )
        (waiting,) = (f for f in self.house.see(lambda tx: tx.files.waiting(self.house.at, 9)) if f.person == sender.id)
        digest = f"{len(self.stored):064x}"
        self.stored[digest] = content
        ready = replace(waiting, status=FileStatus.READY, sha256=digest, retry_at=None)
        before = {p.id for p in self.house.see(lambda tx: tx.outbox.waiting("console", sender.id))}
        work = self.desk.result_work(ready, Result("photo_ready"), self.house.at)
        self.house.store.write_now(lambda tx: (tx.files.save(ready), work(tx)))
        after = self.house.see(lambda tx: tx.outbox.waiting("console", sender.id))
        return [Say.from_json(p.args) for p in after if p.id not in before]


@pytest.fixture
def office(sqlite_store: Store) -> Office:
    return Office(House(sqlite_store))


def test_it_shows_what_is_in_force_and_what_can_be_done(office: Office) -> None:
    said = office.says("/cauhinh")
    assert "cấu hình số 1" in said
    assert "/cauhinh them" in said
    assert "Chưa rõ “tukhoa”." in office.says("/cauhinh tukhoa chieu_sang đèn hỏng")


def test_a_part_is_shown_by_the_codes_of_its_category(office: Office) -> None:
    assert "Đèn đường hỏng" in office.says("/cauhinh xem chieu_sang.den_hong")
    assert "Có phải “den_hong”?" in office.says("/cauhinh xem chieu_sang.den_hongg")


def test_only_administrators_may(office: Office) -> None:
    assert office.keys(office.lan, "/cauhinh") == ["refused.role"]
    assert office.send_file(SHIPPED.encode(), office.lan) == [], "refused before its bytes were fetched"
    assert office.text() == SHIPPED


def test_a_keyword_is_rehearsed_then_applied_and_the_comments_stay(office: Office) -> None:
    said = office.says("/cauhinh them cay_xanh cây phượng")
    assert "thêm “cây phượng”" in said
    assert re.search(r"Diễn thử \d{3} vụ việc: 0 chuyển cơ quan", said)
    assert office.text() == SHIPPED, "nothing changes before [Áp dụng]"
    assert "Đang dùng cấu hình số 2" in office.says("1")
    lines, changed = SHIPPED.splitlines(), office.text().splitlines()
    assert [new for old, new in zip(lines, changed, strict=True) if old != new] == [
        next(line for line in changed if "cây phượng" in line)
    ]


def test_a_proposal_may_be_dropped(office: Office) -> None:
    office.says("/cauhinh han chieu_sang.den_hong 2")
    assert "không đổi gì" in office.says(press="pick::drop")
    assert office.text() == SHIPPED


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("/cauhinh han chieu_sang.den_hong 2", "days: 3 → 2"),
        ("/cauhinh mau tiep-nhan {don_vi} đã nhận {ma}", "→ “{don_vi} đã nhận {ma}”"),
        ("/cauhinh mau da-xu-ly Đã làm xong tại {dia_diem}", "→ “Đã làm xong tại {dia_diem}”"),
        ("/cauhinh dat deadlines.accept_hours 6", "accept_hours: 8 → 6"),
        ("/cauhinh bo cay_xanh.cay_do cây đổ", "bỏ “cây đổ”"),
    ],
)
def test_small_edits_by_command(office: Office, said: str, line: str) -> None:
    assert line in office.says(said)
    office.says("Áp dụng")
    assert parse(office.text())
    assert office.text() != SHIPPED


def test_a_faulty_edit_is_refused_with_the_nearest_right_word(office: Office) -> None:
    assert "có phải “cong-an”" in office.says("/cauhinh dat categories.tieng_on.to congan")
    assert "Chưa đổi gì" in office.says("/cauhinh dat categories.tieng_on.too cong-an")
    assert office.keys(office.admin, "/cauhinh them cay_xanh") == ["config.ask_word"]


def test_what_would_move_is_named_before_it_is_applied(office: Office) -> None:
    said = office.says("/cauhinh dat categories.chieu_sang.to so-xd")
    assert "16 chuyển cơ quan" in said
    assert re.search(r"4 vụ: .*Ba Đình → Sở Xây dựng", said)


def test_a_sent_file_is_answered_with_its_rehearsal_and_applied(office: Office) -> None:
    changed = SHIPPED.replace("citizen_days: 5", "citizen_days: 6")
    (proposal,) = office.send_file(changed.encode())
    assert proposal.words.key == "config.proposal"
    assert [button.press for row in proposal.buttons for button in row] == ["pick::apply", "pick::drop"]
    office.says(press="pick::apply")
    assert office.text() == changed


def test_a_sent_file_with_faults_is_answered_with_all_of_them(office: Office) -> None:
    broken = SHIPPED.replace("citizen_days: 5", "citizen_days: năm").replace("triage: triage ", "triage: nobody ")
    said = TEXTS.say(office.send_file(broken.encode())[0].words)
    assert "deadlines.citizen_days" in said
    assert "roles.triage" in said
    assert "sai cú pháp" in TEXTS.say(office.send_file(b"city: [")[0].words)
    assert office.send_file(b"\xff\xfe\x00")[0].words.key == "config.faulty"


def test_a_sent_file_in_an_old_encoding_is_explained_and_becomes_no_proof_of_anything(office: Office) -> None:
    (said,) = office.send_file("city: Hà Tây".encode("latin-1"))
    assert "không theo bảng mã UTF-8" in TEXTS.say(said.words)
    (said,) = office.send_file(SHIPPED.replace("\n", "\r\n").encode("utf-8-sig"))
    assert said.words.key == "config.same", "only the ends of lines differ"
    stored = office.house.see(lambda tx: tx.sessions.get("console", office.admin.id))
    assert stored is None or not stored.state.get("loose_files")


def test_of_many_faults_the_first_are_told(office: Office) -> None:
    text = SHIPPED + "".join(f"k{at}: 1\n" for at in range(50))
    said = TEXTS.say(office.send_file(text.encode())[0].words)
    assert "có 50 chỗ sai" in said
    assert said.count("config.yaml:") == 20
    assert "… và 30 chỗ sai khác" in said


def test_of_many_changes_the_first_are_told_and_how_many_there_are(office: Office) -> None:
    said = TEXTS.say(office.send_file(SHIPPED.replace("verified: false", "verified: true").encode())[0].words)
    assert re.search(r"… và \d+ dòng khác", said)


def test_a_rule_whose_id_is_a_number_is_rehearsed_like_any_other(office: Office) -> None:
    (proposal,) = office.send_file(SHIPPED.replace("  - id: mang-vnpt", "  - id: 12").encode())
    assert "Quy tắc / 12: thêm" in TEXTS.say(proposal.words)


def test_a_proposal_is_refused_when_somebody_else_was_faster(office: Office) -> None:
    office.says("/cauhinh dat deadlines.accept_hours 6")
    office.apply(SHIPPED.replace("citizen_days: 5", "citizen_days: 7"))
    assert office.says(press="pick::apply").startswith("Chưa đổi gì: cấu hình vừa được người khác đổi")
    assert "citizen_days: 7" in office.text()


def test_an_agency_with_open_cases_cannot_be_closed_without_a_successor(office: Office) -> None:
    office.house.a_case(CaseStatus.ACCEPTED, office.mai, office.lan)
    said = office.says("/cauhinh dat overrides.ubnd-00070 {closed: true}")
    assert "đơn vị đã đóng mà chưa có đơn vị tiếp nhận" in said
    assert office.text() == SHIPPED


def test_history_and_the_way_back(office: Office) -> None:
    office.says("/cauhinh dat deadlines.accept_hours 6")
    office.says("1")
    assert "2 · " in office.says("/cauhinh lichsu")
    assert "accept_hours: 6 → 8" in office.says("/cauhinh quaylai 1")
    office.says("1")
    assert office.text() == SHIPPED
    assert office.keys(office.admin, "/cauhinh quaylai 99") == ["config.no_version"]


def test_the_file_is_handed_over(office: Office) -> None:
    (say,) = office.hear(office.admin, "/cauhinh tep")
    assert say.document == ("config.yaml", SHIPPED)


def test_an_officer_is_moved_and_the_cases_stay_with_the_unit(office: Office) -> None:
    case = office.house.a_case(CaseStatus.ACCEPTED, office.mai, office.lan)
    said = office.says(f"/cauhinh chuyen Lan {OTHER}")
    assert "Lan đã chuyển sang" in said
    assert officer(office, office.lan.id).agency == OTHER
    kept = office.house.case(case)
    assert (kept.agency, kept.officer) == (HOLDER, None)
    assert office.keys(office.admin, f"/cauhinh chuyen Lan {OTHER}") == ["refused.there_already"]
    assert office.keys(office.admin, "/cauhinh chuyen Không Ai ubnd-00070") == ["config.ask_move"]


def test_an_absence_is_noted_and_ended_for_somebody_else(office: Office) -> None:
    assert office.keys(office.admin, "/cauhinh vang Lan 15/12") == ["config.absent"]
    away = officer(office, office.lan.id)
    assert away.out_until is not None
    assert away.out_until.date().isoformat() == "2026-12-15"
    assert office.keys(office.admin, "/cauhinh vang Lan thôi") == ["config.absence_ended"]
    assert officer(office, office.lan.id).out_until is None


def officer(office: Office, number: OfficerId) -> Officer:
    return office.house.see(lambda tx: tx.officers.get(number))


def test_a_rehearsal_that_moves_cases_is_also_a_picture_of_who_gives_how_many_to_whom(office: Office) -> None:
    [say] = office.hear(office.admin, "/cauhinh dat categories.tieng_on.to so-xd")
    drawing = TEXTS.put(say, "console", "").drawing
    assert drawing is not None
    text = TEXTS.say(say.words)
    assert len(drawing.args["rows"]) > 1
    for name, _, n, _ in drawing.args["rows"]:
        old, new = name.split("\nsang ")
        assert f"{n} vụ: {old} → {new}" in text
    assert Image.open(io.BytesIO(Painter().paint(drawing))).width == 900
    quiet = office.hear(office.admin, "/cauhinh them chieu_sang đèn le lói ở hẻm")[-1]
    assert (quiet.words.key, quiet.drawing) == ("config.proposal", None)
