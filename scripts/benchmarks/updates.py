"""`bench updates`: taps on "my schedule" through the webhook, against a stock echo.

Each tap is another resident's. Ours does all that the service does: the update taken once, her
schedule read, where she stands written, the answer sent and noted, in a durable database. The stock
is python-telegram-bot as it comes, echoing behind the same route: nothing is stored. Telegram runs
in a process of its own and keeps 64 taps in flight; one is over when its answer has arrived there.
"""

import argparse
import asyncio
import gc
import json
from functools import partial
from typing import Any

from aiohttp import web
from telegram import Message, Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from backend.actions import broadcast_run, publications
from backend.actions.inbox import webhook_secret
from backend.clock import Clock
from backend.domain.consent import Purpose
from backend.i18n import FIRST_LOCALE, translator
from backend.jobs import run_all
from backend.store.sql import execute
from bot.webhook import PATH
from scripts.benchmarks.databases import Prepared, prepared
from scripts.benchmarks.loopback import TOKEN, Loopback, Tapped, Taps, loopback
from scripts.benchmarks.measuring import compare
from scripts.benchmarks.serving import (
    IN_FLIGHT,
    UNLIMITED,
    keep_to_one_core,
    saying,
    serving,
)
from scripts.benchmarks.village import BROADCAST, FIRST_CHAT, ZONE, settle

TOPICS = (Purpose.MATERNAL, Purpose.FOLIC_ACID, Purpose.CHECKUP)
USUAL_RATE = 30
_WARMING, _TAPS_DURING, _TAPS_PER_SECOND = 64, 200, 10


def bench_updates(people: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure taps of `people`, and how soon taps are answered while a broadcast runs."""
    latency = options.latency_ms / 1000
    echo = partial(_echo, people, latency)
    baselines = {f"stock_{IN_FLIGHT}_in_flight": partial(echo, IN_FLIGHT)}
    if not latency:
        baselines["stock_one_by_one"] = partial(echo, 0)
    with prepared(options.database, partial(_settle, people + _WARMING)) as base:
        ours = partial(_ours, base, people, latency, options.rate or USUAL_RATE)
        return compare(ours, baselines)


async def _settle(people: int) -> None:
    """Residents who take part, each with a schedule, and nothing that is due to be sent."""
    clock = Clock(ZONE)
    await settle(people, TOPICS)
    # Published here, everybody is planned by the rules here and not while it is measured.
    await publications.publish_shipped(now=clock.now())
    await run_all(clock, "sqlite://:memory:")
    await execute("DELETE FROM send")
    await execute("UPDATE due_service SET remind_on = NULL")


def _ours(
    base: Prepared, people: int, latency: float, rate: int
) -> tuple[float, int, dict[str, float]]:
    with loopback() as telegram:
        keep_to_one_core()
        tapped = asyncio.run(_answered(base, telegram, people, latency))
        during = asyncio.run(_answered_during_broadcast(base, telegram, latency, rate))
    more = {"p99_s": _p99(tapped), "p99_during_broadcast_s": _p99(during)}
    return tapped.seconds, people, more


async def _answered(base: Prepared, telegram: Loopback, people: int, latency: float) -> Tapped:
    async with base.copy("ours"), serving(telegram, UNLIMITED, base) as (_service, port):
        telegram.be_slow(latency)
        await _tap(telegram, port, range(people + 1, people + _WARMING))
        gc.freeze()
        return await _tap(telegram, port, range(1, people + 1))


async def _answered_during_broadcast(
    base: Prepared, telegram: Loopback, latency: float, rate: int
) -> Tapped:
    async with base.copy("ours"), serving(telegram, rate, base) as (service, port):
        telegram.be_slow(latency)
        assert await broadcast_run.begin(BROADCAST, now=service.clock.local())
        service.sender.nudge()
        tapped = await _tap(telegram, port, range(1, _TAPS_DURING + 1), rate=_TAPS_PER_SECOND)
        left = await execute("SELECT 1 AS one FROM send WHERE state = 'queued' LIMIT 1")
        assert left, "the broadcast lasted as long as the taps"
        return tapped


async def _tap(
    telegram: Loopback, port: int, numbers: range, *, rate: float | None = None
) -> Tapped:
    key = translator(FIRST_LOCALE)._("📅 My schedule")
    bodies = [(FIRST_CHAT + n, saying(FIRST_CHAT + n, key)) for n in numbers]
    secret = webhook_secret()
    taps = Taps("127.0.0.1", port, PATH, secret, bodies, in_flight=IN_FLIGHT, rate=rate)
    return await asyncio.to_thread(telegram.tap, taps)


def _p99(tapped: Tapped) -> float:
    return sorted(tapped.waits)[int(len(tapped.waits) * 0.99)]


def _echo(people: int, latency: float, at_once: int) -> tuple[float, int]:
    """Echo as many texts; `at_once` of them side by side, 0 one after another."""
    with loopback() as telegram:
        telegram.be_slow(latency)
        keep_to_one_core()
        return asyncio.run(_echoed(telegram, people, at_once)).seconds, people


async def _echoed(telegram: Loopback, people: int, at_once: int) -> Tapped:
    application = (
        Application.builder()
        .token(TOKEN)
        .base_url(f"{telegram.address}/bot")
        .updater(None)
        .job_queue(None)
        .concurrent_updates(at_once or False)
        .connection_pool_size(max(at_once, 1))
        .pool_timeout(60.0)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, _say_it_back))

    async def receive(request: web.Request) -> web.Response:
        update = Update.de_json(json.loads(await request.read()), application.bot)
        await application.update_queue.put(update)
        return web.Response()

    app = web.Application()
    app.router.add_post(PATH, receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with application:
        await application.start()
        numbers = range(1, people + 1)
        bodies = [(FIRST_CHAT + n, saying(FIRST_CHAT + n, "你好")) for n in numbers]
        taps = Taps("127.0.0.1", runner.addresses[0][1], PATH, "none", bodies, in_flight=IN_FLIGHT)
        gc.freeze()
        tapped = await asyncio.to_thread(telegram.tap, taps)
        await application.stop()
    await runner.cleanup()
    return tapped


async def _say_it_back(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    message: Message | None = update.message
    if message and message.text:
        await message.reply_text(message.text)
