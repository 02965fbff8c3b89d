"""One part of the configuration as it would be written, with the line where it begins."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from ruamel.yaml import YAML

from routing.config.faults import listed, nearest
from routing.config.source import Path_, Source, read_source
from routing.config_edit import EditRefused

WIDTH = 110


def contents(text: str, file: str) -> str:
    """The sections with their lines. Raises ConfigFaults when the text is no YAML."""
    source = read_source(text, file)
    return "\n".join(
        f"{source.line_of((section,)):>5}  {section}" + (f" ({len(inner)})" if _holds_more(inner) else f": {inner}")
        for section, inner in source.value.items()
    )


def part(text: str, file: str, key: str) -> str:
    """What stands under a key with dots ("rules.truong-thpt"). Raises EditRefused for no such key, ConfigFaults."""
    source = read_source(text, file)
    path, value = _found(source, key)
    return f"# {file}:{source.line_of(path)}\n{_written(value)}"


def _found(source: Source, key: str) -> tuple[Path_, Any]:
    value: Any = source.value
    path: Path_ = ()
    for step in key.split("."):
        ids = {str(each.get("id", at)): at for at, each in enumerate(value)} if _is_listed(value) else None
        known: Iterable[str] = ids if ids is not None else value if isinstance(value, dict) else ()
        if step not in known:
            near = nearest(step, known)
            raise EditRefused(
                f"Không có “{step}”. Ở đây có: {listed(known, 30)}." + (f" Có phải “{near}”?" if near else "")
            )
        inner: str | int = ids[step] if ids is not None else step
        path, value = (*path, inner), value[inner]
    return path, value


def _is_listed(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _holds_more(value: object) -> bool:
    return isinstance(value, dict | list)


def _written(value: object) -> str:
    if not _holds_more(value):
        return str(value)
    yaml, stream = YAML(), io.StringIO()
    yaml.width = WIDTH
    yaml.default_flow_style = None
    yaml.dump(value, stream)
    return stream.getvalue().rstrip("\n")
