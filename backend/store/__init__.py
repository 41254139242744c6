"""Tables, migrations and encrypted fields."""
