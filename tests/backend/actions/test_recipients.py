"""Who got a broadcast: masked lists in pages, opened names in the audit log."""

from datetime import datetime

import pytest

from backend.actions import audit, broadcasts, recipients
from backend.domain.access import Actor, Held, NotAllowed, Role
from backend.domain.delivery import Outcome
from backend.store.models import Person
from tests.backend.actions.test_broadcasts import deliver, readers, sent_now
from tests.builders import STONE_BRIDGE, sun_li, zhao_ming

pytestmark = pytest.mark.usefixtures("database")


async def test_each_group_is_listed_in_pages(now: datetime) -> None:
    officer = await sun_li()
    await readers(12)
    number = await sent_now(officer, now)
    await deliver(now)
    first = await recipients.page_of(officer, number, "sent", 0)
    second = await recipients.page_of(officer, number, "sent", 1)
    assert (len(first.recipients), first.has_more) == (10, True)
    assert (len(second.recipients), second.has_more) == (2, False)
    assert len({one.person_id for one in first.recipients + second.recipients}) == 12
    assert {one.name for one in first.recipients} <= {"陈*", "陈**"}
    assert (await recipients.page_of(officer, number, "failed", 0)).recipients == ()


async def test_opened_names_are_whole_and_each_reader_can_read_who_opened_hers(
    now: datetime,
) -> None:
    officer = await sun_li()
    [reader] = await readers(1)
    number = await sent_now(officer, now)
    await deliver(now, Outcome.BAD_REQUEST)
    opened = await recipients.open_page(officer, number, "failed", 0, now=now)
    assert opened == (reader.id,)
    page = await recipients.page_of(officer, number, "failed", 0, opened=opened)
    assert [one.name for one in page.recipients] == ["陈0"]
    [entry] = await audit.about(reader.id)
    assert (entry.action, entry.actor_id) == ("name_opened", officer.person_id)


async def test_who_has_moved_out_of_the_township_stays_masked(now: datetime) -> None:
    officer = await sun_li()
    [reader] = await readers(1, village_code=STONE_BRIDGE)
    number = await sent_now(officer, now)
    await deliver(now)
    await Person.filter(id=reader.id).update(village_code="330000200001")
    assert await recipients.open_page(officer, number, "sent", 0, now=now) == ()


async def test_nobody_but_the_office_sees_a_list(now: datetime) -> None:
    number = await sent_now_by_the_office(now)
    for other in (await zhao_ming(), Actor(5, (Held(Role.OFFICER, "330000200000"),))):
        with pytest.raises(NotAllowed):
            await recipients.page_of(other, number, "sent", 0)
        with pytest.raises(NotAllowed):
            await recipients.open_page(other, number, "sent", 0, now=now)


async def sent_now_by_the_office(now: datetime) -> int:
    """The number of a broadcast that went to one reader."""
    officer = await sun_li()
    await readers(1)
    number = await sent_now(officer, now)
    assert (await broadcasts.fetch_for(officer, number)).progress.waiting == 1
    return number
