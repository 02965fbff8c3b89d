"""A month of a city in a few minutes: seeded people act through the very use cases that people act through."""

from __future__ import annotations

import hashlib
import heapq
import io
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from bot.casework.accept_case import accept_case
from bot.casework.add_words import add_words
from bot.casework.ask_citizen import ask_citizen
from bot.casework.context import Context, Refused
from bot.casework.escalate_case import escalate_case
from bot.casework.extend_case import extend_case
from bot.casework.facts import agency_name
from bot.casework.file_case import Complaint, file_case
from bot.casework.rate_case import give_reason, rate_case
from bot.casework.reject_case import reject_case
from bot.casework.resolve_case import Answer, resolve_case
from bot.casework.return_case import return_case
from bot.casework.review_rating import review_rating
from bot.casework.transfer_case import transfer_case
from bot.casework.triage_case import Triage, triage_case
from bot.casework.withdraw_case import withdraw_case
from bot.dialogue.session import Draft, Understood, Where
from bot.jobs import run_sweeps
from nlp.normalize import fold
from routing.config import Config
from storage.files import FileStore, thumb_name
from storage.records import (
    AgencyId,
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

CHANNEL = "demo"
START = datetime.fromisoformat("2026-11-02T08:00:00+07:00")
FILING_DAYS = 30
TAIL_DAYS = 10
"""After the last filing the city works on for a while."""


class Habit(StrEnum):
    """How an officer works."""

    PROMPT = "prompt"
    LATE = "late"
    GENERIC = "generic"
    NO_PROOF = "no_proof"
    TRANSFERRING = "transferring"


WARDS = ("00070", "00004", "00025", "00082", "00091", "00097", "00103", "00118")
OTHERS = ("so-xd", "so-nnmt", "urenco", "hapulico", "evnhanoi", "hawacom", "thoat-nuoc-hn", "cay-xanh-hn")
MATTERS: tuple[tuple[str, str], ...] = (
    ("moi_truong_rac_thai", "Rác đổ thành đống ở đầu ngõ số {n}, mấy hôm nay chưa ai dọn"),
    ("chieu_sang", "Đèn đường trước nhà số {n} tắt cả tuần"),
    ("ha_tang_duong", "Vỉa hè trước số {n} vỡ, người già đi hay vấp"),
    ("trat_tu_do_thi", "Hàng quán lấn hết vỉa hè đoạn số {n}"),
    ("thoat_nuoc_ngap_ung", "Miệng cống trước số {n} tắc, mưa là ngập"),
    ("cay_xanh", "Cành cây khô trước số {n} sắp gãy"),
    ("tieng_on", "Quán hát ở số {n} mở loa tới khuya"),
    ("dien", "Dây điện võng thấp trước số {n}"),
    ("khac", "Có việc lạ ở gần số {n} mà không biết báo ai"),
)
DONE = "Ngày {d}, tổ công tác số {n} của {unit} đã đến số {n} xử lý xong, kiểm tra lại lúc 16 giờ, ảnh gửi kèm."
GENERIC = "Đã tiếp nhận và xử lý theo quy định."
REASONS = {
    Habit.GENERIC: "chung-chung",
    Habit.NO_PROOF: "khong-bang-chung",
    Habit.LATE: "qua-cham",
    Habit.TRANSFERRING: "sai-don-vi",
    Habit.PROMPT: "chua-xu-ly",
}
PLEASED = {Habit.PROMPT: 0.82, Habit.LATE: 0.5, Habit.GENERIC: 0.35, Habit.NO_PROOF: 0.5, Habit.TRANSFERRING: 0.6}
"""Share of satisfied ratings by habit: invented for the demonstration, no figure of any city."""

Act = Callable[[Context], None]


@dataclass
class Month:
    """Everybody of the month, what they still mean to do, and the chance that drives them."""

    store: Store
    config: Config
    files: FileStore
    cases: int = 2000
    seed: int = 1
    filing_days: int = FILING_DAYS
    tail_days: int = TAIL_DAYS
    refusals: int = 0
    """Acts that a use case refused: stale, illegal, without proof …"""
    staff: dict[AgencyId, list[Officer]] = field(default_factory=dict)
    habits: dict[OfficerId, Habit] = field(default_factory=dict)
    _heap: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _count: int = 0
    _digest: str = ""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - a simulation, no secret

    def run(self) -> Iterator[float]:
        """Lives through the month hour by hour; yields the share of it that is over."""
        self._store_picture()
        self.store.write_now(lambda tx: self._hire(Context(tx, self.config, START)))
        for i in range(self.cases):
            at = START + timedelta(minutes=self.chance.uniform(0, self.filing_days * 24 * 60))
            self._plan(at, partial(self._file, i=i))
        hours = (self.filing_days + self.tail_days) * 24
        for hour in range(1, hours + 1):
            now = START + timedelta(hours=hour)
            self._live(now)
            run_sweeps(self.store, self.config, now)
            self._hand_out(now)
            yield hour / hours
        self._hand_out(START + timedelta(hours=hours, minutes=5))

    def _plan(self, at: datetime, act: Act) -> None:
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, act))

    def _work(self, now: datetime, hours: float, act: Act, is_urgent: bool = False) -> None:
        """An act after so many working hours; whoever is on duty for danger does not wait for the morning."""
        if is_urgent:
            self._plan(now + timedelta(hours=hours), act)
            return
        self._plan(self.config.calendar.add_hours(now, hours), act)

    def _live(self, until: datetime) -> None:
        """All that falls into one hour, what follows from it within the hour too."""
        while due := self._due(until):
            self._live_through(due)

    def _due(self, until: datetime) -> list[tuple[datetime, Act]]:
        due: list[tuple[datetime, Act]] = []
        while self._heap and self._heap[0][0] <= until:
            at, _, act = heapq.heappop(self._heap)
            due.append((at, act))
        return due

    def _live_through(self, due: list[tuple[datetime, Act]]) -> None:
        """One transaction; what is refused in it was refused before writing."""

        def live(tx: Transaction) -> None:
            for at, act in due:
                try:
                    act(Context(tx, self.config, at))
                except Refused:
                    self.refusals += 1

        self.store.write_now(live)

    def _store_picture(self) -> None:
        from PIL import Image

        out = io.BytesIO()
        Image.new("RGB", (64, 48), (90, 120, 90)).save(out, "JPEG")
        self._digest = hashlib.sha256(out.getvalue()).hexdigest()
        for name in (self._digest, thumb_name(self._digest)):
            self.files.put(name, out.getvalue())

    def _hire(self, ctx: Context) -> None:
        ctx.tx.meta.set("demo", "month")
        habits = list(Habit)
        posts = [(AgencyId(f"ubnd-{w}"), role) for w in WARDS for role in (Role.LEAD, Role.OFFICER, Role.OFFICER)]
        posts += [(AgencyId(a), Role.OFFICER) for a in OTHERS]
        posts += [(ctx.triage, Role.TRIAGE)] * 4 + [(ctx.reviewer, Role.REVIEWER)] * 4
        for i, (agency, role) in enumerate(posts):
            officer = Officer(OfficerId(ctx.tx.new_id()), agency, role, f"Cán bộ {i + 1}", ctx.now, ctx.now)
            ctx.tx.officers.add(officer)
            ctx.tx.chats.save(Chat(CHANNEL, f"officer-{i}", officer=officer.id, last_heard_at=ctx.now))
            self.staff.setdefault(agency, []).append(officer)
            self.habits[officer.id] = habits[i % len(habits)] if i % 2 else Habit.PROMPT

    def _file(self, ctx: Context, i: int) -> None:
        category, pattern = self.chance.choice(MATTERS)
        number = self.chance.randint(1, 400)
        text = pattern.format(n=number)
        citizen = Citizen(CitizenId(ctx.tx.new_id()), ctx.now, name=f"Người dân {i}", consent="1", consent_at=ctx.now)
        ctx.tx.citizens.add(citizen)
        ctx.tx.chats.save(Chat(CHANNEL, f"citizen-{i}", citizen=citizen.id, last_heard_at=ctx.now))
        urgency = Urgency.KHAN if self.chance.random() < 0.01 else Urgency.BINH_THUONG
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
            text,
            fold(text),
        )
        ward = self.chance.choice(WARDS)
        draft = Draft(text=text, category=category, where=Where(ward, ward), understood=understood)
        case = file_case(ctx, citizen, Complaint(draft, CHANNEL))[0]
        if self.chance.random() < 0.01:
            self._work(ctx.now, 3, lambda c: self._withdraw(c, citizen, case.id))
        self._hold(ctx, case.id)

    def _withdraw(self, ctx: Context, citizen: Citizen, case: CaseId) -> None:
        withdraw_case(ctx, citizen, case, "đã tự giải quyết được")

    def _hold(self, ctx: Context, case_id: CaseId) -> None:
        """Somebody of the agency that holds the case will look at it; where nobody works, nobody does."""
        case = ctx.tx.cases.get(case_id)
        people = self.staff.get(AgencyId(str(case.agency)), [])
        if not people:
            return
        officer = self.chance.choice(people)
        is_urgent = case.urgency is Urgency.KHAN
        share = 0.1 if is_urgent else 1.0
        if case.status is CaseStatus.TRIAGE:
            hours = share * self.chance.uniform(0.2, 2.5)
            self._work(ctx.now, hours, lambda c: self._triage(c, officer, case_id), is_urgent)
            return
        slow = self.habits[officer.id] is Habit.LATE
        hours = share * (self.chance.uniform(5, 16) if slow else self.chance.uniform(0.3, 5))
        self._work(ctx.now, hours, lambda c: self._accept(c, officer, case_id), is_urgent)

    def _triage(self, ctx: Context, officer: Officer, case_id: CaseId) -> None:
        category = self.chance.choice([m[0] for m in MATTERS if m[0] != "khac"])
        ward = self.chance.choice(WARDS)
        triage_case(ctx, officer, case_id, Triage(category, AgencyId(f"ubnd-{ward}"), why="theo lời kể"))
        self._hold(ctx, case_id)

    def _accept(self, ctx: Context, officer: Officer, case_id: CaseId) -> None:
        habit, draw = self.habits[officer.id], self.chance.random()
        if habit is Habit.TRANSFERRING and draw < 0.4 and ctx.tx.cases.get(case_id).may_transfer:
            others = [a for a in (*OTHERS, *(f"ubnd-{w}" for w in WARDS)) if a != officer.agency]
            to = AgencyId(self.chance.choice(others))
            transfer_case(ctx, officer, case_id, to, "không thuộc lĩnh vực của đơn vị")
            self._hold(ctx, case_id)
            return
        case = accept_case(ctx, officer, case_id)
        hours = (case.handle_hours or 40.0) * (
            self.chance.uniform(0.8, 1.7) if habit is Habit.LATE else self.chance.uniform(0.2, 0.7)
        )
        if draw < 0.05:
            self._work(ctx.now, 1, lambda c: self._reject(c, officer, case_id))
        elif draw < 0.08:
            self._work(ctx.now, 2, lambda c: self._escalate(c, officer, case_id))
        elif draw < 0.14:
            self._work(ctx.now, 1, lambda c: self._ask(c, officer, case_id))
        else:
            if draw < 0.18:
                self._work(ctx.now, 3, lambda c: self._extend(c, officer, case_id))
            is_urgent = case.urgency is Urgency.KHAN
            self._work(ctx.now, hours, lambda c: self._resolve(c, officer, case_id), is_urgent)

    def _ask(self, ctx: Context, officer: Officer, case_id: CaseId) -> None:
        case = ask_citizen(ctx, officer, case_id, "Xin cho biết rõ hơn vị trí?")
        if self.chance.random() < 0.7:
            citizen = ctx.tx.citizens.get(case.citizen)
            self._plan(
                ctx.now + timedelta(hours=self.chance.uniform(1, 60)), lambda c: self._reply(c, citizen, case_id)
            )
        self._plan(ctx.now + timedelta(days=6), lambda c: self._resolve(c, officer, case_id))

    def _reply(self, ctx: Context, citizen: Citizen, case_id: CaseId) -> None:
        add_words(ctx, citizen, case_id, "Ngay cạnh cột điện")

    def _extend(self, ctx: Context, officer: Officer, case_id: CaseId) -> None:
        case = ctx.tx.cases.get(case_id)
        due_at = case.due_at or ctx.now
        until = self.config.calendar.add_days(due_at, 3).date()
        extend_case(ctx, officer, case_id, "cho-vat-tu", until, "chờ vật tư về")

    def _escalate(self, ctx: Context, officer: Officer, case_id: CaseId) -> None:
        case = escalate_case(ctx, officer, case_id, "đề xuất cấp trên bố trí kinh phí")
        deciders = self.staff.get(AgencyId(str(case.parent)), [])
        if deciders:
            decider = deciders[0]
            self._work(ctx.now, 8, lambda c: self._return(c, decider, case_id))

    def _return(self, ctx: Context, officer: Officer, case_id: CaseId) -> None:
        return_case(ctx, officer, case_id, "đơn vị dùng kinh phí thường xuyên")
        self._hold(ctx, case_id)

    def _reject(self, ctx: Context, officer: Officer, case_id: CaseId) -> None:
        words = "Việc này là tranh chấp giữa hai hộ liền kề, do tổ hoà giải giải quyết"
        case = reject_case(ctx, officer, case_id, "tranh-chap-dan-su", "Tổ hoà giải của phường", Answer(words))
        self._answered(ctx, case_id, case.citizen, self.habits[officer.id], case.round)

    def _resolve(self, ctx: Context, officer: Officer, case_id: CaseId) -> None:
        habit = self.habits[officer.id]
        case = ctx.tx.cases.get(case_id)
        unit = agency_name(ctx, case.agency)
        done = DONE.format(d=f"{ctx.now - timedelta(days=1):%d/%m}", n=self.chance.randint(1, 400), unit=unit)
        override = None
        if habit in (Habit.GENERIC, Habit.NO_PROOF):
            # The gate stops it the first time; the officer mends it in their own way.
            try:
                text, proof = (GENERIC, self._proof(ctx, officer)) if habit is Habit.GENERIC else (done, ())
                resolve_case(ctx, officer, case_id, Answer(text, proof, promise_confirmed=True))
                return
            except Refused:
                self.refusals += 1
            if habit is Habit.GENERIC and case.override is None and self.chance.random() < 0.5:
                done, override = GENERIC, "vụ việc đơn giản"
        answer = Answer(done, self._proof(ctx, officer), override, promise_confirmed=True)
        resolved = resolve_case(ctx, officer, case_id, answer)
        self._answered(ctx, case_id, resolved.citizen, habit, resolved.round)

    def _proof(self, ctx: Context, officer: Officer) -> tuple[FileId, ...]:
        file = File(
            FileId(ctx.tx.new_id()),
            FileKind.PHOTO,
            Purpose.PROOF,
            PersonId(officer.id),
            CHANNEL,
            f"officer-{officer.id[:8]}",
            ctx.now,
            FileStatus.READY,
            sha256=self._digest,
            width=64,
            height=48,
        )
        ctx.tx.files.add(file)
        return (file.id,)

    def _answered(self, ctx: Context, case_id: CaseId, citizen_id: CitizenId, habit: Habit, round_: int) -> None:
        if self.chance.random() < 0.25:
            return
        citizen = ctx.tx.citizens.get(citizen_id)
        after = timedelta(hours=self.chance.uniform(0.5, 90))
        pleased = self.chance.random() < PLEASED[habit]
        self._plan(ctx.now + after, lambda c: self._rate(c, citizen, case_id, habit, round_, pleased))

    def _rate(self, ctx: Context, citizen: Citizen, case_id: CaseId, habit: Habit, round_: int, pleased: bool) -> None:
        level = self.chance.choice((4, 5)) if pleased else self.chance.choice((1, 2, 3))
        rate_case(ctx, citizen, case_id, round_, level)
        if pleased:
            return
        give_reason(ctx, citizen, case_id, round_, REASONS[habit])
        reviewer = self.chance.choice(self.staff[ctx.reviewer])
        self._work(ctx.now, self.chance.uniform(1, 9), lambda c: self._review(c, reviewer, case_id, habit))

    def _review(self, ctx: Context, reviewer: Officer, case_id: CaseId, habit: Habit) -> None:
        upheld = self.chance.random() < (0.6 if habit in (Habit.GENERIC, Habit.NO_PROOF) else 0.2)
        case = review_rating(ctx, reviewer, case_id, upheld, "đã xem lại kết quả và ảnh")
        if case.status is CaseStatus.ACCEPTED and case.officer is not None:
            officer = ctx.tx.officers.get(case.officer)
            self._work(ctx.now, self.chance.uniform(2, 12), lambda c: self._resolve(c, officer, case_id))
        else:
            self._hold(ctx, case_id)

    def _hand_out(self, now: datetime) -> None:
        """What was told during the month counts as sent: nobody waits for it."""
        while claimed := self.store.write_now(lambda tx: tx.outbox.claim(now, 500, CHANNEL)):
            self.store.write_now(partial(_mark_sent, claimed, now))


def _mark_sent(pushes: Iterable[Push], now: datetime, tx: Transaction) -> None:
    for push in pushes:
        tx.outbox.mark_sent(push.id, now, None)
