"""Finds the date that a reply promises to a citizen, among all the dates that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from nlp.dates import Mention, WorkingDay, dates_named
from nlp.normalize import fold, normalize

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Promise:
    """The last day on which the promise is still kept, and the words that make it."""

    due: date
    words: str


_LEADS = re.compile(
    r"(?:^|\W)(se|du kien|cam ket|hen|hua|chac chan|phan dau|truoc|cham nhat|muon nhat|hoan thanh|"
    r"xong|tra loi|thong bao|khac phuc|bao dam|dam bao|"
    r"trong vong|khong qua|co ket qua|thay|sua|lap|giai quyet|xu ly|bo tri|to chuc|xin|den|vao|"
    r"lich|toi han|han|thoi han|tra ket qua|lam lai|quay lai|co mat|tien hanh|thi cong|"
    r"ra quan|bat dau|gui|goi|chot|ke hoach|don|thu gom|dong|cap|mo|thong|cat|ban giao)(?=\W|$)"
)
_DONE = re.compile(
    r"(?:^|\W)(da|vua|tung|ghi nhan|tiep nhan|nhan duoc|tu ngay|ngay nhan|ban hanh|xay ra|phan anh ngay|"
    r"theo bien ban|lap ngay|hom truoc|truoc do|qua kiem tra|can cu|hoi)(?=\W|$)"
)
_WILL = re.compile(
    r"(?:^|\W)(se|du kien|cam ket|hen|hua|phan dau|truoc|cham nhat|muon nhat|khong qua|quyet tam|"
    r"chac chan|con lai|xin|den ngay|ke hoach|toi han|han chot|lich|co lich|len lich|xep lich|duoc bo tri|"
    r"doi den|cho den)(?=\W|$)"
)
_FINISH = re.compile(
    r"(?:^|\W)(truoc|cham nhat|muon nhat|hoan thanh|xong|khong qua|trong vong|cam ket|dut diem|"
    r"ban giao|co ket qua|ket thuc|tra ket qua|khac phuc|han)(?=\W|$)"
)
_CONDITION = re.compile(
    r"(?:^|\W)(neu|truong hop|khi nao|gia su|hang thang|hang tuan|hang ngay|dinh ky|moi tuan|moi thang|"
    r"quy dinh la|theo quy dinh)(?=\W|$)"
)
_CITIZEN = re.compile(
    r"(?:^|\W)(de nghi|moi|yeu cau|nho|kinh moi|mong) (?:quy |cac |ong|ba|anh|chi|nguoi dan|cong dan|"
    r"ban|gia dinh|phu huynh)"
)
# An appointment is a promise: "mời ông lên nhận sổ vào thứ 6".
_APPOINTED = re.compile(r"\W(?:se|chung toi|chung em|(?:len|den|ra|qua|toi) (?:nhan|lay|lam))\W")
_SENTENCE = re.compile(r"[.!?;\n](?=\s|$)|\n")
_AFTER_DONE = re.compile(
    r"^(?: \w+){0,2} (?:vua qua|da qua|truoc day|vua roi)(?!\w)|^(?: va \w+ \w+)? (?:hang tuan|hang thang|hang nam|"
    r"moi tuan|tuan truoc|tuan qua|tuan roi)(?!\w)|^ qua(?=[.,;]|$)"
)
_ALREADY = re.compile(
    r"^(?: \w+){0,6} da (?!len lich|co lich|xep lich|bo tri)|^,? (?:chung toi |doi |to |phuong |ubnd phuong )?da "
)


def _weekday_only(day: date) -> bool:
    return day.weekday() < 5


def find_promise(reply: str, sent_at: datetime, is_working_day: WorkingDay | None = None) -> Promise | None:
    """The date promised by a reply sent at `sent_at`, or None when it names none.

    "trước ngày X" means X, "trong tuần tới" its Sunday, "5 ngày làm việc" counts days for which `is_working_day` is
    true (Monday to Friday when None), starting the day after. Of several dates the one tied to finishing the work
    wins, then the latest.
    """
    text = normalize(reply)[:6_000]
    folded = fold(text)
    local = sent_at.astimezone(_ZONE) if sent_at.tzinfo else sent_at
    best: Mention | None = None
    for mention in dates_named(folded, local, is_working_day or _weekday_only):
        weight = mention.weight + _sounds_like_a_promise(folded, mention, local.date())
        if weight > 0 and mention.due >= local.date():
            weighed = Mention(mention.start, mention.end, mention.due, weight)
            if best is None or (round(weighed.weight), weighed.due) > (round(best.weight), best.due):
                best = weighed
    if best is None:
        return None
    words = text if len(text) == len(folded) else folded
    return Promise(best.due, words[best.start : best.end].strip())


def _sounds_like_a_promise(folded: str, mention: Mention, today: date) -> float:
    """Above zero when the words before the date speak of what will be done, below when of what was."""
    ends = [found.end() for found in _SENTENCE.finditer(folded, 0, mention.start)]
    begin = ends[-1] if ends else 0
    before = folded[begin : mention.start]
    here = folded[mention.start : mention.end]
    after = folded[mention.end : mention.end + 60]
    if _AFTER_DONE.search(after):
        return -10
    weight = 0.0
    if _CONDITION.search(before) or (_CITIZEN.search(before) and not _APPOINTED.search(f"{before} ")):
        weight -= 6
    if mention.due <= today and _ALREADY.search(after):
        weight -= 6
    done = list(_DONE.finditer(before))
    will = list(_WILL.finditer(before + " "))
    if done and (not will or done[-1].start() > will[-1].start()):
        weight -= 1.5 if mention.due > today else 4
    if will:
        weight += 1
    if _LEADS.search(f" {before[-60:]} ") or _LEADS.search(f" {here} "):
        weight += 1
    if _LEADS.search(f" {_SENTENCE.split(after)[0]} "):
        weight += 0.7
    if _FINISH.search(f" {before[-45:]} ") or _FINISH.search(f" {here} "):
        weight += 1
    return weight
