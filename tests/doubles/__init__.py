"""Servers on loopback that play the platforms."""
