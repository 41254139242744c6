"""What the commands share that make links into the bot."""
