"""Reads a YAML text into plain values and remembers on which line each key stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from routing.config.faults import ConfigFaults, Fault

Path_ = tuple[str | int, ...]

LARGEST_FILE_CHARACTERS = 2_000_000
DEEPEST_NESTING = 20

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
# A key and something behind it, without a colon and a space between them: "triage triage", "within:8".
_COLONLESS = re.compile(r"\s*[a-z][a-z0-9_-]*(?::(?=\S)|\s+)[^\s#:\[\]{},\"'-][^:\[\]{},]*")
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

    def line_of(self, path: Path_) -> int:
        """The line of the key, or of the nearest thing around it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path_, message: str, expected: str = "", nearest: str | None = None) -> Fault:
        """A fault at `path`, kept with the others."""
        key = ".".join(str(part) for part in path)
        found = Fault(self.file, self.line_of(path), key, message, expected, nearest)
        self.faults.append(found)
        return found


def read_source(text: str, file: str) -> Source:
    """The text as a Source; its faults are duplicate keys and the like. A text that is no YAML raises ConfigFaults.

    Plain words stay words: "22:00", "no" and "0243" do not become numbers or truth values, as YAML 1.1 would have it.
    """
    source = Source(file)
    if len(text) > LARGEST_FILE_CHARACTERS:
        raise ConfigFaults([Fault(file, 0, "", "tệp quá lớn", f"không quá {LARGEST_FILE_CHARACTERS} ký tự")])
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigFaults([_syntax_fault(error, text, file)]) from None
    if not isinstance(node, yaml.MappingNode):
        message = "tệp trống hoặc không phải bảng khoá – giá trị"
        raise ConfigFaults([Fault(file, 1, "", message, "các mục như categories, agencies")])
    source.value = _value(source, node, (), set())
    return source


_IN_WORDS = {
    "found character that cannot start any token": "có ký tự không đặt được ở đầu giá trị; cần thì để trong nháy",
    "could not find expected ':'": "thiếu dấu hai chấm, hoặc sau dấu hai chấm thiếu dấu cách",
    "did not find expected key": "thiếu dấu hai chấm, thụt lề lệch, hoặc nháy mở mà chưa đóng",
    "did not find expected '-' indicator": "dòng bắt đầu bằng “-” thụt lề lệch với các dòng “-” khác",
    "did not find expected ',' or ']'": "ngoặc vuông mở mà chưa đóng, hoặc thiếu dấu phẩy",
    "did not find expected ',' or '}'": "ngoặc nhọn mở mà chưa đóng, hoặc thiếu dấu phẩy",
    "found unexpected end of stream": "nháy hoặc ngoặc mở mà chưa đóng đến hết tệp",
    "mapping values are not allowed in this context": "thụt lề lệch, hoặc có hai dấu hai chấm trên một dòng",
}
LOOKED_BACK_LINES = 3


def _syntax_fault(error: yaml.YAMLError, text: str, file: str) -> Fault:
    """Where the text stops being YAML, in words; the reader notices a missing colon only some lines later."""
    problem = getattr(error, "problem", None) or str(error)
    # An open bracket is named where it stands, not where it is missed.
    mark = getattr(error, "context_mark" if "," in problem else "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    expected = "thụt lề bằng dấu cách, có dấu hai chấm và dấu cách sau mỗi khoá, đóng đủ ngoặc và nháy"
    lines = text.splitlines()
    for number in range(min(line, len(lines)), max(0, line - LOOKED_BACK_LINES - 1), -1):
        written = lines[number - 1]
        if "\t" in written[: len(written) - len(written.lstrip())]:
            return Fault(file, number, "", "sai cú pháp YAML: thụt lề bằng phím Tab", "thụt lề bằng dấu cách")
        if _COLONLESS.fullmatch(written):
            said = written.split(" #")[0].strip()[:40]
            message = f"sai cú pháp YAML: “{said}” thiếu dấu hai chấm và dấu cách sau khoá"
            return Fault(file, number, "", message, "khoá: giá trị")
    return Fault(file, line, "", f"sai cú pháp YAML: {_IN_WORDS.get(problem, problem)} (xem cả dòng trên)", expected)


def _value(source: Source, node: yaml.Node, path: Path_, seen: set[int]) -> Any:
    if len(path) > DEEPEST_NESTING:
        source.fault(path, "lồng nhau quá sâu")
        return None
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
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
        if key in plain:
            first = source.lines[here]
            source.lines[here] = key_node.start_mark.line + 1
            source.fault(here, f"khoá bị lặp (đã có ở dòng {first})", "mỗi khoá một lần")
            continue
        source.lines[here] = key_node.start_mark.line + 1
        plain[key] = _value(source, value_node, here, seen)
    return plain


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
