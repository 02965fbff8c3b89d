"""What the configuration, the outlines and the names of places weigh: seconds of loading and megabytes."""

import json
import subprocess
import sys

from tests.routing.conftest import REPOSITORY

CHILD = """
import gc, json, sys, time
from pathlib import Path
import shapely
import bot.settings, routing.config, routing.decide, routing.geography, routing.places

def resident():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

bare, began = resident(), time.process_time()
config = routing.config.load(Path(sys.argv[1]))
router = routing.decide.compiled(config)
geography = routing.geography.Geography.load()
places = routing.places.Places.load(geography)
print(json.dumps({"seconds": time.process_time() - began, "megabytes": resident() - bare}))
"""


def weighed() -> tuple[float, float]:
    """Seconds and megabytes, in a process of its own."""
    command = [sys.executable, "-c", CHILD, str(REPOSITORY / "config.yaml")]
    said = json.loads(subprocess.run(command, capture_output=True, check=True, text=True, cwd=REPOSITORY).stdout)
    print(said)
    return said["seconds"], said["megabytes"]


def test_loading_takes_half_a_second_and_twenty_five_megabytes_at_most() -> None:
    """Above a process that has imported the libraries; the processor's time, in one of three processes."""
    assert any(seconds <= 0.5 and megabytes <= 25 for seconds, megabytes in (weighed() for _ in range(3)))
