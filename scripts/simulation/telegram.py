"""A Telegram of which it is known what truly arrived, with every outcome a call can have."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random

from backend.actions.delivery import Message
from backend.actions.network import before_call
from backend.domain.delivery import Attempt, Outcome
from scripts.simulation.invariants import Invariants, gate_after
from scripts.simulation.loop import VirtualLoop
from scripts.simulation.process import Process
from scripts.simulation.records import Call
from scripts.simulation.story import Story

# How long a call takes to end so, at most; and how often it was delivered all the same.
_SECONDS = {
    Outcome.DELIVERED: 0.3,
    Outcome.REFUSED: 0.1,
    Outcome.CONNECT_TIMEOUT: 5.0,
    Outcome.POOL_TIMEOUT: 1.0,
    Outcome.READ_TIMEOUT: 10.0,
    Outcome.WRITE_TIMEOUT: 10.0,
    Outcome.SERVER_CLOSED: 2.0,
    Outcome.SERVER_ERROR: 1.0,
    Outcome.UNREADABLE: 0.5,
    Outcome.BAD_REQUEST: 0.2,
    Outcome.INVALID_TOKEN: 0.2,
    Outcome.CONFLICT: 0.2,
}
_DELIVERED_SHARE = {
    Outcome.DELIVERED: 1.0,
    Outcome.READ_TIMEOUT: 0.6,
    Outcome.WRITE_TIMEOUT: 0.6,
    Outcome.SERVER_CLOSED: 0.6,
    Outcome.SERVER_ERROR: 0.6,
    Outcome.UNREADABLE: 0.95,
}
# A message can still arrive after its caller gave up waiting.
_LONGEST_TRANSIT = 20.0
# No process can look again after its last look, so a pause just before the call counts as transit.
_LONGEST_PAUSE = 200.0


@dataclass
class Weather:
    """How calls end just now: the share of each outcome; what is left is delivered."""

    shares: dict[Outcome, float] = field(default_factory=dict)
    flood_until: float = 0.0


class Telegram:
    """Takes calls from processes and tells the invariants what arrived."""

    def __init__(
        self,
        *,
        later: Callable[[float, Callable[[], object]], None],
        loop: VirtualLoop,
        chance: Random,
        invariants: Invariants,
        story: Story,
    ) -> None:
        self.weather = Weather()
        self.blocked: set[int] = set()
        self.deactivated: set[int] = set()
        self.not_found: set[int] = set()
        self.moved: dict[int, int] = {}
        self.faults = 0
        self._later = later
        self._loop = loop
        self._chance = chance
        self._invariants = invariants
        self._story = story
        self._message_id = 0
        self._is_wrong: dict[int, bool] = {}

    async def send(self, process: Process, message: Message) -> Attempt:
        """Take a call, as `Courier.send` makes it."""
        if self._draw(self.weather.shares.get(Outcome.NOT_WRITTEN, 0.0)):
            return self._ended(process, message, Attempt(Outcome.NOT_WRITTEN))
        process.calls += 1
        try:
            return self._ended(process, message, await self._call(process, message))
        finally:
            process.calls -= 1

    async def _call(self, process: Process, message: Message) -> Attempt:
        before_call("sendMessage")
        call = self._invariants.call(message.id, message.token)
        self._judge(message)
        asked_at = self._loop.time()
        await process.step("before it calls about", str(message.id), most=_LONGEST_PAUSE)
        self._invariants.hold_up(call, self._loop.time() - asked_at)
        self._story.tell(process.name, message.id, f"calls Telegram for chat {message.chat_id}")
        attempt = self._answer(message)
        if attempt.outcome in (Outcome.RATE_LIMITED, Outcome.INVALID_TOKEN):
            wait = attempt.retry_after.total_seconds() if attempt.retry_after else None
            call.closes_gate_until = gate_after(self._loop.time(), wait)
        taken = _SECONDS.get(attempt.outcome, 0.2) * (0.2 + 0.8 * self._chance.random())
        self._deliver(message, call, attempt.outcome, taken)
        await process.step("while it calls about", str(message.id))
        await asyncio.sleep(taken)
        await process.step("with the answer about", str(message.id))
        return attempt

    def _judge(self, message: Message) -> None:
        """Settle, once for all its calls, whether a message is one that Telegram cannot take."""
        if message.id not in self._is_wrong:
            share = self.weather.shares.get(Outcome.BAD_REQUEST, 0.0)
            self._is_wrong[message.id] = share > 0 and self._draw(share)

    def _answer(self, message: Message) -> Attempt:
        """Draw how the call ends; what gets through finds what is true of chat and message."""
        now, weather = self._loop.time(), self.weather
        if now < weather.flood_until:
            wait = math.ceil(weather.flood_until - now)
            return Attempt(Outcome.RATE_LIMITED, retry_after=timedelta(seconds=wait))
        outcome = self._drawn()
        if outcome is not Outcome.DELIVERED:
            return Attempt(outcome, error=f"simulated {outcome.value}")
        chat = message.chat_id
        if chat in self.moved:
            return Attempt(Outcome.MIGRATED, new_chat_id=self.moved[chat])
        if chat in self.deactivated:
            return Attempt(Outcome.DEACTIVATED, error="deactivated")
        if chat in self.blocked:
            return Attempt(Outcome.BLOCKED, error="blocked")
        if chat in self.not_found or self._is_wrong[message.id]:
            error = "chat not found" if chat in self.not_found else "message is wrong"
            return Attempt(Outcome.BAD_REQUEST, error=error)
        self._message_id += 1
        return Attempt(Outcome.DELIVERED, message_id=self._message_id)

    def _drawn(self) -> Outcome:
        roll = self._chance.random()
        for outcome, share in self.weather.shares.items():
            roll -= share
            if roll < 0 and outcome not in (Outcome.NOT_WRITTEN, Outcome.BAD_REQUEST):
                return outcome
        return Outcome.DELIVERED

    def _deliver(self, message: Message, call: Call, outcome: Outcome, taken: float) -> None:
        """Let it arrive, if it does: always before a good answer, else perhaps long after."""
        shut = self.blocked | self.deactivated | self.not_found | self.moved.keys()
        is_taken = message.chat_id not in shut and not self._is_wrong[message.id]
        if is_taken and self._draw(_DELIVERED_SHARE.get(outcome, 0.0)):
            longest = taken if outcome is Outcome.DELIVERED else _LONGEST_TRANSIT
            after = 0.9 * longest * self._chance.random()
            self._later(after, partial(self._invariants.deliver, message.id, call))

    def _ended(self, process: Process, message: Message, attempt: Attempt) -> Attempt:
        said = attempt.outcome.value
        if attempt.retry_after:
            said += f", retry after {attempt.retry_after.total_seconds():.0f} s"
        self._story.tell(process.name, message.id, f"is told: {said}")
        self.faults += attempt.outcome is not Outcome.DELIVERED
        return attempt

    def _draw(self, share: float) -> bool:
        return self._chance.random() < share
