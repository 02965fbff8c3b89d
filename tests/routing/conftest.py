"""The shipped configuration, and ways to break a copy of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.config import Config, load

REPOSITORY = Path(__file__).resolve().parents[2]
SHIPPED = REPOSITORY / "config.yaml"


@pytest.fixture(scope="session")
def config() -> Config:
    return load(SHIPPED)


@pytest.fixture(scope="session")
def shipped_text() -> str:
    return SHIPPED.read_text(encoding="utf-8")
