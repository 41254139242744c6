"""What is done again and again: short ticks, each safe to repeat and to interrupt."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from backend.actions import (
    broadcast_run,
    complaint_progress,
    complaints,
    delivery,
    desk_alerts,
    dialogs,
    digests,
    due_run,
    figures,
    inbox,
    move_run,
    mydata,
    planning,
    publications,
    recovery,
    rulebook,
    unreached,
    visit_run,
)
from backend.clock import Clock

logger = structlog.get_logger(__name__)

_SEEN_KEPT = timedelta(days=7)
_FINISHED_KEPT = timedelta(days=90)
_LOST_AFTER = timedelta(seconds=10)
_LOST_UNTIL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Job:
    """A tick: its name, how often it wakes, and what it does; it answers how much it did."""

    name: str
    every: timedelta
    action: Callable[[datetime, str], Awaitable[object]]


class Scheduler(Protocol):
    """What wakes the jobs (APScheduler's, or a test's)."""

    def add_job(
        self, func: Callable[..., Awaitable[None]], trigger: str, **options: object
    ) -> object:
        """Wake `func` as `trigger` says."""


async def _recover(now: datetime, url: str) -> int:
    return await recovery.recover(url, now=now)


async def _expire(now: datetime, _url: str) -> int:
    return await delivery.expire(now=now)


async def _show_lost(now: datetime, _url: str) -> int:
    return await dialogs.show_lost(now=now, since=now - _LOST_UNTIL, before=now - _LOST_AFTER)


async def _follow_rules(_now: datetime, _url: str) -> bool:
    before = rulebook.rulebook()
    return await rulebook.follow_publications() is not before


async def _carry_out_rules(now: datetime, _url: str) -> int:
    return sum([step.persons async for step in publications.carry_out(now=now)])


async def _roll_plans(now: datetime, _url: str) -> object:
    return await planning.roll(now=now)


async def _renew_plans(now: datetime, _url: str) -> object:
    return await planning.renew_share(now=now)


async def _queue_due(now: datetime, _url: str) -> object:
    return await due_run.queue_due(now=now)


async def _queue_visits(now: datetime, _url: str) -> object:
    return await visit_run.queue_visits(now=now)


async def _note_moves(now: datetime, _url: str) -> object:
    return await move_run.note_moves(now=now)


async def _stop_failing(now: datetime, _url: str) -> object:
    return await unreached.stop_failing(now=now)


async def _queue_digests(now: datetime, _url: str) -> object:
    return await digests.queue_digests(now=now)


async def _broadcasts(now: datetime, _url: str) -> object:
    return await broadcast_run.run(now=now)


async def _erase(now: datetime, _url: str) -> object:
    return await mydata.erase_due(now=now)


async def _forget(now: datetime, _url: str) -> int:
    seen = await inbox.forget_seen(before=now - _SEEN_KEPT)
    guesses = await complaint_progress.forget_guesses(now=now)
    erased = await complaints.forget(now=now)
    proofs = await mydata.forget_proofs(now=now)
    finished = await delivery.forget_finished(before=now - _FINISHED_KEPT)
    return seen + guesses + erased + proofs + finished


async def _forget_notices(_now: datetime, _url: str) -> int:
    return await complaints.forget_notices()


async def _tell_desk(now: datetime, _url: str) -> int:
    urgent = await desk_alerts.tell_desk_of_urgent(now=now)
    return urgent + await desk_alerts.tell_desk(now=now)


# What every process does, also one that runs no other job.
EVERYWHERE = (Job("follow_rules", timedelta(seconds=5), _follow_rules),)
JOBS = (
    *EVERYWHERE,
    Job("recover", timedelta(seconds=5), _recover),
    Job("carry_out_rules", timedelta(seconds=10), _carry_out_rules),
    Job("show_lost", timedelta(seconds=5), _show_lost),
    Job("roll_plans", timedelta(minutes=30), _roll_plans),
    Job("renew_plans", timedelta(hours=1), _renew_plans),
    Job("queue_due", timedelta(minutes=1), _queue_due),
    Job("queue_visits", timedelta(minutes=5), _queue_visits),
    Job("note_moves", timedelta(minutes=30), _note_moves),
    Job("stop_failing", timedelta(minutes=30), _stop_failing),
    Job("queue_digests", timedelta(minutes=1), _queue_digests),
    Job("broadcasts", timedelta(seconds=10), _broadcasts),
    Job("expire", timedelta(minutes=1), _expire),
    Job("erase", timedelta(hours=1), _erase),
    Job("forget_notices", timedelta(minutes=1), _forget_notices),
    Job("tell_desk", timedelta(minutes=5), _tell_desk),
    Job("forget", timedelta(hours=1), _forget),
)


async def run_job(job: Job, clock: Clock, url: str) -> None:
    """Run one tick and log what it did; a failed tick is logged and comes again."""
    started = time.perf_counter()
    try:
        did = await job.action(clock.local(), url)
    except Exception as error:
        logger.error("job_failed", job=job.name, exc_info=error)
        figures.JOB_FAILURES.labels(job.name).inc()
        return
    figures.ticked(job.name, job.every, clock.now())
    if did:
        elapsed = round((time.perf_counter() - started) * 1000, 1)
        logger.info("job_done", job=job.name, did=str(did), elapsed_ms=elapsed)


async def run_all(clock: Clock, url: str) -> None:
    """Run every job once, in order; for a clock that is moved by hand."""
    for job in JOBS:
        await run_job(job, clock, url)


def schedule_jobs(
    scheduler: Scheduler,
    clock: Clock,
    url: str,
    *,
    jobs: Sequence[Job] = JOBS,
    run: Callable[..., Awaitable[None]] = run_job,
) -> None:
    """Have `scheduler` wake every job with `run`, the first time at once.

    The scheduler goes by the machine's time, whatever `clock` says.
    """
    at_once = Clock(clock.zone).now()
    for job in jobs:
        scheduler.add_job(
            run,
            "interval",
            args=(job, clock, url),
            id=job.name,
            seconds=job.every.total_seconds(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=at_once,
        )
