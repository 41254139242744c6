"""An event loop without a machine below it: its clock jumps, and a seed orders what is ready."""

import asyncio
import contextvars
import heapq
from collections import deque
from collections.abc import AsyncGenerator, Coroutine
from contextlib import suppress
from contextvars import Context, ContextVar
from itertools import count
from random import Random
from types import CoroutineType
from typing import Any, Protocol


class Runner(Protocol):
    """What a process is to the loop."""

    is_dead: bool
    is_asleep: bool
    postponed: list[asyncio.Handle]
    tasks: list["_Task"]
    generators: list[tuple[Any, Context]]


# The process whose code runs; None for what is outside of every process.
RUNNER: ContextVar[Runner | None] = ContextVar("runner", default=None)
_FINISHED_KEPT = 200


class Dead(BaseException):
    """A dead process tried to do something; nothing may take this for an ordinary error."""


class Stuck(RuntimeError):
    """Nothing is ready and no timer runs, so nothing would ever happen again."""


class _Task(asyncio.Task[Any]):
    """A task whose place in a set does not depend on where it lies in memory."""

    def __init__(
        self, number: int, coroutine: Coroutine[Any, Any, Any], context: Context, **options: Any
    ) -> None:
        self.number = number
        self.context = context
        super().__init__(coroutine, context=context, **options)

    def __hash__(self) -> int:
        return self.number


class _Future(asyncio.Future[Any]):
    """A future of the same kind."""

    def __init__(self, number: int, loop: asyncio.AbstractEventLoop) -> None:
        self.number = number
        super().__init__(loop=loop)

    def __hash__(self) -> int:
        return self.number


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs one ready callback at a time, drawn by `chance`; when none is ready, time jumps on.

    What belongs to a dead process is dropped, what belongs to a paused one waits until it wakes.
    """

    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._chance = chance
        self._now = 0.0
        self._numbers = count(1)
        self.set_task_factory(self._numbered_task)
        # Nobody is left to hear of what the dead have left unheard.
        self.set_exception_handler(lambda _loop, _context: None)

    def time(self) -> float:
        """Return virtual seconds since the loop began."""
        return self._now

    def skip(self, seconds: float) -> None:
        """Let time pass at once; timers that run out meanwhile go off together, late."""
        self._now += max(0.0, seconds)

    def create_future(self) -> "asyncio.Future[Any]":
        """Return a future with a number for a hash."""
        return _Future(next(self._numbers), self)

    def wake(self, runner: Runner) -> None:
        """Let a paused process go on with whatever became ready meanwhile."""
        runner.is_asleep = False
        self._ready.extend(runner.postponed)
        runner.postponed.clear()

    def bury(self, runner: Runner) -> None:
        """End what a dead process was doing; nothing it does on the way has an effect."""
        for task in runner.tasks:
            if not task.done():
                task._log_destroy_pending = False  # type: ignore[attr-defined]
                task.context.run(_close, task.get_coro())
        for generator, context in reversed(runner.generators):
            # Closing what waits for a generator leaves it where it was.
            context.run(_close, generator.ag_await)
        runner.tasks.clear()
        runner.generators.clear()
        runner.postponed.clear()

    def _numbered_task(
        self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any
    ) -> "asyncio.Task[Any]":
        context = options.pop("context", None) or contextvars.copy_context()
        task = _Task(next(self._numbers), coroutine, context, loop=loop, **options)
        if runner := context.get(RUNNER):
            if len(runner.tasks) > _FINISHED_KEPT:
                runner.tasks[:] = [one for one in runner.tasks if not one.done()]
            runner.tasks.append(task)
        return task

    def _asyncgen_firstiter_hook(self, generator: AsyncGenerator[Any, Any]) -> None:
        runner, task = RUNNER.get(), asyncio.current_task(self)
        if runner and isinstance(task, _Task):
            if len(runner.generators) > _FINISHED_KEPT:
                runner.generators[:] = [one for one in runner.generators if one[0].ag_frame]
            runner.generators.append((generator, task.context))

    def _asyncgen_finalizer_hook(self, generator: AsyncGenerator[Any, Any]) -> None:
        """What is left of a dead process's generators ends without running on."""

    def _run_once(self) -> None:
        """Run one callback. The name and the two queues are those of asyncio's own loop."""
        if not self._ready:
            self._jump()
        timers, ready = self._scheduled, self._ready
        while timers and (timers[0]._when <= self._now or timers[0]._cancelled):  # type: ignore[attr-defined]
            timer = heapq.heappop(timers)
            timer._scheduled = False  # type: ignore[attr-defined]
            ready.append(timer)
        if len(ready) > 1:
            ready.rotate(-int(self._chance.random() * len(ready)))
        handle = ready.popleft()
        runner = handle._context.get(RUNNER)  # type: ignore[attr-defined]
        if handle.cancelled() or (runner is not None and runner.is_dead):
            return
        if runner is not None and runner.is_asleep:
            runner.postponed.append(handle)
        else:
            handle._run()

    def _jump(self) -> None:
        timers = self._scheduled
        while timers and timers[0].cancelled():
            heapq.heappop(timers)._scheduled = False  # type: ignore[attr-defined]
        if not timers:
            raise Stuck
        self._now = max(self._now, timers[0].when())

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """A cancelled timer is passed over when its time comes."""

    def _process_events(self, event_list: list[Any]) -> None:
        """There are no events from outside."""

    def _write_to_self(self) -> None:
        """There is no thread to be woken by."""


def _close(coroutine: Any) -> None:
    """Close a coroutine, also where it waits for something on its way out."""
    while isinstance(coroutine, CoroutineType) and coroutine.cr_frame is not None:
        with suppress(Dead, Exception):
            coroutine.close()
