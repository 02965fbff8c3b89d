"""Dialogues, without any channel or store."""
