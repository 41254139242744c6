"""Features of several steps, one file each."""
