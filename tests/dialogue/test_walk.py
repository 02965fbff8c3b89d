"""A walk over the dialogue by anybody's random messages: never an exception, a dead end, or a message too long."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.dialogue.engine import COMMANDS, FLOWS
from bot.dialogue.message import Incoming
from bot.dialogue.session import Heard, Known, KnownCase, Result, Session
from storage.records import Point
from tests.dialogue.talker import NOW, Talker

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


class Walk(RuleBasedStateMachine):
    @initialize(
        consented=st.booleans(), asked=st.booleans(), banned=st.booleans(), replied=st.booleans(), n=st.integers(0, 20)
    )
    def begin(self, consented: bool, asked: bool, banned: bool, replied: bool, n: int) -> None:
        known = Known(
            consented=consented,
            questions=(("HN-0000-000", "Số nhà bao nhiêu?"),) if asked else (),
            open_cases=tuple(KnownCase(f"HN-0000-{i:03}", "khac", "accepted") for i in range(n)),
            banned_until=NOW if banned else None,
            replied_code="HN-0000-000" if replied else None,
            replied_desk=replied and n == 0,
        )
        self.talker = Talker(known)

    @property
    def session(self) -> Session:
        return self.talker.session

    def hear(self, **said: object) -> None:
        self.talker.hear(**said)

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
        self.talker.take(Heard(Incoming("test", "chat", "", NOW), result=result))

    @rule()
    def sticker(self) -> None:
        self.hear(unsupported=True)

    @invariant()
    def one_is_somewhere_known(self) -> None:
        session = self.session if hasattr(self, "talker") else Session()
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
