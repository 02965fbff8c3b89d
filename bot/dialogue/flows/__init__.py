"""One dialogue a file, each readable as a table."""
