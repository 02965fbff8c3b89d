"""Whatever staff type, press or send in whatever order: an answer comes, in words, and nothing breaks."""

from __future__ import annotations

from random import Random

import pytest

from bot.desk.commands import COMMANDS, PRESSES
from bot.dialogue.message import Attachment, Incoming, Say
from storage.records import AgencyId, CaseStatus, FileKind, Officer, Role
from tests.casework.house import DONE, HOLDER, PARENT
from tests.desk.room import TEXTS, Room

LONGEST = 4096
"""Characters of one Telegram message."""
SAID = (
    "", " ", "1", "2", "9", "99", "/", "/x", "//viec", "đúng", "không", "vâng ạ", "huỷ", "/huy", "/tiep", "hôm nay",
    DONE, DONE + " Sẽ làm xong trước ngày 28/12/2026.", "Đã xử lý.", "a" * 5000, "🙂" * 50, "{code}", "%s", "<b>x</b>",
    "HN-0000-000", "hn-", "so xd", "hoàn kiếm, đúng địa bàn", "phường Hàng Trống", "28/12", "31/02", "hôm qua",
    "Chờ vật tư, thiết bị", "-", "không ai", "không rõ", "csv", "trang 2", "T-AAAAA xin chào", "\n\n", "pick:x",
)  # fmt: skip
STRANGE = (
    "",
    ":",
    "pick:",
    "pick::",
    "pick:HN-0000-000:yes",
    "do:",
    "do:x y z",
    "use:",
    "use:xong",
    "x" * 60,
    "open:zz",
)


class Crowd:
    """Everybody of a city, each with a screen that remembers its buttons."""

    def __init__(self, room: Room, seed: int) -> None:
        self.room, self.chance = room, Random(seed)
        offices = (HOLDER, PARENT, AgencyId("triage"), AgencyId("vp-ubnd-tp"))
        roles = {HOLDER: (Role.OFFICER, Role.LEAD), PARENT: (Role.LEAD,), offices[2]: (Role.TRIAGE,)}
        self.staff: list[Officer] = [room.lan]
        for office in offices:
            for role in roles.get(office, (Role.REVIEWER, Role.ADMIN)):
                self.staff.append(room.house.officer(office, role, f"{role} {office}"))
        citizens = [room.house.citizen(f"C{i}") for i in range(len(CaseStatus))]
        self.codes = [
            str(room.house.a_case(status, citizen, room.lan).code)
            for status, citizen in zip(CaseStatus, citizens, strict=True)
        ]
        self.shown: dict[str, list[str]] = {officer.id: [] for officer in self.staff}
        self.count = 0

    def act(self) -> None:
        officer = self.chance.choice(self.staff)
        text, press = self._gesture(officer)
        self.count += 1
        self.room.house.later(seconds=self.chance.choice((1, 5, 90)))
        photo = (Attachment(FileKind.PHOTO, f"ref{self.count}"),) if self.chance.random() < 0.1 else ()
        before = {p.id for p in self._waiting(officer)}
        incoming = Incoming("console", officer.id, f"f{self.count}", self.room.house.at, text=text, press=press)
        self.room.desk.hear_now(Incoming(**{**_fields(incoming), "attachments": photo}))
        said = [Say.from_json(p.args) for p in self._waiting(officer) if p.id not in before and p.priority == "reply"]
        assert said, (officer.role, text, press)
        for say in said:
            for language in ("vi", "en"):
                assert 0 < len(TEXTS.say(say.words, language)) <= LONGEST, (text, press)
            buttons = [b for row in say.buttons for b in row]
            assert all(len(b.press.encode()) <= 60 and TEXTS.say(b.label, "en") for b in buttons)
            self.shown[officer.id] = [b.press for b in buttons] or self.shown[officer.id]

    def _gesture(self, officer: Officer) -> tuple[str | None, str | None]:
        kind = self.chance.random()
        if kind < 0.35 and self.shown[officer.id]:
            return None, self.chance.choice(self.shown[officer.id])
        if kind < 0.45:
            name = self.chance.choice([*PRESSES, "pick"])
            return None, self.chance.choice((f"{name}:{self.chance.choice(self.codes)}", self.chance.choice(STRANGE)))
        if kind < 0.8:
            code = self.chance.choice((*self.codes, "", "HN-0000-000"))
            return f"/{self.chance.choice(sorted(COMMANDS))} {code} {self.chance.choice(SAID)}", None
        return self.chance.choice(SAID), None

    def _waiting(self, officer: Officer):
        return self.room.house.see(lambda tx: tx.outbox.waiting("console", officer.id))


def _fields(incoming: Incoming) -> dict[str, object]:
    return {name: getattr(incoming, name) for name in Incoming.__dataclass_fields__}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_staff_do_is_answered(room: Room, seed: int) -> None:
    crowd = Crowd(room, seed)
    for _ in range(150):
        crowd.act()
