"""Health for the operator: alive, ready, and the figures of outbox, sender and jobs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from tortoise.exceptions import BaseORMException

from backend.actions import figures
from backend.actions.gate import WRONG_TOKEN
from backend.clock import Clock

_STALLED_AFTER = timedelta(seconds=60)
_MISSING_AFTER = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Watched:
    """What of this process is looked at.

    `url` is the database's address; `is_in_touch` says whether Telegram has answered, `is_sender`
    whether this process is the one that sends, `has_rival` whether another program takes the
    bot's updates away from it, `looked_at` when its sender last looked for work.
    """

    url: str
    is_in_touch: Callable[[], bool]
    is_sender: Callable[[], bool]
    has_rival: Callable[[], bool]
    looked_at: Callable[[], datetime | None]


class Health:
    """The routes /healthz, /readyz and /metrics of one process.

    Ready means: Telegram was reached and takes the token, the database answers, somebody, here or
    in another process, looks for what is due and sends it, and no job is long overdue. That many
    messages wait, as with a large broadcast, a shut gate or at night, says nothing of that.
    """

    def __init__(self, clock: Clock, watched: Watched) -> None:
        self._clock = clock
        self._watched = watched
        self._sender_seen_at = clock.now()

    def routes(self) -> list[web.RouteDef]:
        """The routes to mount."""
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    async def _healthz(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _readyz(self, _request: web.Request) -> web.Response:
        found = {} if self._watched.is_in_touch() else {"telegram_not_reached": "No answer yet."}
        try:
            found |= await self._problems(self._clock.local())
        except (BaseORMException, OSError) as error:
            found["database_unreachable"] = f"The database does not answer: {type(error).__name__}."
        problems = [{"code": code, "says": says} for code, says in found.items()]
        status = 503 if problems else 200
        return web.json_response({"ready": not problems, "problems": problems}, status=status)

    async def _problems(self, now: datetime) -> dict[str, str]:
        closed = await figures.gate_closed(now - _STALLED_AFTER)
        if closed and closed.reason == WRONG_TOKEN:
            return {"token_refused": "Telegram does not take the token. Nothing is sent."}
        late = figures.late_jobs(now)
        found = {"jobs_late": f"Long overdue: {', '.join(late)}."} if late else {}
        if self._watched.has_rival():
            found["another_polls"] = "Another program takes this bot's messages. Stop that one."
        return found | await self._sender_problems(now)

    async def _sender_problems(self, now: datetime) -> dict[str, str]:
        if self._watched.is_sender():
            self._sender_seen_at = now
            return _stall(self._watched.looked_at(), now)
        if await figures.is_sender_about(self._watched.url):
            self._sender_seen_at = now
            return _stall(await figures.sender_looked_at(), now)
        if now - self._sender_seen_at > _MISSING_AFTER:
            return {"sender_missing": "No process sends. Start one with the part jobs."}
        return {}

    async def _metrics(self, _request: web.Request) -> web.Response:
        registry = CollectorRegistry()
        await _measure_outbox(registry, self._clock.local())
        self._measure_process(registry, self._clock.now())
        body = generate_latest(registry) + generate_latest(figures.PROCESS)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _measure_process(self, registry: CollectorRegistry, now: datetime) -> None:
        leads = Gauge("suixing_sender_leads", "1 where this process sends", registry=registry)
        leads.set(self._watched.is_sender())
        looked_at = self._watched.looked_at()
        if looked_at:
            name = "suixing_sender_last_look_seconds"
            ago = Gauge(name, "Since the sender last looked for work", registry=registry)
            ago.set((now - looked_at) / timedelta(seconds=1))
        lag = Gauge("suixing_job_lag_seconds", "How late a job is", ["job"], registry=registry)
        for job, seconds in figures.lags(now).items():
            lag.labels(job).set(seconds)


def _stall(looked_at: datetime | None, now: datetime) -> dict[str, str]:
    if looked_at and now - looked_at <= _STALLED_AFTER:
        return {}
    says = "The process that sends holds its lock and has not looked for work for a minute."
    return {"sender_stalled": says}


async def _measure_outbox(registry: CollectorRegistry, now: datetime) -> None:
    labels = ["state", "kind"]
    rows = Gauge("suixing_outbox_rows", "Messages kept, by state", labels, registry=registry)
    for one in await figures.outbox_rows():
        rows.labels(one.state, one.kind).set(one.count)
    chats = Gauge("suixing_chats", "Chats, by state", ["state"], registry=registry)
    for state, count in (await figures.chats()).items():
        chats.labels(state).set(count)
    name = "suixing_outbox_oldest_due_seconds"
    oldest = Gauge(name, "How long the oldest that could go has been due", registry=registry)
    oldest.set(await figures.oldest_due_seconds(now))
    name = "suixing_gate_closed_seconds"
    gate = Gauge(name, "How long no call is made, and why", ["reason"], registry=registry)
    closed = await figures.gate_closed(now)
    if closed:
        gate.labels(closed.reason).set(closed.seconds)
