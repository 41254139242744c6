"""Sending broadcasts: the copies made by one statement, carried over the days, and counted.

A copy never goes on a day on which its reader had another unsolicited message: it goes the next.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.actions.audience import IS_REACHABLE, MEANT, adult_limits, reach_of
from backend.actions.budget import has_message
from backend.actions.delivery import enqueue
from backend.domain.access import Role
from backend.domain.broadcasts import LIFE, Act, Progress, next_state, sources
from backend.domain.delivery import PRIORITIES, Kind
from backend.domain.quiet_hours import at_minute, minute_of, out_of_quiet_hours
from backend.store.sql import as_datetime, dialect, execute, in_transaction

TEMPLATE = "broadcast"
ANSWERED = "broadcast_answered"
WAITING = "broadcast_waiting"
_ONE_DAY = timedelta(days=1)
_TOO_LATE = timedelta(days=1)
_GROUPS = {
    "sent": "sent",
    "queued": "waiting",
    "claimed": "waiting",
    "hold": "waiting",
    "failed": "failed",
    "blocked": "failed",
    "expired": "failed",
    "unknown": "unknown",
    "cancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class Ran:
    """What a tick did: broadcasts begun, and broadcasts that ended."""

    begun: int = 0
    ended: int = 0

    def __bool__(self) -> bool:
        return bool(self.begun or self.ended)


async def run(*, now: datetime) -> Ran:
    """Begin what is due, carry over what the night held back, and end what is all sent."""
    begun = 0
    for row in await execute(
        "SELECT id, goes_at FROM broadcast WHERE state = 'queued' AND goes_at <= $1", now
    ):
        begun += await _begin_or_give_back(row["id"], as_datetime(row["goes_at"]), now=now)
    for row in await execute("SELECT id, begun_at FROM broadcast WHERE state = 'sending'"):
        await _carry_over(row["id"], as_datetime(row["begun_at"]) or now, now=now)
    return Ran(begun, await _end_finished(now=now))


async def advance(broadcast_id: int, act: Act) -> bool:
    """Take a broadcast to the state an act leads to; False where it may not happen now."""
    # In one statement, so that whoever waits for another's act goes on from where that led.
    cases = " ".join(f"WHEN '{state}' THEN '{next_state(act, state)}'" for state in sources(act))
    listed = ", ".join(f"'{state}'" for state in sources(act))
    rows = await execute(
        f"UPDATE broadcast SET state = CASE state {cases} END"
        f" WHERE id = $1 AND state IN ({listed}) RETURNING id",
        broadcast_id,
    )
    return bool(rows)


async def begin(broadcast_id: int, *, now: datetime) -> bool:
    """Make the copies of a queued broadcast, all or none; False when it is not queued any more.

    Where it has come to reach so many since it was handed in that a second person has to look,
    she is asked now.
    """
    async with in_transaction():
        reach = await reach_of(broadcast_id, today=now.date())
        if reach.needs_second_person and not await _is_confirmed(broadcast_id):
            if await advance(broadcast_id, Act.ASK):
                await ask_others(broadcast_id, now=now)
                await _tell_writer(broadcast_id, now=now)
            return False
        if not await advance(broadcast_id, Act.BEGIN):
            return False
        await execute(
            "UPDATE broadcast SET begun_at = $1, targets = $2, opted_out = $3,"
            " unbound = $4 WHERE id = $5",
            *(now, reach.targets, reach.opted_out, reach.unbound, broadcast_id),
        )
        await _expand(broadcast_id, now=now)
    return True


async def progress_of(broadcast_id: int) -> Progress:
    """Count what became of the copies that are still kept."""
    counts = dict.fromkeys(_GROUPS.values(), 0)
    for row in await execute(
        "SELECT state, count(*) AS n FROM send WHERE broadcast_id = $1 GROUP BY state", broadcast_id
    ):
        counts[_GROUPS[row["state"]]] += row["n"]
    return Progress(**counts)


async def keep_counts(broadcast_id: int, *, now: datetime) -> None:
    """Keep with the broadcast what became of its copies, which are forgotten one day."""
    done = await progress_of(broadcast_id)
    await execute(
        "UPDATE broadcast SET ended_at = $1, sent = $2, failed = $3, unknown = $4, cancelled = $5"
        " WHERE id = $6",
        *(now, done.sent, done.failed, done.unknown, done.cancelled, broadcast_id),
    )


async def requeue_failed(broadcast_id: int, *, now: datetime) -> int:
    """Queue again the copies that surely did not arrive, for who can be reached now.

    Whoever got one, or may have got one, is left out. Returns how many.
    """
    rows = await execute(
        f"""UPDATE send SET state = 'queued', tries = 0, finished_at = NULL, error = NULL,
            due_at = {_due_at("send.person_id", "$2", "$3", day=("$5", "$6"))}, expires_at = $4,
            chat_id = (SELECT a.tg_id FROM account a WHERE a.person_id = send.person_id)
        WHERE broadcast_id = $1 AND state IN ('failed', 'blocked', 'expired') AND ambiguities = 0
        AND EXISTS (SELECT 1 FROM person p JOIN account a ON a.person_id = p.id
            WHERE p.id = send.person_id AND {IS_REACHABLE})
        RETURNING id""",
        *(broadcast_id, now, now + _ONE_DAY, now + LIFE, *_day_of(now)),
    )
    return len(rows)


async def tell_officer(person_id: int, broadcast_id: int, template: str, *, now: datetime) -> None:
    """Tell an officer that there is something about a broadcast, in her chat if it is open.

    In her quiet hours that waits for their end, as the copies do.
    """
    rows = await execute(
        "SELECT a.tg_id, p.quiet_from_minute, p.quiet_to_minute FROM account a"
        " JOIN person p ON p.id = a.person_id WHERE a.person_id = $1 AND a.state = 'active'",
        person_id,
    )
    for row in rows:
        await enqueue(
            f"{template}:{broadcast_id}:{person_id}:{now.timestamp():.0f}",
            Kind.ALERT,
            row["tg_id"],
            template,
            reference=str(broadcast_id),
            person_id=person_id,
            due_at=out_of_quiet_hours(
                now, from_minute=row["quiet_from_minute"], to_minute=row["quiet_to_minute"]
            ),
            now=now,
        )


async def ask_others(broadcast_id: int, *, now: datetime) -> None:
    """Ask the other officers of its township to look at a broadcast."""
    for person_id in await others(broadcast_id):
        await tell_officer(person_id, broadcast_id, WAITING, now=now)


async def others(broadcast_id: int) -> list[int]:
    """Who could confirm a broadcast: the officers of its township who have not written it."""
    rows = await execute(
        "SELECT DISTINCT g.person_id FROM role_grant g JOIN broadcast b ON b.id = $1"
        " AND g.region_code = b.region_code AND g.person_id <> b.written_by"
        " WHERE g.role = $2 AND g.ended_at IS NULL ORDER BY g.person_id",
        *(broadcast_id, Role.OFFICER.value),
    )
    return [row["person_id"] for row in rows]


async def _is_confirmed(broadcast_id: int) -> bool:
    rows = await execute("SELECT confirmed_by FROM broadcast WHERE id = $1", broadcast_id)
    return bool(rows and rows[0]["confirmed_by"])


async def _begin_or_give_back(
    broadcast_id: int, goes_at: datetime | None, *, now: datetime
) -> bool:
    """Begin it; more than a day late (nothing ran meanwhile), give it back instead."""
    if goes_at is not None and goes_at >= now - _TOO_LATE:
        return await begin(broadcast_id, now=now)
    async with in_transaction():
        if await advance(broadcast_id, Act.RETURN):
            await _tell_writer(broadcast_id, now=now)
    return False


async def _expand(broadcast_id: int, *, now: datetime) -> None:
    """Make every copy in one statement; made twice, the second time changes nothing."""
    await execute(
        f"""INSERT INTO send (dedup_key, kind, priority, person_id, chat_id, template, reference,
            broadcast_id, purpose, is_self_set, due_at, expires_at, state, tries, ambiguities,
            created_at)
        SELECT 'broadcast:' || b.id || ':' || p.id, '{Kind.BROADCAST}',
            {PRIORITIES[Kind.BROADCAST]}, p.id, a.tg_id, '{TEMPLATE}', CAST(b.id AS VARCHAR(64)),
            b.id, 'service', false, {_due_at("p.id", "$4", "$5", day=("$7", "$8"))},
            {_moment("$6")}, 'queued', 0, 0, {_moment("$4")}
        {MEANT} AND {IS_REACHABLE}
        ON CONFLICT (dedup_key) DO NOTHING""",
        *(broadcast_id, *adult_limits(now.date())),
        *(now, now + _ONE_DAY, now + LIFE, *_day_of(now)),
    )


async def _carry_over(broadcast_id: int, begun_at: datetime, *, now: datetime) -> None:
    """Give copies of a day gone by this day, or the next where another message has this one."""
    day, following = _day_of(now)
    minute = minute_of(begun_at.astimezone(now.tzinfo))
    tomorrow = at_minute(following.date(), minute, now.tzinfo)
    await execute(
        f"""UPDATE send SET due_at = {_due_at("send.person_id", "$2", "$3", day=("$2", "$4"))}
        WHERE broadcast_id = $1 AND state = 'queued' AND due_at < $2""",
        *(broadcast_id, day, tomorrow, following),
    )


async def _end_finished(*, now: datetime) -> int:
    rows = await execute(
        "SELECT b.id FROM broadcast b WHERE b.state = 'sending' AND NOT EXISTS (SELECT 1 FROM"
        " send s WHERE s.broadcast_id = b.id AND s.state IN ('queued', 'claimed', 'hold'))"
    )
    for row in rows:
        async with in_transaction():
            if await advance(row["id"], Act.FINISH):
                await keep_counts(row["id"], now=now)
                await _tell_writer(row["id"], now=now)
    return len(rows)


async def _tell_writer(broadcast_id: int, *, now: datetime) -> None:
    rows = await execute("SELECT written_by FROM broadcast WHERE id = $1", broadcast_id)
    await tell_officer(rows[0]["written_by"], broadcast_id, ANSWERED, now=now)


def _day_of(now: datetime) -> tuple[datetime, datetime]:
    """The first moment of the local day, and of the next."""
    first = at_minute(now.date(), 0, now.tzinfo)
    return first, at_minute(now.date() + _ONE_DAY, 0, now.tzinfo)


def _due_at(person: str, this_day: str, next_day: str, *, day: tuple[str, str]) -> str:
    """The moment a copy is due: the next day for who has an unsolicited message this day."""
    return f"""CASE WHEN {has_message(person, first=day[0], last=day[1])}
        THEN {_moment(next_day)} ELSE {_moment(this_day)} END"""


def _moment(mark: str) -> str:
    """A placeholder that PostgreSQL would otherwise take for text."""
    return f"CAST({mark} AS TIMESTAMPTZ)" if dialect() == "postgres" else mark
