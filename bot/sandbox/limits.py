"""How much a bot may send; Telegram does not publish the exact numbers, so all are settable."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.errors import too_many


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second in all and in one chat, and how many may come at once in a chat.

    Counted in real seconds, as `seconds` tells them.
    """

    enabled: bool = True
    all_per_second: float = 30.0
    all_burst: int = 30
    chat_per_second: float = 1.0
    chat_burst: int = 20
    seconds: Callable[[], float] = time.monotonic

    @classmethod
    def off(cls) -> "Limits":
        """Return limits that never refuse."""
        return cls(enabled=False)


@dataclass(slots=True)
class Bucket:
    """Tokens that come back with time, up to a full bucket."""

    rate: float
    size: int
    tokens: float
    at: float

    def missing(self, now: float, cost: int) -> float:
        """Refill and return the seconds until `cost` tokens are there; 0 when they are."""
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (min(cost, self.size) - self.tokens) / self.rate)


@dataclass(slots=True)
class Gate:
    """Counts what is sent and refuses with 429 what is too much."""

    limits: Limits
    _all: Bucket | None = None
    _chats: dict[int, Bucket] = field(default_factory=dict)

    def take(self, chat_id: int, messages: int = 1) -> None:
        """Let this many messages into a chat or raise 429 with the seconds to wait."""
        if not self.limits.enabled:
            return
        now = self.limits.seconds()
        buckets = (self._for_all(now), self._for_chat(chat_id, now))
        wait = max(bucket.missing(now, messages) for bucket in buckets)
        if wait > 0:
            raise too_many(math.ceil(wait))
        for bucket in buckets:
            bucket.tokens -= messages

    def _for_all(self, now: float) -> Bucket:
        if self._all is None:
            limits = self.limits
            self._all = Bucket(limits.all_per_second, limits.all_burst, limits.all_burst, now)
        return self._all

    def _for_chat(self, chat_id: int, now: float) -> Bucket:
        if chat_id not in self._chats:
            rate, burst = self.limits.chat_per_second, self.limits.chat_burst
            self._chats[chat_id] = Bucket(rate, burst, burst, now)
        return self._chats[chat_id]
