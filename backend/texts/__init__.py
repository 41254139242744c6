"""Words that chat and console share."""
