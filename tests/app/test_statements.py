"""What a message costs in statements: a guard that needs no clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.app import Service, open_service
from bot.dialogue.message import Incoming
from bot.settings import Settings
from tests.conversations.play import SureReader

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
MOST = 6
"""For a message after which nothing is filed; besides, one BEGIN, and one row for each thing said."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("statements")
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder}/test.db",
        var_dir=folder,
        key_file=folder / "master.key",
        config_file=ROOT / "config.yaml",
        model_file=folder / "none",
    )
    opened = open_service(settings, lambda: NOW, reads=SureReader)
    yield opened
    opened.close()


def statements_of(service: Service, incoming: Incoming) -> list[str]:
    """All statements of one message but BEGIN, and but those that write what is answered."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        service.converse.hear_now(incoming)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return [each for each in found if not each.startswith(("BEGIN", "INSERT INTO outbox"))]


@pytest.mark.parametrize(
    "what",
    [
        {"text": "Đèn đường ngõ 12 phố Huế hỏng cả tuần"},
        {"text": "có hai cái"},
        {"press": "0.nowhere:x"},
        {"command": "trogiup"},
    ],
    ids=["telling", "more", "press", "help"],
)
def test_a_message_after_which_nothing_is_filed_takes_a_handful_of_statements(
    service: Service, what: dict[str, str]
) -> None:
    chat = str(what)
    service.converse.hear_now(Incoming("telegram", chat, "hello", NOW, command="start"))
    found = statements_of(service, Incoming("telegram", chat, "telling", NOW, **what))
    assert 0 < len(found) <= MOST, "\n".join(found)
