"""Rights over one's data: clocks of the law shown and watched, erasure to the last picture, news switched off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.casework.accept_case import accept_case
from bot.casework.citizen_data import ACKNOWLEDGE_DAYS, FINISH_DAYS, erase_data, withdraw_consent
from bot.casework.context import Context, Refused
from bot.casework.mute_pushes import KINDS, STATUS_KEYS, mute_pushes, wants
from bot.casework.show_data import show_data
from bot.casework.watch_requests import watch_requests
from bot.dialogue.texts import load_texts
from storage.files import FileStore
from storage.records import (
    CaseId,
    CaseStatus,
    Citizen,
    File,
    FileId,
    FileKind,
    FileStatus,
    Officer,
    PersonId,
    Priority,
    Purpose,
)
from storage.verify import verify
from tests.casework.house import HOLDER, House

SECRETS = ("Mai", "0912345678", "ngõ 12 Hàng Hành", "bốc mùi")


def told(house: House, officer: Officer) -> list[str]:
    pushes = house.see(lambda tx: tx.outbox.waiting("console", officer.id))
    return [push.key for push in pushes if push.key.startswith("push.request")]


def picture(house: House, mai: Citizen, case_id: CaseId | None) -> FileId:
    file = File(
        FileId("of-mai"), FileKind.PHOTO, Purpose.COMPLAINT, PersonId(mai.id), "console", mai.id, house.at,
        FileStatus.READY, case=case_id, sha256="0" * 64,
    )  # fmt: skip
    house.do(lambda ctx: ctx.tx.files.add(file))
    return file.id


def ask(house: House, mai: Citizen, **times: object) -> int:
    """A request of a kind that somebody must do by hand, with the dates of the law."""
    add = house.config.calendar.add_days
    dates = {"acknowledge_by": add(house.at, ACKNOWLEDGE_DAYS), "finish_by": add(house.at, FINISH_DAYS)}
    return house.do(lambda ctx: ctx.tx.requests.add(mai.id, "correct", asked_at=ctx.now, **dates, **times))


def test_a_request_has_the_dates_of_the_law_and_its_person_reads_them(house: House, mai) -> None:
    """Asked on a Tuesday: acknowledged by Thursday, finished in 15 working days (NĐ 356/2025)."""
    ask(house, mai)
    (request,) = house.see(lambda tx: tx.requests.open())
    assert (request.acknowledge_by.isoformat()[:10], request.finish_by.isoformat()[:10]) == ("2026-12-03", "2026-12-22")
    says = house.do(lambda ctx: show_data(ctx, ctx.tx.citizens.get(mai.id)))
    assert "22/12/2026" in load_texts().say(says[0].words)
    assert says[0].document is not None
    assert '"finish_by": "2026-12-22' in says[0].document[1]


def test_the_clocks_of_requests_are_watched_and_each_step_is_told_once(house: House, thu, mai) -> None:
    ask(house, mai)
    steps = {1: [], 2: ["push.request_unacknowledged"], 19: ["push.request_soon"], 22: ["push.request_late"]}
    known: list[str] = []
    start = house.at
    for days, fresh in steps.items():
        house.at = start + timedelta(days=days)
        for _ in range(2):
            house.do(lambda ctx: watch_requests(ctx, 10))
        known += fresh
        assert told(house, thu) == known


def test_an_acknowledged_request_is_warned_of_only_near_its_end(house: House, thu, mai) -> None:
    ask(house, mai, acknowledged_at=house.at)
    house.at += timedelta(days=10)
    assert house.do(lambda ctx: watch_requests(ctx, 10)) == 0
    assert told(house, thu) == []


def test_an_erasure_is_finished_when_its_last_picture_is_gone_and_the_chain_is_whole(
    house: House, mai, tmp_path: Path
) -> None:
    lan = house.officer(HOLDER)
    case = house.file(mai)
    file = picture(house, mai, case.id)
    house.do(lambda ctx: accept_case(ctx, lan, case.id))
    number, finish_by = house.do(lambda ctx: erase_data(ctx, ctx.tx.citizens.get(mai.id)))
    assert (number, finish_by.isoformat()[:10]) == (1, "2026-12-22")
    assert house.do(lambda ctx: watch_requests(ctx, 10)) == 0
    house.do(lambda ctx: ctx.tx.files.forget_bytes("0" * 64))
    assert house.do(lambda ctx: watch_requests(ctx, 10)) == 1
    assert house.see(lambda tx: tx.requests.open()) == ()
    assert house.see(lambda tx: tx.files.get(file)).status is FileStatus.REFUSED
    gone = house.case(case)
    assert (gone.status, gone.text, gone.masked, gone.point) == (CaseStatus.WITHDRAWN, "", "", None)
    assert [f for f in verify(house.store, FileStore(tmp_path / "files")) if f.table in ("events", "audit")] == []
    left = str(house.see(lambda tx: [(p.key, p.args) for p in tx.outbox.waiting("console", lan.id)]))
    assert not any(secret in left for secret in SECRETS)


def test_a_withdrawn_consent_ends_pushes_and_not_the_work(house: House, mai) -> None:
    lan = house.officer(HOLDER)
    case = house.file(mai)
    house.do(lambda ctx: withdraw_consent(ctx, ctx.tx.citizens.get(mai.id)))
    assert house.do(lambda ctx: accept_case(ctx, lan, case.id)).status is CaseStatus.ACCEPTED
    assert house.see(lambda tx: tx.outbox.waiting("console", mai.id)) == ()


NEWS = (
    *((key, Priority.STATUS, "status") for key in sorted(STATUS_KEYS)),
    ("push.rating_reminder", Priority.RATING, "rating"),
    ("push.digest", Priority.DIGEST, "digest"),
)
ALWAYS = ("push.resolved", "push.rejected", "push.question", "push.overdue_citizen", "push.verdict_proof")


@pytest.mark.parametrize(("key", "priority", "kind"), NEWS)
def test_each_kind_of_news_is_switched_off_by_itself(mai: Citizen, key: str, priority: Priority, kind: str) -> None:
    assert wants(mai, key, priority)
    for each in KINDS:
        assert wants(replace(mai, muted=(each,)), key, priority) == (each != kind)


@pytest.mark.parametrize("key", ALWAYS)
def test_results_questions_and_broken_promises_are_always_told(mai: Citizen, key: str) -> None:
    assert wants(replace(mai, muted=KINDS), key, Priority.STATUS)


def test_an_unknown_kind_of_news_is_refused(house: House, mai) -> None:
    def mute(ctx: Context) -> Citizen:
        return mute_pushes(ctx, mai, "ket-qua")

    with pytest.raises(Refused, match=r"settings\.unknown"):
        house.do(mute)
