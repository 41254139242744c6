"""What a fact changes in what is owed, and in what is queued."""

from datetime import date, datetime, timedelta

import pytest

from backend.actions import events, planning
from backend.actions.due_run import queue_due
from backend.actions.events import Told
from backend.domain.gestation import dated_by_lmp
from backend.store.models import DueService, Send
from tests.builders import wang_xiuying

pytestmark = pytest.mark.usefixtures("database")

LMP = date(2026, 10, 12)


async def states(person_id: int, rule: str) -> list[str]:
    rows = await DueService.filter(person_id=person_id, rule=rule).order_by("id")
    return [row.state for row in rows]


async def test_a_pregnancy_lays_out_the_visits_and_tells_the_most_urgent(now: datetime) -> None:
    wang = await wang_xiuying()
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    assert await states(wang.id, "m1") == ["open"]
    assert await states(wang.id, "m2") == ["planned"]
    sends = await Send.filter(person_id=wang.id).order_by("is_self_set")
    assert [(send.purpose, send.is_self_set) for send in sends] == [
        ("maternal", False),
        ("folic_acid", True),
    ]


async def test_planning_twice_writes_nothing_the_second_time(now: datetime) -> None:
    wang = await wang_xiuying()
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    assert not await planning.replan(wang.id, now=now)
    assert (await queue_due(now=now)).queued == 0
    assert await Send.all().count() == 2


async def test_the_end_of_a_pregnancy_leaves_nothing_owed_and_nothing_queued(now: datetime) -> None:
    wang = await wang_xiuying()
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    await events.end_pregnancy(wang.id, Told(now=now + timedelta(hours=1)))
    assert await DueService.filter(state__in=["planned", "open"]).count() == 0
    assert await Send.filter(state="queued").count() == 0
