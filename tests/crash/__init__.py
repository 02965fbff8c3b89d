"""What is left after a kill -9."""
