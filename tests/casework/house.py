"""A small city for tests: a store, the real configuration, staff of every role, and a case in every status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from bot.casework.accept_case import accept_case
from bot.casework.ask_citizen import ask_citizen
from bot.casework.context import Context
from bot.casework.escalate_case import escalate_case
from bot.casework.facts import masked_words
from bot.casework.file_case import Complaint, file_case
from bot.casework.merge_cases import merge_cases
from bot.casework.rate_case import rate_case
from bot.casework.reject_case import reject_case
from bot.casework.resolve_case import Answer, resolve_case
from bot.casework.withdraw_case import withdraw_case
from bot.dialogue.session import Draft, Understood, Where
from nlp.normalize import fold
from routing.config import Config, load
from storage.records import (
    AgencyId,
    Case,
    CaseId,
    CaseStatus,
    Chat,
    Citizen,
    CitizenId,
    File,
    FileId,
    FileKind,
    FileStatus,
    Officer,
    OfficerId,
    PersonId,
    Purpose,
    Push,
    Role,
    Urgency,
)
from storage.store import Store, Transaction

T = TypeVar("T")
S = CaseStatus
HOLDER = AgencyId("ubnd-00070")
PARENT = AgencyId("so-nnmt")
OTHER = AgencyId("ubnd-00004")
NINE = datetime.fromisoformat("2026-12-01T09:00:00+07:00")
DONE = "Lúc 14 giờ ngày 30/11, tổ thu gom của Urenco đã dọn sạch điểm rác đầu ngõ 12 Hàng Hành và rửa mặt đường."


@cache
def config() -> Config:
    return load(Path(__file__).parents[2] / "config.yaml")


class House:
    """Everybody who works in a test, and a clock that is set by hand."""

    def __init__(self, store: Store, at: datetime = NINE) -> None:
        self.store = store
        self.config = config()
        self.at = at
        self._files = 0

    def do(self, act: Callable[[Context], T]) -> T:
        """One act in one transaction, at the present time."""
        return self.store.write_now(lambda tx: act(Context(tx, self.config, self.at)))

    def see(self, look: Callable[[Transaction], T]) -> T:
        return self.store.read_now(look)

    def later(self, **time: float) -> None:
        self.at += timedelta(**time)

    def officer(self, agency: AgencyId, role: Role = Role.OFFICER, name: str = "Lan") -> Officer:
        """Somebody confirmed, with a chat."""

        def add(ctx: Context) -> Officer:
            officer = Officer(OfficerId(f"{role}-{agency}-{name}"), agency, role, name, ctx.now, confirmed_at=ctx.now)
            ctx.tx.officers.add(officer)
            ctx.tx.chats.save(Chat("console", officer.id, officer=officer.id, last_heard_at=ctx.now))
            return officer

        return self.do(add)

    def citizen(self, name: str = "Mai") -> Citizen:
        def add(ctx: Context) -> Citizen:
            citizen = Citizen(
                CitizenId(f"citizen-{name}"), ctx.now, name=name, phone="0912345678", consent="1", consent_at=ctx.now
            )
            ctx.tx.citizens.add(citizen)
            ctx.tx.chats.save(Chat("console", citizen.id, citizen=citizen.id, last_heard_at=ctx.now))
            return citizen

        return self.do(add)

    def file(
        self,
        citizen: Citizen,
        text: str = "Điểm tập kết rác đầu ngõ 12 Hàng Hành bốc mùi",
        ward: str | None = "00070",
        urgency: Urgency = Urgency.BINH_THUONG,
        category: str = "moi_truong_rac_thai",
    ) -> Case:
        """A complaint that was just filed."""
        where = Where(ward, "phường Hoàn Kiếm") if ward else None
        understood = Understood(
            category,
            (category,),
            False,
            (),
            urgency.value,
            None,
            None,
            "in_scope",
            False,
            False,
            False,
            masked_words(text),
            fold(masked_words(text)),
        )
        draft = Draft(text=text, category=category, where=where, understood=understood)
        return self.do(lambda ctx: file_case(ctx, citizen, Complaint(draft, "console"))[0])

    def proof(self, officer: Officer, status: FileStatus = FileStatus.READY) -> FileId:
        """A picture of an officer's, arrived or still on its way."""
        self._files += 1
        file = FileId(f"file-{self._files}")
        self.do(
            lambda ctx: ctx.tx.files.add(
                File(file, FileKind.PHOTO, Purpose.PROOF, PersonId(officer.id), "console", officer.id, ctx.now, status)
            )
        )
        return file

    def case(self, case: Case | CaseId) -> Case:
        return self.see(lambda tx: tx.cases.get(case.id if isinstance(case, Case) else case))

    def a_case(self, status: CaseStatus, citizen: Citizen, officer: Officer) -> Case:
        """A case of the holder in that status, come there by legal moves."""
        if status is S.TRIAGE:
            return self.file(citizen, ward=None)
        case = self.file(citizen)
        if status is S.RECEIVED:
            return case
        if status is S.WITHDRAWN:
            return self.do(lambda ctx: withdraw_case(ctx, citizen, case.id))
        if status is S.MERGED:
            main = self.file(citizen)
            return self.do(lambda ctx: merge_cases(ctx, officer, case.id, main.id))
        if status is S.ESCALATED:
            return self.do(lambda ctx: escalate_case(ctx, officer, case.id, "đề xuất Sở bố trí điểm tập kết mới"))
        if status is S.REJECTED:
            answer = Answer("Hai nhà tranh chấp ranh đất, việc này do toà án giải quyết")
            return self.do(
                lambda ctx: reject_case(ctx, officer, case.id, "tranh-chap-dan-su", "tổ hoà giải số 4", answer)
            )
        self.do(lambda ctx: accept_case(ctx, officer, case.id))
        if status is S.ACCEPTED:
            return self.case(case)
        if status is S.WAITING_CITIZEN:
            return self.do(lambda ctx: ask_citizen(ctx, officer, case.id, "bên số chẵn hay số lẻ?"))
        proof = self.proof(officer)
        self.do(lambda ctx: resolve_case(ctx, officer, case.id, Answer(DONE, (proof,))))
        if status is S.DISPUTED:
            self.do(lambda ctx: rate_case(ctx, citizen, case.id, 1, 2))
        if status is S.CLOSED:
            self.do(lambda ctx: rate_case(ctx, citizen, case.id, 1, 5))
        return self.case(case)

    def pushes(self, person: str) -> list[str]:
        """Keys of everything that was written for somebody, sent or not, in order."""

        def written(tx: Transaction) -> list[Push]:
            rows = (*tx.outbox.sent("console", person, limit=1000), *tx.outbox.waiting("console", person))
            return sorted(rows, key=lambda push: push.id)

        return [push.key for push in self.see(written)]

    def deliver(self) -> None:
        """Everything that is due has been sent."""

        def send(ctx: Context) -> None:
            while due := ctx.tx.outbox.claim(ctx.now, 100, "console"):
                for push in due:
                    ctx.tx.outbox.mark_sent(push.id, ctx.now, None)

        self.do(send)

    def kinds(self, case: Case) -> list[str]:
        return [e.kind for e in self.see(lambda tx: tx.events.of(case.id))]


def moved(case: Case, **changes: object) -> Case:
    return replace(case, **changes)
