"""Every question of every dialogue is reached, hears whatever a person can send, and can be left."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.dialogue.engine import COMMANDS, FLOWS
from bot.dialogue.session import Draft, Known, KnownCase, Session, Understood, Where
from bot.dialogue.slots.person import WHO_SPEAKS
from bot.dialogue.slots.slot import Report
from storage.records import Point
from tests.dialogue.talker import NOW, READER, Talker

LONGEST_WAY = 400
"""More kinds of states than this would be a dialogue that grows while one talks."""

TEXTS = (
    "rác chất đống ở phường Hoàn Kiếm", "den duong hong ca tuan nay", "cháy nhà có người kẹt ở 15 hàng bạc", "1", "2",
    "đường ngập sâu, đèn đường cũng hỏng ở phường Láng", "ổ gà ở ngõ 12 phố Huế", "tôi tố cáo cán bộ nhận hối lộ",
    "gửi", "ok", "hi", "không", "không biết", "bỏ qua tất cả", "huỷ", "phường Ba Đình", "nhầm, phường Láng mới đúng",
    "Quận 1 TP HCM", "HN-AAAA-AAA", "HN-0000-000 thêm ảnh", "gặp người thật", "0912345678", "tên tôi là Hoa", "gọi rồi",
    "bao giờ xong", "bao giờ sửa", "ko có ảnh", "5 sao", "sửa tên", "sai lĩnh vực rồi", "số điện thoại", "bổ sung",
    "có lộ tên tôi không", "My street light is broken and nobody cares",
    "5 sao, nhưng đèn đường đầu ngõ vẫn hỏng cả tuần nay chưa ai sửa", "😀", " ", "{}", "x" * 4000,
)  # fmt: skip
MESSAGES: tuple[dict[str, Any], ...] = (
    *({"text": text} for text in TEXTS),
    *({"command": command} for command in COMMANDS),
    *({"command": command, "argument": "HN-0000-000"} for command in ("xem", "visao", "daxong", "vancon", "lienket")),
    {"command": "start", "argument": "w_00070"},
    {"place": Point(21.0285, 105.8542)},
    {"place": Point(10.77, 106.7)},
    {"place": Point(21.0165, 105.8042)},
    {"attachments": (1,)},
    {"attachments": (1,), "text": "rác chất đống"},
    {"attachments": tuple(range(12))},
    {"phone": "0912345678"},
    {"unsupported": True},
    *({"press": f"{name}:HN-0000-000:1:2"} for name in ("rate", "case", "say", "drop", "reopen", "talk")),
)
RESULT = (("rate:HN-0000-000:1:5", "rat hai long"),)
STRANGER = Known()
NEIGHBOUR = Known(consented=True, open_cases=(KnownCase("HN-0000-000", "khac", "accepted"),))
ASKED = replace(NEIGHBOUR, name="Hoa", questions=(("HN-0000-000", "Số nhà bao nhiêu?"),))
BANNED = Known(consented=True, banned_until=NOW)
# Without its model the reader neither suspects a danger nor hears of a second matter.
READ = Understood.of(READER.read("rác chất đống ở phường Hoàn Kiếm"))
DOUBTFUL = Draft(text="có mùi lạ", understood=replace(READ, hotline="114", danger="?", danger_sure=False))
TWO = replace(READ, further=("chieu_sang",))
DOUBLE = Draft(text="rác và đèn hỏng", category="moi_truong_rac_thai", understood=TWO)
LAMP = replace(
    DOUBLE,
    category="chieu_sang",
    chosen_by_citizen=True,
    where=Where("00070", "Phường Hoàn Kiếm"),
    photos_asked=True,
    identity_settled=WHO_SPEAKS,
)


def kind_of(session: Session, known: Known) -> tuple[object, ...]:
    """States in which the same is asked in the same way."""
    draft = session.draft
    memo = tuple(sorted(session.memo.keys() - {"missed"}))
    return (session.flow, session.step, memo, draft.in_danger, draft.retelling, known.consented)


def messages(session: Session) -> Iterator[dict[str, Any]]:
    yield from MESSAGES
    yield from ({"press": press} for press, _ in session.offered)


def test_every_state_is_reached_answers_everything_and_has_a_way_out() -> None:
    waiting = deque(Talker(known) for known in (STRANGER, NEIGHBOUR, ASKED, BANNED))
    waiting.append(Talker(NEIGHBOUR, Session(offered=RESULT)))
    waiting += (Talker(NEIGHBOUR, Session(draft=draft)) for draft in (DOUBTFUL, DOUBLE, LAMP))
    seen = {kind_of(talker.session, talker.known) for talker in waiting}
    while waiting:
        here = waiting.popleft()
        for message in messages(here.session):
            talker = Talker(here.known, here.session)
            said, done = talker.hear(**message)
            assert said or done, f"silence to {message} at {here.session.flow}.{here.session.step}"
            assert talker.session.step in (*FLOWS[talker.session.flow].steps, "")
            kind = kind_of(talker.session, talker.known)
            if kind not in seen:
                seen.add(kind)
                waiting.append(talker)
                assert len(seen) < LONGEST_WAY
        leave(here)
    reached = {(kind[0], kind[1]) for kind in seen}
    wanted = {(flow.name, step) for flow in FLOWS.values() for step in flow.steps}
    assert wanted - reached == set()
    assert {step for flow, step in reached if flow == "report"} >= {step.value for step in Report}


def leave(talker: Talker) -> None:
    """Leaves what is under way, gives the draft up, says yes, and is home with nothing left."""
    if talker.session.flow not in ("home", "report"):
        talker.hear(command="huy")
        assert talker.session.flow == "home"
    talker.hear(command="huy")
    if talker.session.flow == "report":
        talker.hear(text="bỏ đi")
    assert (talker.session.flow, talker.session.draft.is_empty) == ("home", True)
