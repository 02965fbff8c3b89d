"""Hop 2 of a message: one incoming message, one transaction."""

from bot.converse.hearing import Converse

__all__ = ["Converse"]
