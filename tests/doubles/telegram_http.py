"""How calls of the Bot API come over HTTP, and how they are refused."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


async def read_call(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes], bool]:
    """Fields as they came, files, and whether JSON inside the fields is closed in strings."""
    fields: dict[str, Any] = dict(request.query)
    files: dict[str, bytes] = {}
    is_form = request.content_type != "application/json"
    if not is_form:
        fields |= await request.json()
    elif request.content_type.startswith(("multipart/", "application/x-www-form-urlencoded")):
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = value.file.read()
                fields.setdefault(name, value.filename)
            else:
                fields[name] = value
    return fields, files, is_form


def opened(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def error(status: int, description: str, **parameters: int) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)
