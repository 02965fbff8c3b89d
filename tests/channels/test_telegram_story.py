"""The whole story on both Telegram bots, over HTTP: citizens and staff, each in a private chat."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.casework.lifecycle import is_legal
from bot.channels import telegram_budget
from bot.jobs import Jobs
from storage.verify import verify
from tests.channels.site import ROOT
from tests.channels.telegram_story_stage import TelegramStage
from tests.conversations.play import play

HERE = Path(__file__).parent / "telegram_stories"


@pytest.mark.parametrize("path", sorted(HERE.glob("*.chat")), ids=lambda path: path.stem)
def test_the_story_plays_as_written(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_budget, "CHAT_SECONDS", 0.0)
    # Time passes only where the transcript says so.
    monkeypatch.setattr(Jobs, "start", lambda _self: None)
    stage = TelegramStage(tmp_path, ROOT / "config.yaml")
    try:
        play(stage, path.read_text(encoding="utf-8"))
        assert verify(stage.service.store, stage.service.files, is_legal) == []
        assert not stage.double.unanswered, "a spinner still turns"
    finally:
        stage.close()
