"""What may call the webhook, what it takes, and when."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from backend.store.sql import execute
from bot.webhook import MOST_BYTES, PATH, SECRET_HEADER, webhook_route
from tests.bot.conftest import Town

SECRET = "only Telegram knows"
HEADERS = {SECRET_HEADER: SECRET}
UPDATE = {
    "update_id": 5_000_000_001,
    "message": {
        "message_id": 1,
        "date": 1_800_000_000,
        "text": "/start",
        "chat": {"id": 77, "type": "private", "first_name": "秀英"},
        "from": {"id": 77, "is_bot": False, "first_name": "秀英"},
    },
}

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(town: Town) -> AsyncIterator[Client]:
    """Somebody who can call the webhook of a running bot."""
    service = town.service
    app = web.Application()
    app.router.add_routes(
        [webhook_route(service.walk.bot, service.turns, SECRET, is_ready=lambda: service.is_ready)]
    )
    async with TestClient(TestServer(app)) as client:
        yield client


async def taken() -> int:
    """How many updates were taken in."""
    return len(await execute("SELECT update_id FROM update_seen"))


async def test_an_update_is_taken_in_once(client: Client) -> None:
    for _ in range(2):
        assert (await client.post(PATH, json=UPDATE, headers=HEADERS)).status == 200
    assert await taken() == 1


@pytest.mark.parametrize("secret", ["", "guessed", "\udcff\udcfe"])
async def test_who_does_not_know_the_secret_is_turned_away(client: Client, secret: str) -> None:
    answer = await client.post(PATH, json=UPDATE, headers={SECRET_HEADER: secret})
    assert answer.status == 401
    assert await taken() == 0


@pytest.mark.parametrize("is_stopping", [False, True])
async def test_before_the_start_and_from_the_end_on_it_is_to_come_again(
    client: Client, town: Town, is_stopping: bool
) -> None:
    town.service.is_in_touch = is_stopping
    if is_stopping:
        town.service.stop.set()
    assert (await client.post(PATH, json=UPDATE, headers=HEADERS)).status == 503
    assert await taken() == 0


async def test_a_long_body_of_untold_length_is_refused(client: Client) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 65_536 + 1):
            yield b" " * 65_536

    assert (await client.post(PATH, data=parts(), headers=HEADERS)).status == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 200_000])
async def test_what_cannot_be_read_does_not_come_again(client: Client, body: bytes) -> None:
    assert (await client.post(PATH, data=body, headers=HEADERS)).status == 200
    assert await taken() == 0
