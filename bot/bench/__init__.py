"""How fast the service is, as ratios to plain code that does the least of the same, measured alternately in one run."""
