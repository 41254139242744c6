"""The simulator finds what is wrong, and nothing where nothing is."""
