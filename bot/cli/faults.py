"""Expected faults in words instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def explained() -> Iterator[None]:
    """Turns a broken configuration, a newer database, a wrong key, a missing secret into a message and exit code 2."""
    from bot.settings import SecretMissing
    from routing.config import ConfigFaults
    from storage.sealed import KeyFault
    from storage.store import NewerDatabase

    try:
        yield
    except ConfigFaults as faults:
        for fault in faults.faults:
            print(fault, file=sys.stderr)
        raise typer.Exit(2) from None
    except (NewerDatabase, KeyFault, SecretMissing) as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(2) from None
