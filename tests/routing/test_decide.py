"""One decision for every input, and never the unit that is complained of."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.calendar import HANOI
from routing.config import CATEGORY_CODES, Config, Level
from routing.decide import OFFICIAL_GUARD, UNKNOWN_CATEGORY, Ask, Decision, Router, compiled, decide

URGENCIES = ("khan", "phuc_tap", "binh_thuong")
THANH_XUAN = "00367"
TEXTS = st.text(max_size=80) | st.lists(
    st.sampled_from(
        [
            "ổ gà",
            "cán bộ",
            "đòi tiền",
            "ngõ",
            "đường Nguyễn Trãi",
            "đèn",
            "cháy",
            "Thanh tra Thành phố",
            "Sở Xây dựng",
            "viettel",
            "rác",
            "chó cắn",
            "lớp 10",
            "karaoke",
            "bạo hành",
            "rò gas",
            "cong an phuong",
            "voi tien",
        ]
    ),
    max_size=8,
).map(" ".join)


def ask(category: str, text: str = "", **known: object) -> Ask:
    fields: dict[str, object] = {"sub": None, "ward_code": THANH_XUAN, "urgency": "binh_thuong", **known}
    return Ask(category=category, text=text, **fields)


def well_formed(config: Config, decision: Decision) -> bool:
    agency = config.agencies[decision.agency]
    others = (decision.executor, *decision.co_handling)
    return (
        not agency.closed
        and decision.parent in config.agencies
        and all(other is None or other in config.agencies for other in others)
        and decision.agency not in others
        and bool(decision.because)
        and (decision.handle.hours is None) is not (decision.handle.days is None)
        and decision.config_version == config.version_hash
    )


def test_every_category_in_every_ward_at_every_urgency_has_an_agency(config: Config) -> None:
    wards = [None, "99999", *sorted({a.ward_code for a in config.agencies.values() if a.ward_code})]
    assert len(wards) == 128
    for category in (*CATEGORY_CODES, "vanished"):
        for ward in wards:
            for urgency in URGENCIES:
                for official in (False, True):
                    asked = ask(category, ward_code=ward, urgency=urgency, about_official=official)
                    assert well_formed(config, decide(config, asked)), asked


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_input_is_decided(config: Config, data: st.DataObject) -> None:
    category = data.draw(st.sampled_from(CATEGORY_CODES) | st.text(max_size=5))
    known = config.categories.get(category)
    subs = sorted(known.subcategories) if known else []
    asked = Ask(
        category=category,
        sub=data.draw(st.none() | st.sampled_from(subs or ["?"]) | st.text(max_size=4)),
        ward_code=data.draw(st.none() | st.sampled_from(["00367", "00070", "09556", "00376"]) | st.text(max_size=5)),
        urgency=data.draw(st.sampled_from(URGENCIES) | st.text(max_size=4)),
        text=data.draw(TEXTS),
        street=data.draw(st.none() | st.sampled_from(["Nguyễn Trãi", "phố Vọng"]) | st.text(max_size=6)),
        about_official=data.draw(st.booleans()),
        at=data.draw(st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(in_hanoi)),
        in_alley=data.draw(st.booleans()),
    )
    decision = decide(config, asked)
    assert well_formed(config, decision)
    assert decide(config, asked) == decision
    if decision.about_official:
        assert config.agencies[decision.agency].ward_code is None
        assert decision.executor is None
        assert decision.co_handling == ()
    if decision.urgent:
        assert (decision.accept_hours, decision.handle.hours) == (0, 4)


def in_hanoi(at: datetime) -> datetime:
    return at.replace(tzinfo=HANOI)


def test_an_unknown_category_goes_to_the_triage_desk(config: Config) -> None:
    decision = decide(config, ask("khong_co", "gì đó"))
    assert (decision.agency, decision.rule) == ("triage", UNKNOWN_CATEGORY)


@pytest.mark.parametrize("text", ["có người đuối nước ở Hồ Tây gần chùa Trấn Quốc", "drowning near the pagoda"])
def test_an_urgent_matter_of_no_field_goes_to_the_triage_desk_whatever_landmark_it_names(
    config: Config, text: str
) -> None:
    assert decide(config, ask("khac", text, urgency="khan")).agency == "triage"


def test_without_a_ward_a_ward_matter_goes_to_the_triage_desk_and_says_why(config: Config) -> None:
    decision = decide(config, ask("moi_truong_rac_thai", "rác tồn đọng", ward_code=None))
    assert decision.agency == "triage"
    assert "Chưa rõ phường, xã" in decision.because[-1]


def test_without_a_ward_a_utility_still_gets_its_matter(config: Config) -> None:
    assert decide(config, ask("dien", "mất điện từ sáng", ward_code=None)).agency == "evnhanoi"


@pytest.mark.parametrize("category", ["ha_tang_duong", "chieu_sang", "cay_xanh", "thoat_nuoc_ngap_ung"])
def test_a_city_street_belongs_to_the_department_and_its_alleys_to_the_ward(config: Config, category: str) -> None:
    on_street = decide(config, ask(category, "sự việc trên đường Nguyễn Trãi"))
    in_alley = decide(config, ask(category, "sự việc trong ngõ 12 Nguyễn Trãi"))
    elsewhere = decide(config, ask(category, "sự việc ở phố Vọng"))
    assert (on_street.agency, on_street.level) == ("so-xd", Level.DEPARTMENT)
    assert (in_alley.agency, in_alley.ward_code) == ("ubnd-00367", THANH_XUAN)
    assert elsewhere.agency == "ubnd-00367"


def test_a_street_found_by_the_reader_counts_without_its_word(config: Config) -> None:
    assert decide(config, ask("chieu_sang", "đèn hỏng", street="Nguyễn Trãi")).agency == "so-xd"
    assert decide(config, ask("chieu_sang", "đèn hỏng", street="đường Nguyễn Trãi")).agency == "so-xd"
    assert decide(config, ask("chieu_sang", "đèn hỏng", street="Nguyễn Trãi", in_alley=True)).agency == "ubnd-00367"


@pytest.mark.parametrize("text", ["ổ gà trên QL6", "ổ gà trên quốc lộ 6", "o ga tren duong giai phong"])
def test_a_city_street_is_known_in_its_short_and_unaccented_forms(config: Config, text: str) -> None:
    assert decide(config, ask("ha_tang_duong", text)).agency == "so-xd"


def test_a_street_name_that_is_an_everyday_word_is_no_street(config: Config) -> None:
    assert decide(config, ask("ha_tang_duong", "ổ gà do giải phóng mặt bằng chậm")).agency == "ubnd-00367"


def test_an_alley_that_only_marks_the_spot_leaves_the_matter_on_the_street(config: Config) -> None:
    assert decide(config, ask("chieu_sang", "đèn hỏng trên đường Láng đầu ngõ 5")).agency == "so-xd"


@pytest.mark.parametrize(
    ("category", "text", "sub"),
    [
        ("dien", "mat dien tu sang den gio", "mat_dien"),
        ("dien", "hoá đơn tiền điện tháng này cao bất thường", "tien_dien"),
        ("vat_nuoi", "chó thả rông không rọ mõm", "cho_tha_rong"),
        ("vat_nuoi", "cho tha rong khong ro mom", "cho_tha_rong"),
        ("moi_truong_rac_thai", "có xe tải đổ trộm phế thải xây dựng", "phe_thai_xay_dung"),
        ("thoat_nuoc_ngap_ung", "Mất nắp cống trước nhà", "mat_nap_cong"),
        ("toi_pham_te_nan", "bị lừa đảo qua mạng, chuyển khoản 20 triệu", "lua_dao_qua_mang"),
        ("moi_truong_rac_thai", "rắc rối quá", None),
    ],
)
def test_the_words_choose_the_subcategory(config: Config, category: str, text: str, sub: str | None) -> None:
    assert decide(config, ask(category, text)).sub == sub


def test_in_an_accented_text_a_bare_word_is_not_the_accented_keyword(config: Config) -> None:
    assert decide(config, ask("vat_nuoi", "xin cho hỏi về đàn bò của nhà bên")).sub is None


def test_the_deadline_of_the_subcategory_beats_that_of_the_urgency(config: Config) -> None:
    decision = decide(config, ask("cay_xanh", "cành gãy, cây nghiêng", urgency="phuc_tap"))
    assert (decision.sub, decision.accept_hours, decision.handle.days) == ("cay_do", 4, 2)


def test_without_a_subcategory_the_urgency_sets_the_deadline(config: Config) -> None:
    decision = decide(config, ask("y_te", "xem giúp việc này", urgency="phuc_tap"))
    assert (decision.sub, decision.accept_hours, decision.handle.days) == (None, 8, 15)


def test_an_urgent_word_makes_the_case_urgent_at_once(config: Config) -> None:
    decision = decide(config, ask("cay_xanh", "cây đổ chắn đường"))
    assert decision.urgent
    assert (decision.accept_hours, decision.handle.hours, decision.handle.days) == (0, 4, None)
    assert any("“cây đổ" in words for words in decision.because)


def test_violence_against_a_child_is_always_urgent(config: Config) -> None:
    decision = decide(config, ask("an_ninh_trat_tu", "hàng xóm bạo hành trẻ em"))
    assert (decision.sub, decision.urgent, decision.agency) == ("bao_hanh", True, "ca-00367")


@pytest.mark.parametrize("category", CATEGORY_CODES)
@pytest.mark.parametrize(
    "text",
    [
        "cán bộ phường Thanh Xuân đòi tiền mới giải quyết",
        "can bo phuong vòi vĩnh nguoi dan",
        "công an phường bao che cho quán karaoke",
        "cán bộ địa chính nhận phong bì",
    ],
)
def test_a_complaint_about_an_official_never_reaches_that_unit(config: Config, category: str, text: str) -> None:
    decision = decide(config, ask(category, text))
    agency = config.agencies[decision.agency]
    assert decision.about_official
    assert agency.ward_code is None
    assert agency.level is not Level.WARD
    assert (decision.executor, decision.co_handling) == (None, ())


@pytest.mark.parametrize(
    ("text", "sub"),
    [
        ("cán bộ một cửa quát mẹ tôi rồi trả hồ sơ, không nói lý do", "thai_do_phuc_vu"),
        ("cán bộ một cửa đòi tiền mới nhận hồ sơ", "nhung_nhieu"),
        ("cán bộ phường đánh mất hồ sơ của tôi", "nhung_nhieu"),
    ],
)
def test_of_the_sub_categories_about_officials_the_words_choose(config: Config, text: str, sub: str) -> None:
    assert decide(config, ask("thu_tuc_can_bo", text, about_official=True)).sub == sub


def test_a_complaint_about_the_inspectorate_goes_above_it(config: Config) -> None:
    decision = decide(config, ask("thu_tuc_can_bo", "cán bộ Thanh tra Thành phố vòi vĩnh"))
    assert (decision.agency, decision.rule) == ("vp-ubnd-tp", OFFICIAL_GUARD)


def test_a_complaint_about_the_home_affairs_department_does_not_stay_there(config: Config) -> None:
    decision = decide(config, ask("thu_tuc_can_bo", "nhân viên Sở Nội vụ thái độ hách dịch", about_official=True))
    assert decision.agency == "vp-ubnd-tp"


def test_mentioning_an_official_without_a_misdeed_is_no_complaint_about_one(config: Config) -> None:
    decision = decide(config, ask("moi_truong_rac_thai", "cán bộ phường đã xuống xem nhưng rác vẫn còn"))
    assert (decision.about_official, decision.agency) == (False, "ubnd-00367")


def test_the_time_of_filing_chooses_between_committee_and_police(config: Config) -> None:
    text = "hàng xóm hát karaoke"
    by_day = decide(config, ask("tieng_on", text, at=datetime(2026, 11, 23, 10, tzinfo=HANOI)))
    by_night = decide(config, ask("tieng_on", text, at=datetime(2026, 11, 23, 23, tzinfo=HANOI)))
    assert (by_day.agency, by_night.agency) == ("ubnd-00367", "ca-00367")


def test_wards_in_a_group_have_their_own_water_company(config: Config) -> None:
    ha_dong = decide(config, ask("nuoc_sach", "mất nước", ward_code="09556"))
    hoan_kiem = decide(config, ask("nuoc_sach", "mất nước", ward_code="00070"))
    assert (ha_dong.agency, hoan_kiem.agency) == ("nuoc-ha-dong", "hawacom")


def test_a_committee_helps_with_water_in_a_commune_only(config: Config) -> None:
    my_duc = decide(config, ask("nuoc_sach", "mất nước", ward_code="10441"))
    hoan_kiem = decide(config, ask("nuoc_sach", "mất nước", ward_code="00070"))
    assert (my_duc.agency, my_duc.executor, hoan_kiem.executor) == ("hawacom", "ubnd-10441", None)


def test_a_committee_works_with_the_health_department_and_not_above_it(config: Config) -> None:
    epidemic = decide(config, ask("y_te", "khu tôi nhiều người sốt xuất huyết"))
    hospital = decide(config, ask("y_te", "bệnh viện bắt chờ khám cả ngày"))
    assert (epidemic.agency, epidemic.executor, epidemic.co_handling) == ("ubnd-00367", None, ("so-yt",))
    assert (hospital.agency, hospital.executor) == ("so-yt", None)


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("thoat_nuoc_ngap_ung", "nắp hố ga giữa ngõ bị mất"),
        ("cay_xanh", "cây sấu đổ ngang đường"),
        ("chieu_sang", "cột đèn thò dây ra ngoài"),
        ("vat_nuoi", "chó thả rông cắn cháu tôi"),
        ("an_toan_thuc_pham", "nhiều cháu bị ngộ độc sau bữa trưa"),
    ],
)
def test_danger_is_urgent_in_whatever_order_its_words_stand(config: Config, category: str, text: str) -> None:
    assert decide(config, ask(category, text)).urgency == "khan"


def test_a_high_school_belongs_to_the_department_and_a_primary_school_to_the_ward(config: Config) -> None:
    assert decide(config, ask("giao_duc", "trường THPT thu tiền quỹ lớp")).agency == "so-gddt"
    assert decide(config, ask("giao_duc", "trường tiểu học thu tiền quỹ lớp")).agency == "ubnd-00367"


def test_the_router_is_built_once_for_a_snapshot(config: Config) -> None:
    assert compiled(config) is compiled(config)
    assert isinstance(compiled(config), Router)
