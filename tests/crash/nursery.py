"""Bears the processes that get killed: everything is imported once, each run is a fork.

Reads a JSON line {url, folder, now, failpoint} and answers with the child's wait status, until its input ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

from storage import failpoints
from tests.crash.driver import main


def bear(url: str, folder: str, now: str, failpoint: str) -> int:
    """One run in a child of its own; returns its exit code, negative when a signal ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            failpoints.arm(failpoint)
            asyncio.run(main(url, Path(folder), datetime.fromisoformat(now)))
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    for line in sys.stdin:
        print(bear(**json.loads(line)), flush=True)
