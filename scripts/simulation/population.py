"""The few people of a seed's township: their chats, consents and quiet hours."""

from dataclasses import dataclass
from datetime import UTC

from backend.domain.consent import TEXT_VERSIONS, Purpose
from scripts.simulation.world import World

VILLAGE = "510000000001"
OFFICER = 900
_QUIET = ((21 * 60, 8 * 60), (21 * 60, 8 * 60), (22 * 60, 6 * 60), (13 * 60, 15 * 60), (0, 0))
_PERSON = """
    INSERT INTO person (id, village_code, state, locale, calendar, reminder_minute,
        folic_acid_minute, quiet_from_minute, quiet_to_minute, hides_content, voice_first,
        created_at, updated_at, enrolled_on)
    VALUES (?, ?, 'confirmed', 'zh_CN', 'nbphs2017', ?, 510, ?, ?, 1, 0, ?, ?, ?)
"""
_ACCOUNT = """
    INSERT INTO account (tg_id, person_id, locale, state, started_at, state_at)
    VALUES (?, ?, 'zh_CN', 'active', ?, ?)
"""
_CONSENT = "INSERT INTO consent (person_id, purpose, text_version, given_at) VALUES (?, ?, ?, ?)"


@dataclass
class Somebody:
    """A person and her chat; the chat's id changes when Telegram moves it."""

    person_id: int
    chat_id: int


def populate(world: World) -> list[Somebody]:
    """Let some people have agreed to everything, and one officer."""
    people = [
        Somebody(world.new_id() + 100, 1_000 + number)
        for number in range(world.chance.randint(*world.profile.chats))
    ]
    long_ago = world.start.astimezone(UTC).isoformat(" ")
    for somebody in (*people, Somebody(OFFICER, 999)):
        _enter(world, somebody, long_ago)
    world.database.flush(is_kept=True)
    return people


def _enter(world: World, somebody: Somebody, long_ago: str) -> None:
    raw, person_id = world.database.raw, somebody.person_id
    quiet = world.chance.choice(_QUIET)
    world.records.quiet[person_id] = quiet
    minute = world.chance.randrange(24 * 60)
    day = long_ago[:10]
    raw.execute(_PERSON, (person_id, VILLAGE, minute, *quiet, long_ago, long_ago, day))
    raw.execute(_ACCOUNT, (somebody.chat_id, person_id, long_ago, long_ago))
    for purpose in (Purpose.SERVICE, Purpose.MATERNAL, Purpose.FOLIC_ACID):
        version = TEXT_VERSIONS[purpose]
        raw.execute(_CONSENT, (person_id, purpose.value, version, long_ago))
