"""Words become candidate wards: names old and new, streets, landmarks, map links, and everything that is no place."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.geography import Geography
from routing.places import Found, Places

HERE = Path(__file__).parent
GEOGRAPHY = Geography.load()
PLACES = Places.load(GEOGRAPHY)
NAMES = {code: ward.name for code, ward in GEOGRAPHY.wards.items()}


def wards(found: Found) -> list[str]:
    return [NAMES[candidate.ward_code] for candidate in found.candidates]


def default(text: str) -> str | None:
    code = PLACES.find(text).default
    return None if code is None else NAMES[code]


def is_right(row: dict[str, object]) -> bool:
    """`default` as expected, and `candidates` exactly those expected, or all of `among` offered."""
    found = PLACES.find(str(row["text"]))
    codes = {candidate.ward_code for candidate in found.candidates}
    if found.default != row["default"]:
        return False
    if "candidates" in row:
        return codes == set(row["candidates"])
    return codes >= set(row["among"]) and len(codes) > 1


@pytest.mark.parametrize(("name", "least"), [("places.jsonl", 0.98), ("places_unseen.jsonl", 0.95)])
def test_written_places_are_understood(name: str, least: float) -> None:
    rows = [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    wrong = [row["text"] for row in rows if not is_right(row)]
    share = 1 - len(wrong) / len(rows)
    print(f"{name}: {share:.3f} of {len(rows)} right; wrong: {wrong}")
    assert share >= least, wrong


def answers(row: dict[str, object], found: Found) -> bool:
    """`is`: taken at once; `all`: exactly these are offered; `has`: one of these taken or offered among four at most.

    `among`: at least these are offered, and none is taken; `offer`: one of these taken, or at least these offered.
    """
    codes = {candidate.ward_code for candidate in found.candidates}
    if "is" in row:
        return found.default == row["is"]
    if "all" in row:
        return found.default is None and codes == set(row["all"])
    if "has" in row:
        right: set[str] = set(row["has"])
        return found.default in right or (found.default is None and bool(right & codes) and len(codes) <= 4)
    if "among" in row:
        return found.default is None and codes >= set(row["among"])
    if "offer" in row:
        right = set(row["offer"])
        return found.default in right or (found.default is None and codes >= right)
    if "elsewhere" in row:
        return found.other_province == row["elsewhere"] and not codes
    return not codes and found.other_province is None


def test_what_citizens_write_is_understood() -> None:
    """Answers were worked out by hand from the data before the first run.

    Right at once were 191 of 199, then 83 of 88, 58 of 63 and 46 of 50 rows: 94.5 % of all. The causes of the rest
    were mended in general; two remain wrong.
    """
    rows = [json.loads(line) for line in (HERE / "places_citizens.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({row["text"] for row in rows}) >= 400
    wrong = [row["text"] for row in rows if not answers(row, PLACES.find(row["text"]))]
    assert len(wrong) <= 2, wrong


def test_places_at_first_sight() -> None:
    """Nine sets, each written before anything was mended for it; the wards are those of the list of 1 July 2025.

    Right at first sight were 168 of 175, then 93 of 101 when the causes in the first set had been mended, 86 of 88 when
    those in the second had, and 62 of 64; of the fifth 186 of 199, and of the sixth, after mending, 75 of 81.
    Of the seventh, by four voices, 153 of 160; of the eighth, by two others, 74 of 80 and 77 after mending; of the
    ninth, after that mending, 59 of 61. Of the tenth, of eighty strings, 71.
    """
    rows = [json.loads(line) for line in (HERE / "places_first_sight.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({row["text"] for row in rows}) >= 980
    wrong = [row["text"] for row in rows if not answers(row, PLACES.find(row["text"]))]
    assert not wrong


@pytest.mark.parametrize(
    "text",
    [
        "tuổi thanh xuân của em dành cho phố này",
        "mua vở Hồng Hà ở hiệu sách bị giả",
        "hợp tác xã đoàn kết bán rau bẩn",
        "gầm cầu thang đầy rác",
        "chế độ phúc lợi chưa thoả đáng",
        "từ lúc rạng đông đã ồn",
        "gặt lúa vụ đông xuân",
        "cửa hàng mới mở loa to",
        "nước mắm phú quốc rởm",
        "xe biển số thái bình",
        "len xa bao la cho doi",
        "xa duong hong het roi",
        "nuoc may van duc ba hom nay",
        "gia dinh cong nhan chung toi",
    ],
)
def test_a_saying_that_holds_a_name_is_no_place(text: str) -> None:
    assert PLACES.find(text) == Found()


@pytest.mark.parametrize(
    "text",
    [
        "gia đình đông anh em",
        "giám đốc vân đình chỉ thi công rồi",
        "gia đình thanh liệt sĩ từ lâu",
        "công ty Hoàng Mai nợ lương ba tháng",
        "nhà hàng Hồng Hà tính sai tiền",
        "shop Hà Đông bán hàng giả",
        "cô giáo Kim Anh dạy hay",
        "đồng chí Trần Phú trả lời tôi",
        "tôi tên là Hoàng Mai",
        "bé Minh Khai bị ngã",
        "trường mầm non Hoa Hồng thu tiền sai",
        "trường THCS Trưng Vương lạm thu",
        "để cho sau nhé",
    ],
)
def test_a_shop_a_school_or_half_a_saying_is_no_place(text: str) -> None:
    assert PLACES.find(text) == Found()


def test_names_beside_a_word_that_only_begins_a_saying_are_places() -> None:
    assert wards(PLACES.find("mỹ đình chỉ có hai cái thùng rác")) == ["Từ Liêm", "Cầu Giấy"]
    assert default("vân đình mất nước từ hôm qua") == "Vân Đình"
    assert "Hai Bà Trưng" in wards(PLACES.find("hai ba trung chau a"))


def test_one_wrong_letter_of_a_ward_of_today_goes_before_a_wrong_accent_of_an_abolished_one() -> None:
    assert default("phường Từ Liên") == "Từ Liêm"
    assert wards(PLACES.find("phường Tứ Liên")) == ["Hồng Hà", "Tây Hồ"]


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("phường Ô Trợ Dừa", "Ô Chợ Dừa"),
        ("xã Chung Giã huyện Sóc Sơn", "Trung Giã"),
        ("phuong rang vo", "Giảng Võ"),
        ("xã Bình Ninh", None),
    ],
)
def test_beginnings_heard_alike_are_one_letter(text: str, ward: str | None) -> None:
    assert default(text) == ward


@pytest.mark.parametrize("lead", ["to dan pho 12", "ngo 3", "Ngõ 12", "ngach 5 ngo 12", "tổ dân phố số 7"])
def test_a_numbered_alley_before_a_ward_is_no_misspelt_street(lead: str) -> None:
    assert default(f"{lead} phuong dong da") == "Đống Đa"
    assert default(f"{lead} Phường Đống Đa") == "Đống Đa"


def test_a_comma_ends_a_name_of_the_kind_thi_xa() -> None:
    assert default("thôn Lạc Thị, xã Ngọc Hồi cũ") == "Ngọc Hồi"
    assert "Sơn Tây" in wards(PLACES.find("thị xã Sơn Tây"))


def test_a_road_with_a_number_leaves_the_name_behind_it_to_the_ward() -> None:
    assert default("đường 70 Tây Mỗ") == "Tây Mỗ"
    assert default("ngõ 70 đường Lò Đúc") == "Hai Bà Trưng"


def test_a_street_is_kept_when_the_ward_of_its_name_lies_elsewhere() -> None:
    found = PLACES.find("nguyễn trãi thanh xuân")
    assert found.street == "Nguyễn Trãi"
    assert wards(found)[:2] == ["Thanh Xuân", "Khương Đình"]
    assert len(found.candidates) <= 4


def test_an_alley_behind_a_name_makes_it_a_street() -> None:
    found = PLACES.find("Đội Cấn ngõ 294")
    assert found.street == "Đội Cấn"
    assert found.in_alley


def test_the_ward_that_a_text_begins_with_counts_beside_the_place_it_tells_of() -> None:
    assert default("Phường Cửa Nam mới, phố Quang Trung gần bệnh viện mắt") == "Cửa Nam"
    assert wards(PLACES.find("P. Thạch Bàn, gần ga Cầu Bây"))[0] == "Long Biên"


@pytest.mark.parametrize("text", ["ngã ba thái hà tây sơn", "nga ba thai ha tay son", "giao của Thái Hà và Tây Sơn"])
def test_two_streets_that_cross_are_one_place(text: str) -> None:
    assert "Đống Đa" in wards(PLACES.find(text))


def test_initials_are_a_district_behind_its_marker_only() -> None:
    assert len(PLACES.find("Q.HK").candidates) > 4
    assert PLACES.find("công ty HK nợ lương") == Found()
    assert PLACES.find("ông Vũ Q. Th. nhận tiền") == Found()


def test_the_written_places_are_many_and_half_have_no_accents() -> None:
    texts = [json.loads(line)["text"] for line in (HERE / "places.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(set(texts)) >= 300
    assert sum(text.isascii() for text in texts) >= 0.4 * len(texts)


def test_ordinary_complaints_without_a_place_give_none() -> None:
    sentences = (HERE / "no_place.txt").read_text(encoding="utf-8").splitlines()
    assert len(sentences) >= 300
    invented = [text for text in sentences if PLACES.find(text).candidates or PLACES.find(text).other_province]
    assert len(invented) <= 0.01 * len(sentences), invented


@pytest.mark.parametrize("code", list(NAMES))
def test_every_ward_is_found_by_its_full_name(code: str) -> None:
    found = PLACES.find(f"rác chất đống ở {GEOGRAPHY.wards[code].full_name}")
    assert found.default == code
    assert [candidate.ward_code for candidate in found.candidates] == [code]


@pytest.mark.parametrize("name", ["Thanh Xuân", "Hoàng Mai", "Cầu Giấy", "Hà Đông", "Đống Đa", "Ba Đình", "Tây Hồ"])
def test_a_new_ward_with_the_name_of_an_old_district_is_asked_about(name: str) -> None:
    found = PLACES.find(f"vỉa hè ở {name}")
    assert found.default is None
    assert wards(found)[0] == name
    assert len(found.candidates) > 4
    assert default(f"phường {name}") == name
    assert default(f"quận {name}") is None


def test_an_abolished_ward_that_was_split_offers_all_parts() -> None:
    found = PLACES.find("phường Cống Vị")
    assert wards(found) == ["Ngọc Hà", "Giảng Võ"]
    assert found.default is None
    assert "Cống Vị" in found.candidates[0].evidence


def test_a_street_is_narrowed_by_the_ward_beside_it() -> None:
    found = PLACES.find("ngõ 165 Xuân Thuỷ, phường Cầu Giấy")
    assert found.street == "Xuân Thủy"
    assert found.in_alley
    assert wards(found) == ["Cầu Giấy"]


def test_the_place_of_the_complaint_goes_before_the_home() -> None:
    assert default("Tôi ở Đống Đa, rác tràn ra tại phường Hà Đông") == "Hà Đông"
    assert default("Nhà tôi ở phường Bạch Mai") == "Bạch Mai"


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("Quận 1, TP HCM", "Hồ Chí Minh"),
        ("đường Trần Phú, Hải Phòng", "Hải Phòng"),
        ("tại Đà Nẵng", "Đà Nẵng"),
        ("phường Bến Thành", "Hồ Chí Minh"),
        ("Q7 Sài Gòn", "Hồ Chí Minh"),
    ],
)
def test_a_place_in_another_province_is_not_ours(text: str, province: str) -> None:
    found = PLACES.find(text)
    assert (found.other_province, found.candidates) == (province, ())


def test_the_far_end_of_a_bus_line_is_no_place() -> None:
    found = PLACES.find("xe khách Mỹ Đình - Sơn La đón khách dọc đường")
    assert found.other_province is None
    assert wards(found) == ["Từ Liêm", "Cầu Giấy"]


def test_a_river_is_not_the_street_of_its_name() -> None:
    assert PLACES.find("sông Tô Lịch hôi thối").street is None


@pytest.mark.parametrize("text", ["đường Hải Phòng bị ngập", "xe biển Hải Phòng đỗ chắn cửa nhà tôi cả ngày"])
def test_a_province_in_the_name_of_something_else_is_no_place(text: str) -> None:
    assert PLACES.find(text) == Found()


@pytest.mark.parametrize(
    "text",
    [
        "https://www.google.com/maps/place/X/@21.03,105.80,17z/data=!3d21.0285!4d105.8522",
        "https://maps.google.com/?q=21.0285,105.8522",
        "https://maps.apple.com/?ll=21.0285,105.8522&q=Ghim",
        "https://www.openstreetmap.org/#map=18/21.0285/105.8522",
        "https://www.google.com/maps?q=21.0285%2C105.8522",
        "geo:21.0285,105.8522",
        "21°01'42.6\"N 105°51'07.9\"E",
        "vị trí 21,0285 105,8522",
    ],
)
def test_a_point_in_the_text_or_a_link_gives_its_ward(text: str) -> None:
    found = PLACES.find(text)
    assert found.point is not None
    assert found.point == pytest.approx((21.0285, 105.8522), abs=1e-4)
    assert wards(found)[0] == "Hoàn Kiếm"


def test_a_point_beats_the_words_and_an_exchanged_one_is_put_right() -> None:
    found = PLACES.find("phường Hà Đông 105.8522, 21.0285")
    assert found.swapped
    assert found.point == (21.0285, 105.8522)
    assert wards(found) == ["Hoàn Kiếm"]


@pytest.mark.parametrize("text", ["https://maps.app.goo.gl/AbC12", "giá 12.500, 30.000 đồng", "từ 21.30 đến 22.30"])
def test_numbers_and_short_links_are_no_point(text: str) -> None:
    assert PLACES.find(text).point is None


def test_without_outlines_words_still_work_and_a_point_is_only_reported() -> None:
    bare = Places.load()
    assert bare.find("phường Láng").default is not None
    assert bare.find("21.03, 105.85") == Found(point=(21.03, 105.85))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Rác chất đống số 12 ngõ 34/5 phố Láng Hạ đã ba hôm nay mà chưa ai dọn", "số 12 ngõ 34/5 phố Láng Hạ"),
        ("em chào ạ, chỗ đối diện chợ Hôm có cây đổ chắn hết đường đi", "đối diện chợ Hôm"),
        ("den duong hong ngo 12 pho hue ca tuan roi, toi lam", "ngo 12 pho hue"),
        (
            "Cống tắc. Số 5, ngõ 8, Nguyễn Trãi, phường Thanh Xuân. Mong xử lý sớm",
            "Số 5, ngõ 8, Nguyễn Trãi, phường Thanh Xuân",
        ),
        ("từ ngày 12/5 ngõ 3 Láng Hạ mất nước", "ngõ 3 Láng Hạ"),
        ("đường Láng, ngõ 165/4 mất điện 2 hôm", "đường Láng, ngõ 165/4"),
        ("nhà em ở phố Huế 3 hôm nay mất nước", "phố Huế"),
        ("ngoài đường, Láng Hạ bẩn lắm", "Láng Hạ"),
        ("đổ trộm phế thải tại phường Bến Thành", "phường Bến Thành"),
        ("trong ngõ tối om không thấy gì", ""),
        ("Đèn đường đầu ngõ 12 phố Huế phường Hai Bà Trưng hỏng", "đầu ngõ 12 phố Huế phường Hai Bà Trưng"),
        ("lòng đường trước cửa số 9 phố Quán Thánh bị lún", "trước cửa số 9 phố Quán Thánh"),
        ("mặt đường ngõ 5 Láng Hạ nứt toác", "ngõ 5 Láng Hạ"),
        ("chị Hương ở bộ phận một cửa phường Kim Liên đòi tiền", "phường Kim Liên"),
        ("chiều 30/11, đoạn đường Nguyễn Trãi (Thanh Xuân) có hố", "đoạn đường Nguyễn Trãi (Thanh Xuân)"),
        ("thứ tư ngõ 12 Láng Hạ mất điện", "ngõ 12 Láng Hạ"),
        ("tai nạn ở ngã tư Láng Hạ - Thái Hà", "ngã tư Láng Hạ - Thái Hà"),
        ("tổ dân phố 8 phường Phú Lương", "tổ dân phố 8 phường Phú Lương"),
        ("The street light in front of 12 Hang Bai is broken", "12 Hang Bai"),
        ("rubbish near Hoan Kiem lake", "Hoan Kiem lake"),
    ],
)
def test_the_words_of_the_place_are_cut_out_of_the_complaint(text: str, words: str) -> None:
    assert PLACES.find(text).words == words


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("The street light in front of 12 Hang Bai is broken", "Cửa Nam"),
        ("rubbish near Hoan Kiem lake", "Hoàn Kiếm"),
        ("noise every night, Ba Dinh ward", "Ba Đình"),
        ("a pothole next to Bach Mai hospital", "Kim Liên"),
        ("Soc Son commune, no water", "Sóc Sơn"),
    ],
)
def test_places_in_english_sentences(text: str, ward: str) -> None:
    assert default(text) == ward


@pytest.mark.parametrize(
    ("text", "alley"),
    [("trong ngõ tối", True), ("ngo 12 lang ha", True), ("Ngô Quyền", False), ("hẻm 5", True), ("ngo quyen", False)],
)
def test_an_alley_is_noticed(text: str, alley: bool) -> None:
    assert PLACES.find(text).in_alley is alley


def test_one_wrong_letter_behind_a_marker_is_forgiven() -> None:
    for typed, meant in {
        "phường Cầu Giấi": "Cầu Giấy",
        "phuong hoan kiemm": "Hoàn Kiếm",
        "phường Bạch Mia": "Bạch Mai",
        "xã Sóc Sơm": "Sóc Sơn",
    }.items():
        assert default(typed) == meant


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_it_never_raises(text: str) -> None:
    check_shape(PLACES.find(text))


WORDS = (
    "phường quận xã p. q. đường phố ngõ 12 12/5 Thanh Xuân cầu giấy Ba Đình huế vinh tại ở gần chợ Đồng Xuân , . - "
    "hà nội Hải Phòng TP HCM cũ mới thị xã trấn lang nguyen trai 21.03, 105.85 https://x/@21,105 tt"
)
PIECES = st.sampled_from(WORDS.split())


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14))
def test_scrambled_addresses_keep_its_promises(pieces: list[str]) -> None:
    check_shape(PLACES.find(" ".join(pieces)))


def check_shape(found: Found) -> None:
    codes = [candidate.ward_code for candidate in found.candidates]
    assert len(codes) == len(set(codes))
    assert all(GEOGRAPHY.wards[c.ward_code].full_name == c.ward and c.evidence for c in found.candidates)
    assert found.default is None or codes == [found.default]
    assert found.other_province is None or not codes
    assert bool(found.words) or found.point is not None or not (codes or found.other_province)


def test_the_same_text_always_has_the_same_answer() -> None:
    texts = ["Trần Phú", "xa lien ha", "Thanh Xuân, Hà Nội", "phuong mai"]
    for text, other in itertools.permutations(texts, 2):
        before = PLACES.find(text)
        PLACES.find(other)
        assert PLACES.find(text) == before


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("ở Mường Lay, Điện Biên", "Điện Biên"),
        ("rác ở Vị Thuỷ, Cần Thơ", "Cần Thơ"),
        ("phường Hà Tu, tỉnh Quảng Ninh", "Quảng Ninh"),
    ],
)
def test_a_province_that_shares_its_name_with_a_street_or_an_old_ward_of_ours(text: str, province: str) -> None:
    assert PLACES.find(text).other_province == province


def test_behind_the_word_ward_a_ward_goes_before_a_longer_name() -> None:
    assert default("UBND phường Kim Liên mới") == "Kim Liên"


def test_a_street_named_last_after_a_comma_is_a_street() -> None:
    assert default("phường Láng, Láng Hạ") == "Láng"
    assert PLACES.find("phường Điện Biên, Ba Đình").other_province is None


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("cháy nhà ở 15 hàng bạc", "Hoàn Kiếm"),
        ("o 15 hang bac", "Hoàn Kiếm"),
        ("tôi ở 25 lò đúc", "Hai Bà Trưng"),
        ("trước 12 hàng đào bị ngập", "Hoàn Kiếm"),
        ("gần 3 hàng cây", None),
        ("ở 2 hàng ghế đá", None),
        ("có 2 hàng bạc ở chợ", None),
    ],
)
def test_a_number_behind_a_word_of_place_makes_a_street_of_an_everyday_word(text: str, ward: str | None) -> None:
    """Nobody types "phố" before Hàng Bạc; "ở 15" in front of it says as much."""
    found = default(text)
    assert (found is None) if ward is None else (found is not None and found.endswith(ward))


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("thôn Xâm Thị", "Hồng Vân"),
        ("làng Phù Yên", "Phú Nghĩa"),
        ("thôn Phù Yên, xã Trường Yên, Chương Mỹ", "Phú Nghĩa"),
        ("thôn Đào Nguyên, xã Dương Xá", "Gia Lâm"),
        ("thon trach xa", "Ứng Hoà"),
        ("xa duong xa duong hong", "Gia Lâm"),
        ("tai aeon mall long bien ha noi", "Long Biên"),
        ("an duong bo song hong", "Hồng Hà"),
        ("van mieu tho quan", "Văn Miếu - Quốc Tử Giám"),
        ("bv soc son", "Sóc Sơn"),
        ("ks Daewoo", "Giảng Võ"),
        ("chung cư Gemek Tower bên đại lộ Thăng Long", "An Khánh"),
    ],
)
def test_a_village_or_a_building_is_known_by_its_short_name_and_no_saying_cuts_it(text: str, ward: str) -> None:
    assert default(text) == ward


def test_beside_a_market_is_a_place_however_it_is_typed() -> None:
    assert wards(PLACES.find("em o canh cho mo mat nuoc")) == wards(PLACES.find("em ở cạnh chợ Mơ mất nước"))
    assert wards(PLACES.find("em o canh cho mo mat nuoc")) == ["Bạch Mai", "Tương Mai"]


@pytest.mark.parametrize(
    "text",
    ["bên kia đường", "ben kia duong", "đi thẳng", "di thang", "dau duong", "thôn tôi", "ven hồ", "trạm điện"],
)
def test_where_something_lies_from_the_speaker_is_no_misspelt_name(text: str) -> None:
    assert PLACES.find(text) == Found()


@pytest.mark.parametrize(
    ("text", "ward"),
    [
        ("bờ hồ Tây", "Tây Hồ"),
        ("rac ven ho tay nhieu lam", "Tây Hồ"),
        ("ghế đá bờ hồ Trúc Bạch gãy", "Ba Đình"),
        ("bờ hồ", "Hoàn Kiếm"),
        ("phố Huếế", "Hai Bà Trưng"),
        ("ở công viênn Hoà Bình", "Xuân Đỉnh"),
        ("cu gia ngu ngoai hien cho Hom ret run", "Hai Bà Trưng"),
        ("đèn tắt ở ngã ba Đình Thôn", "Từ Liêm"),
        ("ngo ban an o pho am thuc tong duy tan", "Hoàn Kiếm"),
    ],
)
def test_a_shore_a_doubled_letter_and_small_letters_name_the_place_all_the_same(text: str, ward: str) -> None:
    assert default(text) == ward


def test_a_landmark_in_small_letters_does_not_cut_a_longer_name() -> None:
    assert "Đống Đa" in wards(PLACES.find("duoi gam cau Nga Tu So toi om"))


@pytest.mark.parametrize(
    "lead", ["đoạn", "doan", "giáp", "giap", "phía", "phia", "hướng", "mạn", "vỉa hè", "góc", "goc", "cây xăng"]
)
def test_words_of_place_lead_to_a_street_in_small_letters(lead: str) -> None:
    street = "thai ha" if lead.isascii() else "thái hà"
    assert PLACES.find(f"mat duong nat bet {lead} {street}").street == "Thái Hà"


def test_a_street_of_three_words_needs_none_and_a_person_of_that_name_is_no_street() -> None:
    assert PLACES.find("xuong ham chui le van luong tron nhu mo").street == "Lê Văn Lương"
    assert PLACES.find("chi tran duy hung to 5 noi vay") == Found()


def test_the_boulevard_offers_the_wards_that_it_crosses() -> None:
    found = wards(PLACES.find("rác đổ ở lề đường gom đại lộ Thăng Long"))
    assert {"Đại Mỗ", "An Khánh", "Hoà Lạc"} <= set(found)
    assert "Cổ Đô" not in found
