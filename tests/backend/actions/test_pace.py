"""Never more than so many calls in any second, as they are really made; answers before bulk."""

import asyncio
from bisect import bisect_left
from collections.abc import Coroutine
from itertools import pairwise
from typing import Any

from backend.actions.pace import Pace, note_departure

FULL_SHARE = 0.99


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose time passes at once, and stalls as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self._stock_select = self._selector.select  # type: ignore[attr-defined]
        self._selector.select = self._select  # type: ignore[attr-defined]

    def time(self) -> float:
        """The virtual time in seconds."""
        return self.passed

    def _select(self, timeout: float | None = None) -> list[Any]:
        found: list[Any] = self._stock_select(0)
        if not found and timeout:
            self.passed += timeout
        return found


def run(work: Coroutine[Any, Any, Any], loop: VirtualLoop) -> None:
    """Run it to its end in virtual time."""
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()


def most_in_a_second(moments: list[float]) -> int:
    """The most moments in any [t, t + 1)."""
    return max(bisect_left(moments, at + 1.0) - index for index, at in enumerate(moments))


def test_never_more_than_the_limit_in_any_second_and_nearly_all_of_it() -> None:
    loop, made = VirtualLoop(), list[float]()
    pace = Pace(30)

    async def calls() -> None:
        for number in range(900):
            if number in (100, 400):
                loop.passed += 0.3  # the loop was busy with something else
            await pace.slot(is_answer=False)
            made.append(loop.time())

    run(calls(), loop)
    assert most_in_a_second(made) <= 30
    assert len(made) / (made[-1] - made[0] - 0.6) >= 30 * FULL_SHARE


def test_bulk_is_spaced_evenly_so_that_a_slot_is_never_far() -> None:
    loop, made, waited = VirtualLoop(), list[float](), list[float]()
    pace = Pace(30)

    async def bulk() -> None:
        await pace.slot(is_answer=False)
        made.append(loop.time())

    async def answers() -> None:
        for _ in range(20):
            await asyncio.sleep(0.41)
            asked = loop.time()
            await pace.slot(is_answer=True)
            made.append(loop.time())
            waited.append(loop.time() - asked)

    async def both() -> None:
        await asyncio.gather(answers(), *(bulk() for _ in range(300)))

    run(both(), loop)
    assert max(waited) <= 0.04
    assert most_in_a_second(made) <= 30
    assert max(after - before for before, after in pairwise(made)) <= 0.1


def test_a_chat_gets_one_a_second_and_answers_a_short_burst() -> None:
    loop = VirtualLoop()
    made: dict[bool, list[float]] = {True: [], False: []}
    pace = Pace(1000)

    async def chat(chat_id: int, *, is_answer: bool) -> None:
        for _ in range(5):
            await pace.chat_turn(chat_id, is_answer=is_answer)
            await pace.slot(chat_id, is_answer=is_answer)
            made[is_answer].append(loop.time())

    async def both() -> None:
        await asyncio.gather(chat(1, is_answer=True), chat(2, is_answer=False))

    run(both(), loop)
    assert [round(at) for at in made[False]] == [0, 1, 2, 3, 4]
    assert [round(at) for at in made[True]] == [0, 0, 0, 1, 2]


def test_who_gives_up_waiting_takes_no_slot() -> None:
    loop, made = VirtualLoop(), list[float]()
    pace = Pace(1)

    async def calls() -> None:
        await pace.slot(is_answer=False)
        waiting = asyncio.create_task(pace.slot(is_answer=False))
        await asyncio.sleep(0.5)
        waiting.cancel()
        await pace.slot(is_answer=False)
        made.append(loop.time())

    run(calls(), loop)
    assert round(made[0], 1) == 1.0


def test_a_call_that_waits_for_a_connection_counts_from_when_it_is_written() -> None:
    loop, left = VirtualLoop(), list[float]()
    pace = Pace(30)

    async def call(number: int) -> None:
        await pace.slot(is_answer=False)
        if number < 10:
            await asyncio.sleep(0.2)
        note_departure()
        left.append(loop.time())

    async def calls() -> None:
        await asyncio.gather(*(call(number) for number in range(90)))

    run(calls(), loop)
    assert most_in_a_second(sorted(left)) <= 30
