"""The reader as a whole: what it says of plain cases, and that no text and no broken model upsets it."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import segment
from nlp.classify import MODEL, ModelUnusable, Rows, load_model, save_model
from nlp.reader import Reader
from nlp.reading import Reading, Scope, Urgency
from tests.nlp.conftest import part_of

STRANGE = [
    "",
    " \n\t ",
    "😀",
    "👨‍👩‍👧‍👦🔥🔥",
    "مرحبا بالعالم",
    "日本語のテキスト",
    "a" * 10_000,
    "rác thải ngập ngụa " * 600,
    "0912345678 " * 900,
    "." * 10_000,
    unicodedata.normalize("NFD", "Nước ngập vào nhà tôi"),
    "r\u200bá\u200bc th\u200bải",
    "\x00\x01\ud800 rác",
    "ông " * 2_500,
    "sẽ " * 3_000,
    "%s %d {} {0} \\n <b>",
]


def _sound(reading: Reading, text: str) -> None:
    assert reading.text == text
    assert len(reading.candidates) == 3
    assert reading.category == reading.candidates[0].category
    assert len({candidate.category for candidate in reading.candidates}) == 3
    assert reading.urgent == (reading.urgency is Urgency.KHAN)
    assert all(0 <= span.start <= span.end <= len(text) for span in reading.personal_data)


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_text_is_read_without_complaint(reader: Reader, text: str, caplog: pytest.LogCaptureFixture) -> None:
    _sound(reader.read(text), text)
    assert caplog.records == [], "a stage failed"


@pytest.mark.parametrize("text", [*STRANGE, "ông lê tuấn " * 800, "a@" * 5_000], ids=range(len(STRANGE) + 2))
def test_no_text_takes_long(reader: Reader, text: str) -> None:
    """Fifty milliseconds of this process, whatever else the machine is busy with."""
    spent = []
    for _ in range(3):
        begun = time.process_time()
        reader.read(text[:10_000])
        spent.append(time.process_time() - begun)
    assert min(spent) <= 0.05


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=300))
def test_the_reader_is_total(reader: Reader, text: str) -> None:
    _sound(reader.read(text), text)


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="aăâđeêioơuưyàáảãạ cháynướckẹt0123456789.,!?*\n", max_size=400))
def test_the_reader_is_total_on_letters_that_look_vietnamese(reader: Reader, text: str) -> None:
    _sound(reader.read(text), text)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Rác chất đống ở đầu ngõ cả tuần không ai dọn", "moi_truong_rac_thai"),
        ("rac chat dong dau ngo ca tuan khong ai don", "moi_truong_rac_thai"),
        ("mưa xong nước ngập ngang bánh xe, cống tắc", "thoat_nuoc_ngap_ung"),
        ("đèn đường ngõ 12 tắt cả tuần tối om", "chieu_sang"),
        ("quán nhậu kê bàn ghế chiếm hết vỉa hè", "trat_tu_do_thi"),
        ("karaoke loa kéo ầm ĩ đến nửa đêm", "tieng_on"),
        ("mất nước ba ngày nay không có nước sinh hoạt", "nuoc_sach"),
        ("chó thả rông không rọ mõm cắn trẻ con", "vat_nuoi"),
        ("trường thu quỹ lớp hai triệu ép phụ huynh ký tự nguyện", "giao_duc"),
        ("nuwowcs mays dducj ngaauf ca tuaanf nay", "nuoc_sach"),
        ("D9e2n d9u7o7ng2 nga1ch em ta8t1 ma6y1 d9e6m", "chieu_sang"),
        ("rác chất dduwowngf laangf", "moi_truong_rac_thai"),
    ],
)
def test_a_plain_complaint_goes_to_its_category(reader: Reader, text: str, category: str) -> None:
    assert reader.read(text).category == category


@pytest.mark.parametrize(
    ("text", "hotline"),
    [
        ("Cháy nhà số 5 ngõ 10, có người mắc kẹt trên tầng 3", "114"),
        ("chay nha roi cuu voi", "114"),
        ("có người vừa rơi xuống hồ, cứu với", "112"),
        ("nó đang cầm dao đuổi chém người ở đầu ngõ", "113"),
        ("ông cụ ngã gục bất tỉnh, đang cần cấp cứu", "115"),
        ("bé gái bên nhà bị bố dượng đánh đập dã man đang gào khóc", "111"),
    ],
)
def test_danger_to_life_names_whom_to_call(reader: Reader, text: str, hotline: str) -> None:
    reading = reader.read(text)
    assert reading.urgent
    assert reading.danger is not None
    assert reading.danger.hotline == hotline
    assert reading.scope is Scope.KHAN_CAP


@pytest.mark.parametrize(
    "text",
    [
        "Phường nên tập huấn phòng cháy chữa cháy cho dân",
        "Đèn đường cháy bóng cả tháng nay",
        "rác bốc mùi, đề nghị dọn",
        "vỉa hè lát xong lại đào lên",
    ],
)
def test_no_danger_is_seen_where_there_is_none(reader: Reader, text: str) -> None:
    assert reader.read(text).danger is None


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("Cho hỏi làm giấy khai sinh cần những giấy tờ gì ạ?", Scope.HOI_DAP),
        ("Tôi làm đơn khiếu nại quyết định thu hồi đất số 12 của UBND huyện", Scope.KHIEU_NAI),
        ("Tôi tố cáo ông chủ tịch xã nhận hối lộ khi cấp đất", Scope.TO_CAO),
        ("Bạn vay tôi 50 triệu không trả, tôi muốn đòi nợ", Scope.TRANH_CHAP_DAN_SU),
        ("hàng xóm vay tôi 50 triệu không trả", Scope.TRANH_CHAP_DAN_SU),
        ("tôi tố cáo chủ tịch xã nhận hối lộ 200 triệu", Scope.TO_CAO),
        ("cảm ơn phường, đường sạch rồi hết hôi rồi", Scope.KHONG_PHAI_PHAN_ANH),
        ("chúc cả nhà ngủ ngon nhé", Scope.KHONG_PHAI_PHAN_ANH),
        ("quên mật khẩu zalo", Scope.KHONG_PHAI_PHAN_ANH),
        ("tài liệu mật có ghi mật khẩu bị đăng lên mạng", Scope.BI_MAT_NHA_NUOC),
        ("", Scope.KHONG_PHAI_PHAN_ANH),
    ],
)
def test_what_is_no_complaint_is_told_apart(reader: Reader, text: str, scope: Scope) -> None:
    assert reader.read(text).scope is scope


@pytest.mark.parametrize(
    "text",
    [
        "Bao giờ mới sửa cái ổ gà trước nhà tôi?",
        "sao đèn đường hỏng mãi không ai thay vậy?",
        "đm rác thối thế này mà không ai dọn",
        "Cống trước cửa tràn nước bẩn, mong phường xử lý",
        "rac",
        "ngap",
        "ổ gà",
        "ai xử lý vụ này cho tôi với, cống vỡ",
        "mật độ xe khách ở bến dày quá, đỗ tràn ra đường",
        "Em có ý này: phường mình nên mở nhóm Zalo cho từng ngõ để báo tin cho nhanh",
    ],
)
def test_an_angry_or_asking_complaint_stays_a_complaint(reader: Reader, text: str) -> None:
    assert reader.read(text).scope is Scope.IN_SCOPE


@pytest.mark.parametrize("text", ["đm rác thối vl", "lũ khốn nạn không chịu dọn", "đ.m cống tắc", "Đ*t mẹ ngập hoài"])
def test_foul_language_is_flagged(reader: Reader, text: str) -> None:
    assert reader.read(text).abuse


@pytest.mark.parametrize(
    "text", ["vải thiều đổ đầy đường", "bố mẹ tôi già", "chó cắn người", "con di hoc ve toi om", "xin do cho xe"]
)
def test_harmless_words_that_look_foul_are_not(reader: Reader, text: str) -> None:
    assert not reader.read(text).abuse


@pytest.mark.parametrize("text", ["test", "asdfghjkl", "aaaaaaaa", "123", "vay nhanh lãi suất thấp zalo 0912345678"])
def test_test_strings_and_advertising_are_spam(reader: Reader, text: str) -> None:
    assert reader.read(text).spam


@pytest.mark.parametrize(
    "text", ["mất điện", "ngày nào cũng bị gọi mời vay tiền nhanh, đề nghị xử lý", "ngap roi", "rac", "ngap"]
)
def test_short_or_quoting_complaints_are_not_spam(reader: Reader, text: str) -> None:
    assert not reader.read(text).spam


def test_a_complaint_about_an_official_is_marked(reader: Reader) -> None:
    assert reader.read("Cán bộ một cửa phường hách dịch, quát tháo dân").about_official
    assert not reader.read("Rác ở đầu ngõ không ai dọn").about_official


def test_personal_data_is_hidden_from_mask_and_search_text(reader: Reader) -> None:
    reading = reader.read("Ông Nguyễn Văn Hùng xe 29A-123.45 gọi 0912345678 đổ rác bừa bãi")
    for secret in ("0912345678", "123.45", "Hùng", "hung xe"):
        assert secret not in reading.masked
        assert secret not in reading.folded
    assert reading.folded == reading.folded.lower()


def test_a_keyword_of_the_administrator_acts_at_once() -> None:
    text = "xin báo có flycam vè vè trên mái nhà"
    plain, taught = Reader.load(), Reader.load(keywords={"an_ninh_trat_tu": ("flycam", "flycam vè vè")})
    chance = {c.category: c.probability for c in plain.read(text).candidates}.get("an_ninh_trat_tu", 0.0)
    taught_chance = {c.category: c.probability for c in taught.read(text).candidates}.get("an_ninh_trat_tu", 0.0)
    assert taught_chance > chance


def test_a_keyword_that_no_model_has_seen_is_not_mended_away() -> None:
    """ "nghêu" was read as "nghe", one slip away."""
    taught = Reader.load(keywords={"an_toan_thuc_pham": ("bãi nghêu",)})
    assert "k:an_toan_thuc_pham" in taught.prepare("bãi nghêu ở xã đảo").hits
    assert "k:an_toan_thuc_pham" in taught.prepare("bai ngheu o xa dao").hits


@pytest.mark.parametrize("content", [None, b"", b"PHANANH2", b"PHANANH2garbage", b"x" * 5_000])
def test_without_a_sound_model_the_reader_starts_abstains_and_says_why(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "reading.bin"
    if content is not None:
        path.write_bytes(content)
    reader = Reader.load(path)
    reading = reader.read("Rác chất đống đầu ngõ, bãi rác bốc mùi")
    assert reader.degraded
    assert reading.abstain
    assert reading.category == "moi_truong_rac_thai"
    assert reader.read("cháy nhà, có người kẹt bên trong").danger is not None


def test_a_model_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reading.bin"
    path.write_bytes(MODEL.read_bytes()[:-500])
    with pytest.raises(ModelUnusable):
        load_model(path)


def test_a_model_survives_being_written_and_read(tmp_path: Path) -> None:
    model = part_of(load_model(MODEL), "rác", "_rac", "=bias")
    save_model(model, tmp_path / "again.bin")
    again = load_model(tmp_path / "again.bin")
    assert again.thresholds == model.thresholds
    assert again.scores(["rác", "_rac"], {"=bias": 1.0}) == model.scores(["rác", "_rac"], {"=bias": 1.0})


def test_the_model_file_is_small() -> None:
    assert MODEL.stat().st_size <= 10_000_000


def test_a_stage_that_fails_costs_no_answer_and_is_told_without_a_word_of_the_text(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader.load()

    def judge_rain(document: object) -> None:
        raise ValueError("ngõ 12")

    monkeypatch.setattr(reader, "stages", (judge_rain, *reader.stages))
    assert reader.read("đèn đường ngõ 12 hỏng cả tuần").category == "chieu_sang"
    assert [record.getMessage() for record in caplog.records] == ["a stage failed: judge_rain (ValueError)"]


def test_segmentation_that_fails_costs_no_answer(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> list[str]:
        raise RuntimeError("segmentation is down")

    monkeypatch.setattr(segment, "_loaded", [broken])
    reading = reader.read("ông nguyễn văn hùng đổ rác ra đường")
    assert reading.category == "moi_truong_rac_thai"


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Nước máy đục. Ngoài ra chó thả rông cắn người.", {"nuoc_sach", "vat_nuoi"}),
        ("cống tắc nước tràn ra đường, còn đường thì ổ gà khắp nơi", {"thoat_nuoc_ngap_ung", "ha_tang_duong"}),
        ("Thứ nhất là rác không ai thu, thứ hai là trộm chó hoành hành", {"moi_truong_rac_thai", "toi_pham_te_nan"}),
        ("1. vỉa hè bị chiếm bán hàng 2. quán nhậu hát karaoke đến 1h sáng", {"trat_tu_do_thi", "tieng_on"}),
        ("đèn đường ngõ 5 tối om cả tháng, rác thì đầy đầu ngõ", {"chieu_sang", "moi_truong_rac_thai"}),
        ("duong o ga day ra, den duong thi chay bong het", {"ha_tang_duong", "chieu_sang"}),
    ],
)
def test_two_problems_in_one_message_are_two_topics(reader: Reader, text: str, topics: set[str]) -> None:
    reading = reader.read(text)
    assert {reading.category, *reading.further} == topics


@pytest.mark.parametrize("text", ["Đúng rồi", "Trần Văn Bình", "số 114 phố Đội Cấn"])
def test_a_name_an_address_and_a_yes_are_no_danger(reader: Reader, text: str) -> None:
    assert reader.read(text).danger is None


@pytest.mark.parametrize("text", ["cứu", "chay nha", "gọi số 114 mãi không ai nghe, đang cháy", "rò gas nhà 114"])
def test_a_few_words_of_danger_are_danger(reader: Reader, text: str) -> None:
    assert reader.read(text).danger is not None


def test_features_are_found_by_their_names_and_others_are_not() -> None:
    names = [f"rác {number}" for number in range(1000)]
    rows = Rows.of(names)
    found, known = rows.find(["rác 7", "lạ", "rác 999", "", "rác 0"])
    assert found.tolist() == [7, 999, 0]
    assert known.tolist() == [True, False, True, False, True]
    assert rows.find([])[0].tolist() == []
    assert (len(rows), rows.names()) == (1000, names)
    assert Rows(rows.text).names() == names
