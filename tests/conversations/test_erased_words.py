"""Of somebody erased no message keeps a word, also where many cases stood in one: lists, tables, an offer to follow."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.conversations.play import Stage

CONFIG = Path(__file__).parents[2] / "config.yaml"
TELLING = "Rác chất đống tanh rình ở đầu ngõ Hàng Hành phường Hoàn Kiếm"
SECRETS = ("tanh rình", "Hàng Hành", "oan cho tôi")
NEAR = ":place 21.0285,105.8542"


def rows(stage: Stage) -> str:
    """Whatever stands in the outbox, unsealed; in every session too."""

    def look(tx) -> str:
        pushes = [push for number in range(1, 300) if (push := tx.outbox.get(number)) is not None]
        chats = {(push.channel, push.chat) for push in pushes}
        states = [session.state for chat in chats if (session := tx.sessions.get(*chat)) is not None]
        return json.dumps([*(push.args for push in pushes), *states], ensure_ascii=False)

    return stage.service.store.read_now(look)


def say(stage: Stage, who: str, name: str, *lines: str) -> str:
    """Says these one after another; what was answered to the last."""
    for line in lines:
        stage.terminal(who, name).said.clear()
        stage.say(who, name, line)
    return "\n".join(stage.terminal(who, name).said)


def test_after_an_erasure_no_message_to_anybody_holds_a_word(tmp_path: Path) -> None:
    stage = Stage(tmp_path, CONFIG)
    for agency, role, name in (("ubnd-00070", "officer", "Lan"), ("ubnd-00070", "lead", "Hoa")):
        stage.invite(agency, role, name)
    stage.invite("triage", "triage", "Minh")
    say(stage, "dân", "", NEAR, "1", TELLING, "bỏ qua hết", "không có ảnh", "gửi")
    assert "tanh rình" in say(stage, "cán bộ", "Lan", "/viec")
    assert "viec.csv" in say(stage, "cán bộ", "Lan", "/viec csv")
    assert "tanh rình" in say(stage, "cán bộ", "Hoa", "/xem CODE")
    say(stage, "cán bộ", "Hoa", "/homnay")
    offered = say(stage, "dân", "Nam", NEAR, "1", "Rác chất đống cả tuần nay", "bỏ qua hết", "không có ảnh")
    assert "Theo dõi CODE: ".replace("CODE", stage.codes[0]) in offered
    assert "tanh rình" in offered
    say(stage, "dân", "Nam", "1")
    assert "tanh rình" in say(stage, "dân", "Nam", "/xem CODE")
    say(stage, "dân", "Nam", "/cuatoi")
    stage.ban("7", "dân spam")
    say(stage, "dân", "", "/khieunai Thế là oan cho tôi quá")
    assert "oan cho tôi" in say(stage, "cán bộ", "Minh", "/mokhoa")
    assert all(secret in rows(stage) for secret in SECRETS)
    say(stage, "dân", "", "/xoa", "1")
    held = rows(stage)
    assert [secret for secret in SECRETS if secret in held] == []
    assert stage.codes[0] in held, "that there was a case is no secret"
    assert "tanh rình" not in say(stage, "cán bộ", "Lan", "/viec")
    stage.close()
    with sqlite3.connect(tmp_path / "test.db") as database:
        database.execute("VACUUM")
    content = (tmp_path / "test.db").read_bytes()
    assert [secret for secret in SECRETS if secret.encode() in content] == []
