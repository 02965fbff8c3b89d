"""Finds the days that a Vietnamese text names: dates, "trong 5 ngày làm việc", "thứ sáu tuần này", "cuối tháng"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WorkingDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Mention:
    """A date named in the reply: where, which day, and how much it sounds like a promise."""

    start: int
    end: int
    due: date
    weight: float


_NUMBER_WORDS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
    "muoi lam": 15, "muoi hai": 12, "hai muoi": 20, "ba muoi": 30, "nua": 0.5,
}  # fmt: skip
_NUMBER = r"(?:\d{1,3}|muoi lam|muoi hai|hai muoi|ba muoi|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)"
_ASIDE = r"(?: ?\([^)]{1,16}\))?"
_WEEKDAYS = {"hai": 0, "2": 0, "ba": 1, "3": 1, "tu": 2, "4": 2, "nam": 3, "5": 3, "sau": 4, "6": 4, "bay": 5, "7": 5}

# First days of the lunar year, from the published Vietnamese calendars.
_LUNAR_NEW_YEAR = {
    2025: date(2025, 1, 29), 2026: date(2026, 2, 17), 2027: date(2027, 2, 6), 2028: date(2028, 1, 26),
    2029: date(2029, 2, 13), 2030: date(2030, 2, 3), 2031: date(2031, 1, 23), 2032: date(2032, 2, 11),
}  # fmt: skip

_DAY_MONTH = re.compile(
    r"(?<![\w/.,-])(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?(?![\w/]|[.,-]\d)"
    r"|(?:ngay |mung )?(?<!\d)(\d{1,2}) thang (\d{1,2})(?!\d)(?: nam (\d{4})|/(\d{4}))?"
)
_NOT_A_DATE = re.compile(
    r"(?:(?<!\w)(?:ngo|ngach|hem|kiet|so|so nha|nha|lo|to|can|phong|quyet dinh|nghi dinh|luat|thong tu|"
    r"cong van|ke hoach|qd|van ban|duong day nong|truc|"
    r"phuc vu|hoat dong|bien ban|thong bao|to trinh|giay moi|ty le|muc|diem|dieu|khoan|cu ly|may le) ?(?:so )?|"
    r"\d[./])$"
)
_BARE_DAY = re.compile(
    r"(?:ngay|mung) (\d{1,2})"
    r"(?! ?[/.-]\d| ?(?:thang(?! nay| sau| toi)|ngay|gio|h|phut|nam(?=\W*$| nua| toi| \d{4}))\b|\d)"
    r"(?: (toi|nay|thang nay|thang sau|thang toi|hang thang))?"
)
_SPAN = re.compile(
    rf"(?<!\w)(?:(trong vong|trong|sau|khong qua|cam ket|toi da|cham nhat|muon nhat|them|khoang|"
    rf"mat|can|het|chua toi|chua den|du kien|cho|xin|hen) "
    rf"(?:la |sau |them |khoang |toi da |tu |chi |chua day )*)?"
    rf"(?:({_NUMBER}){_ASIDE} ?(?:-|den|toi|hoac) ?)?({_NUMBER}|vai|nua|vai ba|may){_ASIDE} ?"
    rf"(ngay|hom|tuan|thang|gio|tieng|h|buoi)(?!\w)(?: (lam viec|nua|toi|sau|lien|qua|nay|truoc|ke tu|tinh tu))?"
)
_MONTH = re.compile(
    r"(dau|giua|cuoi|het|trong|xong|trung tuan|thuong tuan|ha tuan|ngay trong|truoc cuoi|nua dau|"
    r"nua cuoi) (?:cua )?thang"
    r"(?: (nay|sau|toi|\d{1,2}(?!\d))(?:[/-](\d{4})| nam (\d{4}))?)?(?! (?:qua|truoc))"
)
_BARE_MONTH = re.compile(r"(?<!\d )(?<!\w)thang (\d{1,2}(?!\d)|sau(?!\w)|toi(?!\w))(?:[/-](\d{4})| nam (\d{4}))?")
# "ngày hai mươi tháng mười hai": always with "ngày" or "mùng" before, or "năm tháng" would be a date.
_SPELT = re.compile(
    r"(?:ngay|mung) ((?:hai |ba )?muoi(?: (?:mot|hai|ba|bon|tu|lam|nam|sau|bay|tam|chin))?|"
    r"mot|hai|ba|bon|tu|nam|sau|bay|tam|chin) "
    r"thang (muoi(?: mot| hai)?|gieng|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|chap)(?!\w)"
)
_UNITS = {
    "mot": 1, "gieng": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9, "chap": 12,
}  # fmt: skip
# What stands between the first and the last day of a stretch.
_UNTIL = re.compile(r" ?(?:den|toi|-|–)(?: het)?(?: (?:ngay|sang|trua|chieu|toi|dem))* ?")
_NTH = re.compile(r" \d{1,2}(?!\d)")
_OF_DAY = re.compile(r" ?(?:\d{2} ?)?(?:hom|ngay|sang|trua|chieu|toi|dem|cung ngay)(?!\w)")
_QUARTER = re.compile(
    r"(?:trong|cuoi|het|xong|dau|truoc)? ?(?:quy) (iv|iii|ii|i|[1-4]|nay|sau|toi)(?!\w)(?:[/-](\d{4})| nam (\d{4}))?"
)
_YEAR = re.compile(
    r"(?:trong|cuoi|het|truoc cuoi|truoc khi het|xong) nam (nay|\d{4})|(?:cuoi|het) nam(?! \d|"
    r" \w+ truoc)(?= |[.,;!]|$)"
)
_WEEK = re.compile(
    r"(?:(dau|giua|cuoi|trong|het|ngay|ngay trong|sang)? ?)tuan (nay|sau|toi|ke tiep|tiep theo)(?!\w)|"
    r"sang tuan(?!\w)|cuoi tuan(?: nay| (?:toi|sau))?(?!\w)|ngay trong tuan(?!\w)|trong tuan(?! (?:qua|"
    r"truoc|roi)|\w)"
)
_WEEKDAY = re.compile(
    r"(?:thu (hai|ba|tu|nam|sau|bay|[2-7])|(chu nhat|cn))(?!\w)(?: (?:cua )?(tuan nay|tuan sau|"
    r"tuan toi|nay|toi|sau|tuan ke tiep))?"
)
_SOON = re.compile(
    r"(?:(?:sang|trua|chieu|toi|dem|ngay|trong|het|trong ngay) )*(?:hom nay|trong ngay(?! \d)(?! (?:lam|"
    r"nghi|mai|kia|thu|chu|mot))|chieu nay|sang nay|trua nay|toi nay|dem nay|ngay mai|sang mai|"
    r"chieu mai|trua mai|toi mai|dem mai|hom sau|ngay kia|ngay mot|sang mot|chieu mot|sang ngay kia|"
    r"ngay hom sau|hom kia nua|(?<=truoc )mai|(?<=den )mai|(?<![\w ] )(?<!\w)mai(?= (?:em|toi|chung|"
    r"ben|se|tho|doi|anh|xe|cong|phuong)))(?!\w)"
)
_TET = re.compile(
    r"(?:truoc|trong|sau) (?:dip )?(?:tet|nguyen dan)(?! duong lich| tay)(?: (?:nguyen dan|am lich|"
    r"at ty|binh ngo|dinh mui))?"
)
_NUMBERED = re.compile(r"(?:so|qd|kh|tb|cv|ubnd|nd|tt)[ /-]?[\w/.-]* (?:ngay )?$")


def dates_named(folded: str, sent: datetime, working: WorkingDay) -> Iterator[Mention]:
    """All dates named; one that lies within longer words is dropped: "tuần này" in "thứ sáu tuần này"."""
    today = sent.date()
    every = [
        *_calendar_dates(folded, today),
        *_spans(folded, sent, working),
        *_months_and_years(folded, today),
        *_weeks(folded, today),
        *_soon(folded, today),
    ]
    for mention in every:
        if not any(_covers(other, mention) or _begins(folded, mention, other) for other in every):
            yield mention


def _begins(folded: str, mention: Mention, other: Mention) -> bool:
    """Whether it is the first day of a stretch that ends with the other: "từ ngày 7 đến ngày 11/12"."""
    return mention.end < other.start and _UNTIL.fullmatch(folded, mention.end, other.start) is not None


def _covers(longer: Mention, mention: Mention) -> bool:
    overlap = longer.start < mention.end and mention.start < longer.end
    return overlap and longer.end - longer.start > mention.end - mention.start


def _calendar_dates(folded: str, today: date) -> Iterator[Mention]:
    for found in _DAY_MONTH.finditer(folded):
        day, month = int(found[1] or found[4]), int(found[2] or found[5])
        year = found[3] or found[6] or found[7]
        before = folded[max(0, found.start() - 22) : found.start()]
        if (
            _NOT_A_DATE.search(before)
            or _NUMBERED.search(before)
            or ((day, month) in ((24, 7), (24, 24)) and "ngay" not in before[-6:] + found[0])
        ):
            continue
        due = _this_or_next_year(day, month, year, today)
        if due:
            start = found.start() - (5 if before.endswith("ngay ") else 0)
            yield Mention(start, found.end(), due, 0.5)
    for found in _BARE_DAY.finditer(folded):
        when = found[2] or ""
        if when == "hang thang":
            continue
        due = _day_of_month(int(found[1]), today, later=when in ("thang sau", "thang toi"))
        if due:
            yield Mention(found.start(), found.end(), due, 0.0)
    for found in _SPELT.finditer(folded):
        due = _this_or_next_year(_spelt(found[1]), _spelt(found[2]), None, today)
        if due:
            yield Mention(found.start(), found.end(), due, 0.5)
    for found in _TET.finditer(folded):
        due = next((day for day in _LUNAR_NEW_YEAR.values() if day > today), None)
        if due and not found[0].startswith("sau"):
            yield Mention(found.start(), found.end(), due, 0.5)


def _this_or_next_year(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    due = _date(today.year, month, day)
    # In December "5/1" is next January; in May "5/1" was last January.
    return _date(today.year + 1, month, day) if due and (today - due).days > 180 else due


def _date(year: int, month: int, day: int) -> date | None:
    """None for a day that no calendar has."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _spelt(words: str) -> int:
    """ "hai mươi mốt" -> 21, without accents."""
    tens, ten, units = words.partition("muoi")
    if not ten:
        return _UNITS[words]
    return 10 * (_UNITS[tens.strip()] if tens.strip() else 1) + (_UNITS[units.strip()] if units.strip() else 0)


def _day_of_month(day: int, today: date, later: bool) -> date | None:
    year, month = today.year, today.month
    if later or day < today.day:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return _date(year, month, day)


def _spans(folded: str, sent: datetime, working: WorkingDay) -> Iterator[Mention]:
    for found in _SPAN.finditer(folded):
        lead, _, last, unit, tail = found.groups()
        after = folded[found.end() : found.end() + 24]
        if tail in ("qua", "nay", "truoc", "lien"):
            continue
        if not lead and tail not in ("lam viec", "nua", "toi", "sau", "ke tu", "tinh tu"):
            continue
        if re.match(r" (?:truoc|qua|nay|lien|lien tuc|vua qua|mot lan|/)", after) or (
            unit == "thang" and _NTH.match(after)
        ):
            continue
        if unit in ("gio", "h") and lead in ("khoang", "sau", "truoc") and _OF_DAY.match(after):
            continue
        due = _after(_count(last), unit, tail == "lam viec", sent, working)
        if due:
            yield Mention(found.start(), found.end(), due, 0.6 if lead else 0.2)


def _count(words: str) -> float:
    """0 for a number that is not said, as in "vài ngày"."""
    return float(words) if words.isdigit() else _NUMBER_WORDS.get(words, 0)


def _after(count: float, unit: str, in_working_time: bool, sent: datetime, working: WorkingDay) -> date | None:
    if count <= 0 or count > 400:
        return None
    today = sent.date()
    if unit in ("gio", "tieng", "h"):
        if in_working_time:
            return _working_days_after(today, max(1, round(count / 8)), working)
        return (sent + timedelta(hours=count)).date()
    if unit in ("ngay", "hom", "buoi"):
        days = round(count + 0.4)
        return _working_days_after(today, days, working) if in_working_time else today + timedelta(days=days)
    if unit == "tuan":
        return today + timedelta(days=round(7 * count))
    return today + timedelta(days=15) if count == 0.5 else _months_after(today, round(count))


def _working_days_after(today: date, count: int, working: WorkingDay) -> date:
    day = today
    for _ in range(count * 4 + 40):
        day += timedelta(days=1)
        if working(day):
            count -= 1
            if count == 0:
                break
    return day


def _months_after(today: date, count: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + count, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _months_and_years(folded: str, today: date) -> Iterator[Mention]:
    for found in _MONTH.finditer(folded):
        part, which = found[1], found[2] or "nay"
        year = int(found[3] or found[4] or 0)
        due = _in_month(part, which, year, today)
        if due:
            yield Mention(found.start(), found.end(), due, 0.4)
    for found in _BARE_MONTH.finditer(folded):
        due = _in_month("trong", found[1], int(found[2] or found[3] or 0), today)
        if due:
            yield Mention(found.start(), found.end(), due, -0.3)
    for found in _QUARTER.finditer(folded):
        which, year = found[1], int(found[2] or found[3] or today.year)
        now = (today.month - 1) // 3 + 1
        quarter = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "nay": now, "sau": now + 1, "toi": now + 1}.get(which) or int(
            which
        )
        year, quarter = (year + 1, 1) if quarter > 4 else (year, quarter)
        if due := _end_of_month(year, quarter * 3):
            yield Mention(found.start(), found.end(), due, 0.4)
    for found in _YEAR.finditer(folded):
        year = int(found[1]) if found[1] and found[1].isdigit() else today.year
        if due := _date(year, 12, 31):
            yield Mention(found.start(), found.end(), due, 0.3)


def _end_of_month(year: int, month: int) -> date | None:
    first = _date(year, month, 1)
    return first and first.replace(day=calendar.monthrange(year, month)[1])


def _in_month(part: str, which: str, year: int, today: date) -> date | None:
    if which.isdigit():
        month = int(which)
        year = year or today.year + (today.month - month > 6)
    else:
        meant = _months_after(today, int(which != "nay"))
        year, month = year or meant.year, meant.month
    days = {"dau": 10, "thuong tuan": 10, "giua": 15, "nua dau": 15, "trung tuan": 20}
    return _date(year, month, days[part]) if part in days else _end_of_month(year, month)


def _sunday(today: date, weeks: int = 0) -> date:
    return today + timedelta(days=6 - today.weekday() + 7 * weeks)


def _weeks(folded: str, today: date) -> Iterator[Mention]:
    for found in _WEEK.finditer(folded):
        words = found[0]
        if folded[: found.start()].endswith(("cac ngay", "moi ngay", "cac ", "moi ")):
            continue
        later = re.search(r"sau|toi|ke tiep|tiep theo|sang", words) is not None
        due = _sunday(today, int(later))
        if found[1] == "dau":
            due -= timedelta(days=6)
        elif found[1] == "giua":
            due -= timedelta(days=4)
        yield Mention(found.start(), found.end(), due, 0.4)
    for found in _WEEKDAY.finditer(folded):
        weekday = 6 if found[2] else _WEEKDAYS[found[1]]
        when = found[3] or ""
        if when in ("tuan sau", "tuan toi", "tuan ke tiep", "sau"):
            due = _sunday(today) + timedelta(days=weekday + 1)
        else:
            due = today + timedelta(days=(weekday - today.weekday()) % 7)
        yield Mention(found.start(), found.end(), due, 0.5)


def _soon(folded: str, today: date) -> Iterator[Mention]:
    for found in _SOON.finditer(folded):
        words = found[0]
        days = 0
        if re.search(r"ngay kia|ngay mot|sang mot|chieu mot|kia nua", words):
            days = 2
        elif re.search(r"\bmai|hom sau", words):
            days = 1
        yield Mention(found.start(), found.end(), today + timedelta(days=days), 0.3)
