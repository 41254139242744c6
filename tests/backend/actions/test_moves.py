"""Moves: kept as they are told, a task for the cadre, consent to a handover, and taken back."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.actions import (
    events,
    move_run,
    moves,
    mydata,
    planning,
    registrations,
    task_answers,
    tasks,
)
from backend.actions.events import Told
from backend.actions.moves import Place, Report
from backend.domain.access import NotAllowed
from backend.domain.consent import Purpose
from backend.domain.errors import WrongValue
from backend.domain.events import EventKind
from backend.domain.moves import Direction, MoveRefused, Stay
from backend.domain.tasks import TaskKind
from backend.store.models import (
    AuditEntry,
    DueService,
    Handover,
    LifeEvent,
    MoveReport,
    Person,
    Send,
    Task,
)
from tests.builders import STONE_BRIDGE, WILLOW, a_person, wang_xiuying, zhao_ming

pytestmark = pytest.mark.usefixtures("database")

SHANGHAI = Place("上海市松江区")


async def wang_is_screened(now: datetime) -> Person:
    """王秀英, who is owed a screening."""
    wang = await wang_xiuying(topics=(Purpose.SCREENING,), birth_date=now.date().replace(year=1980))
    await planning.replan(wang.id, now=now)
    return wang


def away(now: datetime, place: Place | None = SHANGHAI, days: int = 3) -> Report:
    """Moving away in three days with a spouse and two children."""
    day = now.date() + timedelta(days)
    return Report(
        direction=Direction.OUT,
        place=place,
        moves_on=day,
        stay=Stay.SETTLED,
        with_spouse=True,
        child_count=2,
    )


async def test_a_report_keeps_what_was_said_and_seals_the_places(now: datetime) -> None:
    wang = await wang_is_screened(now)
    filed = await moves.report_own(wang.id, away(now), now=now)
    row = await MoveReport.get(id=filed.report_id)
    assert (row.number, row.from_code, row.from_place) == (1, WILLOW, "柳树村")
    assert (row.to_code, row.to_place, row.code_version) == (None, "上海市松江区", "2026")
    assert row.has_plan
    assert row.next_due_service_id
    assert b"\xe4\xb8\x8a\xe6\xb5\xb7" not in bytes(row.to_place_sealed or b"")


async def test_numbers_run_on_whoever_reports(now: datetime) -> None:
    zhao, wang = await zhao_ming(), await wang_is_screened(now)
    other = await a_person("周桂英")
    await moves.report_own(wang.id, away(now), now=now)
    filed = await moves.report_for(zhao, other.id, away(now), now=now)
    assert filed.number == 2


async def test_without_consent_there_is_no_handover_and_no_hurry(now: datetime) -> None:
    await zhao_ming()
    wang = await wang_is_screened(now)
    await moves.report_own(wang.id, away(now), now=now)
    assert not await Handover.exists()
    assert (await Task.get()).kind == "move"
    assert not await Send.filter(template="cadre_alert").exists()


async def test_consent_names_recipient_and_data_and_hurries_the_cadre(now: datetime) -> None:
    await zhao_ming()
    wang = await wang_is_screened(now)
    filed = await moves.report_own(wang.id, away(now), recipient=SHANGHAI, now=now)
    handover = await Handover.get(move_report_id=filed.report_id)
    assert (handover.state, handover.data_types) == ("consented", "name,phone,due_services")
    assert handover.consented_at == now
    entry = await AuditEntry.get(action="handover_consented")
    assert (entry.actor_id, entry.detail) == (wang.id, "elsewhere name,phone,due_services")
    assert (await Task.get()).kind == "handover"
    assert await Send.filter(template="cadre_alert").count() == 1


async def test_her_plan_goes_on_here_until_it_is_accepted_there(now: datetime) -> None:
    wang = await wang_is_screened(now)
    before = await moves.plan_of(wang.id, now=now)
    await moves.report_own(wang.id, away(now), recipient=SHANGHAI, now=now)
    await planning.replan(wang.id, now=now)
    assert [view.due_id for view in await moves.plan_of(wang.id, now=now)] == [
        view.due_id for view in before
    ]


async def test_taking_it_back_ends_task_and_handover_once(now: datetime) -> None:
    wang = await wang_is_screened(now)
    filed = await moves.report_own(wang.id, away(now), recipient=SHANGHAI, now=now)
    await moves.withdraw(wang.id, filed.report_id, now=now)
    assert (await MoveReport.get()).state == "withdrawn"
    assert (await Handover.get()).state == "closed"
    assert (await Task.get()).state == "cancelled"
    assert await moves.latest(wang.id) is None
    with pytest.raises(MoveRefused):
        await moves.withdraw(wang.id, filed.report_id, now=now)


async def test_nobody_else_sees_or_takes_back_her_report(now: datetime) -> None:
    wang = await wang_is_screened(now)
    other = await a_person("钱芳", chat=5)
    filed = await moves.report_own(wang.id, away(now), now=now)
    with pytest.raises(NotAllowed):
        await moves.find(other.id, filed.report_id)
    with pytest.raises(NotAllowed):
        await moves.withdraw(other.id, filed.report_id, now=now)
    with pytest.raises(NotAllowed):
        await moves.find_for(await zhao_ming(village_code=STONE_BRIDGE), filed.report_id)


async def test_the_cadre_takes_it_up_and_she_is_told_once(now: datetime) -> None:
    wang = await wang_is_screened(now)
    filed = await moves.report_own(wang.id, away(now), now=now)
    for _ in range(2):
        await moves.receive(filed.report_id, now=now)
    assert (await moves.find(wang.id, filed.report_id)).state == "received"
    assert await Send.filter(template="move_news").count() == 1


async def test_what_cannot_be_is_refused_and_draws_no_number(now: datetime) -> None:
    wang = await wang_is_screened(now)
    with pytest.raises(MoveRefused):
        await moves.report_own(wang.id, away(now, days=181), now=now)
    with pytest.raises(WrongValue):
        await moves.report_own(wang.id, away(now, Place("?", "330000100099")), now=now)
    filed = await moves.report_own(wang.id, away(now, Place("?", STONE_BRIDGE)), now=now)
    assert (filed.number, (await MoveReport.get()).to_place) == (1, "石桥村")


async def test_moves_follow_her_onto_the_roster_and_are_erased_with_her(now: datetime) -> None:
    zhao = await zhao_ming()
    known = await a_person("陈静", phone="13800138007")
    waiting = await a_person("陈静", phone="13800138007", state="waiting", claim_of_id=known.id)
    await moves.report_own(waiting.id, away(now), recipient=SHANGHAI, now=now)
    await registrations.confirm(zhao, waiting.id, now=now)
    assert (await MoveReport.get()).person_id == known.id
    shown = await mydata.export(known.id, now=now)
    assert shown["move_report"][0]["to_place"] == "上海市松江区"
    assert shown["handover"][0]["recipient"] == "上海市松江区"
    await mydata.erase(known.id, now=now)
    assert not await MoveReport.exists()
    assert not await Handover.exists()


@pytest.mark.parametrize("stay", [Stay.UNDER_A_MONTH, Stay.UNDER_HALF_A_YEAR, Stay.UNKNOWN])
async def test_a_stay_elsewhere_ends_and_moves_nothing_of_the_plan(
    now: datetime, stay: Stay
) -> None:
    zhao = await zhao_ming()
    wang = await wang_is_screened(now)
    owed = await DueService.filter(person_id=wang.id).values()
    report = replace(away(now), stay=stay)
    await moves.report_own(wang.id, report, now=now)
    filed = await moves.report_for(zhao, wang.id, report, now=now)
    await moves.receive(filed.report_id, now=now)
    later = now + timedelta(days=5)
    await planning.replan(wang.id, now=later)
    after = await DueService.filter(person_id=wang.id).values()
    assert [one | {"updated_at": None, "remind_on": None} for one in after] == [
        one | {"updated_at": None, "remind_on": None} for one in owed
    ]
    assert (await Person.get(id=wang.id)).village_code == WILLOW


async def with_a_permit(now: datetime) -> Person:
    """王秀英, whose residence permit is a year old in two weeks."""
    wang = await wang_xiuying(topics=(Purpose.CHECKUP,))
    issued = now.date().replace(year=now.year - 1) + timedelta(14)
    await events.record_day(
        wang.id, Told(now=now - timedelta(days=300)), EventKind.CERTIFICATE, on=issued
    )
    await planning.replan(wang.id, now=now)
    assert await permit_is_due(wang)
    return wang


async def permit_is_due(person: Person) -> bool:
    """Whether the yearly look at her permit is still before her."""
    return await DueService.filter(
        person_id=person.id, rule="residence", state__in=("planned", "open")
    ).exists()


async def test_whoever_has_left_for_good_is_not_reminded_of_her_permit(now: datetime) -> None:
    wang = await with_a_permit(now)
    filed = await moves.report_own(wang.id, away(now, days=-1), now=now)
    assert not await permit_is_due(wang)
    await moves.withdraw(wang.id, filed.report_id, now=now)
    assert await permit_is_due(wang), "taken back, all is as it was"
    assert await move_run.note_moves(now=now) == 0


async def test_a_move_to_come_ends_it_on_its_day_once(now: datetime) -> None:
    wang = await with_a_permit(now)
    await moves.report_own(wang.id, away(now, days=3), now=now)
    assert await move_run.note_moves(now=now + timedelta(days=2)) == 0
    assert await permit_is_due(wang)
    assert await move_run.note_moves(now=now + timedelta(days=3)) == 1
    assert await move_run.note_moves(now=now + timedelta(days=4)) == 0
    assert not await permit_is_due(wang)
    event = await LifeEvent.get(person_id=wang.id, kind="moved_out")
    assert event.on_date == now.date() + timedelta(3)


@pytest.mark.parametrize(
    "changed",
    [
        {"stay": Stay.HALF_A_YEAR_ON},
        {"stay": Stay.UNKNOWN},
        {"place": Place("石桥村", STONE_BRIDGE)},
        {"direction": Direction.WITHIN},
        {"direction": Direction.IN},
    ],
    ids=["for a time", "nobody knows", "in the township", "in the village", "come here"],
)
async def test_whoever_has_not_left_for_good_keeps_it(
    now: datetime, changed: dict[str, Any]
) -> None:
    wang = await with_a_permit(now)
    await moves.report_own(wang.id, replace(away(now, days=-1), **changed), now=now)
    assert await permit_is_due(wang)
    kinds = {event.kind for event in await LifeEvent.filter(person_id=wang.id)}
    came = changed.get("direction") is Direction.IN
    assert kinds == ({"certificate", "moved_in"} if came else {"certificate"})


async def test_of_whom_takes_no_part_no_event_is_kept(now: datetime) -> None:
    zhao, other = await zhao_ming(), await a_person("周桂英")
    await moves.report_for(zhao, other.id, away(now, days=-1), now=now)
    assert not await LifeEvent.exists()


async def test_a_cadres_answer_that_she_has_moved_is_undone_with_its_event(now: datetime) -> None:
    zhao, wang = await zhao_ming(), await with_a_permit(now)
    task = await tasks.open_task(TaskKind.HELP, wang.id, dedup_key="help", now=now)
    assert task is not None
    given, _filed = await task_answers.moved(zhao, task, away(now, days=-1), now=now)
    assert not await permit_is_due(wang)
    await task_answers.undo(zhao, given.answer_id, now=now)
    assert await permit_is_due(wang)
