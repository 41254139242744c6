"""`bench broadcast`: one to everybody through the whole engine, against bare calls.

The Bot API server runs on loopback in a process of its own and answers after `--latency-ms`. Ours
does what the service does: claims, intents and finishes in a durable database, one process, one
core. Without `--rate` nothing holds it back but the number of calls in flight. The stock makes
fewer calls, as its pace does not depend on how many. With `--rate` ours keeps to a limit while
people press buttons, a hundred seconds long where it is not said to how many: measured is what the
server saw.
"""

import argparse
import asyncio
import gc
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from telegram.ext import ExtBot
from telegram.request import BaseRequest, HTTPXRequest

from backend.actions import broadcast_run
from backend.actions.inbox import webhook_secret
from backend.store.sql import execute
from bot.transport import requests
from bot.webhook import PATH
from scripts.benchmarks.databases import Prepared, prepared
from scripts.benchmarks.loopback import TOKEN, Loopback, Taps, loopback
from scripts.benchmarks.measuring import compare
from scripts.benchmarks.serving import (
    IN_FLIGHT,
    UNLIMITED,
    keep_to_one_core,
    saying,
    serving,
)
from scripts.benchmarks.village import BROADCAST, FIRST_CHAT, WORDS, settle

STOCK_AT_ITS_BEST = 32
FIRST_TAPPER = 8_000_000_001
_TAPS_PER_SECOND = 3
_LOOK_SECONDS = 0.02
_STOCK_CALLS = 2_000
_RATED_SECONDS = 100


def bench_broadcast(people: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure a broadcast to `people`; with a rate, how near it keeps to that limit."""
    latency, rate = options.latency_ms / 1000, options.rate
    if rate:
        people = options.people or min(people, _RATED_SECONDS * rate)
        print(f"{people} at {rate}/s: {people / rate:.0f} s", file=sys.stderr)
    with prepared(options.database, partial(settle, people)) as base:
        ours = partial(_ours, base, latency, people, rate)
        if rate:
            return compare(ours, {}, rounds=1)
        stock = partial(_bare, latency, min(people, _STOCK_CALLS), _stock_request)
        return compare(
            ours,
            {
                f"stock_{IN_FLIGHT}_in_flight": partial(stock, IN_FLIGHT),
                f"stock_{STOCK_AT_ITS_BEST}_in_flight": partial(stock, STOCK_AT_ITS_BEST),
                f"bare_{IN_FLIGHT}_in_flight": partial(
                    _bare, latency, people, _our_request, IN_FLIGHT
                ),
            },
        )


def _ours(
    base: Prepared, latency: float, people: int, rate: int | None
) -> tuple[float, int, dict[str, float]]:
    """Deliver it by the whole engine on one core, the server on another where there is one."""
    with loopback() as telegram:
        telegram.be_slow(latency)
        keep_to_one_core()
        return asyncio.run(_delivered(base, telegram, people, rate))


async def _delivered(
    base: Prepared, telegram: Loopback, people: int, rate: int | None
) -> tuple[float, int, dict[str, float]]:
    async with base.copy("ours"), serving(telegram, rate or UNLIMITED, base) as (service, port):
        gc.freeze()
        telegram.arrivals()
        tapping = asyncio.create_task(_tapped(telegram, port, people, rate)) if rate else None
        started = time.perf_counter()
        assert await broadcast_run.begin(BROADCAST, now=service.clock.local())
        service.sender.nudge()
        while await execute(  # noqa: ASYNC110 (the database is asked whether all is through)
            "SELECT 1 AS one FROM send WHERE broadcast_id = $1"
            " AND state IN ('queued', 'claimed') LIMIT 1",
            BROADCAST,
        ):
            await asyncio.sleep(_LOOK_SECONDS)
        seconds = time.perf_counter() - started
        waits = await tapping if tapping else []
        sent = await execute("SELECT count(*) AS n FROM send WHERE state = 'sent'")
        assert sent[0]["n"] >= people, sent
        return seconds, people, _kept_to(rate, telegram, waits) if rate else {}


async def _tapped(telegram: Loopback, port: int, people: int, rate: int) -> list[float]:
    """Have people write as long as the broadcast lasts; return how long each waited."""
    bodies = [
        (chat, saying(chat, "/menu"))
        for chat in range(FIRST_TAPPER, FIRST_TAPPER + _TAPS_PER_SECOND * people // rate)
    ]
    taps = Taps(
        "127.0.0.1", port, PATH, webhook_secret(), bodies, in_flight=16, rate=_TAPS_PER_SECOND
    )
    return (await asyncio.to_thread(telegram.tap, taps)).waits


def _kept_to(rate: int, telegram: Loopback, waits: list[float]) -> dict[str, float]:
    """How the calls look to the server, from the first of the broadcast to its last."""
    arrivals = telegram.arrivals()
    copies = [at for at, _method, chat in arrivals if FIRST_CHAT < chat < FIRST_TAPPER]
    moments = [at for at, _method, _chat in arrivals if copies[0] <= at <= copies[-1]]
    return {
        "most_in_a_second": float(most_in_a_second(moments)),
        "share_of_limit": (len(moments) - 1) / (moments[-1] - moments[0]) / rate,
        "calls": float(len(moments)),
        "answers": float(len(waits)),
        "answers_p99_s": sorted(waits)[int(len(waits) * 0.99)],
    }


def most_in_a_second(moments: list[float]) -> int:
    """The most moments in any [t, t + 1 s)."""
    return max(bisect_left(moments, at + 1.0) - index for index, at in enumerate(moments))


def _bare(
    latency: float, people: int, request: Callable[[int], BaseRequest], in_flight: int
) -> tuple[float, int]:
    """Make the same calls with nothing around them."""
    with loopback() as telegram:
        telegram.be_slow(latency)
        keep_to_one_core()
        return asyncio.run(_called(telegram.address, people, request(in_flight), in_flight))


def _stock_request(in_flight: int) -> BaseRequest:
    return HTTPXRequest(connection_pool_size=in_flight, pool_timeout=60.0)


def _our_request(_in_flight: int) -> BaseRequest:
    return requests()[1]


async def _called(
    address: str, people: int, request: BaseRequest, in_flight: int
) -> tuple[float, int]:
    bot: ExtBot[None] = ExtBot(TOKEN, base_url=f"{address}/bot", request=request)
    chats = iter(range(FIRST_CHAT, FIRST_CHAT + people))

    async def line() -> None:
        for chat in chats:
            await bot.send_message(chat, WORDS)

    await request.initialize()
    # With its connections made.
    await asyncio.gather(*(bot.send_message(FIRST_CHAT, WORDS) for _ in range(in_flight)))
    started = time.perf_counter()
    lines: list[Coroutine[None, None, None]] = [line() for _ in range(in_flight)]
    await asyncio.gather(*lines)
    seconds = time.perf_counter() - started
    await request.shutdown()
    return seconds, people
