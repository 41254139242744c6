"""The due run: turns the services whose day of reminding has come into messages of the outbox."""

from asyncio import Semaphore, TaskGroup
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby

from backend.actions.budget import has_reminder
from backend.actions.dues import (
    AGREED,
    HAS_COME,
    advance,
    lock,
    read_day,
    read_due,
    rule_of,
)
from backend.actions.late_run import skip_late
from backend.actions.recall import REMINDER_TEMPLATE
from backend.actions.rulebook import follow_publications, rulebook
from backend.domain.calendar import First
from backend.domain.delivery import PRIORITIES, Kind
from backend.domain.quiet_hours import at_minute, out_of_quiet_hours
from backend.domain.reminders import LIFE, next_reminder_on
from backend.store.sql import Row, among, dialect, execute, in_transaction, listed, write_rows

# So many persons with something due are looked up at once, and so many are written at once.
_LOOKED_UP, _BATCH = 200_000, 2_000
# Batches in work at a time: while one is decided here, the database reads or writes another.
_AT_ONCE = 2
_TIMES_KEPT = 4_096
_ONE_DAY = timedelta(days=1)

# Said so that the services of some persons are looked through, and not those of everybody whose day
# has come to find theirs among them.
_HAS_COME_FOR_SOME = HAS_COME.replace("d.remind_on", "coalesce(d.remind_on, d.remind_on)")
_DUE = f"""
    SELECT d.*, p.village_code, p.reminder_minute, p.folic_acid_minute, p.quiet_from_minute,
        p.quiet_to_minute, a.tg_id,
        {has_reminder("d.person_id", first="$2", last="$3")} AS is_told_today,
        {has_reminder("d.person_id", first="$3", last="$4")} AS is_told_tomorrow
    FROM due_service d JOIN person p ON p.id = d.person_id
    JOIN account a ON a.person_id = p.id AND a.state = 'active'
    WHERE {_HAS_COME_FOR_SOME} AND {AGREED}
"""
_ORDER = " ORDER BY d.person_id, d.closes_on, d.id"
# The plus keeps a database from reading everybody's services in the order of the persons.
_WHO = f"""
    SELECT DISTINCT +d.person_id AS id FROM due_service d
    WHERE {HAS_COME} AND +d.person_id > $2 ORDER BY id LIMIT {_LOOKED_UP}
"""
_MESSAGE = {
    "dedup_key": "text",
    "person_id": "bigint",
    "chat_id": "bigint",
    "reference": "text",
    "purpose": "text",
    "is_self_set": "boolean",
    "due_at": "timestamptz",
    "expires_at": "timestamptz",
    "created_at": "timestamptz",
}
_INSERT = f"""
    INSERT INTO send (dedup_key, kind, priority, person_id, chat_id, template, reference, purpose,
        is_self_set, due_at, expires_at, state, tries, ambiguities, created_at)
    SELECT dedup_key, '{Kind.REMINDER}', {PRIORITIES[Kind.REMINDER]}, person_id, chat_id,
        '{REMINDER_TEMPLATE}', reference, purpose, is_self_set, due_at, expires_at, 'queued', 0, 0,
        created_at
    FROM {{given}} WHERE TRUE
    ON CONFLICT (dedup_key) DO UPDATE SET state = 'queued', due_at = excluded.due_at,
        expires_at = excluded.expires_at, finished_at = NULL
    WHERE send.state = 'cancelled' AND send.ambiguities = 0
"""


@dataclass(frozen=True, slots=True)
class DueRun:
    """What a run did: messages queued, and reminders put off to the next day."""

    queued: int = 0
    put_off: int = 0

    def __add__(self, other: "DueRun") -> "DueRun":
        return DueRun(self.queued + other.queued, self.put_off + other.put_off)

    def __bool__(self) -> bool:
        return bool(self.queued or self.put_off)


@dataclass(frozen=True, slots=True)
class _Step:
    """One due service on its day: when it is told, if it is, and when it is looked at next."""

    row: Row
    due_at: datetime | None
    is_self_set: bool
    remind_on: date | None


async def queue_due(*, now: datetime) -> DueRun:
    """Queue every reminder whose day has come; run twice, it does nothing the second time.

    One batch of persons is one transaction, and each row's next day is written with its message,
    so a run that was cut off goes on where it stopped.
    """
    await skip_late(now=now)
    total, last = DueRun(), 0
    while True:
        person_ids = [row["id"] for row in await execute(_WHO, now.date(), last)]
        total += await _queue_for_many(person_ids, now=now)
        if len(person_ids) < _LOOKED_UP:
            return total
        last = person_ids[-1]


async def queue_due_for(person_ids: Collection[int], *, now: datetime) -> DueRun:
    """Queue the reminders of some persons whose day has come."""
    if not person_ids:
        return DueRun()
    async with in_transaction():
        await skip_late(now=now, person_ids=person_ids)
        return await _queue_for(person_ids, now=now)


async def _queue_for_many(person_ids: Sequence[int], *, now: datetime) -> DueRun:
    """Go batch by batch, where the database has more than one writer some at a time."""
    turns = Semaphore(_AT_ONCE if dialect() == "postgres" else 1)

    async def work(batch: Sequence[int]) -> DueRun:
        async with turns:
            return await _queue_for(batch, now=now)

    batches = [person_ids[at : at + _BATCH] for at in range(0, len(person_ids), _BATCH)]
    async with TaskGroup() as group:
        tasks = [group.create_task(work(batch)) for batch in batches]
    return sum((task.result() for task in tasks), DueRun())


async def _queue_for(person_ids: Collection[int], *, now: datetime) -> DueRun:
    async with in_transaction():
        # Read once they are locked: who held a lock may have just ended a pregnancy.
        await lock(person_ids)
        await follow_publications()
        query = f"{_DUE} AND {among('d.person_id', 5)} {_ORDER}"
        return await _queue(await execute(query, *_today(now), listed(person_ids)), now=now)


def _today(now: datetime) -> tuple[date, datetime, datetime, datetime]:
    """The civil day, and the first moments of it, of the next, and of the one after that."""
    today, zone = now.date(), now.tzinfo
    tomorrow = today + _ONE_DAY
    first, following = at_minute(today, 0, zone), at_minute(tomorrow, 0, zone)
    return today, first, following, at_minute(tomorrow + _ONE_DAY, 0, zone)


async def _queue(rows: Iterable[Row], *, now: datetime) -> DueRun:
    steps = [
        step
        for _, dues in groupby(rows, key=lambda row: row["person_id"])
        for step in _steps(dues, now)
    ]
    told = [step for step in steps if step.due_at]
    await write_rows(_INSERT, _MESSAGE, [_message(step, now) for step in told])
    today = now.date()
    nexts = [(step.row["id"], step.remind_on, today if step.due_at else None) for step in steps]
    await advance(nexts, now=now)
    return DueRun(len(told), len(steps) - len(told))


def _steps(dues: Iterable[Row], now: datetime) -> Iterator[_Step]:
    """Decide for one person: what she set herself is told, of all else the most urgent one."""
    today, told_on = now.date(), set[date]()
    for row in dues:
        rule = rule_of(row)
        if rule is None or not rulebook().has(rule.id, row["village_code"]):
            yield _Step(row, due_at=None, is_self_set=False, remind_on=None)
            continue
        is_self_set = rule.reminding.first is First.DAILY
        due_at = _due_at(row, now, is_self_set=is_self_set)
        told_on |= _told_on(row, today)
        if is_self_set or due_at.date() not in told_on:
            told_on |= set() if is_self_set else {due_at.date()}
            remind_on = next_reminder_on(read_due(row), rule, today)
            yield _Step(row, due_at=due_at, is_self_set=is_self_set, remind_on=remind_on)
        else:
            yield _Step(row, due_at=None, is_self_set=False, remind_on=_tomorrow(row, today))


def _told_on(row: Row, today: date) -> set[date]:
    """The days, of this one and the next, on which another message takes a person's turn."""
    days = {today: row["is_told_today"], today + _ONE_DAY: row["is_told_tomorrow"]}
    return {day for day, is_told in days.items() if is_told}


def _tomorrow(row: Row, today: date) -> date | None:
    """The next day, while the window is still open then."""
    tomorrow = today + _ONE_DAY
    return tomorrow if tomorrow <= read_day(row["closes_on"]) else None


def _due_at(row: Row, now: datetime, *, is_self_set: bool) -> datetime:
    """Her time of today, now if that is over, and not in her quiet hours unless she set it."""
    if is_self_set:
        return _at(row["folic_acid_minute"], None, now)
    return _at(row["reminder_minute"], (row["quiet_from_minute"], row["quiet_to_minute"]), now)


@lru_cache(_TIMES_KEPT)
def _at(minute: int, quiet: tuple[int, int] | None, now: datetime) -> datetime:
    due_at = max(now, at_minute(now.date(), minute, now.tzinfo))
    if quiet is None:
        return due_at
    return out_of_quiet_hours(due_at, from_minute=quiet[0], to_minute=quiet[1])


def _message(step: _Step, now: datetime) -> tuple[object, ...]:
    row, due_at = step.row, step.due_at
    assert due_at is not None, "only what is told is written"
    key = f"due:{row['id']}:{now.date()}"
    return (
        *(key, row["person_id"], row["tg_id"], str(row["id"]), row["topic"], step.is_self_set),
        *(due_at, due_at + LIFE, now),
    )
