"""The small words around a name that say what kind of name it is: phường, quận, đường, ngõ 12, ở, gần, cũ."""

from __future__ import annotations

from enum import IntEnum

from routing.place_names import Kind
from routing.wording import word_forms


class Marker(IntEnum):
    """The word before a name that says what kind of name follows."""

    NONE = 0
    WARD = 1
    COMMUNE = 2
    DISTRICT = 3
    CITY = 4
    STREET = 5
    TOWN = 6


def toned_words(words: str) -> frozenset[str]:
    """The words of a list as they are compared: accents kept, in one spelling."""
    return frozenset(word_forms(word)[1] for word in words.split())


MARKERS = {
    toned: marker
    for marker, words in {
        Marker.WARD: "phường phuong phuòng phưòng phuờng phừơng p ph f",
        Marker.COMMUNE: "xã xa x",
        Marker.TOWN: "tt",
        Marker.DISTRICT: "quận quan q huyện huyen h tx",
        Marker.CITY: "tỉnh tinh tp",
        Marker.STREET: "đường duong đ đg dg phố pho ngõ ngo ngách ngach hẻm hem",
    }.items()
    for toned in toned_words(words)
}
# The same without accents: where these do not stand there is no marker.
PLAIN_MARKERS = frozenset({toned for toned in MARKERS if toned.isascii()} | {"d"})
SECOND_HALVES: dict[tuple[str, ...], Marker] = {
    ("thi", "xa"): Marker.DISTRICT,
    ("thi", "tran"): Marker.TOWN,
    ("thanh", "pho"): Marker.CITY,
    ("tac", "xa"): Marker.NONE,
    ("nga", "ba"): Marker.NONE,
    ("nga", "tu"): Marker.NONE,
}
# In English the kind stands behind the name: "Ba Dinh ward".
BEHIND = {
    "ward": Marker.WARD,
    "commune": Marker.COMMUNE,
    "town": Marker.TOWN,
    "district": Marker.DISTRICT,
    "street": Marker.STREET,
    "road": Marker.STREET,
}
NUMBERED = toned_words("số so nhà nha ngõ ngo ngách ngach hẻm hem đường duong phố pho sn")
NUMBERED_HOUSES = NUMBERED - toned_words("đường duong phố pho")
PLACE_LEADS = toned_words(
    "ở o tại tai gần gan trước truoc sau cạnh canh diện dien cổng cong đầu dau cuối cuoi khu làng lang thôn thon "
    "xóm xom vực vuc dọc doc quanh qua trong ngoài ngoai dưới duoi trên tren đến den từ tu tới toi về ve thuộc thuoc "
    "giữa giua ubnd học hoc thpt thcs kdt kđt ktt lưng lung bên ben chỗ địa góc goc chợ đình chùa đoạn doan giáp giap "
    "phía phia mạn hướng huong sát kề quãng khúc nút nut hè thể cư vượt xăng"
)
# Those that are nothing else without accents: "hoc" is học and hóc, "toi" tới and tôi.
SURE_LEADS = toned_words("o gan tai canh khu thon xom ubnd vuc doan truoc")
JUNCTIONS, WAYS = toned_words("ngã nga"), frozenset(("ba", "tu", "nam", "sau"))
TITLES = toned_words(
    "ông bà anh chị cô chú bác thầy cháu bé mr ms mrs tên ong bạn cụ dì cậu thím sếp shop cty tnhh spa hãng"
)
# The same without accents, but for those that are more often another word: "di" is đi, "cau" cầu.
PLAIN_TITLES = toned_words("ba chi co chu bac thay chau ten thim ban") | TITLES
# "Công ty Hoàng Mai" may be anywhere, and "cô giáo Kim Anh" is a person, as is whoever says "tên là Hồng Hà".
_NAMED_PEOPLE_AND_FIRMS = (
    "công ty, cong ty, cổ phần, co phan, nhà hàng, nha hang, cửa hàng, cua hang, nhà xe, nha xe, tên là, ten la, "
    "cô giáo, co giao, thầy giáo, thay giao, giáo sư, giao su, bác sĩ, bac si, bác sỹ, ca sĩ, ca si, tiến sĩ, tien si, "
    "luật sư, luat su, kỹ sư, ky su, y tá, y ta, đồng chí, dong chi, tổ trưởng, to truong, thượng tá, trung tá, "
    "thiếu tá, đại uý, trung uý"
)
NO_PLACE_FOLLOWS = {tuple(word_forms(word)[1] for word in pair.split()) for pair in _NAMED_PEOPLE_AND_FIRMS.split(", ")}
SCHOOLS = toned_words("học hoc thcs thpt ptcs trường truong non giáo")
ROADS = toned_words("đường duong")
SURNAMES = toned_words(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ ngô lý đinh nguyen tran le pham phan vu dang"
)
MIDDLE_NAMES = toned_words("thị văn")
THINGS = toned_words("cây quả trái hoa lá gỗ tượng món")
ALLEYS = toned_words("ngõ ngo ngách ngach hẻm hem kiệt kiet")
# A number behind one of these is no house: "tổ 5 Khương Đình", "lúc 9 Láng Hạ".
COUNTED = toned_words(
    "tổ to tdp cụm cum khu thôn thon đội doi quận quan phường phuong lúc luc ngày ngay tháng thang tầng tang lô lo toà "
    "toa khoảng khoang"
)
# No misspelt part of a name: "phường thì hoà giải" means no Thái Hoà, "bên kia đường" no Kim Đường.
COMMON_WORDS = toned_words(
    "hay thi cho van la co va roi bi da do nay cung khong duoc len ra vao nao ma phai moi lam con de voi cua chi "
    "kia day di toi em dau cuoi giua tren duoi trong ngoai truoc sau ben gan"
)
FORMERLY, NOWADAYS = toned_words("cũ cu"), toned_words("mới")

UNITS = (Kind.WARD, Kind.OLD_WARD)
NEAR_KINDS = {
    Marker.WARD: frozenset({Kind.WARD, Kind.OLD_WARD}),
    Marker.COMMUNE: frozenset({Kind.WARD, Kind.OLD_WARD}),
    Marker.TOWN: frozenset({Kind.WARD, Kind.OLD_WARD}),
    Marker.DISTRICT: frozenset({Kind.DISTRICT}),
    Marker.STREET: frozenset({Kind.STREET}),
    Marker.NONE: frozenset({Kind.WARD, Kind.OLD_WARD, Kind.DISTRICT, Kind.LANDMARK}),
}
PREFERENCES: dict[Marker, tuple[tuple[Kind, ...], ...]] = {
    Marker.WARD: (UNITS, (Kind.DISTRICT,), (Kind.ELSEWHERE_WARD,), (Kind.LANDMARK, Kind.STREET)),
    Marker.COMMUNE: (UNITS, (Kind.DISTRICT,), (Kind.ELSEWHERE_WARD,), (Kind.LANDMARK, Kind.STREET)),
    Marker.TOWN: (UNITS, (Kind.DISTRICT,), (Kind.ELSEWHERE_WARD,), (Kind.LANDMARK, Kind.STREET)),
    Marker.DISTRICT: ((Kind.DISTRICT,), (Kind.ELSEWHERE_DISTRICT,), (Kind.ELSEWHERE,), UNITS),
    Marker.CITY: ((Kind.CITY, Kind.ELSEWHERE), (Kind.ELSEWHERE_DISTRICT,), (Kind.DISTRICT,)),
    Marker.STREET: ((Kind.STREET,), (*UNITS, Kind.LANDMARK), (Kind.DISTRICT,)),
    Marker.NONE: (
        (Kind.WARD, Kind.OLD_WARD, Kind.DISTRICT, Kind.LANDMARK, Kind.STREET, Kind.CITY, Kind.ELSEWHERE),
        (Kind.ELSEWHERE_DISTRICT,),
    ),
}
TYPED_UNITS = {Marker.WARD: ("phuong",), Marker.COMMUNE: ("xa",), Marker.TOWN: ("tt", "xa")}
_OF_HOUSES = "0123456789abcdefg"
_LETTERS_OF_HOUSES = frozenset("abcd")


def is_number(plain: str) -> bool:
    """Of a house or an alley: "12", "4a"; but "9h30" is a time."""
    return (plain[0].isdigit() and not plain.strip(_OF_HOUSES)) or plain in _LETTERS_OF_HOUSES
