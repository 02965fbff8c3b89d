"""Reads a YAML text into plain values and remembers on which line each key stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from routing.config.faults import ConfigFaults, Fault
from routing.config.syntax import strange_letters, syntax_fault

Path_ = tuple[str | int, ...]

LARGEST_FILE_CHARACTERS = 2_000_000
DEEPEST_NESTING = 20
MOST_VALUES = 50_000
"""The shipped file has some 3,500."""
MOST_FAULTS = 300
"""Past it the file is something else altogether, and nobody reads on."""

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_QUOTED = ("'", '"', "|", ">")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}

# The C loader reads the whole file in a tenth of the time of the pure one; without it the file is read all the same.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Source:
    """A file as read: its plain value and the line of every key and list item."""

    file: str
    value: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    values: int = 0
    """How many values were read so far."""

    def line_of(self, path: Path_) -> int:
        """The line of the key, or of the nearest thing around it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path_, message: str, expected: str = "", nearest: str | None = None) -> Fault:
        """A fault at `path`, kept with the others. Raises ConfigFaults when there are more than anybody reads."""
        key = ".".join(str(part) for part in path)
        found = Fault(self.file, self.line_of(path), key, message, expected, nearest)
        self.faults.append(found)
        if len(self.faults) >= MOST_FAULTS:
            words = f"quá nhiều chỗ sai, chỉ báo {MOST_FAULTS} chỗ đầu"
            raise ConfigFaults([Fault(self.file, 0, "", words, "xem lại có đúng là tệp cấu hình không"), *self.faults])
        return found

    def count_value(self) -> None:
        """One more value. Raises ConfigFaults when there are more than a configuration can have."""
        self.values += 1
        if self.values > MOST_VALUES:
            raise ConfigFaults([Fault(self.file, 0, "", "tệp có quá nhiều giá trị", f"không quá {MOST_VALUES}")])


def read_source(text: str, file: str) -> Source:
    """The text as a Source; its faults are duplicate keys and the like. A text that is no YAML raises ConfigFaults.

    Plain words stay words: "22:00", "no" and "0243" do not become numbers or truth values, as YAML 1.1 would have it.
    """
    source = Source(file)
    if len(text) > LARGEST_FILE_CHARACTERS:
        raise ConfigFaults([Fault(file, 0, "", "tệp quá lớn", f"không quá {LARGEST_FILE_CHARACTERS} ký tự")])
    if strange := strange_letters(text, file):
        raise ConfigFaults(strange)
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigFaults([syntax_fault(error, text, file)]) from None
    except RecursionError:
        raise ConfigFaults([Fault(file, 0, "", "lồng nhau quá sâu")]) from None
    if not isinstance(node, yaml.MappingNode):
        message = "tệp trống hoặc không phải bảng khoá – giá trị"
        raise ConfigFaults([Fault(file, 1, "", message, "các mục như categories, agencies")])
    source.value = _value(source, node, (), set())
    return source


def _value(source: Source, node: yaml.Node, path: Path_, seen: set[int]) -> Any:
    source.count_value()
    if len(path) > DEEPEST_NESTING:
        source.fault(path, "lồng nhau quá sâu")
        return None
    if isinstance(node, yaml.ScalarNode):
        if node.style not in _QUOTED and _THOUSANDS.fullmatch(str(node.value)):
            return _ungrouped(source, str(node.value), path)
        return _uncurled(source, node, path) if _is_curly(node) else _scalar(node)
    if id(node) in seen:
        source.fault(path, "dùng bí danh (&, *)", "viết thẳng giá trị")
        return None
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_item(source, child, (*path, at), seen) for at, child in enumerate(node.value)]
    return _mapping(source, node, path, seen)


def _item(source: Source, node: yaml.Node, path: Path_, seen: set[int]) -> Any:
    source.lines[path] = node.start_mark.line + 1
    return _value(source, node, path, seen)


def _mapping(source: Source, node: yaml.Node, path: Path_, seen: set[int]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        here = (*path, key)
        if isinstance(key_node, yaml.ScalarNode) and _is_curly(key_node):
            source.lines[here] = key_node.start_mark.line + 1
            key = _uncurled(source, key_node, here)
            here = (*path, key)
        if key in plain:
            first = source.lines[here]
            source.lines[here] = key_node.start_mark.line + 1
            wanted = "mỗi khoá một lần"
            if path and isinstance(path[-1], int):
                wanted += "; mục mới trong danh sách bắt đầu bằng dấu - và một dấu cách"
            source.fault(here, f"khoá bị lặp (đã có ở dòng {first})", wanted)
            continue
        source.lines[here] = key_node.start_mark.line + 1
        plain[key] = _value(source, value_node, here, seen)
    return plain


_CURLY = re.compile("[“”„‟«‘’‚‛][^“”„‟«»‘’‚‛]+[“”‟»‘’‛]")


def _is_curly(node: yaml.ScalarNode) -> bool:
    return node.style not in _QUOTED and _CURLY.fullmatch(str(node.value)) is not None


def _uncurled(source: Source, node: yaml.ScalarNode, path: Path_) -> str:
    """What was meant: the quotes that a word processor writes quote nothing here, they would be part of the value."""
    said = str(node.value)
    source.fault(path, f"dùng nháy cong {said[0]} {said[-1]} của trình soạn văn bản", f'nháy thẳng: "{said[1:-1]}"')
    return said[1:-1]


def _ungrouped(source: Source, said: str, path: Path_) -> int:
    """50.000 is fifty thousand to whoever writes it here, and would be fifty to the machine."""
    number = int(said.replace(".", ""))
    source.fault(path, f"“{said}” có dấu chấm ngăn hàng nghìn", f"số viết liền: {number}")
    return number


def _scalar(node: yaml.ScalarNode) -> Any:
    word = str(node.value)
    if node.style in _QUOTED:
        return word
    if word in _CONSTANTS:
        return _CONSTANTS[word]
    if _WHOLE.fullmatch(word):
        return int(word)
    if _DECIMAL.fullmatch(word):
        return float(word)
    return word
