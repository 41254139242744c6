"""The web side: health, metrics and static pages."""
