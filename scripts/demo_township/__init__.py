"""The demo's fictional township: its files, its people, and the walk through its main flows."""
