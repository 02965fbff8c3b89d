"""Hop 4: from the outbox to the channels."""

from bot.delivery.carrying import Delivery

__all__ = ["Delivery"]
