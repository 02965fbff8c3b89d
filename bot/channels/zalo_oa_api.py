"""A small client of the Official Account's API: its errors come inside a 200, and are put into our words here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.channels.zalo_oa_token import Pair, RenewalRefused, RenewalUncertain, TokenKeeper
from bot.delivery.sender import SendFailed, Why

log = structlog.get_logger(__name__)

SECONDS = 20
TOKEN_SECONDS = 15
PNG = b"\x89PNG"
"""How a drawn picture begins; photos are kept as JPEG."""
TOKEN_SPENT = frozenset({-216, -220, -124})
"""The access token is invalid or expired (-124: said by ZNS)."""
CLOSED = frozenset({-211, -218, -230, -232, -305, -311})
"""Quota used up, or the person has not been in touch for too long."""
BLOCKED = frozenset({-213, -217, -222, -227, -244})
"""The person does not follow, has blocked or restricted the account, or has left Zalo."""
NEVER = frozenset({-201, -210, -233, -248})
"""This very message is wrong: its parameters, its length, its kind, its content."""
NOT_ALLOWED = frozenset({-204, -205, -209, -212, -219, -221, -223, -224, -235, -240, -320, -321})
"""The account or the app may not do this (yet): no message goes until the operator has seen to it."""
TOO_FAST = -32
NOT_ALLOWED_SECONDS = 600.0
TOO_FAST_SECONDS = 60.0
LIVES = timedelta(hours=1)
"""Taken when the platform does not say how long an access token lives."""


class OfficialAccountApi:
    """The account's methods, each with a good token; a token that the platform calls spent is renewed once."""

    def __init__(self, client: aiohttp.ClientSession, base: str, zns_base: str, keeper: TokenKeeper) -> None:
        self._client = client
        self._base = base.rstrip("/")
        self._zns_base = zns_base.rstrip("/")
        self._keeper = keeper

    async def tell(self, user: str, message: Mapping[str, Any]) -> str | None:
        """Sends one message; returns its id. Raises SendFailed."""
        body = {"recipient": {"user_id": user}, "message": message}
        answer = await self._call(f"{self._base}/v3.0/oa/message/cs", json=body)
        return str(answer.get("message_id") or "") or None

    async def upload(self, picture: bytes) -> str:
        """Hands a JPEG or PNG over; returns the name by which a message refers to it. Raises SendFailed."""
        answer = await self._call(f"{self._base}/v2.0/oa/upload/image", picture=picture)
        if not answer.get("attachment_id"):
            raise SendFailed(Why.AGAIN, "upload: no attachment_id")
        return str(answer["attachment_id"])

    async def send_template(self, phone: str, template: str, words: Mapping[str, str], tracking: str) -> None:
        """Sends an approved ZNS template to a telephone number (ten digits); it costs money. Raises SendFailed."""
        body = {
            "phone": f"84{phone.removeprefix('0')}",
            "template_id": template,
            "template_data": dict(words),
            "tracking_id": tracking,
        }
        await self._call(f"{self._zns_base}/message/template", json=body)

    async def _call(
        self, url: str, json: Mapping[str, Any] | None = None, picture: bytes | None = None
    ) -> Mapping[str, Any]:
        token = await self._keeper.access()
        told = await self._post(url, token, json, picture)
        if _code(told) in TOKEN_SPENT:
            token = await self._keeper.access(spent=token)
            told = await self._post(url, token, json, picture)
        if _code(told) != 0:
            raise failure(_path(url), _code(told), str(told.get("message", "")))
        answer = told.get("data")
        return answer if isinstance(answer, dict) else {}

    async def _post(
        self, url: str, token: str, json: Mapping[str, Any] | None, picture: bytes | None
    ) -> Mapping[str, Any]:
        path = _path(url)
        form = None
        if picture is not None:
            form = aiohttp.FormData()
            kind = "png" if picture.startswith(PNG) else "jpeg"
            form.add_field("file", picture, filename=f"picture.{kind}", content_type=f"image/{kind}")
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        headers = {"access_token": token}
        try:
            async with self._client.post(url, json=json, data=form, headers=headers, timeout=timeout) as answer:
                status = answer.status
                told = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
            raise SendFailed(Why.AGAIN, f"{path}: {type(fault).__name__}") from None
        if status == 429:
            raise SendFailed(Why.WAIT, f"{path}: 429", retry_after=TOO_FAST_SECONDS)
        if not isinstance(told, dict) or status >= 500:
            raise SendFailed(Why.AGAIN, f"{path}: {status}")
        return told


def failure(path: str, code: int, words: str) -> SendFailed:
    """What an error code of the platform means for a message."""
    said = f"{path}: {code} {words[:100]}"
    if code in CLOSED:
        return SendFailed(Why.CLOSED, said)
    if code in BLOCKED:
        return SendFailed(Why.BLOCKED, said)
    if code in NEVER:
        return SendFailed(Why.NEVER, said)
    if code == TOO_FAST:
        return SendFailed(Why.WAIT, said, retry_after=TOO_FAST_SECONDS)
    if code in NOT_ALLOWED or code in TOKEN_SPENT:
        log.error("zalo_oa.not_allowed", code=code, said=words[:100])
        return SendFailed(Why.WAIT, said, retry_after=NOT_ALLOWED_SECONDS)
    return SendFailed(Why.AGAIN, said)


async def renew(client: aiohttp.ClientSession, oauth_base: str, app_id: str, app_secret: str, refresh: str) -> Pair:
    """One renewal at the OAuth server. Raises RenewalRefused, RenewalUncertain."""
    form = {"grant_type": "refresh_token", "app_id": app_id, "refresh_token": refresh}
    timeout = aiohttp.ClientTimeout(total=TOKEN_SECONDS)
    try:
        async with client.post(
            f"{oauth_base.rstrip('/')}/v4/oa/access_token",
            data=form,
            headers={"secret_key": app_secret},
            timeout=timeout,
        ) as answer:
            status = answer.status
            told = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
        raise RenewalUncertain(type(fault).__name__) from None
    if not isinstance(told, dict) or status >= 500:
        raise RenewalUncertain(f"HTTP {status}")
    if not told.get("access_token") or not told.get("refresh_token"):
        code = told.get("error")
        said = str(told.get("error_name") or told.get("message") or "")
        raise RenewalRefused(f"{code if code is not None else status} {said}".strip()[:100])
    return Pair(str(told["access_token"]), str(told["refresh_token"]), _lives(told.get("expires_in")))


def _path(url: str) -> str:
    return urlsplit(url).path


def _lives(value: object) -> timedelta:
    try:
        return timedelta(seconds=max(60, min(int(str(value)), 30 * 86400)))
    except ValueError:
        return LIVES


def _code(told: Mapping[str, Any]) -> int:
    """The platform's error code: a number, now and then as a string; nothing said is no success."""
    try:
        return int(told.get("error", -1))
    except (TypeError, ValueError):
        return -1
