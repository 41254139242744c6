"""What people see in a chat: knows Telegram and owns the chat's words."""
