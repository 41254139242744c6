"""A time is one moment, whichever zone it was written in and by whichever way."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.store.models import UpdateSeen
from backend.store.sql import as_datetime, execute

pytestmark = pytest.mark.usefixtures("database")

NINE_IN_SHANGHAI = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


async def test_times_written_through_models_and_by_hand_compare_as_moments() -> None:
    await UpdateSeen.create(update_id=1, seen_at=NINE_IN_SHANGHAI)
    await execute("INSERT INTO update_seen (update_id, seen_at) VALUES (2, $1)", NINE_IN_SHANGHAI)
    just_before = NINE_IN_SHANGHAI.astimezone(UTC) - timedelta(seconds=1)
    for moment, count in ((just_before, 0), (NINE_IN_SHANGHAI + timedelta(seconds=1), 2)):
        rows = await execute("SELECT update_id FROM update_seen WHERE seen_at < $1", moment)
        assert len(rows) == count
        assert await UpdateSeen.filter(seen_at__lt=moment).count() == count
    rows = await execute("SELECT seen_at FROM update_seen ORDER BY update_id")
    assert {as_datetime(row["seen_at"]) for row in rows} == {NINE_IN_SHANGHAI}
