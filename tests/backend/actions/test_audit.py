"""The audit log is a chain: what was changed in it shows."""

import asyncio
from datetime import datetime, timedelta

import pytest

from backend.actions import audit
from backend.store.sql import execute

pytestmark = pytest.mark.usefixtures("database")


async def ten_entries(now: datetime) -> None:
    for number in range(10):
        await audit.append(
            "contact_opened",
            actor_id=7,
            subject_id=number,
            detail=f"d{number}",
            now=now + timedelta(seconds=number),
        )


async def test_an_untouched_chain_is_sound(now: datetime) -> None:
    assert await audit.verify() == audit.Verdict(0, ok=True, head="")
    await ten_entries(now)
    verdict = await audit.verify()
    assert (verdict.entries, verdict.ok) == (10, True)
    assert verdict.head


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entry SET actor_id = 8 WHERE subject_id = 4",
        "UPDATE audit_entry SET actor_id = NULL WHERE subject_id = 4",
        "UPDATE audit_entry SET detail = 'other' WHERE subject_id = 4",
        "UPDATE audit_entry SET action = 'exported' WHERE subject_id = 9",
        "UPDATE audit_entry SET subject_id = 40 WHERE subject_id = 0",
        "UPDATE audit_entry SET mac = '00' WHERE subject_id = 4",
        "UPDATE audit_entry SET at = (SELECT max(at) FROM audit_entry) WHERE subject_id = 4",
        "DELETE FROM audit_entry WHERE subject_id = 4",
        "DELETE FROM audit_entry WHERE subject_id = 0",
    ],
)
async def test_every_change_inside_the_chain_is_found(now: datetime, tampering: str) -> None:
    await ten_entries(now)
    await execute(tampering)
    assert not (await audit.verify()).ok


async def test_entries_cut_off_at_the_end_change_the_head(now: datetime) -> None:
    await ten_entries(now)
    before = await audit.verify()
    await execute("DELETE FROM audit_entry WHERE subject_id = 9")
    after = await audit.verify()
    assert after.ok
    assert after.head != before.head


async def test_entries_added_at_once_still_follow_one_another(now: datetime) -> None:
    await asyncio.gather(*(audit.append("exported", subject_id=n, now=now) for n in range(20)))
    verdict = await audit.verify()
    assert (verdict.entries, verdict.ok) == (20, True)


async def test_a_person_reads_who_looked_newest_first(now: datetime) -> None:
    await audit.append("contact_opened", actor_id=7, subject_id=1, now=now)
    await audit.append("contact_opened", actor_id=7, subject_id=2, now=now)
    await audit.append("exported", actor_id=1, subject_id=1, now=now)
    entries = await audit.about(1)
    assert [entry.action for entry in entries] == ["exported", "contact_opened"]
    assert entries[0].at == now
