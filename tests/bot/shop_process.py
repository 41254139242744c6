"""A process of the noodle shop's bot: it takes the updates it is handed, and says when it has.

Each line on standard input is a number and an update; the number is printed once it is taken. A
line without an update is answered when all calls are made.
"""

import asyncio
import json
import sys
from itertools import count
from typing import Any

from telegram import Update

from backend.clock import FrozenClock
from backend.config import Config
from backend.logs import set_up_logs
from backend.store.database import open_database
from bot.service import Service, assembled, in_touch
from tests.bot import test_turns
from tests.conftest import MONDAY_MORNING, SHANGHAI


async def answer(service: Service, number: int, update: dict[str, Any] | None) -> None:
    """Take an update, or wait for what is under way."""
    if update is None:
        await service.turns.settle()
    else:
        await service.turns.take(Update.de_json(update, service.walk.bot))
    print(number, flush=True)


async def answer_all(service: Service) -> None:
    """Answer every line, also many at once, until there are no more."""
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with asyncio.TaskGroup() as group:
        async for line in lines:
            number, update = json.loads(line)
            group.create_task(answer(service, number, update))


async def main(first_code: int) -> None:
    """Open the shop in this process; its orders are numbered from `first_code`."""
    test_turns.number_orders(count(first_code))
    config = Config.from_env()
    set_up_logs(config.log_level)
    clock = FrozenClock(SHANGHAI, at=MONDAY_MORNING)
    async with open_database(config.database_url, keys_file=config.keys_file):
        service = await assembled(config, clock, asyncio.Event(), per_chat_second=1000)
        service.desk.dialogs = test_turns.SHOP
        async with in_touch(service):
            await answer_all(service)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
