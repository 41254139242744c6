"""How a command shows that it is at work."""
