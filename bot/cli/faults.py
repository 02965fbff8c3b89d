"""Expected faults in words instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def explained() -> Iterator[None]:
    """Turns what an operator can mend into a message and exit code 2.

    A broken configuration or setting, a database that is newer or cannot be opened, a wrong key, a missing secret, a
    file or folder that may not be read or written.
    """
    from pydantic import ValidationError

    from bot.settings import SecretMissing
    from routing.config import ConfigFaults
    from storage.sealed import KeyFault
    from storage.store import DatabaseFault, NewerDatabase

    try:
        yield
    except ConfigFaults as faults:
        for fault in faults.faults:
            print(fault, file=sys.stderr)
        raise typer.Exit(2) from None
    except ValidationError as faults:
        for wrong in faults.errors():
            print(f"{'.'.join(map(str, wrong['loc'])).upper()} (môi trường hoặc .env): {wrong['msg']}", file=sys.stderr)
        raise typer.Exit(2) from None
    except (DatabaseFault, NewerDatabase, KeyFault, SecretMissing) as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(2) from None
    except OSError as fault:
        if fault.filename is None:  # of a connection, not of something that the operator named
            raise
        print(f"Không đọc hoặc ghi được {fault.filename}: {fault.strerror}", file=sys.stderr)
        raise typer.Exit(2) from None
