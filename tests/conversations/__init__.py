"""Golden transcripts that read like chats, and what plays them."""
