"""The whole story on both of Zalo's platforms, over HTTP: citizen and officer, each in a private chat."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.casework.lifecycle import is_legal
from bot.jobs import Jobs
from storage.verify import verify
from tests.channels.site import ROOT
from tests.channels.zalo_site import allow_loopback
from tests.channels.zalo_stage import AccountStage, BotStage, ZaloStage
from tests.conversations.play import play

HERE = Path(__file__).parent / "stories"
STAGES: dict[str, type[ZaloStage]] = {"zalo-oa": AccountStage, "zalo-bot": BotStage}


@pytest.mark.parametrize("path", sorted(HERE.glob("*.chat")), ids=lambda path: path.stem)
def test_the_story_plays_as_written(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allow_loopback(monkeypatch)
    # Time passes only where the transcript says so.
    monkeypatch.setattr(Jobs, "start", lambda _self: None)
    platform = next(name for name in STAGES if path.stem.startswith(name))
    stage = STAGES[platform](tmp_path, ROOT / "config.yaml")
    try:
        play(stage, path.read_text(encoding="utf-8"))
        assert verify(stage.service.store, stage.service.files, is_legal) == []
    finally:
        stage.close()
