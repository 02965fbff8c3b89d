"""Who is complained of, and who is only asked for help: a complaint about an official must not reach his own unit."""

from __future__ import annotations

import pytest

from nlp.noise import strip_accents
from nlp.reader import Reader

COMPLAINED_OF = [
    "phó chủ tịch xã biết xưởng nhựa xả khói suốt hai năm mà vẫn làm ngơ",
    "quản lý thị trường ghé uống nước rồi về, sạp hàng nhái vẫn bày, dân đoán là được chống lưng",
    "đội trật tự mỗi lần xuống đều có người báo tin trước cho hàng quán",
    "thanh tra xây dựng nhắm mắt cho qua ngôi nhà lấn hẻm",
    "tổ trưởng dân phố gom mỗi nhà năm trăm tiền lát ngõ, thu tiền xong không có phiếu thu",
    "công an xã phạt tôi hai trăm nghìn mà không viết biên lai",
    "bí thư chi bộ thu của mỗi hộ một triệu không ký nhận gì cả",
    "trưởng thôn chia gạo cứu trợ, người nhà ông ấy được ba bao",
    "hiệu trưởng bắt mua vở ở cửa hàng chỗ người nhà",
    "bà văn thư nói móc mẹ tôi trước mặt mọi người",
    "chị ở quầy số ba chế giễu giọng quê của ba tôi",
    "trực ban nồng nặc mùi rượu, dân gõ cửa không tiếp",
    "cán bộ địa chính bắt tôi chờ cả buổi rồi bảo mai quay lại",
    "anh công an khu vực hẹn em ra quán nước nói chuyện riêng về hồ sơ tạm trú",
    "cô hộ tịch bảo tên con tôi quê mùa, bắt đặt lại mới cho làm khai sinh",
    "kế toán xã lấy tên người đã mất để lĩnh tiền hỗ trợ, sổ sách tôi còn giữ",
    "the ward police asked me to pay extra and gave no receipt",
    "The officer was drunk at work and shouted at my wife",
]
ASKED_FOR_HELP = [
    "bãi xe thu tiền không biên lai, đề nghị công an phường xuống kiểm tra",
    "cây xăng bơm thiếu rồi còn mỉa mai khách, nhờ quản lý thị trường kiểm tra",
    "hàng xóm chửi dân cả ngõ, mong công an phường nhắc nhở",
    "mong các anh công an đừng làm ngơ với bọn đua xe",
    "nhờ trưởng thôn nhắc nhà ông Bảy đừng thả chó",
    "đề nghị cán bộ môi trường lấy mẫu nước kênh",
    "xe khách bảo kê nhau chèn ép xe tôi, báo công an rồi",
]
NOBODY_IN_OFFICE = [
    "hàng xóm nhắc mãi mà cứ làm ngơ, mở loa tới khuya",
    "chủ quán bao che cho nhân viên đánh khách",
    "chủ trọ thu tiền điện không biên lai, ai cũng kêu",
    "hội phụ huynh thu tiền quỹ lớp không có phiếu thu",
    "nhân viên siêu thị quát như quát con",
    "người say nồng nặc mùi rượu nằm giữa đường",
    "rác chất đống trước cổng uỷ ban phường không ai hốt",
    "trước cổng công an phường có hố ga mất nắp",
    "trưởng thôn nói sẽ sửa đèn mà ba tháng chưa xong",
    "công an phường đã bắt được nhóm trộm, cảm ơn các anh",
    "cô tiếp nhận nhiệt tình mà giấy khai sinh vẫn trễ mười ngày",
    "chị cán bộ ơi cho hỏi làm giấy khai sinh cần những gì",
    "chồng tôi là công an, xe của anh ấy bị vặt gương",
    "tôi tố cáo chủ quán cho vay nặng lãi, đề nghị công an vào cuộc",
    "the shop charged me extra and gave no receipt",
    "giờ tiếp công dân của chủ tịch là thứ mấy",
    "đầu năm thu quỹ lớp 2 triệu, thu quỹ trường 1 triệu",
]


@pytest.mark.parametrize("strip", [False, True], ids=["as written", "no accents"])
@pytest.mark.parametrize("text", COMPLAINED_OF)
def test_a_misdeed_told_in_everyday_words_is_a_complaint_about_the_official(
    reader: Reader, text: str, strip: bool
) -> None:
    assert reader.read(strip_accents(text) if strip else text).about_official


@pytest.mark.parametrize("strip", [False, True], ids=["as written", "no accents"])
@pytest.mark.parametrize("text", [*ASKED_FOR_HELP, *NOBODY_IN_OFFICE])
def test_whoever_is_asked_or_holds_no_office_is_not_complained_of(reader: Reader, text: str, strip: bool) -> None:
    assert not reader.read(strip_accents(text) if strip else text).about_official


def test_who_is_asked_for_help_does_not_hide_who_is_complained_of(reader: Reader) -> None:
    text = "Đề nghị chủ tịch phường xem lại: nhân viên một cửa quát dân, ném trả giấy tờ"
    assert reader.read(text).about_official
