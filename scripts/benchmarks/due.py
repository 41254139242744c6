"""`bench due`: the daily due run, against the same written by hand in indexed SQL."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from backend.actions import everyone, planning
from backend.actions.due_run import queue_due
from backend.actions.rulebook import rulebook
from backend.domain.calendar import First
from backend.domain.delivery import PRIORITIES, Kind
from backend.domain.quiet_hours import at_minute
from backend.store.sql import dialect, execute, in_transaction
from scripts.benchmarks.databases import Prepared, prepared
from scripts.benchmarks.measuring import compare
from scripts.benchmarks.plan import settle_and_publish
from scripts.benchmarks.province import NOW

_TOMORROW = NOW + timedelta(days=1)

_FIND = """
    CREATE TEMPORARY TABLE today AS
    SELECT d.id, d.person_id, d.topic, a.tg_id, d.closes_on, {last_on} AS last_on,
        CASE WHEN d.rule IN ({told_when_due}) THEN d.due_on ELSE d.opens_on END AS first_on,
        d.rule IN ({daily}) AS is_daily,
        CASE WHEN d.rule IN ({daily}) THEN p.folic_acid_minute ELSE p.reminder_minute END AS minute,
        row_number() OVER (PARTITION BY d.person_id, d.rule IN ({daily})
            ORDER BY d.closes_on, d.id) AS place
    FROM due_service d JOIN person p ON p.id = d.person_id
    JOIN account a ON a.person_id = p.id AND a.state = 'active'
    WHERE d.remind_on <= '{today}' AND d.state NOT IN ('done', 'declined', 'closed', 'cancelled')
        AND d.closes_on >= '{today}'
        AND NOT EXISTS (SELECT 1 FROM topic_choice t WHERE t.person_id = d.person_id
            AND t.topic = d.topic AND t.choice <> 'on')
        AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = d.person_id
            AND c.purpose = 'service' AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL)
        AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = d.person_id
            AND c.purpose = d.topic AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM send s WHERE s.person_id = d.person_id
            AND s.kind IN ('reminder', 'broadcast') AND NOT s.is_self_set
            AND s.due_at >= '{midnight}')
"""
_WRITE = """
    INSERT INTO send (dedup_key, kind, priority, person_id, chat_id, template, reference, purpose,
        is_self_set, due_at, expires_at, state, tries, ambiguities, created_at)
    SELECT 'due:' || id || ':{today}', 'reminder', {priority}, person_id, tg_id, 'reminder',
        CAST(id AS VARCHAR(20)), topic, is_daily, {due_at}, {expires_at}, 'queued', 0, 0, '{now}'
    FROM today WHERE is_daily OR place = 1
    ON CONFLICT (dedup_key) DO NOTHING
"""
_ADVANCE = """
    UPDATE due_service SET updated_at = '{now}',
        reminded_on = CASE WHEN t.is_daily OR t.place = 1 THEN '{today}' ELSE reminded_on END,
        remind_on = CASE
            WHEN t.is_daily OR t.place > 1
                THEN CASE WHEN t.closes_on >= '{tomorrow}' THEN {tomorrow_value} END
            WHEN t.last_on > '{today}' AND {gap} >= 3 THEN t.last_on END
    FROM today t WHERE t.id = due_service.id
"""
_SQLITE = {
    "last_on": "date(d.closes_on, '-' || ({last_days}) || ' days')",
    "due_at": "max('{now}', datetime('{midnight}', '+' || minute || ' minutes') || '+00:00')",
    "expires_at": "max('{now_later}',"
    " datetime('{midnight}', '+1 day', '+' || minute || ' minutes') || '+00:00')",
    "gap": "julianday(t.last_on) - julianday(t.first_on)",
    "tomorrow_value": "'{tomorrow}'",
}
_POSTGRES = {
    "last_on": "d.closes_on - ({last_days})",
    "due_at": "greatest('{now}', '{midnight}'::timestamptz + minute * interval '1 minute')",
    "expires_at": "interval '1 day'"
    " + greatest('{now}', '{midnight}'::timestamptz + minute * interval '1 minute')",
    "gap": "(t.last_on - t.first_on)",
    "tomorrow_value": "DATE '{tomorrow}'",
}


def bench_due(people: int, database: str) -> dict[str, Any]:
    """Measure the due run of a usual day among `people` on a kind of database."""
    with prepared(database, partial(_yesterday, people)) as base:
        return compare(
            partial(_side, _ours, base), {"written_by_hand": partial(_side, _by_hand, base)}
        )


async def _yesterday(people: int) -> None:
    """People who were planned, and told yesterday of all that was due then."""
    await settle_and_publish(people)
    async for _ in everyone.replan_all(now=NOW):
        pass
    told = "UPDATE due_service SET reminded_on = remind_on, remind_on = $1 WHERE remind_on <= $2"
    daily = f"rule IN ({_listed(First.DAILY)})"
    await execute(f"{told} AND {daily}", _TOMORROW.date(), NOW.date())
    await execute(f"{told} AND NOT {daily}", None, NOW.date())
    await planning.roll(now=_TOMORROW)


def _listed(first: First) -> str:
    """The rules whose first reminder comes then, as a list for SQL."""
    return ", ".join(f"'{rule.id}'" for rule in rulebook().rules if rule.reminding.first is first)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(" ")


def _side(work: Callable[[Prepared], Coroutine[None, None, Any]], base: Prepared) -> Any:
    return asyncio.run(work(base))


async def _ours(base: Prepared) -> tuple[float, int]:
    async with base.copy("ours"):
        started = time.perf_counter()
        run = await queue_due(now=_TOMORROW)
        return time.perf_counter() - started, run.queued


async def _by_hand(base: Prepared) -> tuple[float, int]:
    async with base.copy("baseline"):
        find, write, advance = _statements()
        started = time.perf_counter()
        async with in_transaction():
            for statement in (find, write, advance):
                await execute(statement)
        seconds = time.perf_counter() - started
        return seconds, (await execute("SELECT count(*) AS count FROM send"))[0]["count"]


def _statements() -> list[str]:
    """What is due, its messages, and the next day of reminding of each."""
    rules = rulebook().rules
    last = {rule.id: rule.reminding.last_days for rule in rules}
    cases = " ".join(f"WHEN '{name}' THEN {days}" for name, days in last.items() if days)
    midnight = at_minute(_TOMORROW.date(), 0, NOW.tzinfo)
    words = {
        "now": _utc(_TOMORROW),
        "now_later": _utc(_TOMORROW + timedelta(days=1)),
        "midnight": _utc(midnight),
        "today": str(_TOMORROW.date()),
        "tomorrow": str(_TOMORROW.date() + timedelta(days=1)),
        "daily": _listed(First.DAILY),
        "told_when_due": _listed(First.DUE),
        "priority": str(PRIORITIES[Kind.REMINDER]),
        "last_days": f"CASE d.rule {cases} END",
    }
    own = _SQLITE if dialect() == "sqlite" else _POSTGRES
    words |= {name: text.format(**words) for name, text in own.items()}
    return [text.format(**words) for text in (_FIND, _WRITE, _ADVANCE)]
