"""The web: the citizens' chat page and the staff desk page, in one aiohttp app."""
