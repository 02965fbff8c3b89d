"""On what a measurement ran: versions, processor, and how long the disk takes to make something durable."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path

DISTRIBUTIONS = ("aiogram", "aiohttp", "SQLAlchemy", "underthesea", "shapely", "psycopg")
WRITES = 50
BYTES = 4096


def machine(folder: Path) -> dict[str, str]:
    """Names and values, ready to be shown; `folder` is where the databases will lie."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return {
        "processor": f"{_processor()} × {os.cpu_count()}",
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "system": f"{platform.system()} {platform.release()}",
        "python": python,
        "sqlite": sqlite3.sqlite_version,
        **{name.lower(): version(name) for name in DISTRIBUTIONS},
        "fdatasync_us": f"{sync_seconds(folder) * 1e6:.0f}",
    }


def sync_seconds(folder: Path) -> float:
    """Median time of an fdatasync after a page was appended."""
    path = folder / "sync"
    times = []
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    sync = os.fsync if sys.platform == "darwin" else os.fdatasync
    try:
        for _ in range(WRITES):
            os.write(handle, b"x" * BYTES)
            began = time.perf_counter()
            sync(handle)
            times.append(time.perf_counter() - began)
    finally:
        os.close(handle)
        path.unlink()
    return statistics.median(times)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def processor_seconds(process: int) -> float | None:
    """What a process has used of processors so far; None where the system does not tell."""
    try:
        said = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    # The second field is the program's name in brackets, in which anything may stand.
    fields = said.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(process: int | str = "self") -> float | None:
    """Resident memory of a process; None where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), None)
