"""What the service understood of one text: the value that leaves this package."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Urgency(StrEnum):
    """Three urgencies of QĐ 1207/QĐ-UBND (Hà Nội, 2025-02-28)."""

    KHAN = "khan"
    PHUC_TAP = "phuc_tap"
    BINH_THUONG = "binh_thuong"


class Scope(StrEnum):
    """Whether the service may take the text as a complaint, and if not, what it is instead."""

    IN_SCOPE = "in_scope"
    KHAN_CAP = "khan_cap"
    KHIEU_NAI = "khieu_nai"
    TO_CAO = "to_cao"
    BI_MAT_NHA_NUOC = "bi_mat_nha_nuoc"
    TRANH_CHAP_DAN_SU = "tranh_chap_dan_su"
    HOI_DAP = "hoi_dap"
    KHONG_PHAI_PHAN_ANH = "khong_phai_phan_anh"


INSIDE = (Scope.IN_SCOPE, Scope.KHAN_CAP)
"""What the service takes."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A category that the text may be about; `probability` is calibrated, 0 to 1."""

    category: str
    probability: float


@dataclass(frozen=True, slots=True)
class Danger:
    """Somebody's life or limb may be at risk now: the number to call, and the words that say so.

    `sure`: the words say it plainly; else it is only suspected, and the person is asked.
    """

    hotline: str
    why: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """Characters start to end (exclusive) of the text as it was given; kind is phone, id_number, plate, email, ..."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything understood of one text.

    `candidates` are three, best first, and `category` is the first of them even when `abstain` says that it is too
    unsure to be proposed alone. `further` are the categories of other problems told beside it, at most two, the
    clearest first. `masked` is the text with personal data hidden; `folded` is the same in lower case without
    accents, for search. `english`: the words are English.
    """

    text: str
    category: str
    candidates: tuple[Candidate, ...]
    abstain: bool
    further: tuple[str, ...]
    urgency: Urgency
    urgent: bool
    danger: Danger | None
    scope: Scope
    abuse: bool
    spam: bool
    personal_data: tuple[PersonalSpan, ...]
    masked: str
    folded: str
    about_official: bool
    english: bool = False
