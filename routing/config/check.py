"""Checks what the shape cannot: that every name is known, that nobody is left out and that no rule is idle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from routing.config.agencies import Unit
from routing.config.build import DAYS_OF_THE_WEEK, all_rules, many, span_of
from routing.config.check_words import check_words
from routing.config.faults import listed, near_code, nearest
from routing.config.idle_rules import idle_rules
from routing.config.model import NO, WARD_COMMITTEE, WARD_POLICE, YES, When
from routing.config.shape import STAND_IN
from routing.config.source import Path_, Source
from routing.config.written import (
    WrittenAgency,
    WrittenCategory,
    WrittenConfig,
    WrittenDeadline,
    WrittenHandle,
    WrittenOverride,
    WrittenOwner,
    WrittenQuestion,
    WrittenRule,
)
from routing.keywords import fold

CATEGORY_CODES = (
    "moi_truong_rac_thai",
    "thoat_nuoc_ngap_ung",
    "giao_thong_trat_tu",
    "ha_tang_duong",
    "chieu_sang",
    "cay_xanh",
    "trat_tu_do_thi",
    "xay_dung_dat_dai",
    "tieng_on",
    "o_nhiem_khong_khi_nuoc",
    "an_ninh_trat_tu",
    "toi_pham_te_nan",
    "chay_no_pccc",
    "an_toan_thuc_pham",
    "thi_truong",
    "dien",
    "nuoc_sach",
    "vien_thong",
    "an_sinh_xa_hoi",
    "y_te",
    "giao_duc",
    "thu_tuc_can_bo",
    "vat_nuoi",
    "thien_tai",
    "khac",
)
"""The codes are fixed: the classifier, the stored cases and the reports know them."""

WARD_UNIT_WORDS = ("type", "name")
TEMPLATE_WORDS = ("ma", "linh_vuc", "dia_diem", "don_vi", "han", "ngay_gui")
SHORT_NUMBER = 4
_BRACES = re.compile(r"\{([^{}]*)\}")
_WARD_TYPE = re.compile("^(phường|xã) ", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d .()-]{3,20}")


class Checker:
    """The names that a file may use, and the checks over them; every fault goes to the source."""

    def __init__(
        self, source: Source, written: WrittenConfig, units: tuple[Unit, ...], filled: frozenset[Path_]
    ) -> None:
        self.source = source
        self.written = written
        self.filled = filled
        self.wards = {unit.code for unit in units}
        self.ward_names = {unit.name: unit.code for unit in units}
        made = {f"{prefix}-{code}" for prefix in ("ubnd", "ca") for code in self.wards}
        self.written_agencies = _keys(source.value, "agencies")
        self.agencies = self.written_agencies | made
        self.made_agencies = made
        self.subs = {
            code: _keys(source.value, "categories", code, "subs") for code in _keys(source.value, "categories")
        }

    def check(self) -> None:
        """Every check; the order is only that of reading."""
        self._windows()
        self._categories()
        self._agencies()
        self._roles()
        self._places()
        self._rules()
        self._clocks()
        self._templates()
        check_words(self.source, self.written)

    def _is_filled(self, *path: str) -> bool:
        """Whether what stands at or around a path, or anything in it, is not the file's own."""
        return any(path[: len(each)] == each or each[: len(path)] == path for each in self.filled)

    def _is_missing(self, section: str) -> bool:
        return (section,) in self.filled or () in self.filled

    # — names —

    def _agency(self, path: Path_, agency: str | None, tokens: bool = True) -> None:
        if agency in (None, STAND_IN) or self._is_missing("agencies"):
            return
        if tokens and agency in (WARD_COMMITTEE, WARD_POLICE):
            return
        if agency is not None and agency not in self.agencies:
            known = [*self.written_agencies, *((WARD_COMMITTEE, WARD_POLICE) if tokens else ())]
            wanted = "mã một cơ quan trong mục agencies" + (f", {WARD_COMMITTEE} hoặc {WARD_POLICE}" if tokens else "")
            self.source.fault(path, f"không có cơ quan “{agency}”", wanted, nearest(agency, known))

    def _known(self, path: Path_, word: str, known: Iterable[str], what: str) -> bool:
        known = sorted(known)
        if word in known or word == STAND_IN:
            return True
        self.source.fault(path, f"không có {what} “{word}”", listed(known), nearest(word, known))
        return False

    def _owner(self, path: Path_, owner: WrittenOwner | WrittenRule) -> None:
        self._agency((*path, "to"), owner.to)
        self._agency((*path, "executor"), owner.executor)
        self._agency((*path, "parent"), owner.parent)
        for at, agency in enumerate(owner.together):
            self._agency((*path, "together", at), agency)

    def _hotlines(self, path: Path_, numbers: tuple[str, ...]) -> None:
        if not self._is_missing("hotlines"):
            for at, number in enumerate(numbers):
                known = _keys(self.source.value, "hotlines")
                if number not in known and len(number) <= SHORT_NUMBER:
                    # Its neighbour calls somebody else: no nearest word.
                    self.source.fault((*path, at), f"không có đường dây nóng “{number}”", listed(sorted(known)))
                else:
                    self._known((*path, at), number, known, "đường dây nóng")

    def _windows(self) -> None:
        for channel, window in self.written.windows.items():
            if window.kept_for_action + window.kept_for_rating >= window.messages:
                path: Path_ = ("windows", channel, "messages")
                self.source.fault(path, "số tin dành riêng chiếm hết cửa sổ", "nhiều hơn số tin dành riêng")

    # — sections —

    def _categories(self) -> None:
        if self._is_missing("categories"):
            return
        for code in CATEGORY_CODES:
            if code not in self.subs:
                self.source.fault(("categories",), f"thiếu lĩnh vực “{code}”", "đủ các lĩnh vực đã quy định")
        for code, category in self.written.categories.items():
            path: Path_ = ("categories", code)
            if code not in CATEGORY_CODES:
                self._known(path, code, CATEGORY_CODES, "lĩnh vực")
            self._category(path, category)

    def _category(self, path: Path_, category: WrittenCategory) -> None:
        if category.to is None and not self._is_filled(*map(str, path), "to"):
            self.source.fault(path, "chưa có đơn vị phụ trách", "mục to: mã cơ quan")
        self._owner(path, category)
        self._hotlines((*path, "hotlines"), category.hotlines)
        for code, sub in category.subs.items():
            here = (*path, "subs", code)
            self._owner(here, sub)
            self._hotlines((*here, "hotlines"), sub.hotlines)
            if sub.deadline:
                self._deadline((*here, "deadline"), sub.deadline)
            if sub.about_official:
                self._not_own_unit((*here, "to"), sub.to)
        seen: set[str] = set()
        for at, question in enumerate(category.questions):
            here = (*path, "questions", at)
            if question.id in seen:
                self.source.fault((*here, "id"), f"mã câu hỏi “{question.id}” bị lặp", "mỗi câu hỏi một mã")
            seen.add(question.id)
            self._question(here, question, str(path[1]))

    def _question(self, path: Path_, question: WrittenQuestion, category: str) -> None:
        answers: tuple[str, ...] = {"yes_no": (YES, NO), "choice": question.choices}.get(question.kind, ())
        if question.kind == "choice" and len(question.choices) < 2:
            self.source.fault((*path, "choices"), "câu hỏi lựa chọn thiếu phương án", "ít nhất hai phương án")
        if question.kind != "choice" and question.choices:
            self.source.fault((*path, "choices"), "chỉ câu hỏi kind: choice mới có phương án", "bỏ choices")
        for answer, stop in question.stop.items():
            if answers:
                self._known((*path, "stop", answer), answer, answers, "câu trả lời")
            else:
                self.source.fault((*path, "stop", answer), "câu hỏi tự do không dừng theo câu trả lời", "bỏ stop")
            if stop.hotline is not None:
                self._hotlines((*path, "stop", answer, "hotline"), (stop.hotline,))
        for at, sub in enumerate(question.subs):
            self._known((*path, "subs", at), sub, self.subs.get(category, ()), "mục con")

    def _not_own_unit(self, path: Path_, to: str | None) -> None:
        if to in (WARD_COMMITTEE, WARD_POLICE) or (to or "").startswith(("ubnd-", "ca-")):
            message = "phản ánh về cán bộ không được gửi về chính đơn vị của cán bộ đó"
            self.source.fault(path, message, "cơ quan cấp trên, như thanh-tra-tp")

    def _agencies(self) -> None:
        if self._is_missing("agencies"):
            return
        parents: dict[str, str | None] = {code: each.parent for code, each in self.written.agencies.items()}
        successors: dict[str, str | None] = {}
        for code, agency in self.written.agencies.items():
            path: Path_ = ("agencies", code)
            if code in (WARD_COMMITTEE, WARD_POLICE) or code in self.made_agencies:
                self.source.fault(path, f"mã “{code}” dành riêng cho đơn vị phường, xã", "một mã khác")
            self._agency((*path, "parent"), agency.parent, tokens=False)
            self._agency((*path, "successor"), agency.successor, tokens=False)
            self._phone((*path, "contact", "phone"), agency.contact.phone)
            self._closing(path, agency)
            if agency.closed:
                successors[code] = agency.successor
        for code, override in self.written.overrides.items():
            path = ("overrides", code)
            if code not in self.made_agencies:
                wanted = "ubnd-<mã> hoặc ca-<mã>, mã năm chữ số"
                near = near_code(code, self.made_agencies)
                self.source.fault(path, f"không có đơn vị phường, xã “{code}”", wanted, near)
            else:
                self._agency((*path, "parent"), override.parent, tokens=False)
                self._agency((*path, "successor"), override.successor, tokens=False)
                self._phone((*path, "contact", "phone"), override.contact.phone if override.contact else None)
                parents[code] = override.parent
                self._closing(path, override)
                if override.closed:
                    successors[code] = override.successor
        for kind, pattern in (("ubnd", self.written.ward_units.ubnd), ("cong-an", self.written.ward_units.cong_an)):
            self._agency(("ward_units", kind, "parent"), pattern.parent, tokens=False)
            for name in ("name", "short_name"):
                for word in _BRACES.findall(getattr(pattern, name)):
                    self._known(("ward_units", kind, name), word, WARD_UNIT_WORDS, "chỗ điền")
        self._no_circle(parents, "parent", "cấp trên")
        self._successors(successors)

    def _closing(self, path: Path_, agency: WrittenAgency | WrittenOverride) -> None:
        if agency.successor is not None and not agency.closed and not self._is_filled(*map(str, path), "closed"):
            message = "có đơn vị tiếp nhận mà chưa ghi là đã đóng"
            self.source.fault((*path, "successor"), message, "thêm closed: true, hoặc bỏ successor")

    def _successors(self, successors: Mapping[str, str | None]) -> None:
        for code, successor in successors.items():
            path = ("overrides" if code in self.made_agencies else "agencies", code)
            if successor is None:
                self.source.fault(path, "đơn vị đã đóng mà chưa có đơn vị tiếp nhận", "mục successor: mã cơ quan")
        self._no_circle(successors, "successor", "đơn vị tiếp nhận")

    def _no_circle(self, above: Mapping[str, str | None], key: str, what: str) -> None:
        for start in above:
            seen, at = {start}, above.get(start)
            while at is not None and at not in seen:
                seen.add(at)
                at = above.get(at)
            if at == start:
                section = "overrides" if start in self.made_agencies else "agencies"
                self.source.fault((section, start, key), f"{what} đi vòng về chính đơn vị này", "một đơn vị khác")

    def _phone(self, path: Path_, phone: str | None) -> None:
        if phone is not None and not _PHONE.fullmatch(phone):
            self.source.fault(path, f"số điện thoại “{phone}” không hợp lệ", "3 đến 20 chữ số, dấu cách; dấu + ở đầu")

    def _roles(self) -> None:
        for role in ("triage", "reviewer", "officials"):
            self._agency(("roles", role), getattr(self.written.roles, role), tokens=False)
        closed = {code for code, each in self.written.agencies.items() if each.closed}
        if self.written.roles.triage in closed:
            self.source.fault(("roles", "triage"), "đầu mối điều phối đã đóng", "một cơ quan đang hoạt động")

    def _places(self) -> None:
        for group, codes in self.written.groups.items():
            for at, code in enumerate(codes):
                if code not in self.wards:
                    message = f"không có phường, xã mang mã “{code}”"
                    self.source.fault(("groups", group, at), message, "mã năm chữ số", near_code(code, self.wards))
        seen: dict[str, str] = {}
        for agency, streets in self.written.city_streets.streets.items():
            self._agency(("city_streets", "streets", agency), agency, tokens=False)
            for at, street in enumerate(streets):
                if fold(street) in seen:
                    path = ("city_streets", "streets", agency, at)
                    self.source.fault(path, f"đường “{street}” đã có ở {seen[fold(street)]}", "mỗi đường một lần")
                seen[fold(street)] = agency

    def _rules(self) -> None:
        seen: set[str] = set()
        for at, rule in enumerate(self.written.rules):
            path: Path_ = ("rules", at)
            if rule.id in seen:
                self.source.fault((*path, "id"), f"mã quy tắc “{rule.id}” bị lặp", "mỗi quy tắc một mã")
            seen.add(rule.id)
            self._owner(path, rule)
            self._when(path, rule)
            if rule.when.about_official:
                self._not_own_unit((*path, "to"), rule.to)
        # What a faulty group or category would leave of a condition says nothing about the order of the rules.
        if not any(fault.key.startswith(("rules", "groups", "categories")) for fault in self.source.faults):
            for idle in idle_rules(all_rules(self.written)):
                taker = idle.earlier[0]
                if len(idle.earlier) == 1 and taker.when == When():
                    at = next(at for at, rule in enumerate(self.written.rules) if rule.id == taker.id)
                    message = f"quy tắc “{taker.id}” không có điều kiện nên nhận hết mọi vụ việc của các quy tắc sau nó"
                    self.source.fault(("rules", at), message, "mục when: điều kiện, hoặc đặt quy tắc xuống cuối")
                    break
                earlier = ", ".join(f"“{each.id}”" for each in idle.earlier)
                message = f"quy tắc “{idle.rule.id}” không bao giờ được dùng vì {earlier} đã nhận hết trước đó"
                self.source.fault(("rules", idle.at), message, "đặt lên trước hoặc bỏ đi")

    def _when(self, path: Path_, rule: WrittenRule) -> None:
        when = (*path, "when")
        categories = many(rule.when.category)
        for category in categories:
            if not self._is_missing("categories"):
                self._known((*when, "category"), category, self.subs, "lĩnh vực")
        subs = many(rule.when.sub)
        if subs and len(categories) != 1:
            self.source.fault((*when, "sub"), "điều kiện sub cần đúng một lĩnh vực", "category: mã một lĩnh vực")
        elif subs and categories[0] in self.subs:
            for sub in subs:
                self._known((*when, "sub"), sub, self.subs[categories[0]], "mục con")
        for ward in many(rule.when.ward):
            if ward not in self.wards and ward not in self.written.groups:
                wanted = "mã phường, xã năm chữ số hoặc tên nhóm trong groups"
                said = _WARD_TYPE.sub("", ward)
                near = nearest(said, (*self.written.groups, *self.ward_names)) or near_code(ward, self.wards)
                near = self.ward_names.get(near or "", near)
                self.source.fault((*when, "ward"), f"không có phường, xã hay nhóm “{ward}”", wanted, near)

    def _clocks(self) -> None:
        for urgency in ("khan", "phuc_tap", "binh_thuong"):
            if not self._is_filled("deadlines", "handle", urgency):
                self._handle(("deadlines", "handle", urgency), getattr(self.written.deadlines.handle, urgency))
        khan = self.written.deadlines.handle.khan
        if khan.hours is None and not self._is_filled("deadlines", "handle", "khan"):
            self.source.fault(("deadlines", "handle", "khan"), "việc khẩn phải tính bằng giờ", "hours: 4")
        for day in DAYS_OF_THE_WEEK:
            self._spans(("hours", day), getattr(self.written.hours, day))
        week = any(getattr(self.written.hours, day) for day in DAYS_OF_THE_WEEK)
        if not week and not self._is_filled("hours"):
            self.source.fault(("hours",), "cả tuần không có giờ làm việc nào", "ít nhất một ngày có giờ làm việc")
        rating, ladder = self.written.rating, self.written.ladder
        if rating.remind_after_days >= rating.close_after_days and not self._is_filled("rating"):
            path: Path_ = ("rating", "remind_after_days")
            self.source.fault(path, "nhắc đánh giá sau khi vụ việc đã tự đóng", "nhỏ hơn close_after_days")
        if ladder.parent_after_days > ladder.city_after_days and not self._is_filled("ladder"):
            path = ("ladder", "city_after_days")
            self.source.fault(path, "báo Thành phố trước cấp trên trực tiếp", "không nhỏ hơn parent_after_days")

    def _spans(self, path: Path_, spans: tuple[str, ...]) -> None:
        before = None
        for at, words in enumerate(spans):
            if "-" not in words:
                continue
            span = span_of(words)
            if span.start >= span.end or (before is not None and span.start < before):
                wanted = "giờ đầu trước giờ cuối, các khoảng theo thứ tự, không chồng nhau"
                self.source.fault((*path, at), f"khoảng giờ {words} không hợp lý", wanted)
            before = span.end

    def _deadline(self, path: Path_, deadline: WrittenDeadline) -> None:
        if deadline.hours is not None and deadline.days is not None:
            self.source.fault(path, "có cả hours và days", "chỉ một trong hai")

    def _handle(self, path: Path_, handle: WrittenHandle) -> None:
        if (handle.hours is None) == (handle.days is None):
            self.source.fault(path, "thời hạn cần đúng một đơn vị", "hours: số giờ hoặc days: số ngày")

    def _templates(self) -> None:
        for code, template in self.written.templates.items():
            path: Path_ = ("templates", code)
            for at, category in enumerate(template.categories):
                self._known((*path, "categories", at), category, self.subs, "lĩnh vực")
            for word in _BRACES.findall(template.text):
                self._known((*path, "text"), word, TEMPLATE_WORDS, "chỗ điền")
            if template.text.count("{") != template.text.count("}"):
                self.source.fault((*path, "text"), "dấu ngoặc nhọn không đủ cặp", "{ma}, {don_vi} …")


def _keys(value: object, *path: str) -> set[str]:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return set(value) if isinstance(value, dict) else set()
