"""Every transcript beside this file, played whole; afterwards nothing is left undone and every chain is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.casework.lifecycle import is_legal
from nlp.reader import Reader
from storage.verify import verify
from tests.conversations.play import Stage, SureReader, play

HERE = Path(__file__).parent
CONFIG = HERE.parent.parent / "config.yaml"


@pytest.mark.parametrize("name", sorted(p.stem for p in HERE.glob("*.chat")))
def test_the_transcript_plays_as_written(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE.parent / "pictures")
    text = (HERE / f"{name}.chat").read_text(encoding="utf-8")
    stage = Stage(tmp_path, CONFIG, reads=Reader if "@reader shipped" in text else SureReader)
    try:
        play(stage, text)
        assert verify(stage.service.store, stage.service.files, is_legal) == []
    finally:
        stage.close()
