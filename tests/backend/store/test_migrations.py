"""A migration of a database that is in use: what was there is there, and more is known of it."""

from datetime import date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest

from backend.actions import events
from backend.actions.events import Told
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.store.models import DueService, Send
from backend.store.sql import connection, dialect, execute
from tests.builders import wang_xiuying

pytestmark = pytest.mark.usefixtures("database")

PUBLICATIONS = import_module("backend.store.migrations.0003_rule_publications")


async def reminded_days(now: datetime, state: str) -> set[date | None]:
    """The days of reminding that the migration finds where one message is in a state."""
    wang = await wang_xiuying(topics=(Purpose.MATERNAL,))
    dating = dated_by_lmp(now.date() - timedelta(112))
    await events.record_pregnancy(wang.id, Told(now=now), dating=dating)
    await Send.all().update(state=state)
    await execute("UPDATE due_service SET reminded_on = NULL")
    await PUBLICATIONS.note_reminders(None, SimpleNamespace(client=connection()))
    return {row.reminded_on for row in await DueService.all()}


@pytest.mark.parametrize("state", ["queued", "sent", "unknown"])
async def test_the_outbox_tells_on_which_day_a_service_was_reminded_of(
    now: datetime, state: str
) -> None:
    assert await reminded_days(now, state) == {None, now.date()}


@pytest.mark.parametrize("state", ["cancelled", "expired"])
async def test_what_never_went_out_is_no_reminder(now: datetime, state: str) -> None:
    assert await reminded_days(now, state) == {None}


async def test_the_day_on_which_a_service_opens_or_closes_next_is_indexed() -> None:
    asked = {
        "sqlite": "SELECT sql AS made FROM sqlite_master WHERE tbl_name = 'due_service'",
        "postgres": "SELECT indexdef AS made FROM pg_indexes WHERE tablename = 'due_service'",
    }
    made = [str(row["made"]) for row in await execute(asked[dialect()])]
    assert any("CASE state" in text and "closes_on" in text for text in made)
