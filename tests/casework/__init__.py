"""Use cases, on a real store."""
