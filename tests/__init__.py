"""Tests, mirrored by part; `conversations` holds golden transcripts."""
