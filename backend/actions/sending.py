"""The sender: takes what is due from the outbox and hands it to whoever can send, at a pace.

It is a pump, not a round: as soon as one message is through, the next is on its way. Claims,
intents, finishes and what is put back are written in groups; still each message has its intent
committed before its call is made, and is finished by its token.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush

import structlog

from backend.actions import delivery, figures
from backend.actions.delivery import Message
from backend.actions.gate import Gate
from backend.actions.grouping import Grouped, Result
from backend.actions.pace import Pace
from backend.clock import Clock
from backend.domain.delivery import (
    LAST_ANSWER,
    PRIORITIES,
    TREATMENTS,
    Attempt,
    Decision,
    Outcome,
    Treatment,
)

logger = structlog.get_logger(__name__)

Send = Callable[[Message], Awaitable[Attempt]]
Prepare = Callable[[Message], Awaitable[Send]]
Ended = tuple[Message, Attempt]
# So much of the work to come is claimed, and so much of it has its intent committed, ahead.
_CLAIMED_AHEAD_SECONDS = 0.5
_INTENDED_AHEAD_SECONDS = 0.05
_ANSWERS_AHEAD_SECONDS = 2.0
# What the last look at a row said is taken for true so long; a machine may stand still meanwhile.
_LOOK_HOLDS = timedelta(seconds=10)
_MOST_ANSWERS_AT_ONCE = 64
_MOST_LAST_WRITINGS = 5
_TROUBLED = (Treatment.WRONG, Treatment.HALTED, Treatment.UNCLEAR)
_SAYS_NOTHING_OF_THE_TOKEN = (Treatment.NOT_SENT, Treatment.UNCLEAR)


@dataclass(slots=True)
class _Lane:
    """One of the two ways out: answers to people, or what goes to many at once.

    `ahead` is for what has its intent committed and waits for its call, `places` for calls under
    way, `unwritten` for calls until what became of them is written, so that a crash leaves few of
    unclear fate; `waiting` counts all that is claimed and whose call has not begun.
    """

    is_answer: bool
    ahead: asyncio.Semaphore
    places: asyncio.Semaphore
    unwritten: asyncio.Semaphore
    waiting: int = 0


def _lane(width: int, ahead: float, *, is_answer: bool = False) -> _Lane:
    """Return a lane for `width` calls at a time, with `ahead` of them prepared."""
    return _Lane(
        is_answer,
        ahead=asyncio.Semaphore(max(1, min(width, int(ahead)))),
        places=asyncio.Semaphore(width),
        unwritten=asyncio.Semaphore(2 * width),
    )


class Sender:
    """Delivers the outbox of one process, in each lane at most `width` messages at a time.

    Within a chat messages go one after another, the most urgent first. Answers to people take
    the next slot, whatever is queued in bulk. `prepare` writes a message ahead of its slot and
    returns what then sends it. `idle_seconds` is how long after it found nothing it looks again,
    unless it is nudged.
    """

    def __init__(
        self,
        *,
        owner_id: int,
        clock: Clock,
        send: Send,
        prepare: Prepare | None = None,
        pace: Pace,
        gate: Gate | None = None,
        width: int = 64,
        idle_seconds: float = 1.0,
    ) -> None:
        self.owner_id = owner_id
        self.last_round_at: datetime | None = None
        self._clock = clock
        self._send = send
        self._prepare = prepare
        self._pace = pace
        self._gate = gate or Gate()
        self._idle_seconds = idle_seconds
        self._bulk = _lane(width, pace.per_second * _INTENDED_AHEAD_SECONDS)
        self._answers = _lane(width, pace.per_second * _ANSWERS_AHEAD_SECONDS, is_answer=True)
        self._most_bulk = max(2, min(4 * width, int(pace.per_second * _CLAIMED_AHEAD_SECONDS)))
        self._intents = Grouped(self._write_intents)
        self._returns = Grouped(self._write_returns)
        self._finishes = Grouped(self._write_finishes)
        self._queues: dict[int, list[tuple[int, int, str, Message]]] = {}
        self._known: dict[int, Message] = {}
        self._tasks: dict[asyncio.Task[None], int] = {}
        self._tried = 0
        self._dry_until = 0.0
        self._is_token_refused = False
        self._may_hold_unknown = False
        self._is_ending = False
        self._is_over: Callable[[], bool] = lambda: True
        self._trouble: Exception | None = None
        self._wake = asyncio.Event()
        self._one_look = asyncio.Lock()

    def nudge(self) -> None:
        """Say that something is due now."""
        self._wake.set()

    def stand_by(self) -> None:
        """Say that all is well while another process sends."""
        self.last_round_at = self._clock.local()

    async def answer(
        self, message: Message, send: Send, *, is_wanted: Callable[[], bool] = lambda: True
    ) -> None:
        """Send a message whose intent committed with what it answers; also while another sends.

        Where it is not wanted any more when its turn comes, or the gate is shut, it is put back:
        whoever delivers the outbox looks at it again.
        """
        await self._pace.chat_turn(message.chat_id, is_answer=True)
        if is_wanted():
            await self._pace.slot(message.chat_id, is_answer=True)
        if is_wanted() and not self._gate.is_closed(self._clock.now()):
            await self._finish(message, await self._attempt(message, send))
        else:
            await self._insist(partial(self._returns.add, message))

    async def run(self, stop: asyncio.Event, *, is_over: Callable[[], bool] = lambda: True) -> None:
        """Deliver until `stop` is set, then let what is on its way come to its end.

        What is only claimed by then is put back. No error ends the sending. `is_over` says whether
        the process ends with it; else it lives on while another sends.
        """
        self._is_ending, self._is_over = False, is_over
        while not stop.is_set():
            self._wake.clear()
            try:
                await self._look()
            except Exception as error:
                logger.error("claiming_failed", exc_info=error)
                self._trouble = error
            await self._rest(stop)
        self._is_ending = True
        await self._all_through()
        if self._may_hold_unknown:
            await self._insist(self._put_back_unknown)

    async def drain(self) -> int:
        """Deliver all that is due by now; return how many messages were tried.

        Raises what kept the database from being written.
        """
        tried, self._is_ending, self._dry_until = self._tried, False, 0.0
        while await self._look() or self._tasks:
            await self._all_through()
            if self._trouble:
                trouble, self._trouble = self._trouble, None
                raise trouble
            self._dry_until = 0.0
        return self._tried - tried

    async def _all_through(self) -> None:
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def _rest(self, stop: asyncio.Event) -> None:
        """Wait for a nudge or for room; in trouble, and behind a shut gate, for time to pass."""
        seconds, events = self._idle_seconds, [stop, self._wake]
        if self._trouble:
            self._trouble, events = None, [stop]
        elif self._gate.closed_until:
            left = (self._gate.closed_until - self._clock.now()) / timedelta(seconds=1)
            seconds = min(seconds, left) if left > 0 else seconds
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _look(self) -> int:
        """Claim what there is room for and set it on its way; return how many it was."""
        async with self._one_look:
            now = self._clock.local()
            await self._gate.look()
            if self._gate.is_closed(now):
                self.last_round_at = now
                return 0
            if self._may_hold_unknown:
                await self._put_back_unknown()
            messages = await self._claim(now)
            # Who cannot claim has not looked, however often it tried.
            self.last_round_at = now
            for message in messages:
                self._take(message)
            return len(messages)

    async def _put_back_unknown(self) -> None:
        """Put back what was claimed without an answer."""
        await delivery.put_back_unknown(self.owner_id, known=list(self._known.values()))
        self._may_hold_unknown = False

    async def _claim(self, now: datetime) -> list[Message]:
        """Claim answers, and bulk where half its room is free and it had not just run dry.

        Until Telegram has taken a once refused token again, one message at a time tries it.
        """
        loop = asyncio.get_running_loop()
        room = self._most_bulk - self._bulk.waiting
        answers_only = room * 2 < self._most_bulk or loop.time() < self._dry_until
        limit = _MOST_ANSWERS_AT_ONCE if answers_only else room
        if self._is_token_refused:
            limit = 0 if self._tasks else 1
        self._may_hold_unknown = True
        messages = await delivery.claim(
            self.owner_id, now=now, limit=limit, answers_only=answers_only
        )
        self._may_hold_unknown = False
        if 0 < len(messages) == limit:
            self._wake.set()
        elif not answers_only:
            self._dry_until = loop.time() + self._idle_seconds
        return messages

    def _take(self, message: Message) -> None:
        """Put a claimed message in its chat's queue, and have somebody work through that."""
        self._known[message.id] = message
        self._lane_of(message).waiting += 1
        if message.chat_id not in self._queues:
            self._queues[message.chat_id] = []
            task = asyncio.create_task(self._deliver_chat(message.chat_id))
            self._tasks[task] = message.chat_id
            task.add_done_callback(self._tasks.pop)
        queue = self._queues[message.chat_id]
        # The same row may wait twice: claimed anew after another took it up and put it back.
        heappush(queue, (PRIORITIES[message.kind], message.id, message.token, message))

    def _lane_of(self, message: Message) -> _Lane:
        return self._answers if PRIORITIES[message.kind] <= LAST_ANSWER else self._bulk

    async def _deliver_chat(self, chat_id: int) -> None:
        """Deliver one chat's messages one after another, each when the chat may have it."""
        queue = self._queues[chat_id]
        try:
            while queue:
                lane = self._lane_of(queue[0][-1])
                await self._pace.chat_turn(chat_id, is_answer=lane.is_answer)
                message = heappop(queue)[-1]
                await self._deliver(message, self._lane_of(message))
                # What was put back may be claimed anew already, and then is known anew.
                if self._known.get(message.id) is message:
                    del self._known[message.id]
        finally:
            del self._queues[chat_id]

    async def _deliver(self, message: Message, lane: _Lane) -> None:
        send = await self._in_its_turn(message, lane)
        if send is None:
            await self._insist(partial(self._returns.add, message))
            return
        try:
            try:
                attempt = await self._attempt(message, send)
            finally:
                lane.places.release()
            await self._finish(message, attempt)
        finally:
            lane.unwritten.release()

    async def _in_its_turn(self, message: Message, lane: _Lane) -> Send | None:
        """Commit the intent, have it written, wait for place and slot; None where it may not go.

        Nothing comes between the slot and the call.
        """
        send, looked_at = None, self._clock.now()
        try:
            async with lane.ahead:
                looked_at = self._clock.now()
                if not self._is_shut() and await self._intents.add(message):
                    send = await self._prepare(message) if self._prepare else self._send
                    await self._take_place(message, lane)
        except Exception as error:
            # Whether the intent was committed or not, nothing was sent.
            logger.error("intent_failed", send_id=message.id, exc_info=error)
            self._trouble, send = error, None
        finally:
            lane.waiting -= 1
            self._ask_for_more()
        is_stale = self._clock.now() - looked_at > _LOOK_HOLDS
        if send and (is_stale or self._is_shut()):
            lane.places.release()
            lane.unwritten.release()
            return None
        return send

    async def _take_place(self, message: Message, lane: _Lane) -> None:
        async with AsyncExitStack() as stack:
            for places in (lane.unwritten, lane.places):
                await stack.enter_async_context(places)
            await self._pace.slot(message.chat_id, is_answer=lane.is_answer)
            stack.pop_all()

    def _ask_for_more(self) -> None:
        is_dry = asyncio.get_running_loop().time() < self._dry_until
        if not is_dry and self._bulk.waiting * 2 <= self._most_bulk:
            self._wake.set()

    def _is_shut(self) -> bool:
        return self._is_ending or self._gate.is_closed(self._clock.now())

    async def _attempt(self, message: Message, send: Send) -> Attempt:
        """Make the call; what it says of the gate is known here before anything else is sent."""
        self._tried += 1
        try:
            attempt = await send(message)
        except Exception as error:
            # It broke somewhere between the call and its answer, as a crash would.
            logger.error("sender_broke", send_id=message.id, exc_info=error)
            attempt = Attempt(Outcome.CRASHED, error=type(error).__name__)
        figures.ATTEMPTS.labels(message.kind, attempt.outcome).inc()
        treatment = TREATMENTS[attempt.outcome]
        if treatment in (Treatment.GATED, Treatment.HALTED):
            until, reason = delivery.shut_until(attempt, now=self._clock.local())
            self._gate.close(until, reason=reason)
        if treatment is Treatment.HALTED:
            logger.error("token_refused", again_at=str(self._gate.closed_until))
            self._is_token_refused = True
        elif treatment not in _SAYS_NOTHING_OF_THE_TOKEN:
            self._is_token_refused = False
        return attempt

    async def _finish(self, message: Message, attempt: Attempt) -> None:
        """Write what became of a message."""
        decision = await self._insist(partial(self._finishes.add, (message, attempt)))
        if decision and TREATMENTS[attempt.outcome] in _TROUBLED:
            logger.warning(
                "send_troubled",
                send_id=message.id,
                outcome=attempt.outcome.value,
                state=decision.state.value,
            )

    async def _insist(self, write: Callable[[], Awaitable[Result]]) -> Result | None:
        """Have it written, however long that takes; at the end of all, leave it to the recovery.

        While the process lives on, nobody else would ever take it up.
        """
        last_writings = 0
        while last_writings < _MOST_LAST_WRITINGS:
            try:
                return await write()
            except Exception as error:
                logger.error("outbox_not_written", exc_info=error)
                self._trouble = error
                last_writings += self._is_ending and self._is_over()
                await asyncio.sleep(self._idle_seconds)
        return None

    async def _write_intents(self, messages: Sequence[Message]) -> Sequence[bool]:
        return await delivery.intend(messages, now=self._clock.local())

    async def _write_returns(self, messages: Sequence[Message]) -> Sequence[None]:
        await delivery.put_back(messages)
        return [None] * len(messages)

    async def _write_finishes(self, ended: Sequence[Ended]) -> Sequence[Decision]:
        return await delivery.finish(ended, now=self._clock.local())
