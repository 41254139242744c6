"""What people do, one verb each: load, ask the domain, save, return a value."""
