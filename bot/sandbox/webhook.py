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
    """Where updates go."""

    url: str
    secret: str
    max_connections: int
    certificate: bool


@dataclass(slots=True)
class Webhook:
    """Posts every update until it is taken; one worker a chat, so that order is kept there."""

    updates: Updates
    now: Callable[[], datetime]
    first_wait: float = 1.0
    execute: Execute | None = None
    target: Target | None = None
    last_error: tuple[int, str] | None = None
    _lanes: dict[int, deque[Update]] = field(default_factory=dict)
    _workers: set[asyncio.Task[None]] = field(default_factory=set)
    _slots: asyncio.Semaphore | None = None
    _session: aiohttp.ClientSession | None = None
    _set_at: float = 0.0

    @property
    def url(self) -> str:
        """Return the address, empty while the bot polls."""
        return self.target.url if self.target else ""

    def check_pace(self) -> None:
        """Raise 429 for more than one setWebhook a second."""
        now = time.monotonic()
        if self._set_at and now - self._set_at < 1:
            raise too_many(1)
        self._set_at = now

    async def start(
        self, url: str, *, secret: str, max_connections: int, certificate: bool
    ) -> None:
        """Post everything that waits, and all that comes, to an address."""
        await self.stop()
        self.target = Target(url, secret, max_connections, certificate)
        self.last_error = None
        self._slots = asyncio.Semaphore(max_connections)
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            connector=aiohttp.TCPConnector(limit=max_connections),
        )
        self.updates.on_new = self._queue
        for update in self.updates.waiting():
            self._queue(update)

    async def stop(self) -> None:
        """Post no more; what was not taken waits for the next poll."""
        self.target = None
        self.updates.on_new = None
        self._lanes.clear()
        workers = [one for one in self._workers if one is not asyncio.current_task()]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        session, self._session = self._session, None
        if session:
            await session.close()

    def info(self) -> Json:
        """Return the WebhookInfo object."""
        info: Json = {
            "url": self.url,
            "has_custom_certificate": bool(self.target and self.target.certificate),
            "pending_update_count": len(self.updates.waiting()),
        }
        if self.target:
            info |= {"max_connections": self.target.max_connections, "ip_address": "127.0.0.1"}
        if self.last_error:
            info["last_error_date"], info["last_error_message"] = self.last_error
        if self.updates.allowed:
            info["allowed_updates"] = sorted(self.updates.allowed)
        return info

    def _queue(self, update: Update) -> None:
        lane = self._lanes.get(update.chat_id)
        if lane is not None:
            lane.append(update)
            return
        self._lanes[update.chat_id] = deque([update])
        worker = asyncio.create_task(self._work(update.chat_id))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self, chat_id: int) -> None:
        """Post the updates of one chat one after the other until none is left."""
        lane = self._lanes[chat_id]
        while lane:
            await self._post_until_taken(lane[0])
            lane.popleft()
        if self._lanes.get(chat_id) is lane:
            del self._lanes[chat_id]

    async def _post_until_taken(self, update: Update) -> None:
        wait = self.first_wait
        while self.updates.holds(update):
            asked_for = await self._post(update)
            if asked_for is None:
                break
            await asyncio.sleep(asked_for or wait)
            wait = min(wait * 2, LONGEST_WAIT)
        self.updates.confirm(update.update_id)

    async def _post(self, update: Update) -> float | None:
        """Post once; returns None when it was taken, else the seconds that the bot asked for."""
        session, target, slots = self._session, self.target, self._slots
        if session is None or target is None or slots is None:
            raise asyncio.CancelledError
        headers = {"Content-Type": "application/json"}
        if target.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = target.secret
        body = json.dumps(update.as_json(), ensure_ascii=False).encode()
        try:
            async with slots, session.post(target.url, data=body, headers=headers) as response:
                answer = await response.read()
                if 200 <= response.status < 300:
                    await self._answered(answer)
                    return None
                reason = f"Wrong response from the webhook: {response.status} {response.reason}"
                asked_for = response.headers.get("Retry-After", "")
        except (aiohttp.ClientError, TimeoutError) as error:
            reason, asked_for = _reason(error), ""
        self.last_error = (int(self.now().timestamp()), reason)
        return float(asked_for) if asked_for.isdecimal() else 0.0

    async def _answered(self, body: bytes) -> None:
        """Run the method that the answer names, if it names one; its result is told to nobody."""
        if not self.execute or not body.lstrip().startswith(b"{"):
            return
        try:
            answer = json.loads(body)
        except ValueError:
            return
        if "method" in answer:
            try:
                await self.execute(answer)
            except ApiError as error:
                self.last_error = (int(self.now().timestamp()), error.description)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "Read timeout expired"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "Connection refused"
    return "Connection closed"
