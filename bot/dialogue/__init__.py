"""What a conversation does next: pure functions of a session and what was heard."""
