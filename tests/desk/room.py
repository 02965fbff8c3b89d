"""A desk and who sits at it: what they type and press, and what they are answered."""

from __future__ import annotations

from bot.desk import Desk
from bot.dialogue.message import Incoming, Say
from bot.dialogue.texts import load_texts
from storage.records import Officer, Role
from tests.casework.house import HOLDER, House

TEXTS = load_texts()


class Room:
    """One desk, and what it said last to each."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.desk = Desk(house.store, lambda: house.config)
        self.lan = house.officer(HOLDER)
        self.mai = house.citizen()
        self._keys = 0

    def lead(self) -> Officer:
        """Whoever leads Lan's unit."""
        return self.house.officer(HOLDER, Role.LEAD, "Hung")

    def hear(self, officer: Officer, text: str = "", press: str | None = None) -> list[Say]:
        """Says or presses something; returns the replies."""
        self._keys += 1
        self.house.later(seconds=1)
        before = {p.id for p in self.house.see(lambda tx: tx.outbox.waiting("console", officer.id))}
        self.desk.hear_now(
            Incoming("console", officer.id, f"k{self._keys}", self.house.at, text=text or None, press=press)
        )
        after = self.house.see(lambda tx: tx.outbox.waiting("console", officer.id))
        return [Say.from_json(p.args) for p in after if p.id not in before and p.priority == "reply"]

    def keys(self, officer: Officer, text: str = "", press: str | None = None) -> list[str]:
        return [say.words.key for say in self.hear(officer, text, press)]
