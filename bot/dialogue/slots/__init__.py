"""The questions of the report form, grouped by what they ask about."""
