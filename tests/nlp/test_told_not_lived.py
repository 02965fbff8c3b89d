"""What is over, rumoured, played, practised or only a way of speaking is no emergency; what happens is one."""

from __future__ import annotations

import pytest

from nlp.lexicon import shipped_lexicon, without_figures_of_speech
from nlp.noise import strip_accents
from nlp.reader import Reader
from nlp.reading import Scope
from nlp.words import default_tokenizer

HAPPENING = [
    "cháy nhà, lửa cao lắm",
    "dây điện đứt rơi xuống đường",
    "có người rơi xuống sông",
    "nó cầm dao đuổi chém người",
    "nhà sập, có người bị vùi",
    "hố ga mất nắp giữa đường",
    "ông bán thịt cầm dao chém người",
]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "điện có rồi",
            "có điện rồi ạ",
            "nước có rồi nha",
            "đám cháy dập tắt rồi, xin dọn tro giúp",
            "nước rút hết rồi",
        ),
        *("tổ dân phố sắp diễn tập chữa cháy", "nghe đồn cây cầu này có ngày sập", "trường dạy bơi chống đuối nước"),
        *("mấy năm trước ở đây có người chết, xin lắp gương", "vở kịch có cảnh đánh nhau chiếu ngoài trời ồn quá"),
        *("tờ rơi đánh ghen dán đầy trạm chờ", "cán bộ chỉ giỏi chém gió", "hoá đơn điện nhìn muốn đột quỵ"),
        *("trạm phát sóng dựng trên nóc nhà hàng xóm", "xe cứu hoả không vào được ngõ vì ô tô đỗ chắn"),
        *(
            "bà hàng cá cầm dao chặt cá bắn sang hàng rau",
            "nồi nước lèo mở nắp ruồi bu",
            "đèn báo cháy kêu bíp bíp",
        ),
        *("bao giờ có người xuống", "bao giờ mới có người đến xem", "khi nào người của phường xuống vậy"),
        *("nước bơm lên có giun nhỏ", "hội thi bơi cứu đuối chặn mất đường đi dạo"),
        *("khói quán bún chả mù mịt, mới về cứ tưởng cháy nhà", "họ giết lợn ngay vỉa hè, mất vệ sinh quá"),
        *("nắp hố ga bị cập kênh, xe qua kêu như bom", "hố ga trước nhà bốc mùi hôi"),
        *("quạt trong phòng chờ kêu như người hấp hối", "bánh cuốn phố này ngon chết người", "mạng chạy như sắp chết"),
        *("nước sông sủi bọt trắng, tanh lắm", "sông sùi bọt trắng xoá, cá chết nổi"),
        *("khu phố chìm trong bóng tối cả tuần", "dự án cầu chìm xuồng từ năm ngoái", "hoa phượng đỏ rực cả phố"),
        *("máy báo không tìm thấy thẻ bảo hiểm của mẹ tôi", "bà tôi để quên sổ đỏ, tìm mãi không thấy"),
        *("đường liên thôn nát, bà bầu ngồi sau xóc muốn đẻ rơi", "hôm kia em suýt rơi xuống cống vì đường tối"),
        *(
            "cụ bà nằm co ro dưới gầm cầu mấy đêm nay, mong phường đón về",
            "xưởng cưa ầm ầm, bố tôi tai biến nằm liệt không nghỉ được",
        ),
        *("giá nhà lên như tên lửa", "đàn ngỗng kêu như bị chọc tiết", "mẹ tôi lạc đường vì biển chỉ dẫn sai, về rồi"),
    ],
)
@pytest.mark.parametrize("strip", [False, True], ids=["as written", "no accents"])
def test_what_is_over_told_or_a_way_of_speaking_is_no_emergency(reader: Reader, text: str, strip: bool) -> None:
    assert reader.read(strip_accents(text) if strip else text).scope is not Scope.KHAN_CAP


@pytest.mark.parametrize(
    "beside",
    ["{}", "{}, trước đây cũng bị một lần", "đang xem phim thì {}", "{} rồi, cứu với", "{}, bao giờ có người tới"],
)
@pytest.mark.parametrize("text", HAPPENING)
def test_a_memory_or_a_film_beside_it_does_not_hide_a_danger(reader: Reader, text: str, beside: str) -> None:
    assert reader.read(beside.format(text)).danger is not None


@pytest.mark.parametrize(
    ("text", "hotline"),
    [
        ("khói đen bay kín hành lang, có người kẹt trong thang máy", "114"),
        ("em gái uống cả vỉ thuốc ngủ, lay không dậy", "115"),
        ("có người bắt cóc con nít ở cổng trường", "113"),
    ],
)
def test_whom_to_call_follows_what_kills_first(reader: Reader, text: str, hotline: str) -> None:
    danger = reader.read(text).danger
    assert danger is not None
    assert danger.hotline == hotline


@pytest.mark.parametrize(
    "text",
    ["có mùi khí ga trong thang máy, ai cũng bảo không sao", "trước chị ấy hay nói muốn đi cho nhẹ, nay tắt máy"],
)
def test_a_grave_sign_is_asked_about_even_when_it_is_told_calmly(reader: Reader, text: str) -> None:
    assert reader.read(text).danger is not None


@pytest.mark.parametrize("text", ["tieu chay", "bi tieu chay may hom", "xe buyt chay cham"])
def test_a_word_inside_a_longer_one_is_not_taken_for_fire(text: str) -> None:
    words = default_tokenizer().words(text)
    hits = shipped_lexicon().table.find(words, ["cháy" if word == "chay" else word for word in words.written])
    assert "d:ngo_doc" in hits or "tieu" not in text
    assert "tieu" not in text or "d:lua" not in hits


@pytest.mark.parametrize(
    "text",
    [
        *(
            "cán bộ đòi 5 triệu",
            "can bo doi 5 trieu",
            "chị tiếp nhận hồ sơ đòi tiền mới cho số",
            "công an xin 500k mới trả xe",
        ),
        *("anh địa chính gợi ý đưa phong bì ba triệu", "đội trật tự phường đòi 200k một hàng"),
    ],
)
def test_an_official_who_wants_money_is_a_complaint_about_him(reader: Reader, text: str) -> None:
    reading = reader.read(text)
    assert reading.scope is Scope.IN_SCOPE
    assert reading.about_official


@pytest.mark.parametrize(
    "text", ["alo alo cống nhà em lại trào rồi ad ơi", "hello phường ơi đèn đường ngõ em hỏng tối om"]
)
def test_a_complaint_behind_a_greeting_is_a_complaint(reader: Reader, text: str) -> None:
    assert reader.read(text).scope is Scope.IN_SCOPE


@pytest.mark.parametrize(
    "text",
    [
        *("thằng bé trượt khỏi phao, chìm rồi, mãi không ngoi lên", "ông cụ tắm sông mà lặn mãi không lên"),
        *("phòng bên có tiếng van xin rồi im bặt", "nghe đứa nhỏ khóc thét lên rồi không còn tiếng"),
        *("con bé tầng trên tối nào cũng bị mẹ kế đánh", "cháu trai bị bố dượng đánh bầm mặt"),
        *("con đê bối làng tôi đang đùn nước", "chân đê thấm nước, cát trào ra theo"),
        *("khói bay ra từ gác lửng, nhìn vào thấy đỏ rực", "con chó nhà hàng xóm chạy rông, mồm chảy dãi, sùi bọt"),
        *("xe ba gác lật, bác tài máu me be bét", "men with knives are running to the beer shop"),
        *("phòng 302 có người rên rỉ như bị trói", "bà ngoại em đi lạc từ sáng, tìm mãi không thấy"),
        *("cháu út nuốt phải viên tẩy bồn cầu", "ông ấy uống lộn chai thuốc diệt kiến"),
        *("sông Hồng khoét hàm ếch sát bếp, đất còn lở", "hai mẹ con bị chủ nợ chặn cửa không cho ra"),
        *("my son slipped and fell in canal", "bạn em tự rạch tay rồi khoá máy"),
        *("bảo mẫu nhét khăn vào miệng các cháu", "cô trông trẻ trùm chăn rồi tát vào mặt cháu bé"),
    ],
)
@pytest.mark.parametrize("strip", [False, True], ids=["as written", "no accents"])
def test_what_is_seen_or_heard_of_a_danger_is_asked_about(reader: Reader, text: str, strip: bool) -> None:
    assert reader.read(strip_accents(text) if strip else text).danger is not None


def test_what_says_more_than_the_saying_in_it_is_heard() -> None:
    """ "máu mê" is gambling, and "máu me" looks like it with an accent left off."""
    for text, sign in (("máu me be bét", "d:thuong"), ("the gas cylinder is leaking", "d:gas")):
        words = default_tokenizer().words_as_typed(text)
        hits = without_figures_of_speech(shipped_lexicon().table.find(words, words.written))
        assert sign in hits


@pytest.mark.parametrize(
    "text",
    [
        *("bà con đốt rơm khói mù mịt cả làng, trẻ con ho sù sụ", "nhà bên đêm nào cũng đốt rác khói um cả xóm"),
        "không cháy nổ gì nhưng quán nướng khói xông vào nhà cay xè mắt",
        *("lò gạch xả khói đen ngòm, phơi quần áo là bẩn", "quán bún chả bếp than khói mù, quần áo ám hết mùi"),
    ],
)
@pytest.mark.parametrize("strip", [False, True], ids=["as written", "no accents"])
def test_smoke_where_something_is_burnt_every_day_is_no_fire(reader: Reader, text: str, strip: bool) -> None:
    assert reader.read(strip_accents(text) if strip else text).danger is None


@pytest.mark.parametrize(
    "text",
    [
        *("đốt rác cháy lan sang nhà bên cạnh", "đốt vàng mã bén lửa vào rèm, cháy to rồi"),
        *("đốt rơm lửa lan vào cột điện, khói mù mịt", "ống khói quán lẩu bốc lửa, khói mù mịt có người kẹt tầng trên"),
    ],
)
@pytest.mark.parametrize("strip", [False, True], ids=["as written", "no accents"])
def test_flames_that_spread_from_it_are_one(reader: Reader, text: str, strip: bool) -> None:
    danger = reader.read(strip_accents(text) if strip else text).danger
    assert danger is not None
    assert danger.hotline == "114"


def test_a_word_of_danger_in_a_name_typed_without_accents_is_none() -> None:
    for text, hint, is_heard in (("duong tran hung dao", "đạo", False), ("no vung dao", "dao", True)):
        words = default_tokenizer().words(text)
        assert ("d:gay_hung" in shipped_lexicon().table.find(words, [*words.written[:-1], hint])) is is_heard
