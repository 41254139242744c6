"""Her settings: kinds of reminder, times of day, quiet hours, language, discretion."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.actions.consents import in_force_for
from backend.actions.planning import replan
from backend.actions.recall import recall_purposes
from backend.actions.reminders import keep_choice
from backend.domain.consent import HEALTH_PURPOSES, Purpose
from backend.domain.errors import SettingWrong
from backend.domain.quiet_hours import at_minute
from backend.store.models import Person
from backend.store.sql import execute, in_transaction

_LAST_MINUTE = 24 * 60 - 1
_MINUTES = ("reminder_minute", "folic_acid_minute", "quiet_from_minute", "quiet_to_minute")
# Whether the reminders of that time are those she set herself.
_REMINDER_TIMES = {"reminder_minute": False, "folic_acid_minute": True}
_SWITCHES = ("hides_content", "voice_first")


@dataclass(frozen=True, slots=True)
class Settings:
    """What she has set; `topics` says on, off or declined for each topic she agreed to.

    Minutes are minutes after local midnight; quiet hours include their first and not their last.
    """

    topics: Mapping[str, str]
    reminder_minute: int
    folic_acid_minute: int
    quiet_from_minute: int
    quiet_to_minute: int
    hides_content: bool
    voice_first: bool
    locale: str


async def fetch(person_id: int) -> Settings:
    """Return what she has set."""
    row = await Person.get(id=person_id)
    agreed = await in_force_for(person_id)
    choices = await _choices(person_id)
    return Settings(
        topics={
            topic.value: choices.get(topic.value, "on")
            for topic in HEALTH_PURPOSES
            if topic in agreed or topic.value in choices
        },
        reminder_minute=row.reminder_minute,
        folic_acid_minute=row.folic_acid_minute,
        quiet_from_minute=row.quiet_from_minute,
        quiet_to_minute=row.quiet_to_minute,
        hides_content=row.hides_content,
        voice_first=row.voice_first,
        locale=row.locale,
    )


async def switch_topic(person_id: int, topic: Purpose, *, is_on: bool, now: datetime) -> None:
    """Turn a kind of reminder on or off; what she herself turns on again was never final."""
    async with in_transaction():
        await keep_choice(person_id, topic.value, "on" if is_on else "off", now=now)
        if not is_on:
            await recall_purposes(person_id, [topic.value], now=now)
        await replan(person_id, now=now)


async def set_minute(person_id: int, name: str, minute: int, *, now: datetime) -> None:
    """Set a time of day in minutes after midnight, in [0, 1439]; raises SettingWrong.

    `name` is reminder_minute, folic_acid_minute, quiet_from_minute or quiet_to_minute. A reminder
    that still waits for its time today waits for the new one, if that is yet to come.
    """
    if name not in _MINUTES or not 0 <= minute <= _LAST_MINUTE:
        raise SettingWrong(name=name)
    async with in_transaction():
        await execute(
            f"UPDATE person SET {name} = $1, updated_at = $2 WHERE id = $3", minute, now, person_id
        )
        due_at = at_minute(now.date(), minute, now.tzinfo)
        if name in _REMINDER_TIMES and due_at > now:
            await _move_waiting(person_id, due_at, is_self_set=_REMINDER_TIMES[name], now=now)


async def set_switch(person_id: int, name: str, *, is_on: bool, now: datetime) -> None:
    """Turn `hides_content` or `voice_first` on or off; raises SettingWrong for any other name."""
    if name not in _SWITCHES:
        raise SettingWrong(name=name)
    await Person.filter(id=person_id).update(**{name: is_on, "updated_at": now})


async def _move_waiting(
    person_id: int, due_at: datetime, *, is_self_set: bool, now: datetime
) -> None:
    await execute(
        "UPDATE send SET due_at = $1, expires_at = $2 WHERE person_id = $3 AND is_self_set = $4"
        " AND state = 'queued' AND dedup_key LIKE 'due:%' AND due_at > $5",
        *(due_at, due_at + timedelta(days=1), person_id, is_self_set, now),
    )


async def _choices(person_id: int) -> dict[str, str]:
    rows = await execute("SELECT topic, choice FROM topic_choice WHERE person_id = $1", person_id)
    return {row["topic"]: row["choice"] for row in rows}
