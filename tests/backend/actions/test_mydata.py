"""What is kept of a person: all of it shown, and all of it gone when she wants."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from backend.actions import (
    accounts,
    consents,
    dialogs,
    events,
    folic_acid,
    invites,
    mydata,
    reminders,
)
from backend.actions.dialogs import DialogState
from backend.actions.due_run import queue_due
from backend.actions.events import Told
from backend.actions.folic_acid import Dose
from backend.domain.access import Role
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.domain.tasks import HelpReason
from backend.store import models
from backend.store.database import open_database
from backend.store.ids import new_id
from backend.store.models import (
    Account,
    AuditEntry,
    DueService,
    Handover,
    MoveReport,
    Person,
    Send,
    Task,
    TaskAnswer,
    Visit,
)
from backend.store.sql import execute
from tests.builders import WILLOW, a_person, wang_xiuying

CANARIES = ("王秀英", "13800138001", "330102199605120025", "四月搬来", "7700012345678")
CHAT = 7700012345678


async def wang_uses_everything(now: datetime) -> Person:
    """王秀英 with a row in every table that can know her."""
    wang = await wang_xiuying(chat=CHAT)
    wang.id_number = "330102199605120025"
    wang.remarks = "四月搬来"
    await wang.save()
    lmp = now.date() - timedelta(days=40)
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(lmp))
    due = await DueService.get(rule="m1", person_id=wang.id)
    await reminders.ask_help(wang.id, HelpReason.OTHER, due_id=due.id, now=now)
    await reminders.answer_done(wang.id, due.id, now.date(), now=now)
    await folic_acid.answer_dose(wang.id, Dose.TAKEN, now=now)
    await reminders.keep_choice(wang.id, "screening", "off", now=now)
    await consents.refuse(wang.id, [Purpose.CHILD], now=now)
    await invites.create(Role.RESIDENT, WILLOW, person_id=wang.id, name="王秀英", now=now)
    state = DialogState(CHAT, "register", "name", {"name": "王秀英"}, version=1)
    await dialogs.save(state, now=now)
    await her_cadre_writes_of_her(wang.id, now)
    return wang


async def her_cadre_writes_of_her(person_id: int, now: datetime) -> None:
    """A move with its handover, a visit, and the answer to a task, with words of their own."""
    move = MoveReport(
        id=new_id(),
        person_id=person_id,
        number=1,
        direction="out",
        code_version="2023",
        moves_on=now.date(),
        expected_stay="settled",
        contact="chat",
        state="reported",
        reported_by=person_id,
        reported_at=now,
    )
    move.to_place = "四月搬来"
    await move.save(force_create=True)
    handover = Handover(id=new_id(), person_id=person_id, move_report_id=move.id, state="draft")
    handover.data_types, handover.text_version, handover.recipient = "name", "1", "王秀英"
    await handover.save(force_create=True)
    visit = Visit(id=new_id(), person_id=person_id, way="home", made_by=1, made_at=now)
    visit.on_date, visit.note = now.date(), "王秀英"
    await visit.save(force_create=True)
    task = await Task.get(person_id=person_id)
    await TaskAnswer.create(
        person_id=person_id,
        task_id=task.id,
        answer="done",
        answered_by=1,
        answered_at=now,
        before_tries=0,
    )


@pytest.mark.usefixtures("database")
async def test_the_export_holds_every_table_that_knows_her(now: datetime) -> None:
    wang = await wang_uses_everything(now)
    found = await mydata.export(wang.id, now=now)
    assert found["person"][0]["name"] == "王秀英"
    assert found["person"][0]["id_number"] == "330102199605120025"
    assert found["move_report"][0]["to_place"] == "四月搬来"
    assert found["dose_log"] == [
        {
            "on_date": "2026-11-23",
            "answer": "taken",
            "reason": None,
            "answered_at": "2026-11-23T01:00:00+00:00",
        }
    ]
    empty = {table for table, rows in found.items() if not rows}
    assert empty == {"role_grant"}
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
    assert await AuditEntry.filter(action="exported").exists()


def test_every_table_with_a_persons_number_is_erased_exported_or_kept_on_purpose() -> None:
    tables = {
        model._meta.db_table
        for name in models.__all__
        if "person_id" in (model := getattr(models, name))._meta.fields_map
        or "person" in model._meta.fields_map
    }
    assert tables <= mydata.ERASED.keys() | mydata.KEPT


@pytest.mark.usefixtures("database")
async def test_messages_stop_at_once_and_go_on_if_she_changes_her_mind(now: datetime) -> None:
    wang = await wang_uses_everything(now)
    day = await mydata.request_erasure(wang.id, now=now)
    assert day.erase_on == now.date() + timedelta(days=7)
    assert not await Send.filter(state="queued").exists()
    tomorrow = now + timedelta(days=1)
    assert (await queue_due(now=tomorrow)).queued == 0
    await mydata.keep_after_all(wang.id, now=tomorrow)
    assert await mydata.erasure_day(wang.id) is None
    assert (await queue_due(now=tomorrow)).queued == 1
    assert await mydata.erase_due(now=now + timedelta(days=30)) == 0


@pytest.mark.usefixtures("database")
async def test_who_said_stop_stays_stopped_after_she_changes_her_mind(now: datetime) -> None:
    wang = await wang_xiuying(chat=CHAT)
    await accounts.stop_all(CHAT, now=now)
    await mydata.request_erasure(wang.id, now=now)
    await mydata.keep_after_all(wang.id, now=now)
    assert (await Account.get(tg_id=CHAT)).state == "stopped"


@pytest.mark.usefixtures("database")
async def test_a_chat_that_comes_back_before_its_erasure_is_not_written_to(now: datetime) -> None:
    wang = await wang_xiuying(chat=CHAT)
    await mydata.request_erasure(wang.id, now=now)
    await accounts.mark_blocked(CHAT, now=now)
    await accounts.came_back(CHAT, now=now)
    assert (await Account.get(tg_id=CHAT)).state == "stopped"


@pytest.mark.usefixtures("database")
async def test_after_seven_days_nothing_but_the_proof_is_left(now: datetime) -> None:
    wang = await wang_uses_everything(now)
    other = await a_person("陈静", chat=5, topics=(Purpose.MATERNAL,))
    await mydata.request_erasure(wang.id, now=now)
    assert await mydata.erase_due(now=now + timedelta(days=6)) == 0
    assert await mydata.erase_due(now=now + timedelta(days=7)) == 1
    blank = await Person.get(id=wang.id)
    assert (blank.state, blank.name, blank.phone_index, blank.birth_date) == (
        "erased",
        None,
        None,
        None,
    )
    for table in mydata.ERASED:
        left = await execute(f"SELECT 1 AS one FROM {table} WHERE person_id = $1", wang.id)
        assert left == [], table
    assert await execute("SELECT purpose FROM consent WHERE person_id = $1", wang.id)
    assert await mydata.erase_due(now=now + timedelta(days=8)) == 0
    assert (await Person.get(id=other.id)).name == "陈静"
    assert (await Account.get(tg_id=5)).person_id == other.id


@pytest.mark.usefixtures("database")
async def test_the_proof_goes_after_three_years(now: datetime) -> None:
    wang = await wang_uses_everything(now)
    await mydata.erase(wang.id, now=now)
    assert await mydata.forget_proofs(now=now + timedelta(days=3 * 366)) == 0
    assert await mydata.forget_proofs(now=now + timedelta(days=3 * 366 + 1)) > 0


async def test_no_byte_of_hers_is_left_in_the_file(tmp_path: Path, now: datetime) -> None:
    async with open_database(f"sqlite://{tmp_path}/office.db"):
        wang = await wang_uses_everything(now)
        sealed = [wang.name_sealed, wang.phone_sealed, wang.id_number_sealed, wang.remarks_sealed]
        blind = [wang.name_index, wang.phone_index, wang.phone_tail_index, wang.id_number_index]
        needles = [canary.encode() for canary in (*CANARIES, *filter(None, blind))]
        needles += [bytes(box) for box in sealed if box] + [CHAT.to_bytes(6, "big")]
        await execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert found_in(tmp_path, needles)
        await mydata.erase(wang.id, now=now)
        await execute("VACUUM")
        await execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert not found_in(tmp_path, needles)


def found_in(folder: Path, needles: list[bytes]) -> list[bytes]:
    """The needles that any file of the folder holds."""
    held = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    return [needle for needle in needles if needle in held]


async def test_where_one_erasure_fails_the_others_go_on(now: datetime) -> None:
    async with open_database("sqlite://:memory:"):
        stuck = await wang_xiuying(erase_on=now.date())
        other = await a_person("陈静", chat=5, erase_on=now.date())
        await execute(
            "CREATE TRIGGER stuck BEFORE DELETE ON account WHEN old.tg_id <> 5"
            " BEGIN SELECT RAISE(ABORT, 'stuck'); END"
        )
        assert await mydata.erase_due(now=now) == 1
        assert (await Person.get(id=stuck.id)).name == "王秀英"
        assert (await Person.get(id=other.id)).state == "erased"
