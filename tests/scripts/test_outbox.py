"""`outbox`: the operator sees what waits and what to do, and deals with it."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.store.database import open_database
from tests.builders import WANG_XIUYING_CHAT, wang_xiuying
from tests.scripts.office import Done, Office, last
from tests.sends import a_send

AN_HOUR = timedelta(hours=1)


@pytest.fixture
async def office(tmp_path: Path, migrated_file: Path) -> Office:
    """An office with one overdue and one later message on hold, and one of unknown fate."""
    made = Office(tmp_path)
    shutil.copy(migrated_file, made.database)
    now = datetime.now(UTC)
    async with open_database(f"sqlite://{made.database}"):
        wang = await wang_xiuying()
        whose = {"now": now, "person_id": wang.id, "purpose": "maternal", "reference": "77"}
        await a_send(WANG_XIUYING_CHAT, **whose, state="hold", due_at=now - AN_HOUR, ambiguities=1)
        await a_send(WANG_XIUYING_CHAT, **whose, state="hold", due_at=now + AN_HOUR)
        await a_send(WANG_XIUYING_CHAT, **whose, state="unknown")
    return made


def states(office: Office) -> list[str]:
    return [state for (state,) in office.rows("SELECT state FROM send ORDER BY id")]


def said(done: Done) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_says_what_to_do_without_a_name_or_a_health_word(office: Office) -> None:
    words = said(office.run("outbox"))
    for part in ("可能已经发出", "还没到时间", "试了两次"):
        assert part in words
    for secret in ("王秀英", "maternal", "77", str(WANG_XIUYING_CHAT)):
        assert secret not in words
    listed = last(office.run("outbox", "--json"))
    assert listed["waiting"] == {"hold": 2, "unknown": 1}
    advice = [row["advice"] for row in listed["rows"]]
    assert advice == ["may_have_gone", "probably_arrived", "not_yet_due"]
    assert all(row["says"] in words for row in listed["rows"])


def test_what_was_not_due_yet_is_released_and_the_rest_dropped(office: Office) -> None:
    done = office.run("outbox", "release", "--all-due-after", "now")
    assert said(done) == "已放行：1 条。"
    done = office.run("outbox", "drop", "3", "--all-due-until", "now")
    assert said(done) == "已丢弃：2 条。"
    assert states(office) == ["cancelled", "queued", "unknown"]
    assert said(office.run("outbox")) == "没有等您处理的消息。"
    assert office.rows("SELECT action FROM audit_entry ORDER BY id") == [
        ("outbox_released",),
        ("outbox_dropped",),
    ]


def test_a_number_that_does_not_wait_is_said(office: Office) -> None:
    assert said(office.run("outbox", "release", "1", "4711")).endswith("保持原样：1 条。")
    for wrong in (("release",), ("drop", "--all-due-until", "gestern")):
        done = office.run("outbox", *wrong)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert states(office) == ["queued", "hold", "unknown"]
