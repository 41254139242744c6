"""A Telegram of our own: Bot API server, web chat and clock."""
