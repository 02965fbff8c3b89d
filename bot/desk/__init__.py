"""The staff side: commands and buttons, one use case each, whatever the channel."""

from bot.desk.hearing import Desk

__all__ = ["Desk"]
