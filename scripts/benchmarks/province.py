"""A fictional province for an empty database: women of all ages, children, and what they chose."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from backend.store.sql import copy_rows, in_transaction

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
TODAY = NOW.date()
_SEED = 20261123
_AT_ONCE = 5_000
_FIRST_ID = 1 << 55
_FIRST_CHAT = 5_000_000_000
_EVENTS_EACH = 8
# As long as an encrypted name, so that a row of a person weighs what it does in earnest.
_SEALED = bytes(range(72))

COLUMNS = {
    "person": (
        *("id", "village_code", "state", "sex", "birth_date", "locale", "calendar", "enrolled_on"),
        *("reminder_minute", "folic_acid_minute", "quiet_from_minute", "quiet_to_minute"),
        *("hides_content", "voice_first", "name_sealed", "created_at", "updated_at"),
    ),
    "account": ("tg_id", "person_id", "locale", "state", "started_at", "state_at"),
    "consent": ("person_id", "purpose", "text_version", "given_at"),
    "life_event": (
        *("id", "episode", "person_id", "kind", "on_date", "lmp_on", "edd_on", "edd_source"),
        *("mode", "method", "about", "reported_at"),
    ),
    "service_record": ("person_id", "rule", "episode", "occurrence", "given_on", "reported_at"),
}
_METHODS = ("iud", "iud", "iud", "implant", "ligation", "abortion_care")

Row = tuple[object, ...]


class Story:
    """One person's life so far: her events and records, in the order they are told."""

    def __init__(self, number: int, random: Random) -> None:
        self.random = random
        self.person_id = _FIRST_ID + number
        self.enrolled_on = self.ago(1, 540)
        self.events: list[Row] = []
        self.records: list[Row] = []

    def ago(self, nearest: int, farthest: int) -> date:
        """A day that lies so many days back."""
        return TODAY - timedelta(self.random.randint(nearest, farthest))

    def tell(self, kind: str, on: date, *, lmp: date | None = None, **columns: object) -> int:
        """An event, reported when she had enrolled; returns its id."""
        event_id = self.person_id * _EVENTS_EACH + len(self.events)
        reported_at = _noon(max(on, self.enrolled_on))
        edd = lmp + timedelta(280) if lmp and self.random.random() < 0.2 else None
        told = (None if lmp else on, None if edd else lmp, edd, "clinician" if edd else None)
        more = tuple(columns.get(name) for name in ("mode", "method", "about"))
        self.events.append((event_id, event_id, self.person_id, kind, *told, *more, reported_at))
        return event_id

    def had(self, rule: str, episode: int, occurrence: int, on: date) -> None:
        """A service she had after she enrolled."""
        if self.enrolled_on <= on <= TODAY:
            row = (self.person_id, rule, str(episode), occurrence, on, _noon(on))
            self.records.append(row)


def _noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 4, tzinfo=UTC)


def _expecting(story: Story) -> None:
    """A pregnancy that goes on, or in a few has just ended."""
    lmp = story.ago(10, 290)
    episode = story.tell("pregnancy", lmp + timedelta(30), lmp=lmp)
    if story.random.random() < 0.5:
        story.had("m1", episode, 1, lmp + timedelta(70))
    if story.random.random() < 0.03 and lmp + timedelta(60) < TODAY:
        story.tell("pregnancy_ended", lmp + timedelta(60), about=episode)


def _raising(story: Story) -> None:
    """A small child, for some with the pregnancy before it, an elder one, or a method since."""
    born, about = story.ago(3, 1200), None
    if story.random.random() < 0.6:
        story.tell("birth", born - timedelta(story.random.randint(500, 1000)), mode="vaginal")
    if story.random.random() < 0.4:
        lmp = born - timedelta(story.random.randint(245, 294))
        about = story.tell("pregnancy", lmp, lmp=lmp)
    mode = "caesarean" if story.random.random() < 0.35 else "vaginal"
    birth = story.tell("birth", born, mode=mode, about=about)
    if story.random.random() < 0.3:
        home = born + timedelta(story.random.randint(1, 7))
        story.tell("discharge", min(TODAY, home), about=birth)
    for months in (3, 6, 12, 24):
        if story.random.random() < 0.4:
            story.had("k2", birth, months, born + timedelta(months * 30 + 10))
    if story.random.random() < 0.25:
        _choosing(story)


def _wishing(story: Story) -> None:
    story.tell("planning", story.ago(0, 150))


def _choosing(story: Story) -> None:
    story.tell("procedure", story.ago(1, 2000), method=story.random.choice(_METHODS))


def _having_chosen(story: Story) -> None:
    if story.random.random() < 0.5:
        _choosing(story)


def _quiet(_story: Story) -> None:
    """Nothing anybody was told of."""


class Stage(NamedTuple):
    """A stage of life: its share in a hundred, ages in years, topics agreed to, and events."""

    share: int
    ages: tuple[int, int]
    topics: tuple[str, ...]
    live: Callable[[Story], None]
    sex: str = "female"


STAGES = (
    Stage(8, (18, 30), ("checkup", "contraception"), _quiet),
    Stage(6, (21, 38), ("checkup", "folic_acid", "maternal"), _wishing),
    Stage(20, (20, 42), ("checkup", "folic_acid", "maternal", "child"), _expecting),
    Stage(52, (21, 44), ("checkup", "maternal", "child", "contraception", "screening"), _raising),
    Stage(8, (35, 49), ("checkup", "contraception", "screening"), _having_chosen),
    Stage(4, (50, 64), ("checkup", "screening"), _quiet),
    Stage(2, (22, 45), ("checkup", "child"), _raising, "male"),
)
_SHARES = [stage.share for stage in STAGES]


async def settle(people: int) -> None:
    """Fill the open, empty database with `people` who take part; the same ones each time."""
    random = Random(_SEED)
    for first in range(0, people, _AT_ONCE):
        rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        for number in range(first, min(first + _AT_ONCE, people)):
            for table, row in _rows(number, random):
                rows[table].append(row)
        async with in_transaction():
            for table, columns in COLUMNS.items():
                await copy_rows(table, columns, rows[table])


def _rows(number: int, random: Random) -> Iterator[tuple[str, Row]]:
    """The rows of one person by table."""
    story = Story(number, random)
    stage = random.choices(STAGES, _SHARES)[0]
    age = random.randint(*stage.ages)
    stage.live(story)
    yield "person", _person(number, story, sex=stage.sex, born=story.ago(age * 365, age * 366))
    yield "account", (_FIRST_CHAT + number, story.person_id, "zh_CN", "active", NOW, NOW)
    for purpose in ("service", *stage.topics):
        yield "consent", (story.person_id, purpose, "1", _noon(story.enrolled_on))
    yield from (("life_event", row) for row in story.events)
    yield from (("service_record", row) for row in story.records)


def _person(number: int, story: Story, *, sex: str, born: date) -> Row:
    village = f"33{number // 50_000:04d}{number // 5_000 % 10 + 100:03d}{number // 500 % 10:03d}"
    calendar = "who2016" if story.random.random() < 0.2 else "nbphs2017"
    minutes = (8 * 60 + 30 + 15 * (number % 8), 8 * 60 + 30, 21 * 60, 8 * 60)
    seen = (True, False, _SEALED, NOW, NOW)
    return (
        *(story.person_id, village, "confirmed", sex, born, "zh_CN", calendar),
        *(story.enrolled_on, *minutes, *seen),
    )
