"""Taking back what waits to be said of many due services at once."""

from datetime import datetime

import pytest

from backend.actions.recall import take_back_unsent
from backend.actions.tasks import cancel_tasks_about, cancel_visits_about
from backend.store.models import Person, Send, Task
from tests.builders import wang_xiuying
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")

# More than PostgreSQL takes as values of one statement.
MANY = range(1, 40_001)


async def a_visit(person: Person, due_id: int, now: datetime) -> Task:
    """An open visit about a due service."""
    return await Task.create(
        person_id=person.id,
        village_code=person.village_code,
        kind="visit",
        due_service_id=due_id,
        dedup_key=f"visit:{due_id}",
        opened_at=now,
    )


async def test_however_many_are_put_off_at_once_what_is_unsent_is_taken_back(
    now: datetime,
) -> None:
    today = now.date()
    for due_id in (1, 39_999, 40_001):
        await a_send(70, now=now, dedup_key=f"due:{due_id}:{today}")
    assert await take_back_unsent(dict.fromkeys(MANY, today), now=now) == {1, 39_999}
    assert [row.dedup_key for row in await Send.filter(state="queued")] == [f"due:40001:{today}"]


async def test_visits_about_however_many_are_put_off_or_over_are_cancelled(now: datetime) -> None:
    wang = await wang_xiuying()
    for due_id in (1, 2, 40_001):
        await a_visit(wang, due_id, now)
    assert await cancel_visits_about(MANY[1:], now=now) == {2}
    await cancel_tasks_about(MANY, now=now)
    assert [task.due_service_id for task in await Task.filter(state="open")] == [40_001]
