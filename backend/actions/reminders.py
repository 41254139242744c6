"""Reminders: what one is about, and every answer a person can give to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from backend.actions import tasks
from backend.actions.delivery import enqueue
from backend.actions.dues import DUE_COLUMNS, read_due, rule_of
from backend.actions.planning import replan
from backend.actions.recall import (
    REMINDER_TEMPLATE,
    recall_due_services,
    recall_purposes,
    recall_snoozes,
)
from backend.domain.calendar import First, Kind, Rule
from backend.domain.delivery import Kind as MessageKind
from backend.domain.errors import NotOwed
from backend.domain.gestation import add_months
from backend.domain.quiet_hours import at_minute, minute_of
from backend.domain.quiet_hours import later as later_by
from backend.domain.reminders import next_reminder_on
from backend.domain.schedule import DueService, State
from backend.domain.tasks import HelpReason, TaskKind
from backend.store.models import ServiceRecord, TopicChoice
from backend.store.sql import Row, as_date, execute, in_transaction

_HOUR = timedelta(hours=1)
_ONE_DAY = timedelta(days=1)
_TONIGHT = 20 * 60

Later = Literal["hour", "tonight", "tomorrow"]
Asked = Literal["dose", "visit", "question"]


@dataclass(frozen=True, slots=True)
class DueView:
    """A due service as she sees it: the planner's value, its rule, and what she said of it."""

    due_id: int
    person_id: int
    due: DueService
    rule: Rule
    booked_on: date | None
    done_on: date | None
    today: date

    @property
    def asked(self) -> Asked:
        """What she is asked: today's dose, whether the visit was had, or a plain question."""
        if self.rule.reminding.first is First.DAILY:
            return "dose"
        return "question" if self.rule.kind is Kind.QUESTION else "visit"

    @property
    def is_live(self) -> bool:
        """Whether it can still be had; a reminder about anything else is out of date."""
        return self.due.state.is_live

    @property
    def is_open(self) -> bool:
        """Whether it can be had today, also before the night has rolled its state on."""
        return self.is_live and self.due.opens_on <= self.today <= self.due.closes_on

    @property
    def days_left(self) -> int:
        """Days until the window closes; 0 on its last day."""
        return (self.due.closes_on - self.today).days


async def open_reminder(person_id: int, due_id: int, *, now: datetime) -> DueView:
    """Show what a reminder is about; raises NotOwed for anyone else's or an unknown one."""
    row = await _find(person_id, due_id)
    return view_of(row, now.date())


def view_of(row: Row, today: date) -> DueView:
    """A due service's row as she sees it on a day; raises NotOwed if its rule is gone."""
    rule = rule_of(row)
    if rule is None:
        raise NotOwed
    return DueView(
        due_id=row["id"],
        person_id=row["person_id"],
        due=read_due(row),
        rule=rule,
        booked_on=as_date(row["booked_on"]),
        done_on=as_date(row["done_on"]),
        today=today,
    )


async def answer_booked(person_id: int, due_id: int, on: date, *, now: datetime) -> DueView:
    """Keep the day she booked, from today on; the day before, she is reminded as she set it.

    Reminders of the calendar rest until then. Raises NotOwed, also for a day gone by.
    """
    async with in_transaction():
        view = _live(await _find(person_id, due_id), now)
        if on < now.date():
            raise NotOwed
        await recall_due_services([person_id], [due_id], now=now)
        remind_on = next_reminder_on(view.due, view.rule, on)
        await execute(
            "UPDATE due_service SET booked_on = $1, remind_on = $2, updated_at = $3 WHERE id = $4",
            *(on, remind_on, now, due_id),
        )
        minute = await _minute(person_id, "reminder_minute")
        due_at = at_minute(on - _ONE_DAY, minute, now.tzinfo)
        if due_at > now:
            await _remind_at(view, due_at, f"booked:{due_id}:{on}", now=now)
        return await open_reminder(person_id, due_id, now=now)


async def answer_done(
    person_id: int, due_id: int, on: date, *, now: datetime, by: int | None = None
) -> None:
    """Keep that she had a service on a day, together with what the same visit clears.

    `by` names a cadre who writes it down for her. A service whose time is over may be told late;
    raises NotOwed for any other that is over, and for a day to come.
    """
    async with in_transaction():
        view = await open_reminder(person_id, due_id, now=now)
        if on > now.date() or not (view.is_live or view.due.state is State.CLOSED):
            raise NotOwed
        for row in await _cleared_by(view, on):
            await ServiceRecord.get_or_create(
                person_id=person_id,
                rule=row["rule"],
                episode=row["episode"],
                occurrence=row["occurrence"],
                defaults={"given_on": on, "reported_by": by or person_id, "reported_at": now},
            )
        await replan(person_id, now=now)


async def ask_help(
    person_id: int, reason: HelpReason, *, now: datetime, due_id: int | None = None
) -> bool:
    """Ask her cadre for help, once a day for one thing; False when she had asked already."""
    if due_id is not None:
        await _find(person_id, due_id)
    task_id = await tasks.open_task(
        TaskKind.HELP,
        person_id,
        dedup_key=f"help:{person_id}:{due_id or ''}:{now.date()}",
        reason=reason.value,
        due_service_id=due_id,
        now=now,
    )
    return task_id is not None


async def not_now(
    person_id: int, due_id: int, until: Literal["month", "never"], *, now: datetime
) -> None:
    """Leave her alone about a service for a month, or about its topic for good; makes no task."""
    async with in_transaction():
        view = _live(await _find(person_id, due_id), now)
        if until == "never":
            await decline_topic(person_id, view.due.topic, now=now)
            return
        await recall_due_services([person_id], [due_id], now=now)
        again = add_months(now.date(), 1)
        remind_on = again if again <= view.due.closes_on else None
        await execute(
            "UPDATE due_service SET remind_on = $1, updated_at = $2 WHERE id = $3",
            *(remind_on, now, due_id),
        )


async def decline_topic(person_id: int, topic: str, *, now: datetime) -> None:
    """Keep that she wants nothing of a topic any more: final, and never anybody's task."""
    async with in_transaction():
        await keep_choice(person_id, topic, "declined", now=now)
        await recall_purposes(person_id, [topic], now=now)
        await replan(person_id, now=now)


async def keep_choice(person_id: int, topic: str, choice: str, *, now: datetime) -> None:
    """Write her choice about a topic: on, off or declined."""
    await TopicChoice.update_or_create(
        person_id=person_id, topic=topic, defaults={"choice": choice, "chosen_at": now}
    )


async def snooze(person_id: int, due_id: int, later: Later, *, now: datetime) -> datetime:
    """Remind her again in an hour, tonight at eight, or tomorrow; return when.

    It takes the place of what she had put off about the same service before. Past eight, tonight
    means in an hour. What she sets herself is not held by quiet hours.
    """
    async with in_transaction():
        view = _live(await _find(person_id, due_id), now)
        due_at = await _later(view, later, now=now)
        key = f"snooze:{due_id}:{due_at:%Y%m%d%H%M}:{now:%Y%m%d%H%M%S}"
        await recall_snoozes(person_id, due_id, but=key, now=now)
        await _remind_at(view, due_at, key, now=now)
        return due_at


async def _later(view: DueView, later: Later, *, now: datetime) -> datetime:
    if later == "tomorrow":
        column = "folic_acid_minute" if view.asked == "dose" else "reminder_minute"
        minute = await _minute(view.person_id, column)
        return at_minute(now.date() + _ONE_DAY, minute, now.tzinfo)
    if later == "tonight" and minute_of(now) < _TONIGHT:
        return at_minute(now.date(), _TONIGHT, now.tzinfo)
    return later_by(now, _HOUR)


async def _find(person_id: int, due_id: int) -> Row:
    rows = await execute(
        f"SELECT {DUE_COLUMNS} FROM due_service WHERE id = $1 AND person_id = $2",
        *(due_id, person_id),
    )
    if not rows:
        raise NotOwed
    return rows[0]


def _live(row: Row, now: datetime) -> DueView:
    view = view_of(row, now.date())
    if not view.is_live:
        raise NotOwed
    return view


async def _cleared_by(view: DueView, on: date) -> list[Row]:
    """The row itself, and the visits of its group in that episode which are open on that day."""
    rows = await execute(
        f"SELECT {DUE_COLUMNS} FROM due_service WHERE person_id = $1"
        " AND state IN ('planned', 'open') AND opens_on <= $2 AND closes_on >= $2"
        " AND episode = $3",
        *(view.person_id, on, view.due.episode),
    )
    cleared = [row for row in rows if row["id"] != view.due_id and _same_visit(row, view.rule)]
    return [await _find(view.person_id, view.due_id), *cleared]


def _same_visit(row: Row, rule: Rule) -> bool:
    other = rule_of(row)
    return (
        other is not None
        and other.group == rule.group
        and other.kind is Kind.SERVICE
        and other.reminding.first is not First.DAILY
    )


async def _minute(person_id: int, column: str) -> int:
    rows = await execute(f"SELECT {column} AS minute FROM person WHERE id = $1", person_id)
    minute: int = rows[0]["minute"]
    return minute


async def _remind_at(view: DueView, due_at: datetime, dedup_key: str, *, now: datetime) -> None:
    """Queue a reminder she set herself, if her chat can be written to."""
    rows = await execute(
        "SELECT tg_id FROM account WHERE person_id = $1 AND state = 'active'", view.person_id
    )
    if rows:
        await enqueue(
            dedup_key,
            MessageKind.REMINDER,
            rows[0]["tg_id"],
            REMINDER_TEMPLATE,
            reference=str(view.due_id),
            person_id=view.person_id,
            purpose=view.due.topic,
            due_at=due_at,
            is_self_set=True,
            now=now,
        )
