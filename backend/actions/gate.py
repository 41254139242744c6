"""The gate before Telegram: shut for a while by a 429 or a refused token, and for every sender."""

from datetime import datetime

from backend.store.sql import as_datetime, execute, statements_at_once

GATE = "telegram"
TOO_FAST = "rate"
WRONG_TOKEN = "token"


class Gate:
    """What this process knows of the gate: what happens here at once, the rest with each look."""

    def __init__(self) -> None:
        self.closed_until: datetime | None = None
        self.reason = ""

    def is_closed(self, now: datetime) -> bool:
        """Whether no call may be made at that moment."""
        return self.closed_until is not None and self.closed_until > now

    def close(self, until: datetime, *, reason: str = TOO_FAST) -> None:
        """Shut it here until then; never open it earlier than it was."""
        if self.closed_until is None or self.closed_until < until:
            self.closed_until, self.reason = until, reason

    async def look(self) -> None:
        """Learn what others have written of it."""
        with statements_at_once():
            rows = await execute("SELECT closed_until, reason FROM gate WHERE name = $1", GATE)
        until = as_datetime(rows[0]["closed_until"]) if rows else None
        if until:
            self.close(until, reason=rows[0]["reason"])


async def close_gate(until: datetime, *, reason: str = TOO_FAST) -> None:
    """Close the gate shared by every sender until `until`; never open it earlier than it was."""
    await execute(
        "INSERT INTO gate (name, closed_until, reason) VALUES ($1, $2, $3) ON CONFLICT (name)"
        " DO UPDATE SET closed_until = excluded.closed_until, reason = excluded.reason"
        " WHERE gate.closed_until < excluded.closed_until",
        *(GATE, until, reason),
    )
