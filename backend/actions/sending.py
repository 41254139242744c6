"""The sender: takes what is due from the outbox and hands it to whoever can send, at a pace."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from backend.actions import delivery
from backend.actions.delivery import Message
from backend.clock import Clock
from backend.domain.delivery import TREATMENTS, Attempt, Kind, Outcome, Treatment

logger = structlog.get_logger(__name__)

Send = Callable[[Message], Awaitable[Attempt]]
_IDLE_SECONDS = 1.0
_BURST = 3
_FORGET_CHATS_ABOVE = 10_000


class Pace:
    """Evenly spaced slots: `per_second` in all, and `per_chat_second` in one chat.

    Answers to a person (`is_answer`) may come in a short burst of three in her chat.
    """

    def __init__(self, per_second: float, *, per_chat_second: float = 1.0) -> None:
        self.per_second = per_second
        self._spacing = 1 / per_second
        self._chat_spacing = 1 / per_chat_second
        self._next_at = 0.0
        self._chats: dict[int, float] = {}

    async def slot(self, chat_id: int, *, is_answer: bool) -> None:
        """Wait for a slot in this chat and in all."""
        loop = asyncio.get_running_loop()
        spare = (_BURST - 1) * self._chat_spacing if is_answer else 0.0
        ready_at = self._chats.get(chat_id, 0.0) - spare
        now = loop.time()
        slot_at = max(now, self._next_at, ready_at)
        self._next_at = max(now, self._next_at) + self._spacing
        self._chats[chat_id] = max(slot_at, self._chats.get(chat_id, 0.0)) + self._chat_spacing
        if len(self._chats) > _FORGET_CHATS_ABOVE:
            self._chats = {chat: at for chat, at in self._chats.items() if at > now}
        await asyncio.sleep(slot_at - now)


class Sender:
    """Delivers the outbox of one process."""

    def __init__(
        self, *, owner_id: int, clock: Clock, send: Send, pace: Pace, width: int = 32
    ) -> None:
        self.owner_id = owner_id
        self._clock = clock
        self._send = send
        self._pace = pace
        self._batch = max(1, min(width, int(pace.per_second / 2)))
        self._wake = asyncio.Event()
        self._one_round = asyncio.Lock()
        self._unfinished: dict[int, tuple[Message, Attempt]] = {}
        self._has_left_claims = False
        self.last_round_at: datetime | None = None

    def nudge(self) -> None:
        """Say that something is due now."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; one broken round never ends the sending."""
        while not stop.is_set():
            self._wake.clear()
            if not await self._careful_round():
                await self._rest(stop)

    async def drain(self) -> int:
        """Deliver all that is due by now; return how many messages were tried."""
        tried = 0
        while batch := await self.round():
            tried += batch
        return tried

    async def round(self) -> int:
        """Claim one batch and deliver it; return how many messages it had.

        Rounds never overlap, so when this returns nothing claimed here is still under way.
        """
        async with self._one_round:
            await self._tidy_up()
            self._has_left_claims = True
            tried = await self._round()
            self._has_left_claims = False
            return tried

    async def _tidy_up(self) -> None:
        """After a broken round, finish what was sent and take up what was only claimed."""
        for message, attempt in list(self._unfinished.values()):
            await self._finish(message, attempt)
        if self._has_left_claims:
            await delivery.take_up(self.owner_id, now=self._clock.local())

    async def _round(self) -> int:
        now = self._clock.local()
        self.last_round_at = now
        closed_until = await delivery.gate_closed_until()
        if closed_until and closed_until > now:
            return 0
        messages = await delivery.claim(self.owner_id, now=now, limit=self._batch)
        chats: dict[int, list[Message]] = {}
        for message in messages:
            chats.setdefault(message.chat_id, []).append(message)
        ended = await asyncio.gather(
            *(self._deliver_chat(queue) for queue in chats.values()), return_exceptions=True
        )
        for error in filter(None, ended):
            raise error
        return len(messages)

    async def _careful_round(self) -> int:
        try:
            return await self.round()
        except Exception as error:
            logger.error("sending_round_failed", error=type(error).__name__, exc_info=error)
            return 0

    async def _rest(self, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in (self._wake, stop)]
        await asyncio.wait(waits, timeout=_IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _deliver_chat(self, queue: list[Message]) -> None:
        """Deliver one chat's messages in their order; put the rest back once the gate is shut."""
        for position, message in enumerate(queue):
            await self._pace.slot(message.chat_id, is_answer=message.kind is Kind.SCREEN)
            if await self._is_gate_closed():
                await delivery.put_back(queue[position:])
                return
            if await delivery.intend(message, now=self._clock.local()):
                await self._deliver(message)

    async def _deliver(self, message: Message) -> None:
        try:
            attempt = await self._send(message)
        except Exception as error:
            # It broke somewhere between the call and its answer, as a crash would.
            logger.error("sender_broke", send_id=message.id, exc_info=error)
            attempt = Attempt(Outcome.CRASHED, error=type(error).__name__)
        self._unfinished[message.id] = (message, attempt)
        await self._finish(message, attempt)

    async def _finish(self, message: Message, attempt: Attempt) -> None:
        """Write what became of a message; where that fails, the next round tries again."""
        decision = await delivery.finish(message, attempt, now=self._clock.local())
        del self._unfinished[message.id]
        if TREATMENTS[attempt.outcome] in (Treatment.WRONG, Treatment.HALTED, Treatment.UNCLEAR):
            logger.warning(
                "send_troubled",
                send_id=message.id,
                outcome=attempt.outcome.value,
                state=decision.state.value,
            )

    async def _is_gate_closed(self) -> bool:
        closed_until = await delivery.gate_closed_until()
        return closed_until is not None and closed_until > self._clock.now()
