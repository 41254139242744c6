"""Planning everyone who is enrolled: some are planned while the rows of others are written."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from backend.actions.differences import Difference
from backend.actions.dues import lock
from backend.actions.planning import ENROLLED, Changes, Reading, find_difference, read, write
from backend.actions.rulebook import follow_publications
from backend.store.sql import change_mark, execute, in_transaction

# As many persons as can be written while others wait for the database without minding.
_BATCH = 4_000
_TURN_SECONDS = 0.0005
# Looking through all that planning remembers takes a fifth of a second.
_BATCHES_A_COLLECTION = 25


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a planning of everyone has come; go on after `last_person`."""

    last_person: int
    persons: int
    difference: Difference
    changes: Changes


@dataclass(slots=True)
class _Ahead:
    """Persons who were read and are being planned; holds as long as the mark of changes does."""

    after_person: int
    reading: Reading
    planned: asyncio.Task[Difference]
    mark: object | None

    @property
    def last_person(self) -> int:
        """The last of them."""
        return self.reading.person_ids[-1]


class Everyone:
    """One planning of everyone, by some rules only or all: no rule depends on another.

    Each batch is read within the transaction before its own, and planned while that one writes.
    Where anybody may have written since, it is read once more; if that tells something else, it is
    planned once more.
    """

    def __init__(self, *, now: datetime, rules: Collection[str] | None = None) -> None:
        self._now, self._rules = now, rules
        self._ahead: _Ahead | None = None
        self._batches = 0

    async def are_planned(self) -> None:
        """Wait for what is planned ahead, if possible while no transaction is in progress.

        Where that failed it is only noted: maybe nobody needs it any more.
        """
        if self._ahead:
            await asyncio.wait([self._ahead.planned])
            self._ahead.planned.exception()

    @asynccontextmanager
    async def after(self, person_id: int) -> AsyncIterator[Progress | None]:
        """Plan the next persons after one within the caller's transaction; None if there are none.

        What the block writes must be the last of the transaction.
        """
        if not self._ahead or self._ahead.after_person != person_id:
            await self.are_planned()
            self._ahead = await self._look_ahead(person_id)
        if self._ahead is None:
            yield None
            return
        ahead = self._ahead = await self._confirmed(self._ahead)
        await self.are_planned()
        difference = ahead.planned.result()
        self._ahead = await self._look_ahead(ahead.last_person)
        changes = await write(ahead.reading, difference, now=self._now)
        self._collect()
        yield Progress(ahead.last_person, len(ahead.reading.person_ids), difference, changes)
        if self._ahead:
            self._ahead.mark = await change_mark()

    async def _look_ahead(self, person_id: int) -> _Ahead | None:
        """Read the next persons after one, and begin to plan them; None if there are none."""
        nothing = self._rules is not None and not self._rules
        person_ids = [] if nothing else await enrolled_after(person_id)
        if not person_ids:
            return None
        reading = await read(person_ids, await follow_publications(), self._rules)
        mark = await change_mark()
        return _Ahead(person_id, reading, self._planning(reading), mark)

    async def _confirmed(self, ahead: _Ahead) -> _Ahead:
        """The same while nobody else can write, planned once more where something changed."""
        person_ids = ahead.reading.person_ids
        await lock(person_ids)
        book = await follow_publications()
        is_of_book = book is ahead.reading.book
        if is_of_book and ahead.mark is not None and ahead.mark == await change_mark():
            return ahead
        again = await read(person_ids, book, self._rules)
        if is_of_book and again == ahead.reading:
            return ahead
        await self.are_planned()
        return _Ahead(ahead.after_person, again, self._planning(again), None)

    def _collect(self) -> None:
        """Look for garbage now and then, as nobody else does at full pace."""
        self._batches += 1
        if self._batches % _BATCHES_A_COLLECTION == 0:
            gc.collect()

    def _planning(self, reading: Reading) -> asyncio.Task[Difference]:
        """Begin to plan while the rows of others are written."""
        return asyncio.create_task(find_difference(reading, now=self._now))


async def replan_all(
    *, now: datetime, after_person: int = 0, rules: Collection[str] | None = None
) -> AsyncIterator[Progress]:
    """Plan everyone who is enrolled anew, batch by batch, each in its own transaction.

    With `rules`, ids, only what is owed by these rules is planned and compared. Stopped after any
    batch, it goes on from `after_person`.
    """
    everyone, last = Everyone(now=now, rules=rules), after_person
    with at_full_pace():
        try:
            while step := await _next(everyone, last):
                yield step
                last = step.last_person
        finally:
            await everyone.are_planned()


async def _next(everyone: Everyone, after_person: int) -> Progress | None:
    await everyone.are_planned()
    async with in_transaction(), everyone.after(after_person) as step:
        return step


async def enrolled_after(person_id: int) -> list[int]:
    """The next persons who are enrolled after one, in the order in which all are planned."""
    query = f"SELECT id FROM person WHERE {ENROLLED} AND id > $1 ORDER BY id LIMIT {_BATCH}"
    return [row["id"] for row in await execute(query, person_id)]


async def count_enrolled() -> int:
    """How many persons are enrolled."""
    rows = await execute(f"SELECT count(*) AS persons FROM person WHERE {ENROLLED}")
    persons: int = rows[0]["persons"]
    return persons


class _Pace:
    """How many are at full pace now, and how Python ran before the first of them."""

    def __init__(self) -> None:
        self._at_it = 0
        self._before = gc.isenabled(), sys.getswitchinterval()

    def begin(self) -> None:
        """Go at full pace, unless others do already."""
        if not self._at_it:
            self._before = gc.isenabled(), sys.getswitchinterval()
            gc.disable()
            sys.setswitchinterval(_TURN_SECONDS)
        self._at_it += 1

    def end(self) -> None:
        """Go on as before, once all others have ended."""
        self._at_it -= 1
        if self._at_it:
            return
        was_enabled, interval = self._before
        sys.setswitchinterval(interval)
        if was_enabled:
            gc.enable()


_pace = _Pace()


@contextmanager
def at_full_pace() -> Iterator[None]:
    """Look for garbage only where it is asked for, and let threads take turns often.

    A batch makes many values that live on, and no cycles. The database's thread waits for a turn
    after each statement, and then the loop for the next. Blocks may overlap: the last one to end
    puts everything back.
    """
    _pace.begin()
    try:
        yield
    finally:
        _pace.end()
