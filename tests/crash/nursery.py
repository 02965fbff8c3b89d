"""Bears the processes that get killed: what all of them import and read is there once, each run is a fork.

Reads JSON lines {driver, arguments, failpoint}; answers each with the child's number, and when it has ended with its
exit code, negative when a signal ended it. What the children print goes to the standard error.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.app import read_shipped_places
from bot.dialogue.texts import load_texts
from nlp.reader import Reader
from routing.config import load
from storage import failpoints
from tests.crash import driver, knock_driver, open_driver, telegram_driver, token_driver

DRIVERS = {each.__name__: each for each in (driver, knock_driver, open_driver, telegram_driver, token_driver)}
READ_LATE = ("bot.channels.telegram_citizen", "bot.channels.telegram_staff")
"""Imported only by a service with their tokens; they take seconds."""


def read_in_advance() -> None:
    """What nothing changes afterwards, and every child would read anew."""
    for name in READ_LATE:
        importlib.import_module(name)
    load(driver.ROOT / "config.yaml")
    read_shipped_places()
    load_texts()
    Reader.load(driver.ROOT / "none")
    gc.freeze()  # a child that looks through all this for garbage copies it


def bear(wanted: Mapping[str, Any]) -> int:
    """Begins a run in a child of its own; returns the child's number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        failpoints.arm(wanted["failpoint"])
        code = DRIVERS[wanted["driver"]].start(*wanted["arguments"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def serve() -> None:
    """Bears one child after another until its input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    read_in_advance()
    for line in sys.stdin:
        child = bear(json.loads(line))
        print(child, file=answers, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent.parent))
    serve()
