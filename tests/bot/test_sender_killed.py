"""The sending process is killed again and again under load, on a file and on PostgreSQL.

Nothing that is due is lost or planned twice, and a message comes twice only where the outbox has
recorded that the first may not have arrived.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from backend.clock import Clock
from backend.domain.consent import TEXT_VERSIONS, Purpose
from backend.store.database import open_database
from backend.store.models import Consent, DueService
from backend.store.sql import dialect, execute
from bot.sandbox.events import Event
from bot.sandbox.faults import Fault
from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox, serve
from tests.bot.spawned import Spawner, a_spawner
from tests.builders import LONG_AGO
from tests.conftest import SHANGHAI, empty_server
from tests.crowds import a_crowd

SETTLED_SECONDS = 240.0
MOST_COPIES = 2
KILLED_SENDING = 0.85
LONGEST_START_SECONDS = 8.0
ANSWER_SECONDS = 0.004
FIRST_CHAT = 7_000_000_001
IN_A_MONTH = timedelta(days=34)
AT_ONCE = 1_000


class Telegram:
    """A Telegram with so many people, who all pressed Start, and the messages that they got."""

    def __init__(self, sandbox: Sandbox, api: str, people: int) -> None:
        self.sandbox = sandbox
        self.api = api
        self.messages = 0
        for _ in range(people):
            sandbox.world.people.open().started = True
        sandbox.world.events.listen(self._hear)

    def _hear(self, event: Event) -> None:
        self.messages += event.kind == "message"

    async def until_more_than(self, messages: int) -> None:
        """Wait until so many messages have come, or for a while where fewer are due."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_START_SECONDS):
                while self.messages <= messages:  # noqa: ASYNC110 (another process sends)
                    await asyncio.sleep(0.002)

    def copies(self) -> Counter[int]:
        """How many messages lie in each chat."""
        return Counter(
            {person.id: len(person.letters) for person in self.sandbox.world.people.by_id.values()}
        )


@asynccontextmanager
async def a_telegram(people: int) -> AsyncIterator[Telegram]:
    """A Telegram that takes a moment to answer; every call must be valid."""
    sandbox = Sandbox(limits=Limits.off())
    sandbox.faults.add(Fault("sendMessage", delay=ANSWER_SECONDS, times=None))
    async with serve(sandbox) as api:
        yield Telegram(sandbox, api, people)
    assert sandbox.breaches == []


@dataclass
class Load:
    """What falls due: one service of each person, a share of it before and after every start."""

    events: int
    share: int
    chance: Random
    fed: int = 0

    async def feed(self) -> None:
        """Let the next share fall due."""
        last = min(self.events, self.fed + self.share)
        now = Clock(SHANGHAI).local()
        persons = range(self.fed + 1, last + 1)
        await DueService.bulk_create([_due(person, now) for person in persons], batch_size=AT_ONCE)
        self.fed = last


def _due(person_id: int, now: datetime) -> DueService:
    today = now.date()
    return DueService(
        person_id=person_id,
        rule="m2",
        rule_version=1,
        episode="1",
        occurrence=1,
        topic=Purpose.MATERNAL.value,
        opens_on=today,
        due_on=today,
        closes_on=today + IN_A_MONTH,
        state="open",
        anchor="lmp",
        anchor_on=today - timedelta(days=112),
        remind_on=today,
        updated_at=now,
    )


async def prepare(people: int) -> None:
    """People who take part, who asked about pregnancy, and who have no quiet hours."""
    if dialect() == "postgres":
        await empty_server()
    await a_crowd(people, first_chat=FIRST_CHAT)
    await execute(
        "UPDATE person SET quiet_from_minute = 0, quiet_to_minute = 0, reminder_minute = 0"
    )
    wish = Purpose.MATERNAL
    asked = [
        Consent(
            person_id=person,
            purpose=wish.value,
            text_version=TEXT_VERSIONS[wish],
            given_at=LONG_AGO,
        )
        for person in range(1, people + 1)
    ]
    await Consent.bulk_create(asked, batch_size=AT_ONCE)


async def killed_again_and_again(
    spawner: Spawner, telegram: Telegram, load: Load, *, kills: int
) -> None:
    """Mostly while it sends, sometimes at any moment of its start."""
    for _ in range(kills):
        await load.feed()
        already = telegram.messages
        await spawner.start("jobs")
        if load.chance.random() < KILLED_SENDING:
            await telegram.until_more_than(already + load.chance.randrange(load.share))
            await asyncio.sleep(load.chance.uniform(0, 2 * ANSWER_SECONDS))
        else:
            await asyncio.sleep(load.chance.uniform(0, 0.5))
        assert await spawner.end(signal.SIGKILL) == -signal.SIGKILL


async def settled(spawner: Spawner) -> None:
    """Start it once more and let time pass until nothing is left to be done."""
    await spawner.start("jobs")
    async with asyncio.timeout(SETTLED_SECONDS):
        while await execute(
            "SELECT 1 AS one FROM due_service d WHERE d.remind_on <= $1 UNION"
            " SELECT 1 FROM send WHERE state IN ('queued', 'claimed') LIMIT 1",
            Clock(SHANGHAI).today(),
        ):
            await execute(
                "UPDATE send SET due_at = $1 WHERE state = 'queued' AND due_at > $1",
                Clock(SHANGHAI).now(),
            )
            await asyncio.sleep(0.1)
    assert await spawner.end(signal.SIGTERM) == 0


async def check(load: Load, copies: Counter[int]) -> Counter[str]:
    """Hold what arrived against the outbox; answers how often each state and repeat occurs."""
    rows = await execute(
        "SELECT s.reference, s.state, s.chat_id, s.ambiguities, d.person_id FROM send s"
        " JOIN due_service d ON CAST(d.id AS TEXT) = s.reference"
    )
    assert len(rows) == load.events, "one row for each that was due: none lost, none planned twice"
    assert {row["person_id"] for row in rows} == set(range(1, load.events + 1))
    found: Counter[str] = Counter()
    for row in rows:
        arrived = copies[row["chat_id"]]
        assert arrived <= 1 + row["ambiguities"], "each copy more has an unclear outcome before it"
        assert arrived <= MOST_COPIES
        assert row["state"] in ("sent", "unknown")
        assert arrived >= 1 or row["state"] == "unknown"
        found[row["state"]] += 1
        found["repeated"] += arrived - 1
    return found


async def check_kills(
    url: str, keys: Path, log: Path, *, kills: int, events: int, seed: int
) -> Counter[str]:
    """Kill the sender that often while that many reminders fall due, and look at what is left."""
    load = Load(events, -(-events // kills), Random(seed))
    async with a_telegram(events) as telegram, open_database(url, keys_file=keys):
        await prepare(events)
        settings = {
            "TELEGRAM_TOKEN": telegram.sandbox.token,
            "TELEGRAM_API": telegram.api,
            "DATABASE_URL": url,
            "KEYS_FILE": str(keys),
            "MESSAGES_PER_SECOND": "300",
        }
        with log.open("wb") as errors:
            with a_spawner(errors, settings) as spawner:
                await killed_again_and_again(spawner, telegram, load, kills=kills)
                await settled(spawner)
        found = await check(load, telegram.copies())
        if dialect() == "sqlite":
            assert await execute("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    return found


def the_runs() -> Iterator[object]:
    """Short ones; on demand 500 kills and 10,000 events on a file, 100 and 2,000 on PostgreSQL."""
    yield pytest.param("sqlite", 10, 300, 0, id="file")
    yield pytest.param("postgres", 5, 150, 0, id="postgres")
    for seed in range(1, 11):
        yield pytest.param("sqlite", 50, 1_000, seed, id=f"file-{seed}", marks=pytest.mark.long)
    for seed in range(1, 5):
        run_id = f"postgres-{seed}"
        yield pytest.param("postgres", 25, 500, seed, id=run_id, marks=pytest.mark.long)


@pytest.mark.parametrize(("kind", "kills", "events", "seed"), list(the_runs()))
async def test_kills_at_any_moment_of_sending_lose_nothing_and_plan_nothing_twice(
    tmp_path: Path, request: pytest.FixtureRequest, *, kind: str, kills: int, events: int, seed: int
) -> None:
    url, keys = f"sqlite://{tmp_path / 'office.db'}", tmp_path / "keys"
    if kind == "postgres":
        folder: Path = request.getfixturevalue("postgres_folder")
        url, keys = (folder / "address").read_text(), folder / "keys"
    log = tmp_path / "bot.log"
    found = await check_kills(url, keys, log, kills=kills, events=events, seed=seed)
    print(f"{kind}: {kills} kills, {events} events: {dict(found)}")
    assert "network_inside_transaction" not in log.read_text("utf-8")
