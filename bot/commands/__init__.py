"""Features of one message."""
