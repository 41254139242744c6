"""The service calendars as data, versioned."""
