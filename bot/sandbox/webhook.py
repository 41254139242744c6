"""Updates posted to the bot's own address, in order within each chat."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

from bot.sandbox.errors import ApiError, Json, too_many
from bot.sandbox.updates import Update, Updates

LONGEST_WAIT = 60.0
ANSWER_SECONDS = 60.0
# Runs a method that the bot named in its answer.
Execute = Callable[[Json], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go, and how many at once."""

    url: str
    secret: str = ""
    max_connections: int = 40
    certificate: bool = False

    def headers(self) -> dict[str, str]:
        """Return the headers of each post."""
        secret = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        return {"Content-Type": "application/json", **secret}


class Delivery:
    """One webhook at work from setWebhook to deleteWebhook: a lane and a worker for each chat."""

    def __init__(self, webhook: "Webhook", target: Target) -> None:
        self.target = target
        self._webhook = webhook
        self._updates = webhook.updates
        self._lanes: dict[int, deque[Update]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(target.max_connections)
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            connector=aiohttp.TCPConnector(limit=target.max_connections),
        )

    def queue(self, update: Update) -> None:
        """Post an update after all others of its chat."""
        lane = self._lanes.get(update.chat_id)
        if lane is not None:
            lane.append(update)
            return
        self._lanes[update.chat_id] = deque([update])
        worker = asyncio.create_task(self._work(update.chat_id))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def stop(self) -> None:
        """Post no more; the worker whose bot asked for the end in its answer ends by itself."""
        for lane in self._lanes.values():
            lane.clear()
        workers = [one for one in self._workers if one is not asyncio.current_task()]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await self._session.close()

    async def _work(self, chat_id: int) -> None:
        """Post the updates of one chat one after the other until none is left."""
        lane = self._lanes[chat_id]
        while lane:
            update = lane[0]
            await self._post_until_taken(update)
            self._updates.confirm(update.update_id)
            if lane:
                lane.popleft()
        del self._lanes[chat_id]

    async def _post_until_taken(self, update: Update) -> None:
        wait = self._webhook.first_wait
        while self._updates.holds(update):
            asked_for = await self._post(update)
            if asked_for is None:
                return
            await asyncio.sleep(asked_for or wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _post(self, update: Update) -> float | None:
        """Post once; returns None when it was taken, else the seconds that the bot asked for."""
        body = json.dumps(update.as_json(), ensure_ascii=False).encode()
        try:
            async with (
                self._slots,
                self._session.post(
                    self.target.url, data=body, headers=self.target.headers()
                ) as response,
            ):
                answer = await response.read()
                asked_for = response.headers.get("Retry-After", "")
                reason = f"Wrong response from the webhook: {response.status} {response.reason}"
                taken = 200 <= response.status < 300
        except (aiohttp.ClientError, TimeoutError) as error:
            taken, reason, asked_for = False, _reason(error), ""
        if taken:
            await self._webhook.carry_out(answer)
            return None
        self._webhook.failed(reason)
        return float(asked_for) if asked_for.isdecimal() else 0.0


@dataclass(slots=True)
class Webhook:
    """The bot's webhook, if it has one, and what went wrong last."""

    updates: Updates
    now: Callable[[], datetime]
    first_wait: float = 1.0
    execute: Execute | None = None
    last_error: tuple[int, str] | None = None
    _delivery: Delivery | None = field(default=None)
    _set_at: float | None = None

    @property
    def url(self) -> str:
        """Return the address, empty while the bot polls."""
        return self._delivery.target.url if self._delivery else ""

    def check_pace(self) -> None:
        """Raise 429 for more than one setWebhook a second, in real time."""
        now = time.monotonic()
        if self._set_at is not None and now - self._set_at < 1:
            raise too_many(1)
        self._set_at = now

    async def start(self, target: Target) -> None:
        """Post everything that waits, and all that comes, to an address."""
        await self.stop()
        self.last_error = None
        self._delivery = Delivery(self, target)
        self.updates.on_new = self._delivery.queue
        for update in self.updates.waiting():
            self._delivery.queue(update)

    async def stop(self) -> None:
        """Post no more; what was not taken waits for the next poll."""
        self.updates.on_new = None
        delivery, self._delivery = self._delivery, None
        if delivery:
            await delivery.stop()

    def failed(self, reason: str) -> None:
        """Remember why the bot did not take an update."""
        self.last_error = (int(self.now().timestamp()), reason)

    async def carry_out(self, answer: bytes) -> None:
        """Run the method that an answer names, if it names one; its result is told to nobody."""
        try:
            called = json.loads(answer) if answer.lstrip().startswith(b"{") else {}
        except ValueError:
            return
        if self.execute and "method" in called:
            try:
                await self.execute(called)
            except ApiError as error:
                self.failed(error.description)

    def info(self) -> Json:
        """Return the WebhookInfo object."""
        target = self._delivery.target if self._delivery else None
        info: Json = {
            "url": self.url,
            "has_custom_certificate": bool(target and target.certificate),
            "pending_update_count": len(self.updates.waiting()),
        }
        if target:
            info["max_connections"] = target.max_connections
        if self.last_error:
            info["last_error_date"], info["last_error_message"] = self.last_error
        if self.updates.allowed:
            info["allowed_updates"] = sorted(self.updates.allowed)
        return info


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "Read timeout expired"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "Connection refused"
    return "Connection closed"
