"""What is true: knows no Telegram."""
