"""Figures for the operator: how the outbox stands, and what this process has done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter

from backend.actions.delivery import oldest_due
from backend.actions.gate import GATE
from backend.store.liveness import SENDER_LOCK, is_free
from backend.store.sql import as_datetime, execute

PROCESS = CollectorRegistry()
ATTEMPTS = Counter(
    "suixing_attempts",
    "Attempts of this process to send, by class and outcome",
    ["kind", "outcome"],
    registry=PROCESS,
)
JOB_FAILURES = Counter(
    "suixing_job_failures", "Ticks of this process that failed", ["job"], registry=PROCESS
)
# Carrying out changed rules for a province takes minutes; what is later than this has stopped.
LATE_AFTER_SECONDS = 900.0
_ticks: dict[str, tuple[timedelta, datetime]] = {}


@dataclass(frozen=True, slots=True)
class Rows:
    """How many messages of a class are in a state."""

    state: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Closed:
    """For how long and why the gate before Telegram is shut."""

    seconds: float
    reason: str


def ticked(job: str, every: timedelta, at: datetime) -> None:
    """Note that a job has come to its end, or is to begin, to be done again after `every`."""
    _ticks[job] = (every, at)


def forget_ticks(jobs: list[str]) -> None:
    """Note that this process does some jobs no longer."""
    for job in jobs:
        _ticks.pop(job, None)


def lags(now: datetime) -> dict[str, float]:
    """By how many seconds each job of this process is late."""
    return {
        job: max(0.0, (now - at - every) / timedelta(seconds=1))
        for job, (every, at) in _ticks.items()
    }


def late_jobs(now: datetime) -> list[str]:
    """The jobs of this process that are late by more than any of them ever takes."""
    return [job for job, seconds in lags(now).items() if seconds > LATE_AFTER_SECONDS]


async def outbox_rows() -> list[Rows]:
    """Count the messages that are kept, by state and class."""
    rows = await execute("SELECT state, kind, count(*) AS n FROM send GROUP BY state, kind")
    return [Rows(row["state"], row["kind"], row["n"]) for row in rows]


async def chats() -> dict[str, int]:
    """Count the chats by state; `unreachable` is where everything failed for days."""
    rows = await execute("SELECT state, count(*) AS n FROM account GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def oldest_due_seconds(now: datetime) -> float:
    """For how long the oldest message has been due that could go now; 0 without one."""
    return _seconds_since(await oldest_due(now=now), now)


async def gate_closed(now: datetime) -> Closed | None:
    """How the gate is shut, None while it is open."""
    rows = await execute("SELECT closed_until, reason FROM gate WHERE name = $1", GATE)
    until = as_datetime(rows[0]["closed_until"]) if rows else None
    if until is None or until <= now:
        return None
    return Closed((until - now) / timedelta(seconds=1), rows[0]["reason"])


async def sender_looked_at() -> datetime | None:
    """When the process that sends, this or another, last said that it looks for work."""
    rows = await execute("SELECT max(looked_at) AS at FROM owner")
    return as_datetime(rows[0]["at"])


async def is_sender_about(url: str) -> bool:
    """Whether some process, this or another, has taken on the sending and is alive."""
    return not await is_free(SENDER_LOCK, url)


def _seconds_since(at: datetime | None, now: datetime) -> float:
    return max(0.0, (now - at) / timedelta(seconds=1)) if at else 0.0
