"""The bench measures what it says: its arithmetic, and each part at a size where nothing takes time."""
