"""Pictures that we draw ourselves: charts and maps, as PNG, large enough to be read on a small phone."""
