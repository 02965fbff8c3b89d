"""The difference between two configurations in words that an administrator reads before applying it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from routing.config.source import read_source

SECTIONS = {
    "city": "Thành phố",
    "identity": "Yêu cầu danh tính",
    "hotlines": "Đường dây nóng",
    "deadlines": "Thời hạn",
    "hours": "Giờ làm việc",
    "holidays": "Ngày nghỉ",
    "ladder": "Bậc thang nhắc việc",
    "rating": "Đánh giá",
    "limits": "Giới hạn",
    "quiet_hours": "Giờ yên tĩnh",
    "approvals": "Việc cần lãnh đạo duyệt",
    "roles": "Vai trò",
    "ward_units": "Mẫu đơn vị phường, xã",
    "agencies": "Cơ quan",
    "overrides": "Đơn vị phường, xã",
    "groups": "Nhóm phường, xã",
    "city_streets": "Đường Thành phố quản lý",
    "about_official": "Nhận biết phản ánh về cán bộ",
    "rules": "Quy tắc",
    "categories": "Lĩnh vực",
    "reasons": "Lý do",
    "templates": "Mẫu trả lời",
    "texts": "Lời riêng",
    "windows": "Hạn nhắn tin của nền tảng",
}


def differences(old: str, new: str) -> tuple[str, ...]:
    """One line for each thing added, removed or changed, in the order of the new text; comments do not count.

    Raises ConfigFaults when either is no YAML.
    """
    before = read_source(old, "old").value
    after = read_source(new, "new").value
    return tuple(_between(before, after, ()))


def _between(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _keyed(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path)
    else:
        yield f"{_where(path)}: {_said(old)} → {_said(new)}"


def _keyed(old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for key in new:
        if key in old:
            yield from _between(old[key], new[key], (*path, key))
        else:
            yield f"{_where((*path, key))}: thêm {_said(new[key])}"
    for key in old:
        if key not in new:
            yield f"{_where((*path, key))}: bỏ {_said(old[key])}"


def _lists(old: list[Any], new: list[Any], path: tuple[str, ...]) -> Iterator[str]:
    if all(isinstance(each, dict) and "id" in each for each in (*old, *new)):
        before, after = {str(each["id"]): each for each in old}, {str(each["id"]): each for each in new}
        yield from _keyed(before, after, path)
        if set(before) == set(after) and list(before) != list(after):
            yield f"{_where(path)}: thứ tự thành {', '.join(after)}"
        return
    added = [each for each in new if each not in old]
    removed = [each for each in old if each not in new]
    if added:
        yield f"{_where(path)}: thêm {', '.join(map(_said, added))}"
    if removed:
        yield f"{_where(path)}: bỏ {', '.join(map(_said, removed))}"
    if not added and not removed:
        yield f"{_where(path)}: đổi thứ tự"


def _where(path: tuple[str, ...]) -> str:
    return " / ".join((SECTIONS.get(path[0], path[0]), *path[1:]))


def _said(value: Any) -> str:
    if isinstance(value, dict):
        name = value.get("label") or value.get("name") or value.get("because")
        return f"“{name}”" if name else "(" + ", ".join(f"{key}: {_said(inner)}" for key, inner in value.items()) + ")"
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "(trống)"
    if value is None:
        return "(trống)"
    if isinstance(value, bool):
        return "có" if value else "không"
    return str(value) if isinstance(value, int | float) else f"“{value}”"
