"""What comes while a write is under way is written together with the next: one commit for many."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

Item = TypeVar("Item")
Result = TypeVar("Result")


class Grouped(Generic[Item, Result]):
    """Hands items to `write` in groups of at most `most`, in the order they came.

    An item that comes alone waits for nothing. Where a group cannot be written each of its items
    is tried alone, so that one that is refused takes no other with it.
    """

    def __init__(
        self, write: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], *, most: int = 64
    ) -> None:
        self._write = write
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> Result:
        """Have an item written and return what came of it; raise what kept it from being so."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        result: Result = await future
        return result

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                group = [
                    self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))
                ]
                await self._write_group(group)
        finally:
            self._writing = None

    async def _write_group(self, group: "list[tuple[Item, asyncio.Future[Result]]]") -> None:
        try:
            results = await self._write([item for item, _future in group])
        except Exception as error:  # noqa: BLE001 (whoever added the item is told)
            if len(group) > 1:
                for alone in group:
                    await self._write_group([alone])
            elif not group[0][1].done():
                group[0][1].set_exception(error)
            return
        for (_item, future), result in zip(group, results, strict=True):
            if not future.done():
                future.set_result(result)


class Shared(Generic[Result]):
    """Reads that are asked for again while they are under way are made once."""

    def __init__(self, read: Callable[..., Coroutine[Any, Any, Result]]) -> None:
        self._read = read
        self._loops: WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[tuple[object, ...], asyncio.Task[Result]]
        ] = WeakKeyDictionary()

    async def get(self, *key: object) -> Result:
        """Read what belongs to these arguments, or wait for who is reading it."""
        under_way = self._loops.setdefault(asyncio.get_running_loop(), {})
        task = under_way.get(key)
        if task is None:
            task = under_way[key] = asyncio.create_task(self._read(*key))
            task.add_done_callback(lambda _done: under_way.pop(key))
        return await asyncio.shield(task)
