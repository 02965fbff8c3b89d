"""Channels, over real HTTP."""
