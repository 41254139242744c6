"""Webhooks: delivery in order, repeated until taken, and calls in the answer."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.sandbox import Sandbox
from tests.bot.sandbox.conftest import Caller


@dataclass
class Receiver:
    """A bot's web server: remembers what was posted, answers what the test wants."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: deque[web.Response] = field(default_factory=deque)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    running: int = 0
    most_running: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.got.append(update)
        self.headers.append(dict(request.headers))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.news.set()
        gate = self.gates.get(update["message"]["chat"]["id"])
        if gate:
            await gate.wait()
        self.running -= 1
        return self.answers.popleft() if self.answers else web.Response()

    async def until(self, count: int) -> None:
        """Wait until this many posts have come."""
        async with asyncio.timeout(5):
            while len(self.got) < count:
                self.news.clear()
                await self.news.wait()

    @property
    def texts(self) -> list[str]:
        """The texts that were posted, in order."""
        return [update["message"]["text"] for update in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.add_routes([web.post("/hook", made.take)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something that nobody announces has become true."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 (the bot's side has nothing to wait on)
            await asyncio.sleep(0.01)


async def settled(sandbox: Sandbox) -> None:
    """Wait until no update is on its way."""
    await eventually(lambda: not len(sandbox.world.updates))


async def test_updates_come_as_json_with_the_secret(
    sandbox: Sandbox, call: Caller, receiver: Receiver
) -> None:
    await call("setWebhook", url=receiver.url, secret_token="s-e_cret1")
    sandbox.open_phone().start()
    await receiver.until(1)
    assert receiver.texts == ["/start"]
    assert receiver.headers[0]["Content-Type"] == "application/json"
    assert receiver.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "s-e_cret1"
    await settled(sandbox)
    assert (await call("getWebhookInfo"))["pending_update_count"] == 0


async def test_what_waited_before_is_delivered_first_unless_dropped(
    sandbox: Sandbox, call: Caller, receiver: Receiver
) -> None:
    mei = sandbox.open_phone()
    mei.start()
    await call("setWebhook", url=receiver.url)
    mei.say("new")
    await receiver.until(2)
    assert receiver.texts == ["/start", "new"]
    await settled(sandbox)
    await call("deleteWebhook")
    mei.say("lost")
    await call("deleteWebhook", drop_pending_updates=True)
    assert await call("getUpdates") == []


async def test_a_refused_update_comes_again_and_holds_back_its_chat_only(
    sandbox: Sandbox, call: Caller, receiver: Receiver
) -> None:
    sandbox.world.webhook.first_wait = 0.05
    mei, lan = sandbox.open_phone(), sandbox.open_phone()
    await call("setWebhook", url=receiver.url)
    receiver.answers.append(web.Response(status=500))
    mei.start()
    await receiver.until(1)
    mei.say("after")
    lan.start("other")
    await receiver.until(4)
    first = [u["update_id"] for u in receiver.got if u["message"]["chat"]["id"] == mei.id]
    assert first[0] == first[1] < first[2]
    assert [t for t in receiver.texts if t != "/start other"] == ["/start", "/start", "after"]
    info = await call("getWebhookInfo")
    assert info["last_error_message"].startswith("Wrong response from the webhook: 500")


async def test_retry_after_is_heeded(sandbox: Sandbox, call: Caller, receiver: Receiver) -> None:
    sandbox.world.webhook.first_wait = 0.01
    await call("setWebhook", url=receiver.url)
    receiver.answers.append(web.Response(status=503, headers={"Retry-After": "1"}))
    sandbox.open_phone().start()
    await receiver.until(1)
    await asyncio.sleep(0.2)
    assert len(receiver.got) == 1
    await receiver.until(2)


async def test_chats_overlap_up_to_max_connections_but_never_within_one(
    sandbox: Sandbox, call: Caller, receiver: Receiver
) -> None:
    await call("setWebhook", url=receiver.url, max_connections=2)
    people = [sandbox.open_phone() for _number in range(3)]
    gate = asyncio.Event()
    receiver.gates = {person.id: gate for person in people}
    for person in people:
        person.start()
        person.say("second")
    await receiver.until(2)
    await asyncio.sleep(0.05)
    assert receiver.texts == ["/start", "/start"]
    gate.set()
    await receiver.until(6)
    assert receiver.most_running == 2
    for person in people:
        own = [
            u["message"]["text"] for u in receiver.got if u["message"]["from"]["id"] == person.id
        ]
        assert own == ["/start", "second"]


async def test_a_method_in_the_answer_is_carried_out(
    sandbox: Sandbox, call: Caller, receiver: Receiver
) -> None:
    await call("setWebhook", url=receiver.url)
    mei = sandbox.open_phone()
    answer = {"method": "sendMessage", "chat_id": mei.id, "text": "Hello from the answer"}
    receiver.answers.append(web.json_response(answer))
    mei.start()
    await mei.until("Hello from the answer")


async def test_an_answer_may_end_the_webhook_or_make_no_sense(
    sandbox: Sandbox, call: Caller, receiver: Receiver
) -> None:
    await call("setWebhook", url=receiver.url)
    mei = sandbox.open_phone()
    refused = {"method": "sendMessage", "chat_id": 5, "text": "nobody"}
    receiver.answers += [
        web.Response(text="{nonsense"),
        web.json_response(refused),
        web.json_response({"method": "deleteWebhook"}),
    ]
    for word in ("one", "two"):
        mei.start(word)
    await settled(sandbox)
    info = await call("getWebhookInfo")
    assert info["last_error_message"] == "Bad Request: chat not found"
    mei.say("three")
    await receiver.until(3)
    await eventually(lambda: not sandbox.world.webhook.url)
    mei.say("four")
    waiting = await call("getUpdates")
    assert [update["message"]["text"] for update in waiting] == ["four"]


async def test_a_receiver_that_is_down_is_told_in_the_info(sandbox: Sandbox, call: Caller) -> None:
    await call("setWebhook", url="http://127.0.0.1:9/hook")
    sandbox.open_phone().start()
    await eventually(lambda: sandbox.world.webhook.last_error is not None)
    info = await call("getWebhookInfo")
    assert info["last_error_message"] == "Connection refused"
    assert info["pending_update_count"] == 1
    await call("deleteWebhook")
    assert len(await call("getUpdates")) == 1


@pytest.mark.parametrize(
    ("values", "description"),
    [
        ({"url": "ftp://127.0.0.1/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "http://127.0.0.1/", "secret_token": "no spaces"},
            "secret token contains unallowed characters",
        ),
    ],
)
async def test_a_webhook_needs_an_address_and_a_clean_secret(
    call: Caller, values: dict[str, str], description: str
) -> None:
    assert await call.refused("setWebhook", **values) == (400, f"Bad Request: {description}")


async def test_webhooks_are_set_at_most_once_a_second(call: Caller) -> None:
    await call("setWebhook", url="http://127.0.0.1:9/hook")
    status, body = await call.raw("setWebhook", url="http://127.0.0.1:9/hook")
    assert (status, body["parameters"]) == (429, {"retry_after": 1})
    assert await call("setWebhook", url="") is True
    assert (await call("getWebhookInfo"))["url"] == ""
