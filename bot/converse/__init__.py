"""Hop 2 of a message: one incoming message, one transaction."""

from bot.converse.hearing import Converse, Outcome

__all__ = ["Converse", "Outcome"]
