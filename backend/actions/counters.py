"""Running numbers, such as those of registrations and of moves."""

from backend.store.sql import execute


async def next_number(name: str) -> int:
    """Draw the next number of a row, in the caller's transaction; the first is 1."""
    rows = await execute(
        "INSERT INTO counter (name, number) VALUES ($1, 1)"
        " ON CONFLICT (name) DO UPDATE SET number = counter.number + 1 RETURNING number",
        name,
    )
    number: int = rows[0]["number"]
    return number
