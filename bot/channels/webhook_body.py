"""The body of a platform's call, up to a limit of its own."""

from __future__ import annotations

from aiohttp import web

BODY_BYTES = 1024 * 1024


async def body_of(request: web.Request) -> bytes:
    """The raw bytes; the pages' own limit is too narrow for a long update. Raises HTTPRequestEntityTooLarge."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(65536):
        body += chunk
        if len(body) > BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(BODY_BYTES, len(body))
    return bytes(body)
