"""Her settings hold at once."""

from datetime import datetime

import pytest

from backend.actions import reminders, settings
from backend.domain.consent import Purpose
from backend.domain.errors import SettingWrong
from backend.store.models import DueService
from tests.builders import wang_xiuying

pytestmark = pytest.mark.usefixtures("database")


async def test_what_she_sets_is_what_she_finds(now: datetime) -> None:
    wang = await wang_xiuying()
    await settings.set_minute(wang.id, "reminder_minute", 18 * 60 + 5, now=now)
    await settings.set_switch(wang.id, "hides_content", is_on=False, now=now)
    await settings.switch_topic(wang.id, Purpose.MATERNAL, is_on=False, now=now)
    found = await settings.fetch(wang.id)
    assert (found.reminder_minute, found.hides_content) == (18 * 60 + 5, False)
    assert found.topics == {"folic_acid": "on", "maternal": "off"}


async def test_a_topic_once_declined_comes_back_only_when_she_turns_it_on(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.FOLIC_ACID,))
    await reminders.decline_topic(wang.id, "folic_acid", now=now)
    assert (await settings.fetch(wang.id)).topics == {"folic_acid": "declined"}
    await settings.switch_topic(wang.id, Purpose.FOLIC_ACID, is_on=True, now=now)
    assert (await DueService.get(rule="fa5")).state == "open"


@pytest.mark.parametrize(
    ("name", "minute"),
    [("reminder_minute", -1), ("reminder_minute", 1440), ("village_code", 60)],
)
async def test_a_time_off_the_clock_is_refused(now: datetime, name: str, minute: int) -> None:
    wang = await wang_xiuying()
    with pytest.raises(SettingWrong):
        await settings.set_minute(wang.id, name, minute, now=now)
    with pytest.raises(SettingWrong):
        await settings.set_switch(wang.id, name, is_on=True, now=now)
    await settings.set_minute(wang.id, "reminder_minute", 1439, now=now)
    assert (await settings.fetch(wang.id)).reminder_minute == 1439
