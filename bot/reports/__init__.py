"""Reports: figures counted from what is remembered."""
