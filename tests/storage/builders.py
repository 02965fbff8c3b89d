"""Records for tests: everything has a plain default, and a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.outbox import NewPush
from storage.records import (
    AgencyId,
    Case,
    CaseCode,
    CaseId,
    CaseStatus,
    Citizen,
    CitizenId,
    Clock,
    Event,
    File,
    FileId,
    FileKind,
    PersonId,
    Point,
    Priority,
    Purpose,
    Urgency,
)
from storage.store import Store, Transaction

NOW = datetime(2026, 12, 1, 2, 0, 0, 123456, tzinfo=UTC)
CITIZEN = CitizenId("citizen-1")


def later(**amount: float) -> datetime:
    return NOW + timedelta(**amount)


def a_citizen(number: int = 1, **fields: Any) -> Citizen:
    return Citizen(**{"id": CitizenId(f"citizen-{number}"), "created_at": NOW, **fields})


def a_case(number: int = 1, **fields: Any) -> Case:
    plain = {
        "id": CaseId(f"case-{number:06d}"),
        "code": CaseCode(f"HN-{number:07d}"),
        "citizen": CITIZEN,
        "status": CaseStatus.RECEIVED,
        "category": "chieu_sang",
        "urgency": Urgency.BINH_THUONG,
        "filed_at": NOW,
        "channel": "console",
        "text": "Đèn đường trước nhà tắt ba hôm nay",
        "agency": AgencyId("ubnd-00070"),
        "ward_code": "00070",
        "cell": "21.028:105.854",
        "clock": Clock.ACCEPT,
        "due_at": later(hours=8),
        "remind_at": later(hours=6),
    }
    return Case(**{**plain, **fields})


def a_full_case() -> Case:
    """A case with every field filled, for the way there and back."""
    return a_case(
        sub="den_duong",
        executor=AgencyId("cty-cs"),
        parent=AgencyId("so-xd"),
        co_handling=(AgencyId("a"), AgencyId("b")),
        officer="officer-1",
        point=Point(21.0285, 105.8542),
        place_words="đầu ngõ 12",
        answers={"cột số": "7"},
        on_behalf="bà Tám",
        masked="đèn đường trước nhà",
        folded="den duong truoc nha",
        private=True,
        about_official=True,
        flags=("spam",),
        insisted=True,
        rule="chieu_sang/*",
        because=("ward", "category"),
        config_version="abc",
        handle_hours=40.0,
        accept_hours=8.0,
        clock_started_at=NOW,
        paused_hours=3.5,
        ladder=2,
        promised_at=later(days=5),
        transfers=1,
        may_transfer=False,
        questions=1,
        extensions=1,
        supporters=4,
        answer="Đã thay bóng",
        reject_reason="other",
        override="có văn bản",
        main_case=CaseId("case-9"),
        linked_case=CaseId("case-8"),
    )


def file_case(tx: Transaction, case: Case, why: str | None = None) -> Case:
    """Adds a case and its first event, as a filing does."""
    event = Event(case.id, 1, "filed", NOW, f"citizen:{case.citizen}", None, case.status, why=why)
    filed = replace(case, seq=1)
    tx.cases.add(filed)
    chained = tx.events.add(event, case.citizen)
    filed = replace(filed, head=chained.hash)
    tx.cases.save(filed)
    return filed


def filed(store: Store, number: int = 1, why: str | None = None, **fields: Any) -> Case:
    """A stored case with its citizen and its first event."""

    def work(tx: Transaction) -> Case:
        case = a_case(number, **fields)
        if tx.citizens.count() == 0:
            tx.citizens.add(a_citizen())
        return file_case(tx, case, why)

    return store.write_now(work)


def step(tx: Transaction, case: Case, status: CaseStatus, kind: str = "accepted", why: str | None = None) -> Case:
    """The next event of a case, and the case after it."""
    event = Event(case.id, case.seq + 1, kind, later(hours=case.seq), "officer:o1", case.status, status, why=why)
    chained = tx.events.add(event, case.citizen)
    moved = replace(case, status=status, seq=event.seq, head=chained.hash)
    tx.cases.save(moved)
    return moved


def a_push(chat: str = "c1", **fields: Any) -> NewPush:
    plain = {
        "channel": "telegram",
        "chat": chat,
        "person": PersonId(CITIZEN),
        "key": "case.filed",
        "args": {"words": "xin chào"},
        "priority": Priority.STATUS,
        "created_at": NOW,
    }
    return NewPush(**{**plain, **fields})


def a_file(number: int = 1, **fields: Any) -> File:
    plain = {
        "id": FileId(f"file-{number}"),
        "kind": FileKind.PHOTO,
        "purpose": Purpose.COMPLAINT,
        "person": PersonId(CITIZEN),
        "channel": "telegram",
        "chat": "c1",
        "created_at": NOW,
        "ref": "AgACAgUAAx0",
    }
    return File(**{**plain, **fields})


def break_it(store: Store, sql: str) -> None:
    """Raw SQL, past the triggers, as somebody with the database's own tools could."""
    with store.connect() as connection, connection.begin():
        if store.is_sqlite:
            kept = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
            for name, _ in kept:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql(sql)
            for _, written in kept:
                connection.exec_driver_sql(written)
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql(sql)
