"""How fast calls are made: never more than so many in any second, and one a second in one chat."""

import asyncio
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass, field

# A second as the sender counts it: what arrives a little late or early still fits into one.
_SECOND = 1.006
_BURST = 3
_CATCH_UP_SECONDS = 0.25
_FORGET_CHATS_ABOVE = 10_000


@dataclass(slots=True)
class _Call:
    """A call that waits for its moment, and then the moment it was made."""

    chat_id: int | None
    granted: "asyncio.Future[None]"
    made_at: float = field(default=0.0)


_under_way: ContextVar[_Call | None] = ContextVar("call_under_way", default=None)


def note_departure() -> None:
    """Say that the call which this task has the slot of is written only now."""
    call = _under_way.get()
    if call:
        call.made_at = asyncio.get_running_loop().time()


class Pace:
    """Slots for calls: at most `per_second` in any second, `per_chat_second` in one chat.

    Answers to people take the next slot. All else is spaced evenly, so that a slot is never far,
    and what a late turn of the loop has cost is caught up. In her chat answers may come in a
    short burst of three.
    """

    def __init__(self, per_second: float, *, per_chat_second: float = 1.0) -> None:
        most = max(1, int(per_second))
        self.per_second = per_second
        self._second = max(1.0, most / per_second) * _SECOND
        self._spacing = self._second / most
        self._chat_spacing = _SECOND / per_chat_second
        self._made: deque[_Call] = deque(maxlen=most)
        self._even_at = 0.0
        self._answers: deque[_Call] = deque()
        self._bulk: deque[_Call] = deque()
        self._chats: dict[int, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def chat_turn(self, chat_id: int, *, is_answer: bool) -> None:
        """Wait until this chat may get its next message."""
        spare = (_BURST - 1) * self._chat_spacing if is_answer else 0.0
        wait = self._chats.get(chat_id, 0.0) - spare - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)

    async def slot(self, chat_id: int | None = None, *, is_answer: bool) -> None:
        """Wait for the moment to make a call; a message to a chat is counted there too."""
        loop = asyncio.get_running_loop()
        call = _Call(chat_id, loop.create_future())
        queue = self._answers if is_answer else self._bulk
        queue.append(call)
        self._grant()
        if not call.granted.done():
            try:
                await call.granted
            except asyncio.CancelledError:
                if call in queue:
                    queue.remove(call)
                raise
            # Counted from when it is really made, as the loop may have been busy meanwhile.
            call.made_at = loop.time()
        _under_way.set(call)

    def _grant(self) -> None:
        """Give slots to those who wait as long as there are any, and come back for the next."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        loop = asyncio.get_running_loop()
        while queue := self._answers or self._bulk:
            free_at = self._free_at(is_answer=queue is self._answers)
            now = loop.time()
            if free_at > now:
                self._timer = loop.call_at(free_at, self._grant)
                return
            self._take(queue.popleft(), now)

    def _free_at(self, *, is_answer: bool) -> float:
        is_full = len(self._made) == self._made.maxlen
        second_at = self._made[0].made_at + self._second if is_full else 0.0
        return second_at if is_answer else max(second_at, self._even_at)

    def _take(self, call: _Call, now: float) -> None:
        call.made_at = now
        self._made.append(call)
        self._even_at = max(self._even_at, now - _CATCH_UP_SECONDS) + self._spacing
        if call.chat_id is not None:
            free_at = max(now, self._chats.get(call.chat_id, 0.0))
            self._chats[call.chat_id] = free_at + self._chat_spacing
            if len(self._chats) > _FORGET_CHATS_ABOVE:
                self._chats = {chat: at for chat, at in self._chats.items() if at > now}
        if not call.granted.done():
            call.granted.set_result(None)
