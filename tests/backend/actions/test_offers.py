"""What is offered to whom: topics by sex, services by calendar, no procedure to anybody."""

import pytest

from backend.actions import offers
from backend.domain.consent import HEALTH_PURPOSES, Purpose
from tests.builders import a_person, wang_xiuying

NATIONAL = ["m1", "m2", "m3", "m4", "m5"]
pytestmark = pytest.mark.usefixtures("database")


async def test_a_woman_is_offered_every_topic() -> None:
    person = await wang_xiuying()
    assert await offers.topics_for(person.id) == HEALTH_PURPOSES


async def test_a_man_is_offered_what_is_for_him() -> None:
    person = await a_person("赵明", sex="male")
    assert await offers.topics_for(person.id) == (
        Purpose.CONTRACEPTION,
        Purpose.CHECKUP,
        Purpose.CHILD,
    )


async def test_while_the_sex_is_not_known_everything_is_offered() -> None:
    person = await a_person("王秀英", sex=None)
    assert await offers.topics_for(person.id) == HEALTH_PURPOSES
    assert await offers.topics_for(None) == HEALTH_PURPOSES


async def test_services_follow_her_calendar() -> None:
    national = await a_person("王秀英")
    other = await a_person("李娜", calendar="who2016")
    listed = [one.rule for one in await offers.services_of(Purpose.MATERNAL, national.id)]
    assert [rule for rule in listed if rule in NATIONAL] == NATIONAL
    listed = [one.rule for one in await offers.services_of(Purpose.MATERNAL, other.id)]
    assert "who_12w" in listed
    assert not set(NATIONAL) & set(listed)


async def test_no_procedure_is_offered_by_way_of_its_follow_up() -> None:
    person = await wang_xiuying()
    listed = [one.rule for one in await offers.services_of(Purpose.CONTRACEPTION, person.id)]
    assert {"postpartum_advice", "s2", "s3"} <= set(listed)
    assert not {"iud", "implant", "ligation", "abortion_care", "pill"} & set(listed)


async def test_what_repeats_is_named_by_its_first_time() -> None:
    person = await wang_xiuying()
    listed = await offers.services_of(Purpose.CHILD, person.id)
    assert [(one.rule, one.occurrence, one.repeats) for one in listed] == [
        ("k1", 1, False),
        ("k2", 3, True),
    ]
