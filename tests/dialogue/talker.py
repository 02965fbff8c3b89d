"""Somebody who talks with the dialogue alone: no channel, no storage, effects that always succeed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from bot.dialogue.engine import step
from bot.dialogue.message import Incoming, Say
from bot.dialogue.session import Effect, Heard, HeardFile, Known, Result, Scene, Session
from bot.dialogue.texts import load_texts
from nlp.reader import Reader
from nlp.reading import Reading
from routing.config import load
from routing.geography import Geography
from routing.places import Found, Places
from storage.records import FileKind, Point

ROOT = Path(__file__).parent.parent.parent
CONFIG = load(ROOT / "config.yaml")
READER = Reader.load(ROOT / "no-model", {c: k.keywords for c, k in CONFIG.categories.items()})
GEOGRAPHY = Geography.load()
PLACES = Places.load(GEOGRAPHY)
WARDS = {code: ward.full_name for code, ward in GEOGRAPHY.wards.items()}
TEXTS = load_texts()
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
SHORTEST_LIMIT = 2000
"""Characters that Zalo takes in one message; Telegram takes 4,096."""


@cache
def understood(text: str) -> tuple[Reading | None, Found | None]:
    return (READER.read(text), PLACES.find(text)) if text.strip() else (None, None)


def result_of(effects: tuple[Effect, ...]) -> Result | None:
    """What a service that always succeeds would answer to the last effect that has an answer."""
    for effect in reversed(effects):
        match effect.do:
            case "file_case":
                facts = {
                    "code": "HN-0000-000",
                    "agency": "x",
                    "promised_at": NOW,
                    "custody": "y",
                    "further": [],
                    "call": (),
                }
                return Result("file_case", facts=facts)
            case "find_neighbours":
                return Result("find_neighbours", facts={"found": (("HN-0000-000", "120"),)})
            case "follow_case":
                return Result("follow_case", facts={"code": "HN-0000-000", "n": 2})
            case "rate_case" | "give_reason" | "give_words":
                return Result(effect.do)
            case "add_words":
                return Result("add_words", facts={"key": "answer.added", "code": "HN-0000-000"})
            case "withdraw_case" | "reopen_case" | "talk_to_desk" | "appeal" | "pair_chats":
                return Result(effect.do, facts={"key": "answer.added", "code": "HN-0000-000"})
            case "pairing_code":
                return Result(effect.do, facts={"key": "pair.told", "pairing": "AAAA-BBBB"})
            case "withdraw_consent":
                return Result(effect.do, facts={"key": "privacy.withdrawn", "number": 1})
            case "erase_data":
                return Result(effect.do, facts={"key": "privacy.erased", "number": 1, "finish_by": NOW})
    return None


class Talker:
    """Remembers the session, and checks of everything that is said that any channel can carry it."""

    def __init__(self, known: Known, session: Session | None = None) -> None:
        self.known = known
        self.session = session or Session()
        self.count = 0

    def hear(self, **said: object) -> tuple[list[Say], list[Effect]]:
        """One message, as `Incoming` has it; what is said and done because of it."""
        self.count += 1
        incoming = Incoming("test", "chat", str(self.count), NOW, **said)
        reading, places = understood(incoming.text or "")
        point: Point | None = incoming.place
        located = GEOGRAPHY.locate(point.lat, point.lon) if point else None
        files = tuple(HeardFile(f"f{self.count}", FileKind.PHOTO) for _ in incoming.attachments)
        return self.take(Heard(incoming, reading, places, located, point, files))

    def take(self, heard: Heard) -> tuple[list[Say], list[Effect]]:
        said: list[Say] = []
        done: list[Effect] = []
        for _ in range(5):
            turn = step(self.session, heard, Scene(CONFIG, self.known, NOW, WARDS))
            self.session = Session.from_json(turn.session.to_json())
            assert self.session == turn.session, "a session must survive its JSON"
            said += turn.say
            done += turn.effects
            if any(e.do == "give_consent" for e in turn.effects):
                self.known = replace(self.known, consented=True)
            if turn.again:
                incoming = Incoming("test", "chat", str(self.count), NOW, text=turn.again)
                heard = Heard(incoming, *understood(turn.again))
                continue
            answer = result_of(turn.effects)
            if answer is None:
                break
            heard = replace(heard, incoming=Incoming("test", "chat", "", NOW), files=(), result=answer)
        else:
            pytest.fail("effects without end")
        for say in said:
            can_be_carried(say)
        return said, done


def can_be_carried(say: Say) -> None:
    """No message is empty or longer than its channel allows, no button nameless or too long for a platform."""
    for language in ("vi", "en"):
        put = TEXTS.put(Say.from_json(say.to_json()), "test", "chat", language)
        assert put.text.strip()
        assert len(put.text) <= SHORTEST_LIMIT
        assert all(len(c.press.encode()) <= 64 for c in put.choices), put.choices
        assert all(c.label.strip() for c in put.choices)
