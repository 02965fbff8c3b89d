"""Small changes to config.yaml that keep its comments, and the safe way to put a changed text in its place."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from routing.config import Config, ConfigFaults, parse, read_text
from routing.config.faults import nearest
from routing.config.source import Source, read_source

# Long lines stay long: a keyword list folded by a program is harder to read than one that its author wrote.
_WIDTH = 1_000_000


class EditRefused(Exception):
    """A change that cannot be made; the message is for the administrator, in Vietnamese."""


def fingerprint(text: str) -> str:
    """Names a text exactly; given back to `save` it proves that nobody else changed the file meanwhile."""
    return hashlib.sha256(text.encode()).hexdigest()


def open_text(text: str) -> CommentedMap:
    """The text as a tree that remembers comments and quotes. Raises ConfigFaults when it is no YAML."""
    return _tree(read_source(text, "config.yaml"), text)


def text_of(tree: CommentedMap) -> str:
    """The tree as text again."""
    stream = io.StringIO()
    _yaml().dump(tree, stream)
    return stream.getvalue()


def set_value(text: str, key: str, value: str) -> str:
    """The text with one value changed; `key` has dots, a list entry is named by its id ("rules.can-bo.to").

    `value` is written as in the file: 3, true, "words", [a, b]. An entry that does not exist yet is added when what
    holds it does exist. Raises EditRefused.
    """
    before, tree, after = _open_section(text, key)
    holder, last = _holder(tree, key)
    written = _parsed(value)
    if isinstance(holder, CommentedSeq):
        holder[_index(holder, last, key)] = written
    elif last in holder:
        if isinstance(holder[last], CommentedMap | CommentedSeq) and not isinstance(
            written, CommentedMap | CommentedSeq
        ):
            raise EditRefused(f"“{key}” là một mục lớn, cần nêu rõ khoá bên trong: {', '.join(map(str, holder[last]))}")
        holder[last] = written
    else:
        insert(holder, last, written)
    return before + text_of(tree) + after


def add_word(text: str, key: str, word: str) -> str:
    """The text with a word added to a list, such as a keyword. Raises EditRefused when it is there already."""
    before, tree, after = _open_section(text, key)
    words = _list(tree, key)
    if any(str(each).casefold() == word.casefold() for each in words):
        raise EditRefused(f"“{word}” đã có trong {key}")
    before_last = len(words) - 1 if len(words) and not words.fa.flow_style() else len(words)
    words.insert(before_last, word)
    return before + text_of(tree) + after


def remove_word(text: str, key: str, word: str) -> str:
    """The text with a word taken out of a list. Raises EditRefused when it is not there."""
    before, tree, after = _open_section(text, key)
    words = _list(tree, key)
    at = next((at for at, each in enumerate(words) if str(each).casefold() == word.casefold()), None)
    if at is None:
        near = nearest(word, map(str, words))
        raise EditRefused(f"không có “{word}” trong {key}" + (f", có phải “{near}”?" if near else ""))
    comment = words.ca.items.pop(at, None) if at == len(words) - 1 else None
    del words[at]
    if comment is not None and len(words):
        # What follows the list is kept by its last item: it moves to the new last one.
        words.ca.items[len(words) - 1] = comment
    return before + text_of(tree) + after


def insert(holder: CommentedMap, key: str, value: Any) -> None:
    """Adds an entry before the last one, because the comments of what follows hang on the last."""
    holder.insert(max(0, len(holder) - 1), key, value)


def save(path: Path, text: str, seen: str, units: Path | None = None) -> Config:
    """Checks a changed text and puts it in the file's place by an atomic rename; gives back the new configuration.

    `seen` is the fingerprint of the text that the change was made from. Raises ConfigFaults when the text is wrong and
    EditRefused when the file has been changed meanwhile; the file is then untouched.
    """
    config = parse(text, file=str(path), units=units)
    with _alone(path):
        try:
            now_there = read_text(path)
        except ConfigFaults as unreadable:
            raise EditRefused(str(unreadable)) from None
        if fingerprint(now_there) != seen:
            raise EditRefused(f"{path} vừa được người khác sửa; hãy đọc lại rồi sửa tiếp")
        _replace(path, text)
    return config


def _open_section(text: str, key: str) -> tuple[str, CommentedMap, str]:
    """The section of the key as a tree, with the text before and after it, which need not be read and cannot be lost.

    All of the text where the section is not there, or not plain to see. Raises ConfigFaults when it is no YAML.
    """
    source = read_source(text, "config.yaml")
    lines = text.splitlines(keepends=True)
    starts = {path[0]: line - 1 for path, line in source.lines.items() if len(path) == 1}
    section = key.partition(".")[0]
    if section not in starts or any(not lines[at].startswith(f"{name}:") for name, at in starts.items()):
        return "", open_text(text), ""
    begin = starts[section]
    end = min((at for at in starts.values() if at > begin), default=len(lines))
    return "".join(lines[:begin]), _tree(source, "".join(lines[begin:end])), "".join(lines[end:])


def _tree(source: Source, text: str) -> CommentedMap:
    """The text, or a section of it, that was read as `source`. Raises ConfigFaults for what no editing would mend."""
    try:
        tree: CommentedMap = _yaml().load(text)
    except YAMLError:
        # A key written twice, an alias of something in another section.
        raise ConfigFaults(source.faults) from None
    return tree


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _parsed(value: str) -> Any:
    read = read_source(f"value: {value}", "value")
    if read.faults:
        raise ConfigFaults(read.faults)
    written = _yaml().load(f"value: {value}")["value"]
    # ruamel would turn 22:00 or 0243 into numbers; our reader keeps such words, so they are kept here as well.
    return read.value["value"] if isinstance(read.value["value"], str) and not isinstance(written, str) else written


def _holder(tree: CommentedMap, key: str) -> tuple[CommentedMap | CommentedSeq, str]:
    *above, last = key.split(".")
    holder: Any = tree
    for at, part in enumerate(above):
        holder = _inside(holder, part, ".".join(above[: at + 1]))
    if not isinstance(holder, CommentedMap | CommentedSeq):
        raise EditRefused(f"“{'.'.join(above)}” là một giá trị, không có khoá bên trong")
    return holder, last


def _inside(holder: Any, part: str, key: str) -> Any:
    if isinstance(holder, CommentedSeq):
        return holder[_index(holder, part, key)]
    if not isinstance(holder, CommentedMap):
        raise EditRefused(f"không có “{key}”")
    if part not in holder:
        near = nearest(part, map(str, holder))
        raise EditRefused(f"không có “{key}”" + (f", có phải “{near}”?" if near else ""))
    return holder[part]


def _index(holder: CommentedSeq, part: str, key: str) -> int:
    for at, each in enumerate(holder):
        if isinstance(each, CommentedMap) and each.get("id") == part:
            return at
    if part.isdigit() and int(part) < len(holder):
        return int(part)
    ids = [str(each["id"]) for each in holder if isinstance(each, CommentedMap) and "id" in each]
    near = nearest(part, ids)
    raise EditRefused(f"không có “{key}”" + (f", có phải “{near}”?" if near else ""))


def _list(tree: CommentedMap, key: str) -> CommentedSeq:
    found: Any = tree
    parts = key.split(".")
    for at, part in enumerate(parts):
        found = _inside(found, part, ".".join(parts[: at + 1]))
    if not isinstance(found, CommentedSeq):
        raise EditRefused(f"“{key}” không phải danh sách")
    return found


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Holds the folder's lock, so that two savers cannot both find the file unchanged."""
    folder = os.open(path.resolve().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _replace(path: Path, text: str) -> None:
    target = path.resolve()
    mode = target.stat().st_mode & 0o777
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
