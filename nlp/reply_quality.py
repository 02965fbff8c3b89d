"""Tells a reply that says what was done, by whom, where and when from one that could be sent to anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from nlp.lexicon import read_yaml
from nlp.normalize import fold, normalize


class Verdict(StrEnum):
    """Whether the reply speaks of this one case."""

    GENERIC = "generic"
    SPECIFIC = "specific"


@dataclass(frozen=True, slots=True)
class ReplyVerdict:
    """The verdict, and in Vietnamese what the reply says or what it lacks."""

    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the sentences of one reply prove, counted over the whole reply."""

    deeds: int
    results: int
    reasons: int
    plans: int
    when: int
    where: int
    who: int
    amounts: int
    filler: int
    loose: int

    @property
    def points(self) -> float:
        """How much of who, where, when and how much the reply names; one kind counts at most twice."""
        return min(self.when, 2) + min(self.amounts, 2) + 0.6 * min(self.where, 2) + 0.6 * min(self.who, 1)


_SENTENCE = re.compile(r"[.!?;\n]+(?=\s|$)|\n")
_CLAUSE = re.compile(r",\s|\s-\s|:\s")
_DONE_VERB = re.compile(r"(?<!\w)(?:da|vua moi|vua) ((?:\w+ ?){1,4})")
_WHEN = re.compile(
    r"(?<!\w)(?:luc |hoi |khoang )?\d{1,2} ?(?:h|gio|g)(?: ?\d{2}(?!\d))?(?!\w)|"
    r"(?<![\w/.])\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?(?![\w/]|"
    r"\.\d)"
    r"|(?:sang|trua|chieu|toi|dem|rang sang) (?:nay|qua|hom|mai|thu|ngay|chu|\d)|hom qua|hom nay|"
    r"hom kia|toi qua|dem qua|(?<!\w)thu (?:hai|ba|tu|nam|sau|bay|[2-7])(?!\w)"
    r"|ngay \d{1,2} thang \d{1,2}|ngay \d{1,2}(?!\d| ?(?:ngay|lam viec))|chu nhat|tuan truoc|ngay mai|"
    r"cuoi tuan nay|thang \d{1,2}(?!\d)|trong dem|ngay hom sau|sau \d+ (?:phut|gio|tieng|ngay)|"
    r"luc \d"
)
_LEGAL = re.compile(
    r"(?<!\w)(?:quyet dinh|nghi dinh|luat|thong tu|cong van|ke hoach|chi thi|van ban|nghi quyet|"
    r"qd|nd|tt|huong dan|phieu chuyen|thong bao|to trinh)(?!\w)"
    r"(?: [a-z]+){0,5}?(?: so)? ?[\d/.-]*[\w/.-]*"
    r"(?: ?ngay \d{1,2}[/. -]\d{1,2}[/. -]\d{2,4}| ngay \d{1,2} thang \d{1,2}(?: nam \d{4})?)?"
    r"|(?<!\w)dieu \d+|khoan \d+|diem [a-z] |nam 20\d\d|\d+/20\d\d/[\w-]+|\d+/[a-z][\w-]+"
)
_WHERE = re.compile(
    r"(?<!\w)(?:so(?: nha)? \d+\w*|ngo \d+[\w/]*|ngach \d+[\w/]*|hem \d+|ngo [a-z]+ [a-z]+|cot (?:so )?\w*\d+|"
    r"truoc (?:nha|cua|cong|so)|doi dien|dau ngo|cuoi ngo|goc (?:pho|duong|nga)|"
    r"nga (?:ba|tu|nam)|doan (?:tu|qua|truoc|gan|\w+ \w+ den)|tai (?:so|quay|cua|hien truong|vi tri|"
    r"diem|ho|tram|can|tang|toa)|km ?\d+|tang \d+|toa \w?\d+|tu dien|tram bien ap|ho ga|mieng cong|"
    r"quay (?:so )?\d+|cua so \d+|phong \d+|lan (?:xe|duong)|phia (?:tay|dong|nam|bac|truoc|sau|"
    r"trong|ngoai)|goc cay|canh (?:cong|nha|truong))(?!\w)"
)
_AMOUNT = re.compile(
    r"(?<![\w/.-])\d+(?:[.,]\d+)* ?(?:trieu|nghin|ngan|dong|vnd|d|k|m|m2|m3|km|cm|met|khoi|tan|"
    r"kg|xe|bong|den|cay|canh|nap|ho|nguoi|chuyen|bao|con|tam|vi tri|diem|cai|chiec|truong hop|"
    r"doi tuong|chu|cong nhan|cot|lan|can|mau|phan tram|hoc sinh|chau|bien|loa|ban|ghe|mai|o|ho ga|"
    r"tui|thung|lit|phut|so|suat|goi|db|dba|decibel)(?!\w)|\d+ ?%"
    r"|(?<!\w)(?:hai|ba|bon|nam|sau|bay|muoi|ca|toan bo|mot) (?:xe|bong|den|cay|canh|nap|ho|doi tuong|"
    r"cong nhan|con cho|nguoi|cot|vi tri|mau|chau|cai|chiec|tam|loa|bo loa|thanh nien|truong hop|"
    r"bo ban|mai|bien|chuyen|ho ga)(?!\w)"
)
_WHO = re.compile(
    r"(?<!\w)(?:doi \d+|doi (?:thoat nuoc|chieu sang|cay xanh|ve sinh|trat tu|quan ly|csgt|sua chua|"
    r"cong nhan|canh sat|dien)|to (?:\d+|cong tac|sua chua|dien|cong nhan|ve sinh|truc|dan pho|"
    r"quan ly)|xi nghiep|cong nhan|dien luc|nuoc sach|urenco|hapulico|cong ty [a-z]+ [a-z]+|hawacom|"
    r"viwaco|evn|viettel|vnpt|fpt|"
    r"(?:anh|chi|ong|ba|dong chi|d/c|bac si|co giao|thay) [a-z]+|canh sat khu vuc|csgt|cong an phuong|"
    r"cong an xa|doi quan ly|chu nha|chu ho|chu quan|chu cong trinh|chu dau tu|chu xe|nha thau|"
    r"chu cho|tho|ky thuat|nhan vien|nha truong|hieu truong|benh vien|tram y te|ban quan ly|hop tac xa|"
    r"phong \w+|to truong|dan quan|tai xe|chu co so|chung toi|toi|ben em|minh)(?!\w)"
)
_FUTURE = re.compile(r"(?<!\w)(?:se|du kien|cam ket|hen|truoc|cham nhat|len lich|bo tri|lich|moi)(?!\w)")
_NOT_YET = re.compile(
    r"(?<!\w)(?:se|neu|can|de nghi|yeu cau|tiep tuc|thuong xuyen|phai|nham|tranh|khuyen cao|kip thoi|"
    r"nghiem tuc|tham quyen|theo quy dinh|vui long|tuyet doi|nang cao|no luc|luon|co the bi|dang duoc|"
    r"thuc hien nghiem|khi phat hien)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A piece of the reply twice: as written in lower case, and without accents; same length, same positions."""

    written: str
    bare: str

    def cut(self, at: re.Pattern[str]) -> list[_Line]:
        """The pieces between what the pattern finds in the unaccented form."""
        pieces, start = [], 0
        for found in at.finditer(self.bare):
            pieces.append(_Line(self.written[start : found.start()], self.bare[start : found.start()]))
            start = found.end()
        return [*pieces, _Line(self.written[start:], self.bare[start:])]

    def without(self, pattern: re.Pattern[str]) -> _Line:
        """The same with blanks where the pattern was found in the unaccented form."""
        written, bare = self.written, self.bare
        for found in pattern.finditer(self.bare):
            blank = " " * (found.end() - found.start())
            written = written[: found.start()] + blank + written[found.end() :]
            bare = bare[: found.start()] + blank + bare[found.end() :]
        return _Line(written, bare)


def _line(text: str) -> _Line:
    lowered = normalize(text)[:8_000].lower()
    bare = fold(lowered)
    accented = len(bare) == len(lowered) and sum(not c.isascii() for c in lowered) * 25 > len(lowered)
    return _Line(lowered if accented else bare, bare)


@cache
def _phrases(group: str, accented: bool) -> re.Pattern[str]:
    words = {normalize(str(entry)) for entry in read_yaml("replies.yaml")[group]}
    words = words if accented else {fold(word) for word in words}
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _group(group: str, line: _Line) -> re.Pattern[str]:
    return _phrases(group, line.written != line.bare)


def check_reply(complaint: str, reply: str, attachments: int = 0) -> ReplyVerdict:
    """Whether `reply` answers `complaint` in particular. `attachments` counts the photos and documents sent along.

    Specific: a deed done (or a named reason, or a dated plan) together with at least one of when, where, how much, who.
    Words that only repeat the complaint prove nothing, and neither do the numbers of decrees.
    """
    line = _line(reply)
    evidence = _weigh(line, fold(normalize(complaint))[:4_000])
    if _is_specific(evidence, attachments):
        return ReplyVerdict(Verdict.SPECIFIC, _what_it_says(evidence))
    return ReplyVerdict(Verdict.GENERIC, _what_it_lacks(evidence, line))


def _is_specific(evidence: _Evidence, attachments: int) -> bool:
    deeds = evidence.deeds + evidence.results
    if deeds and evidence.points + evidence.loose >= (0.6 if attachments or deeds > 1 else 1):
        return True
    if deeds >= 2 and evidence.filler <= 1:
        return True
    if evidence.reasons and evidence.points + min(evidence.loose, 1) >= 1:
        return True
    if evidence.loose >= (3 if evidence.filler else 2):
        return True
    return bool(evidence.plans) and evidence.points >= 1.6


def _weigh(reply: _Line, told: str) -> _Evidence:
    deeds = results = reasons = plans = when = where = who = amounts = loose = 0
    for sentence in reply.cut(_SENTENCE):
        line = sentence.without(_LEGAL)
        done = _deeds_in(line)
        changed = len(_group("results", line).findall(line.written)) if not _NOT_YET.search(line.bare) or done else 0
        because = len(_group("reasons", line).findall(line.written))
        planned = int(bool(_FUTURE.search(line.bare) and _group("works", line).search(line.written)) and not done)
        times = sum(1 for found in _WHEN.findall(line.bare) if found not in told)
        deeds, results, reasons = deeds + done, results + changed, reasons + because
        plans += planned if times else 0
        if done or changed or because or planned:
            when += times
            where += len(_WHERE.findall(line.bare))
            who += len(_WHO.findall(line.bare))
            amounts += len(_AMOUNT.findall(line.bare))
        elif not _group("filler", line).search(line.written):
            # Fresh figures tell of this one case even when the verb is none that we know.
            loose += min(times, 2) + min(len(_AMOUNT.findall(line.bare)), 2)
    filler = len(_group("filler", reply).findall(reply.written))
    return _Evidence(deeds, results, reasons, plans, when, where, who, amounts, filler, loose)


def _deeds_in(sentence: _Line) -> int:
    """How many clauses of the sentence tell of work done, by those who reply or by those they sent."""
    deeds, passed_on = 0, False
    for clause in sentence.cut(_CLAUSE):
        verbs = [clause.written[found.start(1) : found.end(1)] for found in _DONE_VERB.finditer(clause.bare)]
        if any(not _group("bureaucratic", clause).match(verb) or _group("works", clause).match(verb) for verb in verbs):
            deeds += 1
            continue
        work = _group("works", clause).search(clause.written)
        ordered = _group("delegated", clause).search(clause.written[: work.start()] if work else clause.written)
        # What follows "đã chỉ đạo ..." stays an order until a new "đã" begins.
        passed_on = bool(ordered) if verbs else passed_on
        if work and not ordered and not passed_on and not _NOT_YET.search(clause.bare):
            deeds += 1
    return deeds


def _what_it_says(evidence: _Evidence) -> str:
    named = [
        name
        for name, count in (
            ("việc đã làm", evidence.deeds + evidence.results),
            ("nguyên nhân", evidence.reasons),
            ("kế hoạch có ngày", evidence.plans),
            ("thời điểm", evidence.when),
            ("địa điểm", evidence.where),
            ("số lượng", evidence.amounts),
            ("người thực hiện", evidence.who),
            ("số liệu, thời gian cụ thể", evidence.loose),
        )
        if count
    ]
    return "Câu trả lời có nêu " + ", ".join(named) + "."


def _what_it_lacks(evidence: _Evidence, line: _Line) -> str:
    if not line.bare.strip():
        return "Câu trả lời còn trống."
    if not (evidence.deeds or evidence.results or evidence.reasons or evidence.plans):
        passed_on = (
            "mới nêu đã tiếp nhận, chuyển hoặc chỉ đạo"
            if _group("delegated", line).search(line.written)
            else "quá ngắn gọn"
        )
        return f"Câu trả lời {passed_on}; chưa nói đã làm gì, ai làm, ở đâu, khi nào."
    missing = [
        name
        for name, count in (("khi nào", evidence.when), ("ở đâu", evidence.where), ("ai làm", evidence.who))
        if not count
    ]
    return "Câu trả lời có nhắc việc đã làm nhưng chưa rõ " + ", ".join(missing or ["kết quả"]) + "."
