"""Quartiles, verdicts, the order of rounds, and what is told of them."""

from __future__ import annotations

import json
import os
import time

import pytest

from bot.bench.goals import GOALS, Finding, Goal, Side, Skipped, compared
from bot.bench.machine import processor_seconds, resident_mib
from bot.bench.measuring import Pairs, Spread, alternately, percentile, spread
from bot.bench.report import as_json, bound, line, verdict
from bot.bench.stage import FULL, QUICK
from bot.bench.suite import PARTS, UnknownPart, chosen

RATIO = GOALS["P1.few_words"]
RATE = GOALS["P11.rate"]


@pytest.mark.parametrize(
    ("values", "quartiles"),
    [
        ([7.0], (7.0, 7.0, 7.0)),
        ([2.0, 1.0], (1.25, 1.5, 1.75)),
        ([3.0, 1.0, 2.0], (1.5, 2.0, 2.5)),
        ([9.0, 1.0, 8.0, 2.0, 7.0, 3.0, 6.0, 4.0, 5.0], (3.0, 5.0, 7.0)),
    ],
)
def test_quartiles_lie_between_the_nearest_two_rounds(values: list[float], quartiles: tuple[float, ...]) -> None:
    assert spread(values) == Spread(*quartiles)


def test_of_a_hundred_waits_the_ninety_ninth_share_is_the_slowest_but_one_percent() -> None:
    assert percentile([float(n) for n in range(1, 101)], 0.99) == 100.0
    assert percentile([float(n) for n in range(1, 101)], 0.5) == 51.0
    assert percentile([4.0], 0.99) == 4.0


def test_rounds_alternate_who_goes_first_and_the_one_before_them_does_not_count() -> None:
    order: list[str] = []
    times = iter(range(1, 100))

    def named(name: str) -> float:
        order.append(name)
        return float(next(times))

    pairs = alternately(lambda: named("ours"), lambda: named("anchor"), 3)
    assert order == ["ours", "anchor", "ours", "anchor", "anchor", "ours", "ours", "anchor"]
    assert pairs == Pairs(ours=(3.0, 6.0, 7.0), anchor=(4.0, 5.0, 8.0))
    assert pairs.ratios == (3 / 4, 6 / 5, 7 / 8)


def test_the_lower_quartile_decides_whichever_side_is_good() -> None:
    assert Finding(RATIO, (1.4, 1.5, 9.0)).is_met
    assert not Finding(RATIO, (1.6, 1.6, 1.6)).is_met
    assert not Finding(RATE, (299.0, 400.0, 500.0, 299.0)).is_met
    assert Finding(RATE, (300.0, 400.0)).is_met


def test_a_comparison_tells_both_in_microseconds() -> None:
    found = compared("P6.groups", Pairs((0.001, 0.002), (0.004, 0.004)), "64")
    assert found.values == (0.25, 0.5)
    assert found.note == "ta 1,500 µs, mốc 4,000 µs; 64"


def test_every_part_has_a_goal_and_every_goal_a_part() -> None:
    assert {goal.part for goal in GOALS.values()} == set(PARTS) == {f"P{n}" for n in range(1, 14)}
    assert all(name == f"{goal.part}.{goal.name}" for name, goal in GOALS.items())
    assert FULL.rounds >= 9
    assert QUICK.rounds == 3


def test_parts_are_chosen_by_name_and_measured_in_their_own_order() -> None:
    assert chosen("") == list(PARTS)
    assert chosen("p8, P9,P1") == ["P1", "P9", "P8"]
    with pytest.raises(UnknownPart, match="P14"):
        chosen("P1,P14")


def test_json_holds_every_round_its_verdict_and_what_was_skipped() -> None:
    found = (Skipped("P10", "no server"), Finding(RATE, (310.0, 290.0)), Finding(RATIO, (1.0,), "ta 1 µs"))
    told = json.loads(json.dumps(as_json({"python": "3"}, found, QUICK, quick=True)))
    assert told["machine"] == {"python": "3"}
    assert (told["quick"], told["rounds"], told["cases"]) == (True, 3, 50_000)
    assert told["skipped"] == [{"part": "P10", "why": "no server"}]
    ratio, rate = told["findings"]
    assert (ratio["part"], ratio["name"], ratio["met"], ratio["rounds"]) == ("P1", "few_words", True, [1.0])
    assert (rate["side"], rate["bound"], rate["lower"], rate["met"]) == ("≥", 300, 295.0, False)


def test_the_verdict_names_what_is_missed() -> None:
    assert verdict([Finding(RATIO, (1.0,))]) == "Đạt 1 trên 1 mục tiêu, xét theo tứ phân vị dưới."
    assert verdict([Finding(RATIO, (9.0,)), Skipped("P10", "")]).endswith("Chưa đạt: P1 (few_words).")


def test_what_this_process_has_used_is_known_where_the_system_tells() -> None:
    used, mib = processor_seconds(os.getpid()), resident_mib()
    assert (used is None) == (mib is None)
    assert used is None or 0 < used <= time.process_time() + 1
    assert mib is None or 10 < mib < 100_000
    assert processor_seconds(-1) is None


def test_what_was_found_is_told_in_one_line() -> None:
    assert line(Finding(RATIO, (1.0,))).endswith("1 lần ghi bền: 1 (≤ 1,5 lần)")
    assert line(Skipped("P10", "không có máy chủ")) == "– P10: bỏ qua, không có máy chủ"


def test_a_bound_is_written_as_vietnamese_writes_numbers() -> None:
    assert bound(RATIO) == "≤ 1,5 lần"
    assert bound(Goal("P8", "rate", "", 10_000, "vụ/s", Side.AT_LEAST)) == "≥ 10.000 vụ/s"
