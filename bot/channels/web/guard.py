"""Who a request comes from, and whether it may be heard at all: cookies, origin, token, rates."""

from __future__ import annotations

import ipaddress
import re
import secrets
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.web.signing import Signer
from bot.settings import Settings

ID_BYTES = 16
_COOKIE = re.compile(r"^([0-9a-f]{32})\.([0-9a-f]{32})$")
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Side:
    """Citizens or staff: a channel, and the part of the address space where its cookie is sent."""

    channel: str
    path: str
    cookie_days: int


CITIZENS = Side("web", "/", 400)
STAFF = Side("desk", "/desk", 30)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, and `burst` more in each `seconds`."""

    burst: int
    seconds: float


RATES = {
    "message": Rate(40, 60),
    "upload": Rate(60, 600),
    "upload_bytes": Rate(2**30, 3600),
    "session": Rate(300, 60),
    "login": Rate(60, 300),
    "stream": Rate(60, 60),
    "picture": Rate(600, 60),
    "link": Rate(60, 300),
}
"""Per session, except `session`, `login`, `link`, `upload_bytes` and pictures for platforms, which are per address.

An office whose people all come in at eight may share one address. What guards a key or an invitation is not this rate
but a lock of its own. The bytes are half of what the folder of uploads holds: no single address fills it for all.
"""
REMEMBERED = 20_000


@dataclass(slots=True)
class Rates:
    """Token buckets in memory: a restart forgives."""

    _left: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def take(self, kind: str, who: str, amount: int = 1) -> bool:
        """Whether there was room for so much more."""
        rate = RATES[kind]
        now = time.monotonic()
        left, at = self._left.pop((kind, who), (float(rate.burst), now))
        left = min(rate.burst, left + (now - at) * rate.burst / rate.seconds)
        is_free = left >= amount
        self._left[kind, who] = (left - amount if is_free else left, now)
        if len(self._left) > REMEMBERED:
            del self._left[next(iter(self._left))]
        return is_free


class Guard:
    """Tells the sessions of browsers apart, and turns away what does not come from our own pages."""

    def __init__(self, settings: Settings, signer: Signer) -> None:
        self._settings = settings
        self._signer = signer
        self._rates = Rates()
        public = urlsplit(settings.public_url) if settings.public_url else None
        self._public_origin = f"{public.scheme}://{public.netloc}" if public else None
        self._public_host = public.netloc if public else None
        self._is_secure = settings.behind_proxy or bool(public and public.scheme == "https")

    def session(self, request: web.Request, side: Side) -> str | None:
        """The chat id in the cookie; None without one, or when it was not signed by us."""
        found = _COOKIE.match(request.cookies.get(side.channel, ""))
        if found is None or not self._signer.fits(found[2], "cookie", side.channel, found[1]):
            return None
        return found[1]

    def need_session(self, request: web.Request, side: Side) -> str:
        """The same; answers 403 without one."""
        return self.session(request, side) or refuse(HTTPStatus.FORBIDDEN, "no_session")

    def begin(self, request: web.Request) -> str:
        """A new chat id of 128 random bits; give it to the browser with `remember`."""
        self.spend("session", self.address(request))
        return secrets.token_hex(ID_BYTES)

    def remember(self, response: web.StreamResponse, side: Side, chat: str) -> None:
        """Puts the cookie on an answer."""
        response.set_cookie(
            side.channel,
            f"{chat}.{self._signer.sign('cookie', side.channel, chat)}",
            max_age=side.cookie_days * DAY,
            path=side.path,
            httponly=True,
            samesite="Lax",
            secure=self._is_secure,
        )

    def page_token(self, side: Side, chat: str) -> str:
        """What a page sends back with everything it posts."""
        return self._signer.sign("page", side.channel, chat)

    def need_post(self, request: web.Request, side: Side) -> str:
        """The chat of a request that changes something: our cookie, our origin, our page's token; else 403."""
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = request.headers.get("Origin")
        own = self._public_origin or f"{request.scheme}://{request.host}"
        if site not in ("same-origin", "none") or (origin is not None and origin != own):
            refuse(HTTPStatus.FORBIDDEN, "other_site")
        chat = self.need_session(request, side)
        if not self._signer.fits(request.headers.get("X-Token", ""), "page", side.channel, chat):
            refuse(HTTPStatus.FORBIDDEN, "old_page")
        return chat

    def need_host(self, request: web.Request) -> None:
        """A name that is not ours leads nowhere: another site's name pointed at this machine gets nothing."""
        if self._public_host is None and self._settings.host not in ("127.0.0.1", "localhost", "::1"):
            return
        if request.host != self._public_host and _name(request) not in _LOCAL_HOSTS:
            refuse(HTTPStatus.MISDIRECTED_REQUEST, "other_host")

    def spend(self, kind: str, who: str, amount: int = 1) -> None:
        """Answers 429 above the rate."""
        if not self._rates.take(kind, who, amount):
            refuse(HTTPStatus.TOO_MANY_REQUESTS, "too_fast")

    def address(self, request: web.Request) -> str:
        """Where the request comes from; behind a proxy, what the proxy nearest to us saw, in its own line or appended.

        Of IPv6 the network of 64 bits, as one household or one rented machine is given.
        """
        forwarded = request.headers.getall("X-Forwarded-For", []) if self._settings.behind_proxy else []
        said = ",".join(forwarded).rpartition(",")[2].strip() or request.remote or ""
        try:
            address = ipaddress.ip_address(said)
        except ValueError:
            return said
        is_wide = address.version == 6 and address.ipv4_mapped is None
        return str(ipaddress.ip_network((address, 64), strict=False)) if is_wide else said


def need_this_machine(request: web.Request) -> None:
    """Answers 404 unless it comes from a loopback address, by a name of this machine, and no proxy says otherwise."""
    is_local = request.remote in ("127.0.0.1", "::1") and _name(request) in _LOCAL_HOSTS
    if not is_local or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        raise web.HTTPNotFound


def _name(request: web.Request) -> str:
    """The host that was asked for, without its port."""
    host = request.host
    return host if host.endswith("]") else host.rpartition(":")[0] or host


class Refusal(Exception):
    """A request that is turned away: an HTTP status, and a code that the page puts into words."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def refuse(status: HTTPStatus, why: str) -> NoReturn:
    """Raises Refusal."""
    raise Refusal(status, why)
