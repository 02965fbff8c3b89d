"""Pages as they are served: a template, its words in one language, and the token of this session."""

from __future__ import annotations

import html
import json
from functools import cache
from hashlib import sha256
from importlib.resources import files

from aiohttp import web

from bot.dialogue.texts import Texts

TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "html": "text/html"}
SCRIPTS = ("chat", "desk", "login", "talk", "compose", "places", "words", "menu")
STATIC = ("chat.css", "icon.svg", *(f"{name}.js" for name in SCRIPTS))
"""Everything that may be asked for; nothing else of the folder is served."""
PREFIX = "page."
"""Of the texts that a page takes along."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
}


def page(name: str, texts: Texts, language: str, **values: object) -> web.Response:
    """A page in words. `values` go into the template's `{{name}}`, escaped; the page's own words go along as JSON."""
    words = {
        key.removeprefix(PREFIX): texts.pattern(key, language) for key in sorted(texts.keys()) if key.startswith(PREFIX)
    }
    shown = {**words, "lang": language, "words": words, **values}
    return web.Response(text=_filled(_read(f"{name}.html"), shown), content_type="text/html", headers=_FRESH)


def static(name: str) -> web.Response:
    """A file of the pages; 404 for any other name."""
    if name not in STATIC:
        raise web.HTTPNotFound
    return web.Response(
        text=_read(name),
        content_type=TYPES[name.rpartition(".")[2]],
        charset="utf-8",
        headers={"Cache-Control": "no-cache", "ETag": _tag(name)},
    )


def _filled(template: str, values: dict[str, object]) -> str:
    parts = template.split("{{")
    out = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}}")
        value = values[name.strip()]
        out += [_script(value) if isinstance(value, dict) else html.escape(str(value)), rest]
    return "".join(out)


def _script(value: dict[str, object]) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


_FRESH = {"Cache-Control": "no-store"}


@cache
def _read(name: str) -> str:
    return (files(__package__) / "static" / name).read_text(encoding="utf-8")


@cache
def _tag(name: str) -> str:
    return f'"{sha256(_read(name).encode()).hexdigest()[:16]}"'
