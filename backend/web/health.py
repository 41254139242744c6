"""Health for the operator: alive, ready, and the figures of the outbox."""

from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from tortoise.exceptions import BaseORMException

from backend.actions import delivery
from backend.clock import Clock

_STALLED_AFTER = timedelta(seconds=60)


def health_routes(
    clock: Clock, last_sent_at: Callable[[], datetime | None] | None
) -> list[web.RouteDef]:
    """Return /healthz, /readyz and /metrics.

    `last_sent_at` tells when the sender last looked for work; None where this process sends
    nothing. Ready means: the database answers, and the sender looked within the last minute.
    """

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        problems = []
        try:
            await delivery.queue_depth()
        except (BaseORMException, OSError) as error:
            problems.append(f"database: {type(error).__name__}")
        looked_at = last_sent_at() if last_sent_at else clock.now()
        if looked_at is None or clock.now() - looked_at > _STALLED_AFTER:
            problems.append("sender: stalled")
        status = 503 if problems else 200
        return web.json_response({"ready": not problems, "problems": problems}, status=status)

    async def metrics(_request: web.Request) -> web.Response:
        registry = CollectorRegistry()
        rows = Gauge("suixing_outbox_rows", "Rows of the outbox", ["state"], registry=registry)
        for state, count in (await delivery.queue_depth()).items():
            rows.labels(state).set(count)
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]
