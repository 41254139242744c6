"""Publishing rules: simulated, put in force, carried out, followed; and nothing said twice."""

import asyncio
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from backend.actions import audit, delivery, events, everyone, planning, rulebook
from backend.actions.due_run import queue_due
from backend.actions.events import Told
from backend.actions.everyone import replan_all
from backend.actions.planning import Changes, replan
from backend.actions.publications import (
    carry_out,
    draft,
    newest_publication,
    publish,
    publish_shipped,
)
from backend.actions.rule_simulation import Simulation, simulate_rules
from backend.calendars.load import BASE, Written
from backend.clock import FrozenClock
from backend.domain.consent import Purpose
from backend.domain.errors import CalendarMistake, RulesOutdated
from backend.domain.events import EventKind
from backend.domain.gestation import dated_by_lmp
from backend.domain.rule_changes import Tally
from backend.jobs import EVERYWHERE, run_all, run_job
from backend.store.models import DueService, Person, Region, RulePublication, Send
from tests.builders import STONE_BRIDGE, TOWNSHIP, WILLOW, a_person, wang_xiuying

pytestmark = pytest.mark.usefixtures("database")

A_WEEK_LATER = """
[rules.m2]
version = 2
windows = [{ opens = "lmp+119d", due = "lmp+126d", closes = "lmp+146d" }]
"""
A_MONTH_LATER = A_WEEK_LATER.replace("119d", "141d").replace("126d", "142d")
WITHOUT_M2 = "[rules.m2]\nenabled = false\n"
WITHOUT_M3 = "[rules.m3]\nenabled = false\n"


def file(text: str) -> Written:
    """A township's file."""
    return Written("township.toml", text)


async def simulated(text: str, now: datetime) -> Simulation:
    """What a file would do."""
    return await simulate_rules(await draft(file(text)), now=now)


async def put_in_force(text: str, now: datetime) -> int:
    """Publish a file and plan everybody by it."""
    number = await publish(await draft(file(text)), now=now)
    async for _ in carry_out(now=now):
        continue
    return number


async def pregnant(person: Person, days: int, now: datetime) -> Person:
    """Let a woman's last period have begun so many days ago."""
    dating = dated_by_lmp(now.date() - timedelta(days))
    await events.record_pregnancy(person.id, Told(now=now), dating=dating)
    return person


async def wang_in_week_16(now: datetime) -> Person:
    """王秀英, whose second visit opens today and who is to be told of it."""
    return await pregnant(await wang_xiuying(topics=(Purpose.MATERNAL,)), 112, now)


async def a_few(now: datetime) -> list[Person]:
    """Women of two villages at different times of their pregnancies."""
    found = []
    for number, days in enumerate((20, 100, 118, 125, 160)):
        village = (WILLOW, STONE_BRIDGE)[number % 2]
        woman = await a_person(
            f"陈{number}", chat=50 + number, village_code=village, topics=(Purpose.MATERNAL,)
        )
        found.append(await pregnant(woman, days, now))
    return found


async def visit(rule: str = "m2") -> DueService:
    """The one row of a rule."""
    return await DueService.get(rule=rule)


async def the_send() -> Send:
    """The one message there is."""
    return await Send.get()


async def reminders_until(days: int, now: datetime) -> list[date]:
    """Let days go by, each with its rounds; return the days of messages about her second visit."""
    for later in range(days):
        await planning.roll(now=now + timedelta(days=later))
        await queue_due(now=now + timedelta(days=later))
        await Send.filter(state="queued").update(state="sent")
    reference = str((await visit()).id)
    return [
        date.fromisoformat(send.dedup_key[-10:])
        for send in await Send.filter(state="sent", reference=reference).order_by("id")
    ]


async def test_a_simulation_is_what_publishing_then_does(now: datetime) -> None:
    await a_few(now)
    found = await simulated(A_WEEK_LATER + WITHOUT_M3, now)
    assert (found.people, found.touched.people) == (5, 5)
    await put_in_force(A_WEEK_LATER + WITHOUT_M3, now)
    published = await newest_publication()
    assert published is not None
    assert published.tally == found.touched.services == Tally(move=4, vanish=5)
    assert (published.persons, published.done_at) == (5, now)
    assert [step.changes async for step in replan_all(now=now)] == [Changes()]


async def test_a_simulation_counts_by_rule_and_village_and_writes_nothing(now: datetime) -> None:
    await a_few(now)
    before = await DueService.all().order_by("id").values()
    found = await simulated(A_WEEK_LATER + WITHOUT_M3, now)
    assert found.versions == {"m2": ((1,), (2,)), "m3": ((1,), ())}
    assert found.by_rule["m2"].services == Tally(move=4)
    assert found.by_village[WILLOW].people == 3
    assert found.by_rule_and_village["m3", STONE_BRIDGE].services == Tally(vanish=2)
    assert sum(cell.people for cell in found.by_rule_and_village.values()) == 9
    assert await DueService.all().order_by("id").values() == before
    assert await RulePublication.all().count() == 0


async def test_samples_show_days_before_and_after_without_a_name(now: datetime) -> None:
    wang = await wang_in_week_16(now)
    (sample,) = (await simulated(A_WEEK_LATER, now)).samples
    assert (sample.person_id, sample.born, sample.village_code) == (wang.id, 1996, WILLOW)
    today = now.date()
    first = sample.days[0]
    assert (first.first_on, first.last_on) == (today, today + timedelta(6))
    assert (first.before.open, first.after.open) == (("m2/1",), ())
    assert "王" not in repr(sample)


async def test_a_file_that_changes_nothing_does_nothing(now: datetime) -> None:
    await a_few(now)
    await put_in_force(A_WEEK_LATER, now)
    found = await simulated(A_WEEK_LATER + "# as it was\n", now)
    assert found.people == 5
    assert (found.touched.people, found.versions, found.samples) == (0, {}, ())


async def test_a_region_alone_may_have_its_own_values(now: datetime) -> None:
    await a_few(now)
    await Region.create(code="440000000000", name="广东省")
    elsewhere = 'region = "440000000000"\n' + WITHOUT_M3
    assert not (await simulated(elsewhere, now)).touched.services
    here = f'region = "{TOWNSHIP}"\n' + WITHOUT_M3
    assert (await simulated(here, now)).touched.services == Tally(vanish=5)


@pytest.mark.parametrize("steps", [1, 2, 4])
async def test_what_was_interrupted_goes_on_where_it_was(
    now: datetime, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setattr(everyone, "_BATCH", 1)
    await a_few(now)
    expected = (await simulated(A_WEEK_LATER + WITHOUT_M3, now)).touched.services
    await publish(await draft(file(A_WEEK_LATER + WITHOUT_M3)), now=now)
    batches = carry_out(now=now)
    for _ in range(steps):
        await anext(batches)
    await batches.aclose()  # type: ignore[attr-defined]
    half = await newest_publication()
    assert half is not None
    assert (half.persons, half.done_at) == (steps, None)
    assert len([step async for step in carry_out(now=now)]) == 5 - steps
    whole = await newest_publication()
    assert whole is not None
    assert (whole.persons, whole.tally, whole.done_at) == (5, expected, now)


async def test_two_that_carry_out_at_once_plan_everybody_once(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(everyone, "_BATCH", 1)
    people = await a_few(now)
    await publish(await draft(file(A_WEEK_LATER)), now=now)

    async def work() -> list[int]:
        done = []
        while (await newest_publication()).done_at is None:  # type: ignore[union-attr]
            done += [step.last_person async for step in carry_out(now=now)]
            await asyncio.sleep(0)
        return done

    first, second = await asyncio.gather(work(), work())
    assert sorted(first + second) == sorted(person.id for person in people)
    published = await newest_publication()
    assert published is not None
    assert (published.persons, published.tally) == (5, Tally(move=4))


async def test_rules_that_changed_before_an_interrupted_one_are_planned_too(now: datetime) -> None:
    await publish_shipped(now=now)
    await a_few(now)
    await put_in_force("", now)
    await publish(await draft(file(WITHOUT_M3)), now=now)
    await put_in_force(WITHOUT_M3 + A_WEEK_LATER, now)
    assert await DueService.filter(rule="m3", state__in=["planned", "open"]).count() == 0
    assert await RulePublication.filter(done_at=None).count() == 0


async def test_a_process_with_older_rules_plans_by_those_in_force(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = await wang_in_week_16(now)
    before = rulebook.rulebook()
    await put_in_force(A_WEEK_LATER, now)
    monkeypatch.setattr(rulebook, "_in_force", None)
    assert rulebook.rulebook() is before
    assert not await replan(wang.id, now=now)
    assert (await visit()).rule_version == 2


async def test_old_versions_explain_what_was_had_by_them(now: datetime) -> None:
    await pregnant(await wang_xiuying(topics=(Purpose.MATERNAL,)), 112 - 60, now)
    await planning.roll(now=now + timedelta(days=100))
    await put_in_force(A_WEEK_LATER, now + timedelta(days=100))
    closed = await visit()
    assert (closed.state, closed.rule_version) == ("closed", 1)
    rule = rulebook.rulebook().find("m2", 1)
    assert rule is not None
    assert rule.windows[0].opens.days == 112


async def test_a_visit_that_was_had_stays_done_when_its_window_moves_away(now: datetime) -> None:
    wang = await wang_in_week_16(now)
    told = Told(now=now)
    await events.record_day(wang.id, told, EventKind.EXAM, on=now.date(), rule="m2")
    assert (await visit()).state == "done"
    await put_in_force(A_WEEK_LATER, now)
    assert (await visit()).state == "done"


async def test_a_first_reminder_that_was_sent_is_not_repeated_a_little_later(
    now: datetime,
) -> None:
    await wang_in_week_16(now)
    await Send.all().update(state="sent")
    await put_in_force(A_WEEK_LATER, now + timedelta(days=1))
    closes_on = (await visit()).closes_on
    days = await reminders_until(34, now + timedelta(days=1))
    assert days == [now.date(), closes_on - timedelta(7)]


async def test_a_reminder_is_given_again_when_she_cannot_go_for_long(now: datetime) -> None:
    await wang_in_week_16(now)
    await Send.all().update(state="sent")
    await put_in_force(A_MONTH_LATER, now + timedelta(days=1))
    days = await reminders_until(34, now + timedelta(days=1))
    assert days == [now.date(), now.date() + timedelta(29)]


async def test_what_is_queued_about_a_visit_that_opens_later_is_taken_back_and_said_then(
    now: datetime,
) -> None:
    await wang_in_week_16(now)
    assert (await the_send()).state == "queued"
    await put_in_force(A_WEEK_LATER, now)
    assert (await the_send()).state == "cancelled"
    moved = await visit()
    assert (moved.state, moved.reminded_on, moved.remind_on) == ("planned", None, moved.opens_on)


async def test_what_is_taken_back_comes_back_once_if_the_rule_does_the_same_day(
    now: datetime,
) -> None:
    await wang_in_week_16(now)
    await put_in_force(A_WEEK_LATER, now)
    await put_in_force("", now)
    await queue_due(now=now)
    await queue_due(now=now)
    assert (await the_send()).state == "queued"
    assert (await visit()).reminded_on == now.date()


@pytest.mark.parametrize("is_intended", [False, True])
async def test_a_claimed_reminder_counts_as_said_only_if_it_was_on_its_way(
    now: datetime, is_intended: bool
) -> None:
    await wang_in_week_16(now)
    (message,) = await delivery.claim(7, now=now, limit=5)
    if is_intended:
        assert await delivery.intend([message], now=now) == [True]
    await put_in_force(A_WEEK_LATER, now)
    assert ((await visit()).reminded_on == now.date()) is is_intended
    if not is_intended:
        assert await delivery.intend([message], now=now) == [False]


async def test_messages_about_a_rule_that_vanishes_are_taken_back_with_its_publication(
    now: datetime,
) -> None:
    await wang_in_week_16(now)
    await publish(await draft(file(WITHOUT_M2)), now=now)
    assert (await the_send()).state == "cancelled"
    await DueService.filter(rule="m2").update(remind_on=now.date())
    assert (await queue_due(now=now)).queued == 0
    async for _ in carry_out(now=now):
        continue
    assert (await visit()).state == "cancelled"


@pytest.mark.parametrize(
    ("text", "field", "allowed"),
    [
        (A_WEEK_LATER.replace("119d", "120d"), "version", "a whole number above 2"),
        (A_WEEK_LATER.replace("2\n", "1\n"), "version", "from 2 to 9999"),
        (A_WEEK_LATER.replace("version = 2", ""), "version", "above 1"),
        (A_WEEK_LATER.replace("119d", "149d"), "windows", "in this order"),
        ("[rules.m99]\nversion = 2\n", "m99", "m2"),
        ("[rules", "", "a TOML file in UTF-8"),
    ],
)
async def test_a_mistake_is_told_with_its_place_and_nothing_is_published(
    now: datetime, text: str, field: str, allowed: str
) -> None:
    await put_in_force(A_WEEK_LATER, now)
    with pytest.raises(CalendarMistake) as caught:
        await draft(file(text))
    assert (caught.value.file, caught.value.field) == ("township.toml", field)
    assert allowed in caught.value.allowed
    assert await RulePublication.all().count() == 2


@pytest.mark.parametrize(
    ("region", "is_known"),
    [
        (WILLOW, True),
        (TOWNSHIP, True),
        ("330000000000", True),
        ("999999999999", False),
        ("330000100003", False),
        ("440000000000", False),
    ],
)
async def test_a_region_nobody_entered_is_told_before_anybody_looks_for_its_effect(
    now: datetime, region: str, is_known: bool
) -> None:
    await a_few(now)
    own = file(f'region = "{region}"\n{A_WEEK_LATER}')
    if is_known:
        assert (await draft(own)).changed == {"m2"}
        return
    with pytest.raises(CalendarMistake, match=rf"^township\.toml region: .*{TOWNSHIP}") as caught:
        await draft(own)
    assert caught.value.found == repr(region)


async def test_a_region_is_refused_while_the_list_is_empty(now: datetime) -> None:
    with pytest.raises(CalendarMistake, match="enter that list first"):
        await draft(file(f'region = "{TOWNSHIP}"\n{A_WEEK_LATER}'))


FROM_NEXT_YEAR = A_MONTH_LATER.replace("= 2\n", "= 3\neffective_from = 2027-01-01\n")
UNTIL_THEN = A_WEEK_LATER.replace("= 2\n", "= 2\neffective_to = 2026-12-31\n")


async def test_who_is_owed_a_visit_keeps_it_until_the_next_version_begins(now: datetime) -> None:
    await a_few(now)
    assert not (await simulated(FROM_NEXT_YEAR, now)).touched.services
    await put_in_force(FROM_NEXT_YEAR, now)
    assert {row.rule_version for row in await DueService.filter(rule="m2")} == {1}
    later = now + timedelta(days=400)
    woman = await a_person("李娜", chat=99, topics=(Purpose.MATERNAL,))
    await pregnant(woman, 120, later)
    assert (await DueService.get(rule="m2", person_id=woman.id)).rule_version == 3


async def test_a_version_in_force_is_not_lost_to_the_shipped_one_until_the_next_begins(
    now: datetime,
) -> None:
    await put_in_force(A_WEEK_LATER, now)
    with pytest.raises(CalendarMistake, match=r"without version 2") as caught:
        await draft(file(FROM_NEXT_YEAR))
    mistake = caught.value
    assert (mistake.file, mistake.rule, mistake.field) == ("township.toml", "m2", "effective_from")
    assert "[[rules.m2]]" in mistake.allowed
    both = (UNTIL_THEN + FROM_NEXT_YEAR).replace("[rules.m2]", "[[rules.m2]]")
    await put_in_force(both, now)
    in_force = [rule for rule in rulebook.rulebook().at(WILLOW) if rule.id == "m2"]
    assert [(rule.version, rule.effective_from) for rule in in_force] == [
        (2, date.min),
        (3, date(2027, 1, 1)),
    ]
    assert not await publish_shipped(now=now), "which is what is in force"


async def test_a_rule_may_go_back_to_what_it_was_and_on_to_a_higher_version(now: datetime) -> None:
    await put_in_force(A_WEEK_LATER, now)
    await put_in_force("", now)
    await put_in_force(A_WEEK_LATER, now)
    assert await put_in_force(A_MONTH_LATER.replace("version = 2", "version = 3"), now) == 5


async def test_what_others_published_meanwhile_is_not_overwritten(now: datetime) -> None:
    drafted = await draft(file(A_WEEK_LATER))
    await put_in_force(WITHOUT_M3, now)
    with pytest.raises(RulesOutdated):
        await publish(drafted, now=now)
    assert await RulePublication.all().count() == 2


async def test_a_publication_is_in_the_audit_log(now: datetime) -> None:
    drafted = await draft(file(A_WEEK_LATER))
    await publish(drafted, now=now, by=7)
    assert (await audit.verify()).entries == 2
    shipped, published = await RulePublication.all().order_by("number")
    assert (shipped.published_by, shipped.text) == (None, "")
    assert (published.published_by, published.text) == (7, A_WEEK_LATER)


def newer_program(folder: Path, rule: str) -> Path:
    """The calendars of a program to come, in which a rule is in its second version."""
    shutil.copytree(BASE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for path in folder.glob("*.toml"):
        old = f'id = "{rule}"\nversion = 1\n'
        path.write_text(path.read_text("utf-8").replace(old, old.replace("1", "2")), "utf-8")
    return folder


async def test_a_start_publishes_what_the_program_brings_once(now: datetime) -> None:
    assert await publish_shipped(now=now)
    await put_in_force(A_WEEK_LATER, now)
    assert not await publish_shipped(now=now)
    assert await RulePublication.all().count() == 2


async def test_the_calendars_of_a_new_program_keep_the_townships_values(
    now: datetime, tmp_path: Path
) -> None:
    await put_in_force(A_WEEK_LATER, now)
    assert await publish_shipped(now=now, base=newer_program(tmp_path / "new", "m7"))
    book = rulebook.rulebook()
    in_force = {rule.id: rule.version for rule in book.rules}
    assert (in_force["m7"], in_force["m2"]) == (2, 2)
    assert book.published("m7", 1) is not None
    assert not await publish_shipped(now=now), "an older program that starts once more"
    assert rulebook.rulebook() is book


async def test_a_new_program_that_overtakes_the_townships_version_says_so(
    now: datetime, tmp_path: Path
) -> None:
    await put_in_force(A_WEEK_LATER, now)
    with pytest.raises(CalendarMistake, match=r"as published m2 version: 2 .* from 3 to"):
        await publish_shipped(now=now, base=newer_program(tmp_path / "new", "m2"))
    assert {rule.id: rule.version for rule in rulebook.rulebook().rules}["m2"] == 2


async def test_a_process_that_only_looks_on_follows_within_a_tick(
    clock: FrozenClock, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put_in_force(A_WEEK_LATER, now)
    monkeypatch.setattr(rulebook, "_in_force", None)
    assert rulebook.rulebook().published("m2", 2) is None
    (follow,) = EVERYWHERE
    await run_job(follow, clock, "")
    assert rulebook.rulebook().published("m2", 2) is not None


async def test_the_jobs_carry_out_what_was_published(clock: FrozenClock, now: datetime) -> None:
    await a_few(now)
    await publish(await draft(file(A_WEEK_LATER)), now=now)
    await run_all(clock, "")
    published = await newest_publication()
    assert published is not None
    assert (published.persons, published.tally) == (5, Tally(move=4))
    assert published.done_at is not None
