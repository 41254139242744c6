"""Telling somebody at once what became of her own request."""

from datetime import datetime

from backend.actions.delivery import enqueue
from backend.domain.delivery import Kind
from backend.store.sql import execute


async def tell(person_id: int, template: str, *, now: datetime, reference: str = "") -> bool:
    """Queue a message to a person whose chat is open, once for each template and reference."""
    rows = await execute(
        "SELECT tg_id FROM account WHERE person_id = $1 AND state = 'active'", person_id
    )
    if not rows:
        return False
    return await enqueue(
        f"{template}:{reference or person_id}",
        Kind.ALERT,
        rows[0]["tg_id"],
        template,
        now=now,
        reference=reference,
        person_id=person_id,
    )
