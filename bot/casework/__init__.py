"""The use cases, one verb a file; every right is asked and every move recorded here."""
