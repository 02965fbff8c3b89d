"""Processes to be killed, born of one that lives on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 120.0


class Child:
    """A process that runs a driver. `pid` is its number."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self.pid = nursery.hear()

    def wait(self) -> int:
        """Its exit code once it has ended, negative when a signal ended it."""
        try:
            return self._nursery.hear()
        except BaseException:
            self.kill()
            raise

    async def ended(self) -> int:
        """The same, while the loop goes on: what the process speaks to may live there."""
        return await asyncio.to_thread(self.wait)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Nursery:
    """Bears one child at a time: the next one when the one before has ended."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.crash.nursery"]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, bufsize=0, cwd=ROOT, env=env)

    def bear(self, driver: str, *arguments: object, failpoint: str = "") -> Child:
        """Begins a run of `tests.crash.DRIVER` that dies at the failpoint; "" for never."""
        wanted = {"driver": f"tests.crash.{driver}", "arguments": [str(a) for a in arguments], "failpoint": failpoint}
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps(wanted)}\n".encode())
        return Child(self)

    def run(self, driver: str, *arguments: object, failpoint: str = "") -> int:
        """A whole run; returns its exit code."""
        return self.bear(driver, *arguments, failpoint=failpoint).wait()

    def hear(self) -> int:
        """The next number that the nursery says."""
        assert self._process.stdout
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_SECONDS)
        assert ready, "the process does not end"
        said = self._process.stdout.readline()
        assert said, "the nursery died"
        return int(said)

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()
