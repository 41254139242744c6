"""The queue of updates: numbered, kept 24 hours, confirmed by offset."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.errors import ApiError, Json, bad_request

KEPT = timedelta(hours=24)
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_SET = "Conflict: terminated by setWebhook request"


def first_update_id() -> int:
    """Return a number that grows from one start to the next: bots remember what they have seen."""
    return int(time.time() * 50) % 2_000_000_000


@dataclass(frozen=True, slots=True)
class Update:
    """One update: its number, kind and content, whose chat it belongs to, and when it came."""

    update_id: int
    kind: str
    content: Json
    chat_id: int
    at: datetime

    def as_json(self) -> Json:
        """Return the Update object of the Bot API."""
        return {"update_id": self.update_id, self.kind: self.content}


@dataclass(slots=True)
class Poll:
    """One waiting getUpdates call; the future becomes the reason when it is ended from outside."""

    woken: asyncio.Future[str | None]


class Updates:
    """All updates that the bot has not confirmed, in order."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = itertools.count(first_update_id())
        self._pending: dict[int, Update] = {}
        self._poll: Poll | None = None
        self.allowed: frozenset[str] | None = None
        self.on_new: Callable[[Update], None] | None = None

    def __len__(self) -> int:
        """Return how many updates wait."""
        return len(self._pending)

    def number_from(self, first: int) -> None:
        """Number what comes from here on, as Telegram does after a week without any update."""
        self._numbers = itertools.count(first)

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Remember which kinds the bot wants; None leaves it as it was, empty is the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def wants(self, kind: str) -> bool:
        """Say whether updates of this kind are kept for the bot."""
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def add(self, kind: str, content: Json, chat_id: int) -> None:
        """Number an update and hand it to whoever waits, if the bot wants this kind."""
        if not self.wants(kind):
            return
        update = Update(next(self._numbers), kind, content, chat_id, self._now())
        self._pending[update.update_id] = update
        if self.on_new:
            self.on_new(update)
        self._wake(None)

    def waiting(self) -> list[Update]:
        """Return all unconfirmed updates, oldest first, without those older than 24 hours."""
        oldest = self._now() - KEPT
        while self._pending:
            first = next(iter(self._pending.values()))
            if first.at > oldest:
                break
            del self._pending[first.update_id]
        return list(self._pending.values())

    def holds(self, update: Update) -> bool:
        """Say whether an update still waits and is not too old."""
        return update.update_id in self._pending and update.at > self._now() - KEPT

    def confirm(self, update_id: int) -> None:
        """Forget one update that a webhook has taken or that is too old."""
        self._pending.pop(update_id, None)

    def forget_all(self) -> None:
        """Forget every update (`drop_pending_updates`)."""
        self._pending.clear()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Confirm what lies before `offset`, then answer up to `limit` updates.

        Waits up to `seconds` real seconds for the first one. A negative offset keeps only the last
        ones. Raises 409 when another call or a webhook takes over.
        """
        self._wake(OTHER_POLL)
        self._confirm_before(offset)
        if not self._pending and seconds > 0:
            await self._wait(seconds)
        waiting = itertools.islice(self.waiting(), limit)
        return [update.as_json() for update in waiting if update.update_id >= offset]

    def end_poll(self) -> None:
        """End a waiting getUpdates call because a webhook was set."""
        self._wake(WEBHOOK_SET)

    def _confirm_before(self, offset: int) -> None:
        if offset < 0:
            kept = deque(self._pending, maxlen=-offset)
            offset = kept[0] if kept else 0
        for update_id in list(itertools.takewhile(lambda one: one < offset, self._pending)):
            del self._pending[update_id]

    def _wake(self, reason: str | None) -> None:
        poll, self._poll = self._poll, None
        if poll and not poll.woken.done():
            poll.woken.set_result(reason)

    async def _wait(self, seconds: float) -> None:
        poll = Poll(asyncio.get_running_loop().create_future())
        self._poll = poll
        done, _pending = await asyncio.wait([poll.woken], timeout=seconds)
        if self._poll is poll:
            self._poll = None
        if done and (reason := poll.woken.result()):
            raise ApiError(409, reason)


def checked_limit(limit: int) -> int:
    """Return how many updates to give at once, within 1-100."""
    return min(max(limit, 1), 100)


def checked_timeout(seconds: int) -> float:
    """Return the length of a long poll in seconds, at most 50; raises 400 below 0."""
    if seconds < 0:
        raise bad_request("timeout must be non-negative")
    return min(seconds, 50)
