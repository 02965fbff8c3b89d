"""A typed line that begins with a slash is a command, on every channel."""

from __future__ import annotations

import re

from nlp.normalize import fold

_COMMAND = re.compile(r"^/([\wÀ-ỹ]{1,32})(?:@\w+)?(?:\s+(.*))?$", re.DOTALL)


def typed_command(text: str) -> tuple[str, str] | None:
    """Name (folded, without slash) and argument of a command, or None for ordinary words."""
    found = _COMMAND.match(text.strip())
    if found is None:
        return None
    return fold(found.group(1)), (found.group(2) or "").strip()
