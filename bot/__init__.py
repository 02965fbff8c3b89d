"""The service itself: conversations, casework, and the edges that carry them."""
