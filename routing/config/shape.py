"""Checks a file's value against the shape of config.yaml and says every departure from it in Vietnamese."""

from __future__ import annotations

import copy
import re
from datetime import time
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from routing.config.faults import listed, nearest
from routing.config.source import Path_, Source
from routing.config.written import WrittenConfig
from routing.keywords import fold

# What stands in for a word that is missing or wrong while the rest of the file is still being checked; a configuration
# with faults is never used, so it can reach no decision.
STAND_IN = "stand-in"

MOST_ROUNDS = 40


def check_shape(source: Source) -> tuple[WrittenConfig, frozenset[Path_]]:
    """What of the file can be read, and the paths filled with a stand-in; departures become faults of `source`.

    Wrong parts are left out so that the rest can still be checked for other faults.
    """
    value = copy.deepcopy(source.value)
    filled: set[Path_] = set()
    for round_ in range(MOST_ROUNDS):
        try:
            return WrittenConfig.model_validate(value), frozenset(filled)
        except ValidationError as error:
            for details in error.errors(include_url=False, include_context=True):
                path = _path_in_file(details["loc"])
                if round_ == 0 and details["loc"][-1] == "[key]" and details["type"] != "literal_error":
                    _report_key(source, path)
                elif round_ == 0:
                    _report(source, path, details)
                _leave_out(value, path, details["type"], filled)
    return WrittenConfig.model_validate(_filler(WrittenConfig)), frozenset({()})


def _path_in_file(loc: tuple[str | int, ...]) -> Path_:
    """A pydantic location without the names of union branches, so that it is a path in the file."""
    return tuple(part for part in loc if not (isinstance(part, str) and ("[" in part or part == "str")))


def _leave_out(value: Any, path: Path_, kind: str, filled: set[Path_]) -> None:
    holder = value
    for part in path[:-1]:
        try:
            holder = holder[part]
        except (KeyError, IndexError, TypeError):
            return
    if kind == "missing":
        holder[path[-1]] = _filler(_type_at(path))
        filled.add(path)
    elif kind == "too_short":
        holder[path[-1]] = [STAND_IN]
    elif isinstance(holder, dict):
        holder.pop(path[-1], None)
        filled.add(path)
    elif isinstance(holder, list) and isinstance(path[-1], int) and path[-1] < len(holder):
        if path[-2] in ("rules", "questions"):
            # Never shortened: the places of the other entries must stay those of the file.
            holder[path[-1]] = _filler(_type_at(path))
        else:
            holder.clear()


def _filler(kind: Any) -> Any:
    """The least value that a type of the shape takes."""
    kind = _plain(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        needed = {name: field for name, field in kind.model_fields.items() if field.is_required()}
        return {field.alias or name: _filler(field.annotation) for name, field in needed.items()}
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) in (dict, tuple):
        return {} if get_origin(kind) is dict else []
    return {int: 1, float: 0.5, bool: True, time: "00:00"}.get(kind, STAND_IN)


def _report_key(source: Source, path: Path_) -> None:
    """A key that is itself written wrongly, such as an agency's code with accents."""
    joint = "_" if path[-2:-1] == ("subs",) else "-"
    right = re.sub(r"[^a-z0-9_-]+", joint, fold(str(path[-1]))).strip("-_")
    source.fault(path, f"không dùng được mã “{path[-1]}”", _CODE, right or None)


def _report(source: Source, path: Path_, details: ErrorDetails) -> None:
    kind, context = details["type"], details.get("ctx", {})
    given = details.get("input")
    if kind == "extra_forbidden" and given is None and str(path[-1]).isdigit():
        source.fault(path, f"dấu phẩy trước {path[-1]} tách thành một mục khác", "số lẻ viết bằng dấu chấm, như 0.75")
    elif kind == "extra_forbidden":
        known = _keys_at(path[:-1])
        source.fault(path, f"không có mục “{path[-1]}” ở đây", listed(known, 30), nearest(str(path[-1]), known))
    elif kind == "tuple_type" and str(given).startswith("-"):
        source.fault(path, "sau dấu - của danh sách thiếu dấu cách", "- giá trị, mỗi dòng một giá trị")
    elif kind == "missing":
        source.fault(path, "thiếu mục này", _wanted(path))
    elif given is None:
        source.fault(path, "để trống", _KINDS.get(kind) or _wanted(path))
    elif kind == "literal_error":
        known = [word.strip("'") for word in str(context.get("expected", "")).replace(" or ", ", ").split(", ")]
        wanted = "một trong: " + ", ".join(known)
        source.fault(path, f"không dùng được giá trị “{given}”", wanted, nearest(str(given), known))
    elif kind in ("too_short", "string_too_short"):
        source.fault(path, "để trống", "ít nhất một giá trị")
    elif kind == "too_long":
        source.fault(path, "quá nhiều giá trị", f"không quá {context.get('max_length')}")
    elif kind in _LIMITS:
        limit = next(iter(context.values()), 0)
        source.fault(path, f"giá trị {given} ngoài khoảng cho phép", f"{_LIMITS[kind]} {limit:g}")
    else:
        source.fault(path, f"sai kiểu giá trị: “{_short(given)}”", _KINDS.get(kind) or _wanted(path) or kind)


_LIMITS = {
    "greater_than_equal": "từ",
    "less_than_equal": "không quá",
    "greater_than": "lớn hơn",
    "less_than": "nhỏ hơn",
}
_LIST = "danh sách [a, b, c]; không có gì thì ghi []"
_KINDS = {
    "int_type": "số nguyên",
    "int_parsing": "số nguyên",
    "int_parsing_size": "số nguyên",
    "int_from_float": "số nguyên",
    "float_type": "số, phần lẻ viết sau dấu chấm, như 8 hoặc 0.5",
    "float_parsing": "số, phần lẻ viết sau dấu chấm, như 8 hoặc 0.5",
    "bool_type": "true hoặc false",
    "bool_parsing": "true hoặc false",
    "string_type": "một giá trị, không phải danh sách hay bảng; có dấu hai chấm trong lời thì để cả lời trong nháy",
    "tuple_type": _LIST,
    "dict_type": "bảng khoá: giá trị",
    "model_type": "bảng khoá: giá trị",
    "time_parsing": "giờ dạng 22:00",
    "time_type": "giờ dạng 22:00",
    "date_from_datetime_parsing": "ngày dạng 2026-09-02",
    "date_parsing": "ngày dạng 2026-09-02",
    "date_type": "ngày dạng 2026-09-02",
    "date_from_datetime_inexact": "ngày dạng 2026-09-02",
}
_CODE = "mã chỉ gồm chữ thường không dấu, số, gạch nối"
_PATTERNS = {
    "email": "địa chỉ thư dạng ten@hanoi.gov.vn",
    "hours": "khoảng giờ dạng 08:00-12:00: đủ hai chữ số, ở giữa là dấu gạch ngắn -",
    "groups": "mã phường/xã năm chữ số, để trong nháy",
    "id": _CODE,
}


def _wanted(path: Path_) -> str:
    for part in reversed(path):
        if str(part) in _PATTERNS:
            return _PATTERNS[str(part)]
    kind = _type_at(path)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "các khoá " + ", ".join(_keys(kind))
    if get_origin(kind) is Literal:
        return "một trong: " + ", ".join(map(str, get_args(kind)))
    if get_origin(kind) is tuple:
        return _LIST
    if get_origin(kind) is dict:
        return "bảng khoá: giá trị"
    return {int: "số nguyên", float: "số", bool: "true hoặc false", str: "chữ"}.get(kind, "")


def _short(given: Any) -> str:
    """As it is written in the file, not as a programmer would see it."""
    words = _written(given)
    return words if len(words) <= 40 else words[:39] + "…"


def _written(given: Any) -> str:
    if isinstance(given, list):
        return f"[{', '.join(map(_written, given))}]"
    if isinstance(given, dict):
        return f"{{{', '.join(f'{key}: {_written(inner)}' for key, inner in given.items())}}}"
    if given is None:
        return ""
    return str(given).lower() if isinstance(given, bool) else str(given)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _keys_at(path: Path_) -> list[str]:
    kind = _type_at(path)
    return _keys(kind) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _type_at(path: Path_) -> Any:
    """The type that the shape wants at a path of the file, without Optional and constraints, or None."""
    kind: Any = WrittenConfig
    for part in path:
        kind = _plain(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = next((f for name, f in kind.model_fields.items() if (f.alias or name) == part), None)
            kind = field.annotation if field else None
        elif get_origin(kind) is dict:
            kind = get_args(kind)[1]
        elif get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        else:
            return None
    return _plain(kind)


def _plain(kind: Any) -> Any:
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType):
            kind = next(each for each in get_args(kind) if each is not type(None))
        else:
            return kind
