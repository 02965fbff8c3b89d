"""Which of Telegram's bots run: those whose tokens are set. Their libraries are imported only then."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pydantic import SecretStr

from bot.app import Service
from bot.casework.context import Context
from bot.casework.report_trouble import note_trouble, report_trouble
from bot.channels.telegram_bot import Parts, TelegramBot, Work
from bot.dialogue.message import Incoming


def telegram_channels(service: Service, wake: Callable[[], None]) -> list[TelegramBot]:
    """The bots, not yet started; `wake` is called when something was committed. Raises SecretMissing."""
    settings = service.settings
    bots: list[TelegramBot] = []
    parts = partial(_parts, service, wake)
    if settings.telegram_citizen_token is not None:
        from bot.channels.telegram_citizen import TelegramCitizens

        bots.append(TelegramCitizens(parts("telegram", settings.telegram_citizen_token, service.converse.work)))
    if settings.telegram_staff_token is not None:
        from bot.channels.telegram_staff import TelegramStaff

        bots.append(TelegramStaff(parts("telegram_staff", settings.telegram_staff_token, service.desk.work)))
    return bots


def _parts(
    service: Service, wake: Callable[[], None], name: str, token: SecretStr, work: Callable[[Incoming], Work]
) -> Parts:
    settings = service.settings
    return Parts(
        store=service.store,
        files=service.files,
        texts=service.texts,
        work=work,
        clock=service.clock,
        wake=wake,
        token=token.get_secret_value(),
        api_base=settings.telegram_api_base.rstrip("/"),
        trouble=lambda tx, now, kind, where, why: report_trouble(
            Context(tx, service.current_config(), now), kind, where, why
        ),
        note=lambda tx, now, kind, where, why, facts: note_trouble(
            Context(tx, service.current_config(), now), kind, where, why, **facts
        ),
        webhook=settings.webhook_for(name),
        painter=service.painter,
    )
