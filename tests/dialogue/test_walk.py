"""A walk over the dialogue by anybody's random messages: never an exception, a dead end, or a message too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.dialogue.engine import COMMANDS, FLOWS, step
from bot.dialogue.message import Incoming, Say
from bot.dialogue.session import Heard, HeardFile, Known, KnownCase, Result, Scene, Session, Turn
from bot.dialogue.texts import load_texts
from nlp.reader import Reader
from routing.config import load
from routing.geography import Geography
from routing.places import Places
from storage.records import FileKind, Point

ROOT = Path(__file__).parent.parent.parent
CONFIG = load(ROOT / "config.yaml")
READER = Reader.load(ROOT / "no-model", {c: k.keywords for c, k in CONFIG.categories.items()})
GEOGRAPHY = Geography.load()
PLACES = Places.load(GEOGRAPHY)
TEXTS = load_texts()
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
SHORTEST_LIMIT = 2000
"""Characters that Zalo takes in one message; Telegram takes 4,096."""


WORDS = st.one_of(
    st.sampled_from(
        [
            "rác chất đống ở phường Hoàn Kiếm", "den duong hong", "cháy nhà có người kẹt", "1", "2", "9", "0", "gửi",
            "ok", "hi", "không", "huỷ", "quay lai", "làm lại", "phường Ba Đình", "Thanh Xuân", "Quận 1 TP HCM",
            "HN-AAAA-AAA", "HN-0000-000 thêm ảnh", "gặp người thật",
            "0912345678", "21.03, 105.85", "{}", "%s", "<b>", "😀", " ", "trợ giúp", "x" * 4000,
        ]
    ),
    st.text(max_size=60),
)  # fmt: skip
POINTS = st.sampled_from([Point(21.0285, 105.8542), Point(10.77, 106.7), Point(105.85, 21.03), Point(0, 0)])
RESULTS = st.sampled_from(
    [
        Result("photo_refused", False, {"file": "f1", "key": "photo.broken"}),
        Result("photo_ready", True, {"file": "f1", "ward_code": "00070", "ward": "Phường Hoàn Kiếm", "point": None}),
        Result("photo_ready", True, {"file": "f1", "ward_code": None, "ward": None, "point": None}),
        Result("say", True, {"say": ()}),
    ]
)


def result_of(turn: Turn) -> Result | None:
    """What a service that always succeeds would answer to the last effect that has an answer."""
    for effect in reversed(turn.effects):
        match effect.do:
            case "file_case":
                facts = {"code": "HN-0000-000", "agency": "x", "promised_at": NOW, "custody": "y", "second": ""}
                return Result("file_case", facts=facts)
            case "find_neighbours":
                return Result("find_neighbours", facts={"found": (("HN-0000-000", "gần đó"),)})
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


class Walk(RuleBasedStateMachine):
    @initialize(
        consented=st.booleans(), asked=st.booleans(), banned=st.booleans(), replied=st.booleans(), n=st.integers(0, 20)
    )
    def begin(self, consented: bool, asked: bool, banned: bool, replied: bool, n: int) -> None:
        self.session = Session()
        self.known = Known(
            consented=consented,
            questions=(("HN-0000-000", "Số nhà bao nhiêu?"),) if asked else (),
            open_cases=tuple(KnownCase(f"HN-0000-{i:03}", "khac", "accepted") for i in range(n)),
            banned_until=NOW if banned else None,
            replied_code="HN-0000-000" if replied else None,
            replied_desk=replied and n == 0,
        )
        self.count = 0

    def hear(self, **said: object) -> None:
        self.count += 1
        incoming = Incoming("test", "chat", str(self.count), NOW, **said)  # type: ignore[arg-type]
        text = incoming.text or ""
        reading = READER.read(text) if text.strip() else None
        places = PLACES.find(text) if text.strip() else None
        point = incoming.place
        located = GEOGRAPHY.locate(point.lat, point.lon) if point else None
        files = tuple(HeardFile(f"f{self.count}", FileKind.PHOTO) for _ in incoming.attachments)
        self.take(Heard(incoming, reading, places, located, point, files))

    def take(self, heard: Heard) -> None:
        wards = {code: ward.full_name for code, ward in GEOGRAPHY.wards.items()}
        scene = Scene(CONFIG, self.known, NOW, wards)
        said: list[Say] = []
        for _ in range(5):
            turn = step(self.session, heard, scene)
            self.session = Session.from_json(turn.session.to_json())
            assert self.session == turn.session, "a session must survive its JSON"
            said += turn.say
            if any(e.do == "give_consent" for e in turn.effects):
                self.known = replace(self.known, consented=True)
            answer = result_of(turn)
            if answer is None:
                break
            heard = replace(heard, incoming=Incoming("test", "chat", "", NOW), files=(), result=answer)
        else:
            pytest.fail("effects without end")
        for say in said:
            for language in ("vi", "en"):
                put = TEXTS.put(Say.from_json(say.to_json()), "test", "chat", language)
                assert put.text.strip()
                assert len(put.text) <= SHORTEST_LIMIT
                assert all(len(c.press.encode()) <= 64 for c in put.choices), put.choices
                assert all(c.label.strip() for c in put.choices)

    @rule(text=WORDS)
    def say(self, text: str) -> None:
        self.hear(text=text)

    @rule(number=st.integers(0, 30))
    def press(self, number: int) -> None:
        if self.session.offered:
            self.hear(press=self.session.offered[number % len(self.session.offered)][0])

    @rule(
        press=st.sampled_from(
            [
                "0.confirm:send",
                "rate:HN-0000-000:1:2",
                "why:x:1:y",
                "rate:",
                "",
                ":",
                "case:x",
                "drop:x",
                "reopen:x",
                "drop:",
                "talk:",
                "say:x",
                "do:tinbao nudge",
            ]
        )
    )
    def forge(self, press: str) -> None:
        self.hear(press=press)

    @rule(place=POINTS)
    def share(self, place: Point) -> None:
        self.hear(place=place)

    @rule(n=st.integers(1, 12))
    def photos(self, n: int) -> None:
        self.hear(attachments=tuple(range(n)))

    @rule(
        command=st.sampled_from([*COMMANDS, "lạ"]),
        argument=st.sampled_from(["", "HN-0000-000", "w_00070", "x y", "status"]),
    )
    def command(self, command: str, argument: str) -> None:
        self.hear(command=command, argument=argument)

    @rule(result=RESULTS)
    def happen(self, result: Result) -> None:
        self.take(Heard(Incoming("test", "chat", "", NOW), result=result))

    @rule()
    def sticker(self) -> None:
        self.hear(unsupported=True)

    @invariant()
    def one_is_somewhere_known(self) -> None:
        session = getattr(self, "session", Session())
        assert session.flow in FLOWS
        assert not session.step or session.step in FLOWS[session.flow].steps, (session.flow, session.step)

    @rule()
    def a_way_out(self) -> None:
        """From anywhere: leave what is under way, give the draft up, say yes, and be home with nothing left."""
        if self.session.flow not in ("home", "report"):
            self.hear(command="huy")
            assert self.session.flow == "home"
        self.hear(command="huy")
        if self.session.flow == "report":
            assert self.session.step == "cancel"
            self.hear(press=self.session.offered[0][0])
        assert self.session.flow == "home"
        assert self.session.draft.is_empty


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=120, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
