"""Figures, charts and exports drawn from what is remembered."""
