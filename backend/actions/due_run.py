"""The due run: turns the services whose day of reminding has come into messages of the outbox."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from backend.actions.dues import lock_persons, read_day, read_due, rule_of
from backend.actions.recall import REMINDER_TEMPLATE
from backend.domain.calendar import First
from backend.domain.delivery import PRIORITIES, Kind
from backend.domain.quiet_hours import at_minute, out_of_quiet_hours
from backend.domain.reminders import next_reminder_on
from backend.store.sql import Row, execute, execute_many, in_transaction, marks

_BATCH = 2_000
_LIFE = timedelta(days=1)
_ONE_DAY = timedelta(days=1)

# That a day of reminding has come for a service `d` that is owed, agreed to and not turned off.
WANTED = """
    d.remind_on <= $1 AND d.state IN ('planned', 'open') AND d.closes_on >= $1
    AND NOT EXISTS (SELECT 1 FROM topic_choice t WHERE t.person_id = d.person_id
        AND t.topic = d.topic AND t.choice <> 'on')
    AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = d.person_id
        AND c.purpose = 'service' AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL)
    AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = d.person_id
        AND c.purpose = d.topic AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL)
"""
_DUE = f"""
    SELECT d.*, p.reminder_minute, p.folic_acid_minute, p.quiet_from_minute, p.quiet_to_minute,
        a.tg_id,
        EXISTS (SELECT 1 FROM send s WHERE s.person_id = d.person_id AND NOT s.is_self_set
            AND s.kind IN ('reminder', 'broadcast') AND s.template <> 'digest'
            AND s.state IN ('queued', 'claimed', 'sent', 'unknown')
            AND s.due_at >= $2 AND s.due_at < $3) AS is_told
    FROM due_service d JOIN person p ON p.id = d.person_id
    JOIN account a ON a.person_id = p.id AND a.state = 'active'
    WHERE {WANTED}
"""
_ORDER = " ORDER BY d.person_id, d.closes_on, d.id"
_INSERT = f"""
    INSERT INTO send (dedup_key, kind, priority, person_id, chat_id, template, reference, purpose,
        is_self_set, due_at, expires_at, state, tries, ambiguities, created_at)
    VALUES ($1, '{Kind.REMINDER}', {PRIORITIES[Kind.REMINDER]}, $2, $3, '{REMINDER_TEMPLATE}',
        $4, $5, $6, $7, $8, 'queued', 0, 0, $9)
    ON CONFLICT (dedup_key) DO NOTHING
"""
ADVANCE = "UPDATE due_service SET remind_on = $1, updated_at = $2 WHERE id = $3"


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
    """One due service on its day: whether it is told now, and when it is looked at next."""

    row: Row
    is_told: bool
    is_self_set: bool
    remind_on: date | None


async def queue_due(*, now: datetime) -> DueRun:
    """Queue every reminder whose day has come; run twice, it does nothing the second time.

    One batch of persons is one transaction, and each row's next day is written with its message,
    so a run that was cut off goes on where it stopped.
    """
    total, last_person = DueRun(), 0
    while True:
        async with in_transaction():
            query = f"{_DUE} AND d.person_id > $4 {_ORDER} LIMIT {_BATCH} {lock_persons('p')}"
            rows = await execute(query, *_today(now), last_person)
            batch = _whole_persons(rows)
            total += await _queue(await _read_anew(batch, now=now), now=now)
        if not batch:
            return total
        last_person = batch[-1]["person_id"]


async def queue_due_for(person_ids: Collection[int], *, now: datetime) -> DueRun:
    """Queue the reminders of some persons whose day has come."""
    if not person_ids:
        return DueRun()
    condition = f"d.person_id IN ({marks(len(person_ids), after=3)})"
    async with in_transaction():
        query = f"{_DUE} AND {condition} {_ORDER} {lock_persons('p')}"
        rows = await execute(query, *_today(now), *person_ids)
        return await _queue(await _read_anew(rows, now=now), now=now)


async def _read_anew(rows: Sequence[Row], *, now: datetime) -> Sequence[Row]:
    """The rows as they stand now that their persons are locked.

    PostgreSQL read them before it waited for a lock, so they may be what whoever held it, to end
    a pregnancy perhaps, has just undone.
    """
    person_ids = {row["person_id"] for row in rows}
    if not person_ids or not lock_persons("p"):
        return rows
    query = f"{_DUE} AND d.person_id IN ({marks(len(person_ids), after=3)}) {_ORDER}"
    return await execute(query, *_today(now), *person_ids)


def _today(now: datetime) -> tuple[date, datetime, datetime]:
    """The civil day, and its first and next moment."""
    today = now.date()
    return today, at_minute(today, 0, now.tzinfo), at_minute(today + _ONE_DAY, 0, now.tzinfo)


def _whole_persons(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows without those of the last person of a full batch, who may have more."""
    if len(rows) < _BATCH or rows[0]["person_id"] == rows[-1]["person_id"]:
        return rows
    last = rows[-1]["person_id"]
    return [row for row in rows if row["person_id"] != last]


async def _queue(rows: Iterable[Row], *, now: datetime) -> DueRun:
    steps = [
        step
        for _, dues in groupby(rows, key=lambda row: row["person_id"])
        for step in _steps(dues, now.date())
    ]
    told = [step for step in steps if step.is_told]
    if told:
        await execute_many(_INSERT, [_message(step, now) for step in told])
    if steps:
        await execute_many(ADVANCE, [(step.remind_on, now, step.row["id"]) for step in steps])
    return DueRun(len(told), len(steps) - len(told))


def _steps(dues: Iterable[Row], today: date) -> Iterator[_Step]:
    """Decide for one person: what she set herself is told, of all else the most urgent one."""
    is_told = False
    for row in dues:
        rule = rule_of(row)
        if rule is None:
            yield _Step(row, is_told=False, is_self_set=False, remind_on=None)
            continue
        is_self_set = rule.reminding.first is First.DAILY
        if is_self_set or not (is_told or row["is_told"]):
            is_told = is_told or not is_self_set
            remind_on = next_reminder_on(read_due(row), rule, today)
            yield _Step(row, is_told=True, is_self_set=is_self_set, remind_on=remind_on)
        else:
            yield _Step(row, is_told=False, is_self_set=False, remind_on=_tomorrow(row, today))


def _tomorrow(row: Row, today: date) -> date | None:
    """The next day, while the window is still open then."""
    tomorrow = today + _ONE_DAY
    return tomorrow if tomorrow <= read_day(row["closes_on"]) else None


def _message(step: _Step, now: datetime) -> tuple[object, ...]:
    row = step.row
    minute = row["folic_acid_minute"] if step.is_self_set else row["reminder_minute"]
    due_at = max(now, at_minute(now.date(), minute, now.tzinfo))
    if not step.is_self_set:
        due_at = out_of_quiet_hours(
            due_at, from_minute=row["quiet_from_minute"], to_minute=row["quiet_to_minute"]
        )
    key = f"due:{row['id']}:{now.date()}"
    return (
        *(key, row["person_id"], row["tg_id"], str(row["id"]), row["topic"], step.is_self_set),
        *(due_at, due_at + _LIFE, now),
    )
