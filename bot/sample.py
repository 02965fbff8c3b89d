"""A small sample city for a first look: a few officers, and cases at every stage, through the real use cases."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from bot.casework.accept_case import accept_case
from bot.casework.add_words import add_words
from bot.casework.ask_citizen import ask_citizen
from bot.casework.citizen_data import give_consent
from bot.casework.context import Context
from bot.casework.file_case import Complaint, file_case
from bot.casework.rate_case import rate_case
from bot.casework.resolve_case import Answer, resolve_case
from bot.dialogue.session import Draft, Understood, Where
from nlp.reader import Reader
from routing.config import Config
from routing.geography import Geography
from storage.files import FileStore, thumb_name
from storage.photos import Picture, open_gate
from storage.records import (
    AgencyId,
    CaseId,
    Citizen,
    CitizenId,
    File,
    FileId,
    FileKind,
    FileStatus,
    Officer,
    OfficerId,
    PersonId,
    Purpose,
    Role,
)
from storage.store import Store, Transaction

DEMO = "demo"
CONSENT = "sample"


@dataclass(frozen=True, slots=True)
class Story:
    """One sample case: who says what where, how many hours ago, and what became of it since."""

    hours_ago: float
    name: str
    text: str
    category: str
    lat: float
    lon: float
    place: str
    scene: str = ""
    """Name of a drawn picture; "" for none."""
    accepted: bool = False
    question: str = ""
    reply: str = ""
    answer: str = ""
    rating: int = 0


STORIES = (
    Story(
        2, "Nguyễn Văn An", "Đèn đường đầu ngõ Hàng Hành tắt ba tối nay, trẻ con đi học về tối om",
        "chieu_sang", 21.0316, 105.8502, "đầu ngõ Hàng Hành", "lamp",
    ),
    Story(
        5, "Trần Thị Bình", "Rác chất đống trước cổng trường ở phố Lý Thái Tổ, bốc mùi, ruồi bay vào lớp",
        "moi_truong_rac_thai", 21.0309, 105.8550, "phố Lý Thái Tổ", "rubbish",
    ),
    Story(
        1, "Lê Minh Châu", "Nắp cống trước số nhà 20 phố Hàng Bài mất từ sáng, xe máy suýt lao xuống",
        "ha_tang_duong", 21.0236, 105.8527, "20 phố Hàng Bài", "hole",
    ),
    Story(
        30, "Phạm Thu Dung", "Quán nhậu đầu ngõ mở loa kẹo kéo tới một giờ đêm, cả xóm mất ngủ",
        "tieng_on", 21.0333, 105.8512, "ngõ Hàng Bông",
        accepted=True, question="Quán số bao nhiêu và ồn nhất vào những ngày nào?",
    ),
    Story(
        52, "Hoàng Gia Khánh", "Vỉa hè phố Tràng Tiền bị quây lại bán hàng, người đi bộ phải xuống lòng đường",
        "trat_tu_do_thi", 21.0249, 105.8557, "phố Tràng Tiền", "pavement", accepted=True,
    ),
    Story(
        100, "Vũ Hải Yến", "Ổ gà sâu giữa đường Lý Thường Kiệt, hôm qua có người ngã xe",
        "ha_tang_duong", 21.0256, 105.8480, "đường Lý Thường Kiệt", "hole", accepted=True,
    ),
    Story(
        150, "Đặng Quốc Huy", "Cây xà cừ bên hồ nghiêng hẳn sau trận gió, cành khô rơi xuống đường",
        "cay_xanh", 21.0288, 105.8522, "ven hồ Hoàn Kiếm", "tree", accepted=True,
        answer="Chiều 14 giờ, tổ cây xanh đã cắt hạ cành khô và chống cây xà cừ bằng giá thép ven hồ Hoàn Kiếm; "
        "đã dọn sạch cành rơi trên lòng đường.",
    ),
    Story(
        200, "Bùi Thanh Lan", "Nước ngập ngang đầu gối ở ngã tư Bà Triệu mỗi khi mưa, cống không thoát",
        "thoat_nuoc_ngap_ung", 21.0215, 105.8497, "ngã tư Bà Triệu – Trần Hưng Đạo", "water", accepted=True,
        answer="Công nhân thoát nước đã nạo vét 40 mét cống và thông hai hố ga tại ngã tư Bà Triệu – Trần Hưng Đạo "
        "trong ngày hôm qua, nước rút sau mưa thử lúc 16 giờ.",
        rating=5,
    ),
    Story(
        220, "Đỗ Nam Phong", "Bãi rác tự phát sau chợ Hàng Da, ai cũng đem ra đổ trộm ban đêm",
        "moi_truong_rac_thai", 21.0300, 105.8463, "sau chợ Hàng Da", "rubbish", accepted=True,
        answer="Tổ thu gom đã dọn sạch bãi rác sau chợ Hàng Da lúc 9 giờ sáng, rửa nền đường và đặt biển cấm đổ rác, "
        "bố trí người trực ban đêm.",
        rating=2,
    ),
    Story(
        8, "Ngô Bảo Ngọc", "Đèn tín hiệu ở ngã tư Kim Mã – Giảng Võ hỏng, xe dồn lại rất nguy hiểm",
        "giao_thong_trat_tu", 21.0306, 105.8236, "ngã tư Kim Mã – Giảng Võ", "lamp",
    ),
    Story(
        26, "Lý Thị Hoa", "Chó thả rông không rọ mõm ở công viên Thống Nhất, mấy cháu nhỏ sợ không dám chơi",
        "vat_nuoi", 21.0137, 105.8430, "công viên Thống Nhất", "tree",
    ),
    Story(
        70, "Trịnh Đức Thắng", "Hàng quán lấn chiếm hết lối đi trong ngõ 12 phố Huế",
        "trat_tu_do_thi", 21.0130, 105.8513, "ngõ 12 phố Huế", "pavement",
        accepted=True, question="Hàng quán bày ra vào khung giờ nào?",
        reply="Từ 6 giờ đến 9 giờ sáng, ngày nào cũng vậy",
    ),
)  # fmt: skip
NAMES = ("Lê Thu Hà", "Nguyễn Quang Minh", "Phạm Hồng Nhung", "Trần Đức Long", "Vũ Mai Anh", "Hoàng Tuấn Kiệt")
BACKGROUNDS = {
    "lamp": "#28344a",
    "rubbish": "#8d8670",
    "hole": "#6d6f73",
    "pavement": "#b3a79a",
    "tree": "#8fb6d8",
    "water": "#7f93a3",
}


def fill_sample(
    store: Store,
    files: FileStore,
    config: Callable[[], Config],
    reader: Reader,
    geography: Geography,
    now: datetime,
) -> int:
    """Fills an unused database and marks it as a sample; a used one stays as it is. Returns how many cases it filed."""
    if not store.read_now(is_unused):
        return 0
    scenes = _scenes(files)
    read = [Understood.of(reader.read(story.text)) for story in STORIES]

    def fill(tx: Transaction) -> int:
        if not is_unused(tx):
            return 0
        tx.meta.set(DEMO, now.isoformat())
        staff: dict[AgencyId, Officer] = {}
        for story, understood in zip(STORIES, read, strict=True):
            _tell(
                _Teller(tx, config(), now - timedelta(hours=story.hours_ago), scenes, geography, staff),
                story,
                understood,
            )
        return len(STORIES)

    return store.write_now(fill)


def is_unused(tx: Transaction) -> bool:
    """Whether nobody has ever been in this database."""
    return not tx.citizens.count() and not tx.officers.all() and tx.meta.get(DEMO) is None


@dataclass
class _Teller:
    """Where a story is told: the transaction, and a time that goes on with each step."""

    tx: Transaction
    config: Config
    now: datetime
    scenes: Mapping[str, tuple[str, Picture]]
    geography: Geography
    staff: dict[AgencyId, Officer]

    def later(self, hours: float) -> Context:
        self.now += timedelta(hours=hours)
        return Context(self.tx, self.config, self.now)

    def officer(self, agency: AgencyId) -> Officer:
        """Somebody of the agency; made when it has nobody yet. Nobody can log in as a sample officer."""
        if agency not in self.staff:
            name = NAMES[len(self.staff) % len(NAMES)]
            role = Role.TRIAGE if agency == str(self.config.roles.triage) else Role.OFFICER
            made = Officer(OfficerId(self.tx.new_id()), agency, role, name, self.now, confirmed_at=self.now)
            self.tx.officers.add(made)
            self.staff[agency] = made
        return self.staff[agency]

    def picture(self, scene: str, person: str, purpose: Purpose) -> FileId:
        digest, picture = self.scenes[scene]
        file = File(
            FileId(self.tx.new_id()), FileKind.PHOTO, purpose, PersonId(person), "sample", "sample", self.now,
            status=FileStatus.READY, sha256=digest, phash=picture.phash, width=picture.width, height=picture.height,
            bytes=len(picture.jpeg), mime="image/jpeg",
        )  # fmt: skip
        self.tx.files.add(file)
        return file.id


def _tell(teller: _Teller, story: Story, understood: Understood) -> None:
    ctx = teller.later(0)
    citizen = Citizen(CitizenId(teller.tx.new_id()), teller.now, name=story.name)
    teller.tx.citizens.add(citizen)
    citizen = give_consent(ctx, citizen, CONSENT)
    located = teller.geography.locate(story.lat, story.lon)
    where = Where(located.ward_code or "", located.ward or "", story.place, story.lat, story.lon)
    photos = (teller.picture(story.scene, citizen.id, Purpose.COMPLAINT),) if story.scene else ()
    draft = Draft(
        text=story.text, understood=understood, category=story.category, where=where, files=photos,
        kinds=(FileKind.PHOTO.value,) * len(photos), words_of_place=story.place,
    )  # fmt: skip
    case = file_case(ctx, citizen, Complaint(draft, "sample"))[0]
    officer = teller.officer(case.agency or ctx.triage)
    if story.accepted and officer.role is Role.OFFICER:
        accept_case(teller.later(0.4), officer, case.id)
        _go_on(teller, story, citizen, officer, case.id)


def _go_on(teller: _Teller, story: Story, citizen: Citizen, officer: Officer, case: CaseId) -> None:
    if story.question:
        ask_citizen(teller.later(0.5), officer, case, story.question)
    if story.reply:
        add_words(teller.later(2), citizen, case, story.reply)
    if story.answer:
        proof = teller.picture("clean", officer.id, Purpose.PROOF)
        resolve_case(teller.later(26), officer, case, Answer(story.answer, (proof,), promise_confirmed=True))
    if story.rating:
        rate_case(teller.later(3), citizen, case, 1, story.rating)


def _scenes(files: FileStore) -> dict[str, tuple[str, Picture]]:
    """Drawn pictures through the same gate as any photo, and stored."""
    scenes = {}
    for name in (*BACKGROUNDS, "clean"):
        opened = open_gate(drawn(name))
        if not isinstance(opened, Picture):
            raise RuntimeError(f"the gate refused a sample picture: {opened.reason}")
        digest = hashlib.sha256(opened.jpeg).hexdigest()
        files.put(digest, opened.jpeg)
        files.put(thumb_name(digest), opened.thumb)
        scenes[name] = (digest, opened)
    return scenes


def drawn(name: str) -> bytes:
    """A plain street scene in a few shapes."""
    image = Image.new("RGB", (960, 720), BACKGROUNDS.get(name, "#a9cbe8"))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 470, 960, 720), fill="#55585c")
    draw.rectangle((0, 440, 960, 480), fill="#c9c3b8")
    match name:
        case "lamp":
            draw.line((300, 470, 300, 120, 420, 100), fill="#1b1f26", width=16)
            draw.ellipse((400, 90, 460, 130), fill="#3d434d")
        case "rubbish":
            for x, y, colour in (
                (200, 380, "#2f5d3a"),
                (330, 400, "#30343a"),
                (450, 370, "#8a2f2f"),
                (560, 410, "#e0e0e0"),
            ):
                draw.ellipse((x, y, x + 190, y + 140), fill=colour)
        case "hole" | "water":
            draw.ellipse(
                (280, 540, 680, 680), fill="#22262b" if name == "hole" else "#5d7d93", outline="#8a8a8a", width=10
            )
        case "pavement":
            for x in range(120, 860, 160):
                draw.rectangle((x, 380, x + 110, 500), fill="#b5523b")
                draw.polygon(((x - 20, 380), (x + 55, 300), (x + 130, 380)), fill="#2d6ca2")
        case "tree":
            draw.polygon(((470, 470), (520, 470), (420, 180), (380, 190)), fill="#5b4331")
            draw.ellipse((220, 60, 560, 300), fill="#3f7a3a")
        case _:
            for x in range(60, 960, 220):
                draw.rectangle((x, 590, x + 120, 606), fill="#f2f2f2")
            draw.rectangle((700, 250, 870, 440), fill="#d9b48f")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
