"""Her answer about the office's own news: broadcasts come until she says no, and again if she asks.

It stands apart from every other choice: reminders of her services go on as she set them.
"""

from datetime import datetime

from backend.actions.recall import recall_broadcasts_to
from backend.actions.reminders import keep_choice
from backend.domain.broadcasts import NEWS
from backend.store.sql import execute, in_transaction


async def is_wanted(person_id: int) -> bool:
    """Whether she has not said no to news."""
    rows = await execute(
        "SELECT 1 AS one FROM topic_choice WHERE person_id = $1 AND topic = $2 AND choice <> 'on'",
        *(person_id, NEWS),
    )
    return not rows


async def want(person_id: int, *, is_wanted: bool, now: datetime) -> None:
    """Keep her answer; a no takes back at once what is queued for her."""
    async with in_transaction():
        await keep_choice(person_id, NEWS, "on" if is_wanted else "off", now=now)
        if not is_wanted:
            await recall_broadcasts_to(person_id, now=now)
