"""Every transcript beside this file, played whole; afterwards nothing is left undone and every chain is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.casework.lifecycle import is_legal
from storage.verify import verify
from tests.conversations.play import Stage, play

HERE = Path(__file__).parent
CONFIG = HERE.parent.parent / "config.yaml"


@pytest.mark.parametrize("name", sorted(p.stem for p in HERE.glob("*.chat")))
def test_the_transcript_plays_as_written(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE.parent / "pictures")
    stage = Stage(tmp_path, CONFIG)
    try:
        play(stage, (HERE / f"{name}.chat").read_text(encoding="utf-8"))
        assert verify(stage.service.store, stage.service.files, is_legal) == []
    finally:
        stage.close()
