"""The service as a benchmark runs it: in this process, with its webhook, on one core."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

from aiohttp import web

from backend.actions.inbox import webhook_secret
from backend.clock import Clock
from backend.config import Config
from backend.jobs import JOBS
from bot.service import Service, assembled, in_touch, sending
from bot.webhook import webhook_route
from scripts.benchmarks.databases import Prepared
from scripts.benchmarks.loopback import TOKEN, Loopback
from scripts.benchmarks.village import ZONE

UNLIMITED = 100_000
# Calls at a time without a limit, ours and the baselines' alike.
IN_FLIGHT = 64
_update_ids = count(700_000_001)


def keep_to_one_core() -> None:
    """Leave the other core to the server."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


@asynccontextmanager
async def serving(
    telegram: Loopback, rate: float, base: Prepared, *, per_chat_second: float = 1.0
) -> AsyncIterator[tuple[Service, int]]:
    """The service in this process, over the open database, with its webhook."""
    config = Config(
        telegram_token=TOKEN,
        telegram_api=telegram.address,
        database_url="postgres://in-use" if base.server else "sqlite://:memory:",
    ).model_copy(update={"messages_per_second": rate})
    async with AsyncExitStack() as stack:
        service = await assembled(
            config,
            Clock(ZONE),
            asyncio.Event(),
            per_chat_second=per_chat_second,
            width=IN_FLIGHT if rate == UNLIMITED else None,
        )
        app = web.Application()
        app.router.add_routes(
            [
                webhook_route(
                    service.walk.bot,
                    service.turns,
                    webhook_secret(),
                    is_ready=lambda: service.is_ready,
                )
            ]
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        await stack.enter_async_context(in_touch(service))
        await stack.enter_async_context(sending(service, jobs=JOBS))
        yield service, runner.addresses[0][1]
        await service.turns.settle()


def saying(chat: int, text: str) -> bytes:
    """Return an update in which somebody writes a text."""
    user = {"id": chat, "is_bot": False, "first_name": "秀英", "language_code": "zh-hans"}
    message = {
        "message_id": 1,
        "date": 1_800_000_000,
        "text": text,
        "chat": {"id": chat, "type": "private", "first_name": "秀英"},
        "from": user,
    }
    return json.dumps({"update_id": next(_update_ids), "message": message}).encode()
