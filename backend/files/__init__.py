"""Office files: bytes in, values out."""
