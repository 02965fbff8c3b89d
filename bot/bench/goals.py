"""What is to be reached: each goal with its bound, and what a measurement says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.bench.measuring import Pairs, Spread, spread


class Side(StrEnum):
    """On which side of its bound a figure is good."""

    AT_MOST = "≤"
    AT_LEAST = "≥"


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure of one part, in words for whoever runs the service."""

    part: str
    name: str
    what: str
    bound: float
    unit: str = "lần"
    side: Side = Side.AT_MOST
    stretch: float | None = None

    def is_met(self, value: float) -> bool:
        return value <= self.bound if self.side is Side.AT_MOST else value >= self.bound


_ALL = (
    Goal("P1", "few_words", "Tiếp nhận trọn tin kể việc, 100 tin cùng lúc : aiogram trần + 1 lần ghi bền", 1.5, "lần",
         stretch=1.2),
    Goal("P1", "with_names", "Như trên, lời kể có tên người nên phải tách từ", 3.6),
    Goal("P2", "alone", "Một tin đi một mình, trung vị : cùng mốc", 4, stretch=3),
    Goal("P3", "reading", "Đọc hiểu trọn một lời kể : riêng word_tokenize", 1.3, stretch=0.5),
    Goal("P4", "routing", "Tìm nơi và quyết định đơn vị : riêng word_tokenize", 0.05, stretch=0.02),
    Goal("P5", "adapter", "Kênh Telegram và một bước đối thoại : aiogram trần", 1.5, stretch=1.2),
    Goal("P6", "groups", "Ghi theo nhóm từ 32 : ghi thô từng tin", 0.5, stretch=0.3),
    Goal("P7", "idle", "Lượt quét không có gì đến hạn, nhiều vụ mở : SQL thô", 2, stretch=1.5),
    Goal("P7", "growth", "Lượt quét đó, nhiều vụ : 1.000 vụ", 2, stretch=1.5),
    Goal("P8", "due", "Quét các vụ đến hạn : SQL cả tập", 3, stretch=2),
    Goal("P8", "rate", "Vụ đến hạn quét được mỗi giây", 10_000, "vụ/s", Side.AT_LEAST),
    Goal("P9", "intake", "Tiếp nhận một tin, nhiều vụ : 1.000 vụ", 1.3),
    Goal("P9", "lookup", "Tra một vụ, các vụ của một người, một hàng chờ, nhiều vụ : 1.000 vụ", 4),
    Goal("P9", "memory", "Bộ nhớ thêm khi có nhiều vụ", 32, "MiB"),
    Goal("P10", "claim", "Lấy tin chờ gửi từng 100 : từng 1 (PostgreSQL)", 10, "lần", Side.AT_LEAST),
    Goal("P11", "rate", "Tin nhận được mỗi giây qua webhook", 300, "tin/s", Side.AT_LEAST, stretch=1000),
    Goal("P11", "lost", "Tin thất lạc trong cơn dồn", 0, "tin"),
    Goal("P11", "slowest", "Webhook trả lời, 99 % số lần", 500, "ms"),
    Goal("P12", "share", "Phần dùng được của 30 tin/s khi gửi đi", 95, "%", Side.AT_LEAST),
    Goal("P12", "breaches", "Lần vượt hạn mức của nền tảng", 0, ""),
    Goal("P12", "reply", "Lời đáp phải chờ khi tin báo xếp hàng, 99 % số lần", 2, "s"),
    Goal("P13", "start", "Từ lúc khởi động đến lời đáp đầu tiên", 3, "s"),
    Goal("P13", "memory", "Bộ nhớ lúc rảnh", 250, "MiB"),
)  # fmt: skip

GOALS = {f"{goal.part}.{goal.name}": goal for goal in _ALL}
"""Every goal by part and name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was measured for a goal, round by round; `note` says of what it was made."""

    goal: Goal
    values: tuple[float, ...]
    note: str = ""

    @property
    def spread(self) -> Spread:
        return spread(self.values)

    @property
    def is_met(self) -> bool:
        """By the lower quartile, whichever side is good."""
        return self.goal.is_met(self.spread.lower)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part that cannot be measured here, and why."""

    part: str
    why: str


Found = Finding | Skipped


def compared(name: str, pairs: Pairs, note: str = "") -> Finding:
    """The ratio of ours to the anchor, with both in microseconds."""
    ours, anchor = spread(pairs.ours).median * 1e6, spread(pairs.anchor).median * 1e6
    said = f"ta {ours:,.0f} µs, mốc {anchor:,.0f} µs"
    return Finding(GOALS[name], pairs.ratios, f"{said}; {note}" if note else said)


def of_processors(ours: Sequence[float], anchor: Sequence[float]) -> str:
    """What of both was work of the processors, for a note."""
    return f"bộ xử lý: ta {spread(ours).median * 1e6:,.0f} µs, mốc {spread(anchor).median * 1e6:,.0f} µs"


def counted(name: str, values: tuple[float, ...], note: str = "") -> Finding:
    """A figure that has no anchor."""
    return Finding(GOALS[name], values, note)
