"""Chats and the persons behind them: meeting, language, stopping, being blocked, coming back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from backend.actions.delivery import enqueue, shut_chat
from backend.domain.access import Actor, Held, Role
from backend.domain.delivery import Kind
from backend.store.sql import Row, among, execute, in_transaction, listed

COMMANDS_TEMPLATE = "commands"
# A row for each role held, and one for whoever holds none.
_VISITORS = """
    SELECT a.tg_id, a.locale, a.state, a.person_id, p.state AS person_state, p.village_code,
    p.hides_content, g.role, g.region_code FROM account a
    LEFT JOIN person p ON p.id = a.person_id
    LEFT JOIN role_grant g ON g.person_id = a.person_id AND g.ended_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is writing: the chat, and the person behind it once she was let in.

    `state` is the account's (active, stopped, blocked, deactivated, unreachable), `person_state`
    the person's.
    """

    tg_id: int
    locale: str
    state: str
    person_id: int | None = None
    person_state: str | None = None
    village_code: str | None = None
    hides_content: bool = True
    held: tuple[Held, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held; whoever is a person here is a resident too."""
        resident = {Role.RESIDENT} if self.person_id else set()
        return frozenset(resident | {held.role for held in self.held})

    @property
    def actor(self) -> Actor | None:
        """The person as one who may act, None before she was let in."""
        return Actor(self.person_id, self.held) if self.person_id else None


async def meet(tg_id: int, locale: str, *, now: datetime) -> Visitor:
    """Return who is behind a chat; a new chat is entered with `locale`, and nothing else of it."""
    visitor = await find(tg_id)
    if visitor is None:
        await execute(
            "INSERT INTO account (tg_id, locale, state, started_at, state_at)"
            " VALUES ($1, $2, 'active', $3, $3) ON CONFLICT (tg_id) DO NOTHING",
            *(tg_id, locale, now),
        )
        visitor = await find(tg_id)
        assert visitor is not None, "it was entered just now"
    return visitor if visitor.locale else replace(visitor, locale=locale)


async def find(tg_id: int) -> Visitor | None:
    """Return who is behind a chat, or None for a chat that never wrote."""
    return (await _found("a.tg_id = $1", tg_id)).get(tg_id)


async def find_all(tg_ids: Collection[int]) -> dict[int, Visitor]:
    """Return who is behind each of these chats; those that never wrote are left out."""
    return await _found(among("a.tg_id", 1), listed(tg_ids))


async def visitor_of(person_id: int) -> Visitor | None:
    """Return the chat of a person, or None while she has none."""
    return next(iter((await _found("a.person_id = $1", person_id)).values()), None)


async def _found(condition: str, value: object) -> dict[int, Visitor]:
    rows = await execute(f"{_VISITORS} WHERE {condition} ORDER BY a.tg_id, g.id", value)
    by_chat = groupby(rows, key=itemgetter("tg_id"))
    return {tg_id: _visitor(list(held)) for tg_id, held in by_chat}


def _visitor(rows: Sequence[Row]) -> Visitor:
    row = rows[0]
    person_id = row["person_id"]
    return Visitor(
        tg_id=row["tg_id"],
        locale=row["locale"] or "",
        state=row["state"],
        person_id=person_id,
        person_state=row["person_state"],
        village_code=row["village_code"],
        hides_content=bool(row["hides_content"]) if person_id else True,
        held=tuple([Held(Role(one["role"]), one["region_code"]) for one in rows if one["role"]]),
    )


async def set_locale(tg_id: int, locale: str) -> None:
    """Keep the language somebody chose, for the chat and for what the person is sent."""
    async with in_transaction():
        await execute("UPDATE account SET locale = $1 WHERE tg_id = $2", locale, tg_id)
        await execute(
            "UPDATE person SET locale = $1"
            " WHERE id = (SELECT person_id FROM account WHERE tg_id = $2)",
            *(locale, tg_id),
        )


async def renew_commands(tg_id: int, *, now: datetime) -> None:
    """Have the chat's list of commands follow its roles and language, once both are committed."""
    key = f"{COMMANDS_TEMPLATE}:{tg_id}:{now.timestamp()}"
    await enqueue(key, Kind.SCREEN, tg_id, COMMANDS_TEMPLATE, now=now)


async def mark_blocked(tg_id: int, *, now: datetime) -> None:
    """Note that she blocked the bot; nothing queued for the chat is sent any more."""
    async with in_transaction():
        await shut_chat(tg_id, "blocked", now=now)


async def mark_deactivated(tg_id: int, *, now: datetime) -> None:
    """Note that the Telegram user is gone; nothing queued for the chat is sent any more."""
    async with in_transaction():
        await shut_chat(tg_id, "deactivated", now=now)


async def came_back(tg_id: int, *, now: datetime) -> None:
    """Note that a shut chat is open again; after STOP or a wish to be erased it is stopped."""
    await execute(
        "UPDATE account SET state_at = $1,"
        " state = CASE WHEN stopped_at IS NOT NULL OR EXISTS (SELECT 1 FROM person p"
        "  WHERE p.id = account.person_id AND p.erase_on IS NOT NULL)"
        "  THEN 'stopped' ELSE 'active' END"
        " WHERE tg_id = $2 AND state IN ('blocked', 'deactivated', 'unreachable')",
        *(now, tg_id),
    )


async def stop_all(tg_id: int, *, now: datetime) -> None:
    """Stop every message to the chat and cancel what is queued, at once."""
    async with in_transaction():
        await shut_chat(tg_id, "stopped", now=now)
        await execute("UPDATE account SET stopped_at = $1 WHERE tg_id = $2", now, tg_id)


async def resume(tg_id: int, *, now: datetime) -> None:
    """Take up messages again after STOP; what was cancelled is not sent afterwards."""
    await execute(
        "UPDATE account SET state = 'active', state_at = $1, stopped_at = NULL"
        " WHERE tg_id = $2 AND state = 'stopped'",
        *(now, tg_id),
    )
