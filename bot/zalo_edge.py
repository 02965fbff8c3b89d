"""Which of Zalo's platforms run: those whose keys are set."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from pydantic import SecretStr

from bot.app import Service
from bot.casework.context import Context
from bot.casework.report_trouble import report_trouble
from bot.channels.zalo_aside import Aside
from bot.channels.zalo_bot import CHANNEL as BOT
from bot.channels.zalo_bot import BotParts, ZaloBot
from bot.channels.zalo_oa import AccountParts, ZaloOfficialAccount
from bot.channels.zalo_oa_events import CHANNEL as ACCOUNT
from bot.dialogue.message import Incoming, Outcome
from bot.settings import SecretMissing
from storage.store import Transaction


def zalo_channels(
    service: Service, wake: Callable[[], None], public_picture: Callable[[str], str | None]
) -> list[ZaloBot | ZaloOfficialAccount]:
    """The platforms, not yet started; `wake` is called when something was committed. Raises SecretMissing."""
    settings = service.settings
    hear = _front_door(service, wake)
    channels: list[ZaloBot | ZaloOfficialAccount] = []
    if settings.zalo_bot_token is not None:
        parts = BotParts(
            base=settings.zalo_bot_api_base,
            token=settings.zalo_bot_token.get_secret_value(),
            hear=hear,
            public_picture=public_picture,
            texts=service.texts,
            aside=_aside(service, BOT),
            webhook=settings.webhook_for(BOT),
        )
        channels.append(ZaloBot(parts))
    if settings.zalo_oa_app_id is not None:
        channels.append(ZaloOfficialAccount(account_parts(service, wake)))
    return channels


def account_parts(service: Service, wake: Callable[[], None]) -> AccountParts:
    """The account's keys and what it needs of the service. Raises SecretMissing for a key that is not set."""
    settings = service.settings
    needed = {
        "ZALO_OA_APP_SECRET": _open(settings.zalo_oa_app_secret),
        "ZALO_OA_SECRET": _open(settings.zalo_oa_secret),
        "ZALO_OA_REFRESH_TOKEN": _open(settings.zalo_oa_refresh_token),
    }
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise SecretMissing(f"ZALO_OA_APP_ID đã được đặt; cần thêm {', '.join(missing)} (xem docs/vi/zalo-oa.md).")
    return AccountParts(
        api_base=settings.zalo_oa_api_base,
        oauth_base=settings.zalo_oa_oauth_base,
        zns_base=settings.zalo_oa_zns_base,
        app_id=settings.zalo_oa_app_id or "",
        app_secret=needed["ZALO_OA_APP_SECRET"] or "",
        oa_secret=needed["ZALO_OA_SECRET"] or "",
        first_refresh=needed["ZALO_OA_REFRESH_TOKEN"] or "",
        hear=_front_door(service, wake),
        store=service.store,
        files=service.files,
        texts=service.texts,
        clock=service.clock,
        aside=_aside(service, ACCOUNT),
        painter=service.painter,
        tell_token=lambda tx, now, why: _trouble(service, "token", tx, now, ACCOUNT, why),
    )


def _front_door(service: Service, wake: Callable[[], None]) -> Callable[[Incoming], Awaitable[Outcome]]:
    """Zalo has one bot for all: chats of staff go to the desk, which /canbo CODE opens; the rest converse."""

    async def hear(incoming: Incoming) -> Outcome:
        chat = await service.store.read(lambda tx: tx.chats.get(incoming.channel, incoming.chat))
        is_staff = chat is not None and chat.officer is not None
        if incoming.command == "canbo" and not is_staff:
            outcome = await service.desk.hear(replace(incoming, command="start"))
        elif is_staff:
            outcome = await service.desk.hear(incoming)
        else:
            outcome = await service.converse.hear(incoming)
        wake()
        return outcome

    return hear


def _aside(service: Service, channel: str) -> Aside:
    def trouble(tx: Transaction, now: datetime, where: str, why: str) -> object:
        return _trouble(service, "update", tx, now, where, why)

    return Aside(channel, service.store, service.clock, trouble)


def _trouble(service: Service, kind: str, tx: Transaction, now: datetime, where: str, why: str) -> bool:
    return report_trouble(Context(tx, service.current_config(), now), kind, where, why)


def _open(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
