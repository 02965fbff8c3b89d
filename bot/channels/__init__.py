"""Edges that translate between a platform and the conversation, nothing more."""
