"""Rows of the outbox for tests."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from backend.store.models import Send

_numbers = count(1)


async def a_send(chat: int, *, now: datetime, **columns: Any) -> Send:
    """A queued reminder to a chat, due now."""
    defaults: dict[str, Any] = {
        "dedup_key": f"test:{next(_numbers)}",
        "kind": "reminder",
        "priority": 50,
        "template": "reminder",
        "due_at": now,
        "expires_at": now + timedelta(days=1),
        "created_at": now,
    }
    return await Send.create(chat_id=chat, **defaults | columns)
