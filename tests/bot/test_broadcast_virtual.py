"""A broadcast to many in virtual time: its pace, its manners, and answers to people meanwhile."""

import asyncio
import math
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random

import pytest

from backend.actions import accounts, broadcast_drafts, broadcast_run, broadcasts, consents, news
from backend.domain.broadcasts import State
from backend.domain.consent import Purpose
from backend.store.models import Send
from bot.sandbox.acts import press_start
from tests.backend.actions.test_broadcasts import zhou_fang
from tests.bot.virtual import Made, Parts
from tests.bot.virtual_time import VirtualLoop, in_virtual_time, in_virtual_time_on_server
from tests.builders import sun_li
from tests.crowds import a_crowd

FIRST_CHAT = 7_000_000_001
WORDS = "本周六上午，卫生院免费测血压。"
PER_SECOND, FLOOD_SECONDS = 30, 7
ASKING_SECONDS = 0.7
LONGEST_ANSWER = 2.0
MOST_AT_ONCE = 3
# Who is told to wait counts from a moment whose finest part this is.
CLOCK_STEP = 1e-6


class Run:
    """A broadcast under way, and what people do meanwhile."""

    def __init__(self, parts: Parts, people: int, chance: Random) -> None:
        self.parts = parts
        self.people = people
        self.chance = chance
        self.is_done = asyncio.Event()
        self.stop = asyncio.Event()
        self.asked: list[tuple[int, float]] = []
        self.left: dict[int, float] = {}

    @property
    def now(self) -> float:
        """The virtual second."""
        return asyncio.get_running_loop().time()

    async def begin(self) -> int:
        """Have the broadcast written, confirmed and begun; return its number."""
        now = self.parts.clock.local()
        officer, other = await sun_li(), await zhou_fang()
        await a_crowd(self.people, first_chat=FIRST_CHAT)
        for chat in range(FIRST_CHAT, FIRST_CHAT + self.people):
            phone = self.parts.sandbox.open_phone(user_id=chat)
            press_start(self.parts.sandbox.world, phone.person, None)
        self.parts.sandbox.world.updates.forget_all()
        draft = await broadcast_drafts.start(officer, now=now)
        await broadcast_drafts.write(officer, draft.broadcast_id, "zh_CN", WORDS)
        await broadcasts.submit(officer, draft.broadcast_id, goes_at=None, now=now)
        assert await broadcasts.confirm(other, draft.broadcast_id, now=now) is State.SENDING
        return draft.broadcast_id

    async def people_ask(self) -> None:
        """Every now and then somebody opens the menu, and sometimes asks twice at once."""
        number = 1
        while not self.is_done.is_set():
            await asyncio.sleep(self.chance.expovariate(1 / ASKING_SECONDS))
            chat = FIRST_CHAT + self.chance.randrange(self.people)
            for _ in range(1 + self.chance.randrange(2)):
                number += 1
                self.asked.append((chat, self.now))
                await self.parts.say(chat, self.chance.choice(("/menu", "你好")), number=number)

    async def people_leave(self, seconds: float) -> None:
        """In the middle of it some say no: to news, to everything, or to the service itself."""
        for position in range(30):
            await asyncio.sleep(seconds / 30)
            person_id = self.people - position * 3
            chat, now = FIRST_CHAT + person_id - 1, self.parts.clock.local()
            if position % 3 == 0:
                await consents.withdraw(person_id, Purpose.SERVICE, now=now)
            elif position % 3 == 1:
                await news.want(person_id, is_wanted=False, now=now)
            else:
                await accounts.stop_all(chat, now=now)
            if not await _is_on_its_way(chat):
                self.left[chat] = self.now

    async def to_the_end(self, broadcast_id: int) -> None:
        """Wait until it is done, and then until the last who asked is answered."""
        while not (await broadcast_run.run(now=self.parts.clock.local())).ended:  # noqa: ASYNC110
            await asyncio.sleep(5)
        self.is_done.set()
        await asyncio.sleep(10)
        self.stop.set()


async def _is_on_its_way(chat: int) -> bool:
    """Whether the call about a chat's copy may have begun."""
    rows = Send.filter(chat_id=chat, state="claimed", intent_at__isnull=False)
    return await rows.exists()


async def live(loop: VirtualLoop, people: int, seed: int) -> Run:
    """Send a broadcast to so many while some ask and some leave."""
    seconds = people / PER_SECOND
    parts = Parts(loop, flood_at=seconds / 2, flood_seconds=FLOOD_SECONDS)
    await parts.walk.initialize()
    run = Run(parts, people, Random(seed))
    broadcast_id = await run.begin()
    async with asyncio.TaskGroup() as group:
        group.create_task(parts.sender.run(run.stop))
        group.create_task(run.people_ask())
        group.create_task(run.people_leave(seconds / 2))
        group.create_task(run.to_the_end(broadcast_id))
    await parts.turns.settle()
    await parts.walk.shutdown()
    return run


def most_in_a_second(calls: Sequence[Made]) -> int:
    """The most calls made within any second."""
    moments = sorted(call.at for call in calls)
    return max(
        sum(1 for moment in moments[first : first + PER_SECOND + 5] if moment < start + 1)
        for first, start in enumerate(moments)
    )


def waits(run: Run, calls: Sequence[Made]) -> Iterator[float]:
    """How long everybody who asked waited for an answer."""
    for chat, asked_at in run.asked:
        answers = (
            call.at
            for call in calls
            if call.chat_id == chat and call.at >= asked_at and WORDS not in call.text
        )
        yield next(answers, math.inf) - asked_at


NUMBERS = pytest.mark.parametrize(
    "people",
    [pytest.param(900, id="900"), pytest.param(10_000, id="10000", marks=pytest.mark.long)],
)


@NUMBERS
def test_a_broadcast_keeps_its_pace_minds_the_gate_and_holds_up_nobody(
    migrated_file: Path, people: int
) -> None:
    check(in_virtual_time(migrated_file, partial(live, people=people, seed=people)), people)


@NUMBERS
def test_so_it_does_on_postgres(postgres_folder: Path, people: int) -> None:
    address, keys = (postgres_folder / "address").read_text(), postgres_folder / "keys"
    work = partial(live, people=people, seed=people)
    check(in_virtual_time_on_server(address, keys, work), people)


def check(run: Run, people: int) -> None:
    """Hold what Telegram was sent against what was to be."""
    wire = run.parts.wire
    calls = sorted((one for one in wire.made if one.chat_id), key=lambda one: one.at)
    check_copies(run, [one for one in calls if WORDS in one.text and one.status == 200], people)
    assert most_in_a_second(calls) <= PER_SECOND
    check_chats([one for one in calls if one.method == "sendMessage"])
    assert wire.flooded_at is not None
    opens_at = wire.flooded_at + FLOOD_SECONDS - CLOCK_STEP
    assert not [one for one in calls if wire.flooded_at < one.at < opens_at]
    waited = sorted(
        wait
        for (_chat, at), wait in zip(run.asked, waits(run, calls), strict=True)
        if not wire.flooded_at - LONGEST_ANSWER <= at <= opens_at
    )
    assert len(waited) > people / PER_SECOND, "somebody asked nearly every second"
    assert waited[int(len(waited) * 0.99)] <= LONGEST_ANSWER
    assert run.parts.sandbox.breaches == []


def check_copies(run: Run, copies: list[Made], people: int) -> None:
    """One copy each, but for those who left before it was on its way."""
    reached = {one.chat_id: one.at for one in copies}
    assert len(copies) == len(reached)
    left_before = {chat for chat, at in run.left.items() if reached.get(chat, at) >= at}
    assert reached.keys() & left_before == set()
    assert len(reached) == people - len(left_before)
    assert len(left_before) > 10, "somebody left in time"


def check_chats(sent: list[Made]) -> None:
    """One message a second in a chat, but for a short burst of answers."""
    by_chat: dict[int, list[float]] = {}
    for one in sent:
        by_chat.setdefault(one.chat_id, []).append(one.at)
    for moments in by_chat.values():
        for number, first in enumerate(moments):
            for more, last in enumerate(moments[number:], start=1):
                assert more <= MOST_AT_ONCE + (last - first)
