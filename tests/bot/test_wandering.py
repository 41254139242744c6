"""Whatever people press, say or send: every step resumes in another process, and nothing breaks."""

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.clock import FrozenClock
from backend.store.database import open_database
from bot.app import CONVERSATIONS
from bot.sandbox.acts import Impossible
from bot.sandbox.phone import Phone
from tests.bot.wanderers import PERSONAS, Relay, a_phone, a_relay, act
from tests.conftest import MONDAY_MORNING, SHANGHAI

STEPS = {(one.name, step.name) for one in CONVERSATIONS for step in one.steps}
# The share of all steps that so many random acts come past at the least.
MOSTLY = 0.6


async def wander(relay: Relay, persona: str, acts: int, chance: Random) -> None:
    """Let somebody do so many things, and stop after each to see that another process goes on."""
    phone = await a_phone(relay, persona, chance.choice(("zh_CN", "en")))
    for number in range(acts):
        act(phone, chance.randrange)
        await relay.answer()
        await relay.check(phone)
        if number % 40 == 39:
            await relay.pass_time(hours=5)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("persona", PERSONAS)
async def test_after_every_step_another_process_goes_on_from_there(
    database: str, clock: FrozenClock, persona: str
) -> None:
    async with a_relay(clock, f"{database}://in-use") as relay:
        await wander(relay, persona, 16, Random(persona))


@pytest.mark.long
async def test_long_walks_come_past_most_steps(database: str, clock: FrozenClock) -> None:
    url = "sqlite://:memory:" if database == "sqlite" else "postgres://in-use"
    async with a_relay(clock, url) as relay:
        for number in range(40):
            for persona in PERSONAS:
                await wander(relay, persona, 50, Random(f"{persona} {number}"))
        missed = STEPS - relay.visited
        assert len(missed) < len(STEPS) * (1 - MOSTLY), sorted(missed)


class Wandering(RuleBasedStateMachine):
    """One person and the office, driven by whatever Hypothesis thinks of."""

    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.has_time_passed = False

    @initialize(persona=st.sampled_from(PERSONAS), locale=st.sampled_from(("zh_CN", "en")))
    def begin(self, persona: str, locale: str) -> None:
        """Open the office on an empty database and give somebody a phone."""
        self.runner.run(self._begin(persona, locale))

    async def _begin(self, persona: str, locale: str) -> None:
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="suixing-wander-"))
        file = shutil.copy(self.empty, Path(folder) / "wander.db")
        await self.stack.enter_async_context(open_database(f"sqlite://{file}"))
        clock = FrozenClock(SHANGHAI, at=MONDAY_MORNING)
        office = a_relay(clock, f"sqlite://{file}")
        self.relay: Relay = await self.stack.enter_async_context(office)
        self.phone: Phone = await a_phone(self.relay, persona, locale)

    @rule(data=st.data())
    def do_something(self, data: Any) -> None:
        """Press, say or send something."""
        act(self.phone, lambda count: data.draw(st.integers(0, count - 1)))
        self.runner.run(self.relay.answer())

    @rule(text=st.text(min_size=1, max_size=40).filter(str.strip))
    def say(self, text: str) -> None:
        """Write any words that can be sent."""
        try:
            self.phone.say(text)
        except Impossible:
            self.phone.say("/menu")
        self.runner.run(self.relay.answer())

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        """Let time pass and what falls due be done; then look at the menu of the new day."""
        self.runner.run(self.relay.pass_time(hours=hours))
        self.phone.say("/menu")
        self.runner.run(self.relay.answer())

    @precondition(lambda self: hasattr(self, "phone"))
    @invariant()
    def goes_on(self) -> None:
        """Another process stands at the same step and shows the same screen."""
        self.runner.run(self.relay.check(self.phone))

    def teardown(self) -> None:
        """Close the office."""
        self.runner.run(self.stack.aclose())
        self.runner.close()


def explore(empty: Path, *, examples: int, steps: int) -> None:
    """Let Hypothesis wander."""
    Wandering.empty = empty
    machine = Wandering.TestCase
    machine.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    machine().runTest()


def test_nothing_anybody_thinks_of_breaks_a_dialog(migrated_file: Path) -> None:
    explore(migrated_file, examples=3, steps=6)


@pytest.mark.long
def test_nothing_anybody_thinks_of_for_long_breaks_a_dialog(migrated_file: Path) -> None:
    explore(migrated_file, examples=500, steps=50)
