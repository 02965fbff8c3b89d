"""A name, a telephone number, a yes, a no and a wish, as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue.message import Incoming
from bot.dialogue.session import Heard
from bot.dialogue.slots.card import field_named
from bot.dialogue.slots.names import is_nameless, name_in
from bot.dialogue.slots.person import phone_number, said_of_oneself, told_of_oneself
from bot.dialogue.slots.slot import Report
from bot.dialogue.telling import asks_or_sighs, asserted, has_topic, refers_back, says_settled
from bot.dialogue.wishes import (
    command_in,
    declines,
    place_in_row,
    plain,
    says_no,
    says_unsure,
    says_wrong,
    says_yes,
    skips,
)
from nlp.normalize import fold
from nlp.reader import Reader
from routing.config import load
from routing.geography import Geography
from routing.places import Places

ROOT = Path(__file__).parent.parent.parent
CONFIG = load(ROOT / "config.yaml")
PLACES = Places.load(Geography.load())


@pytest.fixture(scope="module")
def shipped_reader() -> Reader:
    return Reader.load(keywords={code: category.keywords for code, category in CONFIG.categories.items()})


def heard(text: str, reader: Reader) -> Heard:
    incoming = Incoming("test", "chat", "1", datetime(2026, 12, 1, tzinfo=UTC), text=text)
    return Heard(incoming, reader.read(text), PLACES.find(text))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Lan", "Lan"),
        ("nguyen thi hoa", "nguyen thi hoa"),
        ("Lê Văn Tám", "Lê Văn Tám"),
        ("dạ em tên là Hoa ạ", "Hoa"),
        ("tên mk là Bảo Anh nha", "Bảo Anh"),
        ("chị tên Thu", "Thu"),
        ("anh là Hùng", "Hùng"),
        ("Chị Tám", "Chị Tám"),
        ("ten toi la Hùng, sdt 0987654321", "Hùng"),
        ("tôi là Trần Thị Bích Ngọc nhé", "Trần Thị Bích Ngọc"),
        ("my name is John Smith", "John Smith"),
        ("bác Tư", "bác Tư"),
        ("Hùng", "Hùng"),
        ("Nguyễn Thị Phương", "Nguyễn Thị Phương"),
        ("Phương Anh", "Phương Anh"),
        ("Ngô Thị Lan", "Ngô Thị Lan"),
        ("duong van minh", "duong van minh"),
        ("tran van dien", "tran van dien"),
        ("Quân", "Quân"),
        ("Dũng", "Dũng"),
        ("em dung ạ", "em dung"),
        ("cô Dung", "cô Dung"),
        ("Hồng", "Hồng"),
        ("Khổng Minh", "Khổng Minh"),
        ("dạ Lan", "Lan"),
        ("cứ gọi anh Tư", "anh Tư"),
        ("mình là Hạnh, ở Láng Hạ", "Hạnh"),
        ("Nguyễn Văn A 0912345678", "Nguyễn Văn A"),
        ("Nhâm", "Nhâm"),
        ("Chuẩn", "Chuẩn"),
        ("Chính", "Chính"),
        ("tôi Nguyễn Văn An", "Nguyễn Văn An"),
    ],
)
def test_a_name_is_taken_without_the_words_around_it(said: str, name: str, shipped_reader: Reader) -> None:
    assert name_in(heard(said, shipped_reader)) == name


@pytest.mark.parametrize(
    "said",
    [
        "ok", "không", "alo", "0912345678", "cháy nhà rồi cứu với", "rác chất đống đầu ngõ không ai dọn",
        "My street light is broken", "25 lò đúc", "phường Hai Bà Trưng", "😀", "", "duong lang", "phố Huế",
        "đc", "uk", "ukm", "vang a", "da dung", "ô kê", "đúng vậy", "phải rồi", "đúng", "nhất trí", "vânggg",
        "tôi sợ lắm", "tôi sợ lắm, khổ quá", "hỏi làm gì", "ai mà biết", "ẩn danh", "một người dân", "đéo nói",
    ],
)  # fmt: skip
def test_other_answers_are_no_name(said: str, shipped_reader: Reader) -> None:
    assert name_in(heard(said, shipped_reader)) is None


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("0912 345 678", "0912345678"),
        ("số em là 0912.345.678 nhé", "0912345678"),
        ("+84 98 765 4321", "0987654321"),
        ("024 3825 1234", "02438251234"),
        ("12345", None),
        ("0112345678", None),
        ("tôi không nhớ", None),
        ("001234567890123", None),
    ],
)
def test_a_telephone_number_is_found_in_the_words(said: str, number: str | None) -> None:
    assert phone_number(said) == number


@pytest.mark.parametrize(
    "said", ["ok", "ừ", "uh đồng ý", "vâng ạ", "dạ được", "đồng ý", "ok em", "yes", "có ạ", "vâng, đúng rồi ạ"]
)
def test_agreement_in_everyday_words(said: str) -> None:
    assert says_yes(fold(said))
    assert not says_no(fold(said))


@pytest.mark.parametrize(
    "said", ["Dũng", "đừng", "Hồng", "hỏng hết", "chùa", "thối", "cỏ", "Vàng", "đá", "Nhâm", "nổ", "Nở"]
)
def test_accents_make_it_another_word_than_yes_or_no(said: str) -> None:
    assert not says_yes(plain(said))
    assert not says_no(plain(said))


@pytest.mark.parametrize(("said", "is_none"), [("ẩn danh", True), ("một người dân", True), ("Danh", False)])
def test_some_give_no_name(said: str, is_none: bool) -> None:
    assert is_nameless(said) is is_none


@pytest.mark.parametrize(
    "said",
    [
        "không", "ko", "không có ạ", "thôi bỏ qua hết", "thôi khỏi", "để sau nhé", "không nhớ", "no", "skip",
        "dạ, thôi ạ",
    ],
)  # fmt: skip
def test_refusal_in_everyday_words(said: str) -> None:
    assert says_no(fold(said))
    assert not says_yes(fold(said))


@pytest.mark.parametrize("said", ["đồng ý không", "gửi đi", "có người ngã", "không ai dọn rác", "hi", "y"])
def test_other_words_are_neither(said: str) -> None:
    assert not says_yes(fold(said))


@pytest.mark.parametrize(
    "said",
    [
        *("đồng ý được chưa", "đồng ý không ạ", "có được không", "được không ạ", "được chưa", "dc ko"),
        *("có ảnh", "có ảnh rồi"),
    ],
)
def test_a_question_with_a_no_at_its_end_refuses_nothing_and_a_picture_agrees_to_nothing(said: str) -> None:
    assert not says_yes(plain(said))
    assert not says_no(plain(said))


@pytest.mark.parametrize("said", ["vâng thôi không", "em chưa ạ", "không được", "dạ không ạ", "không có ảnh"])
def test_a_no_at_the_end_of_mere_courtesy_is_one(said: str) -> None:
    assert says_no(plain(said))


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("cho em gặp người thật với ạ", "gapnguoi"),
        ("tôi muốn huỷ", "huy"),
        ("ừ gửi đi", "gui"),
        ("vụ của tôi sao rồi", "cuatoi"),
        ("cảm ơn ạ", "camon"),
        ("quay lại giúp em", "quaylai"),
        ("hi", None),
        ("gặp người thật khó quá, rác vẫn đầy ngõ", None),
        ("tôi muốn gặp chủ tịch", "gapnguoi"),
        ("tôi muốn nói chuyện với lãnh đạo thành phố", "gapnguoi"),
        ("cho tôi nói chuyện với người thật", "gapnguoi"),
        ("gọi cho ai được", "gapnguoi"),
        ("có ai ở đó không", "gapnguoi"),
        ("gặp chủ tịch phường không ai giải quyết", None),
        ("tôi đã gặp cán bộ phường rồi", None),
        ("gọi cho công an không ai nghe", None),
        ("đừng gửi nữa", "huy"),
        ("dung gui", "huy"),
        ("đúng rồi gửi đi", "gui"),
        ("tới đâu r", "cuatoi"),
        ("k gửi nữa", "huy"),
        ("đừng công khai phản ánh này nhé", "kin"),
        ("giữ kín giúp em", "kin"),
        ("đừng để chị ấy biết", "giauten"),
    ],
)
def test_a_wish_is_understood_with_its_politeness(said: str, command: str | None) -> None:
    assert command_in(plain(said)) == command


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("phản ánh hôm nọ của tôi thế nào", "cuatoi"),
        ("vụ của tôi đến đâu rồi ạ", "cuatoi"),
        ("gọi rồi", "dagoi"),
        ("tôi gọi 114 rồi", "dagoi"),
        ("đã gọi cho công an rồi", "dagoi"),
        ("đánh giá 5 sao", "danhgia"),
        ("có lộ tên tôi không", "giauten"),
        ("hàng xóm có biết tôi báo không", "giauten"),
        ("ai xem được số điện thoại của tôi", "giauten"),
        ("đừng để họ biết tên em", "giauten"),
        ("phải ghi tên thật à", "giauten"),
        ("ai biết số nhà này", None),
        ("phường có biết ai đổ rác không", None),
        ("không cho dân biết giá điện", None),
        ("gửi thêm ảnh", "bosung"),
        ("em gửi thêm mấy ảnh nữa nhé", "bosung"),
        ("gửi ảnh lên phường mà không ai xử lý", None),
        ("xoá hết mọi thứ về tôi đi", "xoa"),
        ("xóa toàn bộ thông tin của tôi", "xoa"),
        ("delete everything about me", "xoa"),
        ("xoá biển quảng cáo", None),
        ("huỷ đơn hàng", None),
        ("thôi không báo nữa", "huy"),
        ("tôi phải làm gì bây giờ", "trogiup"),
        ("rút đơn", "huy"),
        ("gửi mẹ nó đi", "gui"),
        ("115 rồi", "dagoi"),
        ("tại sao phải cho số điện thoại", "giauten"),
        ("tôi muốn rút phản ánh", "huy"),
        ("xoá dữ liệu của tôi", "xoa"),
        ("cho tôi rút lại đồng ý", "rutdongy"),
        ("sửa dữ liệu của tôi", "sua"),
        ("tắt thông báo giúp em", "tinbao"),
        ("liên kết Telegram", "lienket"),
        ("sao tôi bị khoá", "khieunai"),
        ("sửa tên", None),
        ("cửa chung cư bị khoá", None),
        ("where is my report", "cuatoi"),
        ("vì sao lại chuyển cho phường", "visao"),
        ("sao lại gửi phường", "visao"),
        ("tại sao giao cho công an phường Láng vậy", "visao"),
        ("Why was it sent to the ward?", "visao"),
        ("sao lại chuyển bãi rác về phường tôi", None),
        ("tại sao giao cho phường quản lý chợ mà chợ bẩn thế", None),
        ("gọi mãi không ai nghe máy", None),
        ("ai gọi cho tôi rồi", None),
        ("việc này", None),
        ("chị hỏi cái phản ánh hôm trước", "cuatoi"),
        ("cho tôi số điện thoại phường", "gapnguoi"),
        ("sđt của cán bộ đâu", "gapnguoi"),
        ("hỏi vụ rác ngõ tôi", None),
        ("điện thoại phường không ai nghe máy, gọi mãi không được", None),
        ("đồng ý nhưng đừng ghi tên tôi", "giauten"),
        ("cho xin lại mã", "cuatoi"),
        ("đánh giá lại", "danhgia"),
        ("cho tôi xin mã phản ánh", "cuatoi"),
        ("mã của tôi là gì", "cuatoi"),
        ("tôi quên mã rồi", "cuatoi"),
        ("I forgot my code", "cuatoi"),
        ("ai đang xử lý vậy", "cuatoi"),
        ("sao lâu vậy", "giuc"),
        ("bao lâu thì được giải quyết", "cuatoi"),
        ("bao giờ giải quyết xong bãi rác này", None),
        ("phường nào xử lý cái chợ cóc này", None),
        ("ok gọi 115 rồi", "dagoi"),
        ("thôi bỏ đi không báo nữa", "huy"),
        ("không báo cho dân", None),
        ("tôi không muốn ai biết tôi gửi", "giauten"),
        ("sợ hàng xóm biết", "giauten"),
        ("ai đọc được tin này", "giauten"),
        ("sao lại hỏi tên", "giauten"),
        ("họ xây lén không cho ai biết", None),
        ("có mất tiền không", "mienphi"),
        ("mất tiền oan không ai giải quyết", None),
        ("thu phí gửi xe không vé", None),
        ("bạn là ai", "laai"),
        ("có phải người thật không", "laai"),
        ("bạn làm được gì", "trogiup"),
        ("theo dõi là sao", "trogiup"),
        ("làm sao để gửi ảnh", "trogiup"),
        ("what happens next", "trogiup"),
        ("đào đường làm gì", None),
        ("cái hố này là sao", None),
        ("số phường ghi sai biển", None),
        ("đường dây nóng của phường không trả lời", None),
        ("sdt cán bộ phường tắt máy suốt", None),
        ("gặp lãnh đạo phường rất khó", None),
        ("số điện thoại của phường Láng", "gapnguoi"),
        ("công ty nước làm lộ thông tin khách hàng", None),
        ("quán cà phê giấu tên biển hiệu", None),
        ("có lộ thông tin cá nhân không", "giauten"),
        ("vì sao phải lấy số thứ tự lâu thế", None),
        ("sao lấy tên đường cũ", None),
        ("phường có biết tôi đã báo ba lần", None),
        ("hàng xóm có biết tôi phản ánh họ không", "giauten"),
        ("cách bảo vệ cây", None),
        ("làm sao bảo vệ quát dân", None),
        ("làm sao để theo dõi phản ánh", "trogiup"),
        ("làm sao sửa địa chỉ", "trogiup"),
        ("who can see in this dark", None),
        ("who can see my report", "giauten"),
        ("vụ rác của tôi thế nào rồi", "cuatoi"),
        ("cho xem dữ liệu của tôi", "dulieu"),
        ("không muốn theo dõi nữa", "thoitheodoi"),
        ("chắc xem dữ liệu camera là biết", None),
    ],
)
def test_a_wish_put_together_from_a_few_words(said: str, command: str | None) -> None:
    assert command_in(fold(said)) == command


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("nhà bên xây lấn sang, sợ họ biết tôi báo", None),
        ("nhà hàng xóm nuôi gà, đừng cho họ biết", None),
        ("vụ đánh nhau ở quán bia thế nào", None),
        ("việc cấp sổ đỏ của tôi xong chưa", None),
        ("phản ánh của tôi xử lý đến đâu rồi", "cuatoi"),
        ("vụ rác của tôi thế nào rồi", "cuatoi"),
        ("tôi sợ hàng xóm biết tôi báo", "giauten"),
        ("sao phải đổi số nhà", None),
        ("sao phải đổi số nha", "giauten"),
        ("đừng cho nhà bên biết", "giauten"),
        ("thu phí gì vậy", None),
        ("rút cái phản ánh đèn đi", "huy"),
        ("huỷ vụ này đi em", "huy"),
        ("xoá vạch sơn sai ở vụ cũ", None),
        ("gửi đi cho xong", "gui"),
        ("oki gửi liền", "gui"),
        ("who will handle this", "cuatoi"),
        ("who is responsible for this broken drain", None),
        ("có thu phí gì không vậy", "mienphi"),
    ],
)
def test_a_complaint_that_comes_near_a_wish_is_none(said: str, command: str | None, shipped_reader: Reader) -> None:
    assert command_in(plain(said), has_topic(heard(said, shipped_reader))) == command


@pytest.mark.parametrize("said", ["thôi ko cần tên", "ko muốn để tên", "không nhớ số", "ko biết gửi ảnh", "bỏ qua đi"])
def test_a_question_that_may_be_skipped_is_declined_in_many_ways(said: str) -> None:
    assert declines(fold(said))


@pytest.mark.parametrize("said", ["Hoa", "0912345678", "phường Ba Đình", "không ai dọn rác cả tuần nay ở đây", "thoi"])
def test_an_answer_declines_nothing(said: str) -> None:
    assert not declines(fold(said))


@pytest.mark.parametrize(
    ("said", "is_unsure"),
    [("không biết", True), ("ko rõ ạ", True), ("không", False), ("ok", False), ("chịu", True), ("tùy bạn", True)],
)
def test_who_does_not_know_refuses_nothing(said: str, is_unsure: bool) -> None:
    assert says_unsure(fold(said)) is is_unsure


@pytest.mark.parametrize(
    ("said", "is_settled"),
    [
        ("đèn sáng rồi em ơi khỏi sửa", True),
        ("dọn rồi, không phải dọn nữa đâu ạ", True),
        ("thôi khoi sua nua nhe", True),
        ("khói dồn vào nhà tôi ngột quá", False),
        ("khoi don vao nha toi", False),
        ("không phải sửa mà là xây lại", False),
        ("đường trước nhà phường bảo khỏi sửa", False),
    ],
)
def test_smoke_that_gathers_settles_nothing(said: str, is_settled: bool) -> None:
    heard = Heard(Incoming("test", "chat", "1", datetime(2026, 12, 1, tzinfo=UTC), text=said))
    assert says_settled(heard) is is_settled


@pytest.mark.parametrize(
    ("said", "refers"),
    [
        ("hôm trước tôi báo đèn hỏng mà chưa ai sửa", True),
        ("hôm nọ bác có phản ánh cái cống", True),
        ("đã báo hôm trước rồi", True),
        ("hôm qua gửi xe ở chợ Hôm bị thu 20 nghìn", False),
        ("hôm qua em gửi xe ở chợ", False),
        ("hôm trước vứt bao rác ra hè bị phạt oan", False),
        ("hôm qua có bão, cây đổ", False),
    ],
)
def test_who_reported_before_speaks_of_that(said: str, refers: bool) -> None:
    assert refers_back(Heard(Incoming("test", "chat", "1", datetime(2026, 12, 1, tzinfo=UTC), text=said))) is refers


@pytest.mark.parametrize(
    ("said", "is_sigh"),
    [("hỏi lắm thế", True), ("phien vay.", True), ("hoi lam the", True), ("sân khu tập thể", False)],
)
def test_a_place_that_ends_like_a_sigh_is_none(said: str, is_sigh: bool) -> None:
    assert asks_or_sighs(said) is is_sigh


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("sai lĩnh vực rồi", Report.CATEGORY),
        ("sửa tên", Report.NAME),
        ("số điện thoại", Report.PHONE),
        ("tôi muốn sửa lại địa chỉ", Report.WHERE),
        ("đổi sự việc", Report.WHAT),
        ("nhà tôi sai số nhà", None),
        ("rác", None),
        ("ok", None),
    ],
)
def test_a_line_of_the_card_is_named_by_who_wants_it_changed(said: str, step: Report | None) -> None:
    assert field_named(Heard(Incoming("test", "chat", "1", datetime(2026, 12, 1, tzinfo=UTC), text=said))) is step


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("0912 345 678", {"phone": "0912345678"}),
        ("tên tôi là Hoà chứ không phải Hoa", {"name": "Hoà"}),
        ("tôi tên là Lan", {"name": "Lan"}),
        ("tên tôi là Hoà, số điện thoại 0912345678", {"name": "Hoà", "phone": "0912345678"}),
        ("Lan 0912345678", {"name": "Lan", "phone": "0912345678"}),
        ("Số 0912345678", {"phone": "0912345678"}),
        ("gọi 0912345678 nhé", {"phone": "0912345678"}),
        ("à không tên Hoa", {"name": "Hoa"}),
        ("sửa tên thành Lê Thị Hoa nhé", {"name": "Lê Thị Hoa"}),
        ("doi ten la le thi hoa", {"name": "le thi hoa"}),
        ("nhầm số, 0912345678 mới đúng", {"phone": "0912345678"}),
        ("số điện thoại của em là 0912 345 678 ạ", {"phone": "0912345678"}),
        ("không tên tuổi gì", {}),
        ("à không, tên đường là Lò Đúc", {}),
        ("tên quán Hoa Sữa", {}),
        ("tên đường là Lò Đúc bị ngập, gọi 0912345678 không ai nghe", {}),
        ("rác", {}),
    ],
)
def test_what_is_said_of_oneself_is_known_wherever_it_comes(
    said: str, about: dict[str, str], shipped_reader: Reader
) -> None:
    assert said_of_oneself(heard(said, shipped_reader)) == about


@pytest.mark.parametrize(
    ("story", "about"),
    [
        (
            "Tôi là Nguyễn Văn Minh, CCCD 001085012345, sđt 0912345678. Cống tắc",
            {"name": "Nguyễn Văn Minh", "phone": "0912345678"},
        ),
        ("tên em là Lê Thị Hoa ở ngõ 3, chủ quán 0911111111, em 0922222222", {"name": "Lê Thị Hoa"}),
        ("Tôi là trưởng thôn, rác đầy đường 0912345678", {}),
        ("quán của anh Nguyễn Văn Nam 0912345678 ồn lắm", {}),
        ("Tôi Trần Thị Hoà 62 tuổi, cống tắc", {"name": "Trần Thị Hoà"}),
        ("tôi ở phố Huế, tên tôi là Nguyễn Văn Ba, cống tắc", {"name": "Nguyễn Văn Ba"}),
        ("nhà tôi Nguyễn Văn Cừ ngập", {}),
        ("chỗ tôi Trần Phú ngập", {}),
        ("trước nhà tôi là Phố Huế ngập", {}),
    ],
)
def test_whoever_gives_the_full_name_in_the_story_is_not_asked_for_it(story: str, about: dict[str, str]) -> None:
    assert told_of_oneself(story) == about


@pytest.mark.parametrize(
    ("asked", "said", "about"),
    [
        (Report.PHONE, "tên Hùng", {"name": "Hùng"}),
        (Report.PHONE, "0912345678", {}),
        (Report.NAME, "0912345678", {"phone": "0912345678"}),
        (Report.NAME, "Hoa 0912345678", {}),
        (Report.PHONE, "Trần Văn Bình", {"name": "Trần Văn Bình"}),
        (Report.CONFIRM, "Trần Văn Bình", {"name": "Trần Văn Bình"}),
        (Report.HOME, "Nguyễn Văn Cừ", {}),
        (Report.WHERE, "Nguyễn Văn Cừ", {}),
        (Report.NAME, "à không phải phố Huế, ở phố Lò Đúc cơ", {}),
    ],
)
def test_what_was_asked_is_left_to_the_question(
    asked: Report, said: str, about: dict[str, str], shipped_reader: Reader
) -> None:
    assert said_of_oneself(heard(said, shipped_reader), asked) == about


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("thôi không phải rác nữa, là nước thải tràn ra đường", "nước thải tràn ra đường"),
        ("à không phải phố Huế, ở phố Lò Đúc cơ", "ở phố Lò Đúc cơ"),
        ("khong phai rac ma den duong hong", "den duong hong"),
        ("không phải chỉ rác, nước cũng đục", "không phải chỉ rác, nước cũng đục"),
        ("rác không phải của tôi, họ đổ sang", "rác không phải của tôi, họ đổ sang"),
        ("không phải", "không phải"),
    ],
)
def test_what_is_denied_first_is_not_what_is_told(said: str, meant: str) -> None:
    assert asserted(said) == meant


@pytest.mark.parametrize(("said", "is_skip"), [("bỏ hết", True), ("để sau nhé", True), ("không", False), ("ok", False)])
def test_to_skip_is_not_to_refuse(said: str, is_skip: bool) -> None:
    assert skips(fold(said)) is is_skip


@pytest.mark.parametrize(
    "said",
    [
        *("ừm đc r", "ukm dc r", "đúng rồi đó", "chuẩn luôn", "dạ phải", "phải rồi", "okela", "có chứ", "ờ"),
        *("chính xác", "đúng thế", "u chuan r", "yeah", "vâng đúng ạ", "ô kê", "okkk", "nhất trí", "vang a", "đc"),
    ],
)
def test_agreement_has_many_voices(said: str) -> None:
    assert says_yes(fold(said))
    assert not says_no(fold(said))


@pytest.mark.parametrize(
    "said",
    [
        *("ko phải", "không đúng", "dạ không", "dạ thôi ạ", "hok", "chưa đúng", "đâu có", "thôi khỏi", "ừ thôi"),
        *("sai rồi", "nhầm rồi ạ", "kh phai dau", "không phải cái đó", "trật lất"),
    ],
)
def test_a_polite_or_a_short_no_is_a_no(said: str) -> None:
    assert says_no(fold(said))
    assert not says_yes(fold(said))


@pytest.mark.parametrize(
    "said", ["hỏng rồi", "hỏng hết đèn", "có cháy", "phải làm sao", "dừng xe", "sai phạm", "thế à sao"]
)
def test_a_word_that_looks_like_an_answer_is_none_of_them(said: str) -> None:
    assert not says_yes(fold(said))
    assert not says_no(fold(said))


@pytest.mark.parametrize(
    ("said", "wrong"),
    [("sai rồi", True), ("dạ không phải ạ", True), ("chưa đúng", True), ("không", False), ("đúng", False)],
)
def test_what_was_misunderstood_is_said_in_a_few_words(said: str, wrong: bool) -> None:
    assert says_wrong(fold(said)) is wrong


@pytest.mark.parametrize(
    ("said", "number"),
    [("2", 2), ("2 nhé", 2), ("chọn 3 ạ", 3), ("cái đầu tiên", 1), ("cái thứ hai nha", 2), ("cái cuối", -1)],
)
def test_a_thing_on_offer_is_named_by_its_place(said: str, number: int) -> None:
    assert place_in_row(fold(said)) == number


@pytest.mark.parametrize("said", ["số 2", "thứ hai", "Hai", "123", "2 con chó", "ok"])
def test_a_house_a_day_and_a_name_are_no_place_in_a_row(said: str) -> None:
    assert place_in_row(fold(said)) is None
