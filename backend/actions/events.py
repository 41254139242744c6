"""Life events: told, checked, kept beside what they correct, and planned anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from backend.actions import consents
from backend.actions.facts import load_birth_date, load_events
from backend.actions.people import check_of_age
from backend.actions.planning import Changes, replan
from backend.actions.recall import recall_broadcasts_to, recall_purposes
from backend.domain.consent import ConsentNeeded, Purpose
from backend.domain.episodes import LONGEST_PREGNANCY, last_born
from backend.domain.errors import EventRefused, NotOwed
from backend.domain.events import (
    BirthMode,
    Event,
    EventKind,
    Method,
    check_event,
)
from backend.domain.gestation import Dating, Source, due_date
from backend.store.ids import new_id
from backend.store.models import LifeEvent
from backend.store.sql import execute, in_transaction

# Any one of these purposes allows an event to be kept.
_PURPOSES = {
    EventKind.PLANNING: {Purpose.FOLIC_ACID, Purpose.CHECKUP, Purpose.MATERNAL},
    EventKind.PREGNANCY: {Purpose.MATERNAL, Purpose.FOLIC_ACID},
    EventKind.BIRTH: {Purpose.MATERNAL, Purpose.CHILD, Purpose.CONTRACEPTION},
    EventKind.DISCHARGE: {Purpose.MATERNAL, Purpose.CHILD},
    EventKind.PROCEDURE: {Purpose.CONTRACEPTION},
    EventKind.EXAM: {Purpose.CHECKUP, Purpose.SCREENING, Purpose.MATERNAL},
    EventKind.REFERRAL: {Purpose.CHECKUP, Purpose.SCREENING, Purpose.MATERNAL},
    EventKind.LAST_PERIOD: {Purpose.CONTRACEPTION, Purpose.CHECKUP},
    EventKind.SUPPLY: {Purpose.CONTRACEPTION},
    EventKind.MARRIAGE: {Purpose.CHECKUP},
}
# What is told as a day and no more.
DAYS = frozenset(
    {
        EventKind.EXAM,
        EventKind.REFERRAL,
        EventKind.LAST_PERIOD,
        EventKind.MARRIAGE,
        EventKind.CERTIFICATE,
    }
)
SUPPLIES = (Method.PILL, Method.CONDOM)
# A loss is always heard, whatever was agreed to before.
_ENDS = frozenset({EventKind.PREGNANCY_ENDED, EventKind.CHILD_DIED, EventKind.REMOVAL})
_CONCLUDING = (EventKind.BIRTH, EventKind.PREGNANCY_ENDED)
_ABOUT_PREGNANCY = (Purpose.MATERNAL, Purpose.FOLIC_ACID)
_ABOUT_CHILDREN = (*_ABOUT_PREGNANCY, Purpose.CHILD)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was kept: the event's lasting id, and what it changed in what is owed."""

    episode: int
    changes: Changes


@dataclass(frozen=True, slots=True)
class Pregnancy:
    """A pregnancy that goes on: its lasting id, and the dates that count."""

    episode: int
    lmp_on: date
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who told an event and when; `is_confirmed` says that an unlikely date is right."""

    now: datetime
    by: int | None = None
    is_confirmed: bool = False


async def record_pregnancy(person_id: int, told: Told, *, dating: Dating) -> Recorded:
    """Keep a pregnancy by its last period or due date; raises EventRefused.

    While she is pregnant, a further date belongs to the same pregnancy: one from the same source
    replaces the former, one from another stands beside it, and the better source counts.
    """
    current = await current_pregnancy(person_id, now=told.now)
    event = Event(id=str(current.episode if current else ""), kind=EventKind.PREGNANCY)
    return await _record(person_id, replace(event, datings=(dating,)), told)


async def record_planning(person_id: int, told: Told, *, on: date | None = None) -> Recorded:
    """Keep that she prepares for a pregnancy, from a day on (today without one)."""
    return await _record(person_id, _event(EventKind.PLANNING, on or told.now.date()), told)


async def record_birth(
    person_id: int, told: Told, *, on: date, mode: BirthMode | None = None
) -> Recorded:
    """Keep a birth; it ends the pregnancy that goes on."""
    current = await current_pregnancy(person_id, now=told.now)
    about = str(current.episode) if current else None
    return await _record(person_id, _event(EventKind.BIRTH, on, mode=mode, about=about), told)


async def record_discharge(person_id: int, told: Told, *, on: date) -> Recorded:
    """Keep the day she left hospital after the latest birth."""
    about = await _latest(person_id, EventKind.BIRTH, told.now)
    return await _record(person_id, _event(EventKind.DISCHARGE, on, about=about), told)


async def record_procedure(
    person_id: int,
    told: Told,
    *,
    method: Method,
    on: date,
    rods: int | None = None,
    lasts_months: int | None = None,
) -> Recorded:
    """Keep a procedure she chose, or care she asked for, with what is known of the product."""
    event = _event(EventKind.PROCEDURE, on, method=method)
    return await _record(person_id, replace(event, rods=rods, lasts_months=lasts_months), told)


async def stop_method(person_id: int, told: Told, *, method: Method, on: date) -> Recorded:
    """Keep that she stopped a method or had it taken out: its follow-ups end."""
    chosen = EventKind.SUPPLY if method in SUPPLIES else EventKind.PROCEDURE
    about = await _latest(person_id, chosen, told.now, method=method)
    event = _event(EventKind.REMOVAL, on, method=method, about=about)
    return await _record(person_id, event, told)


async def record_supply(
    person_id: int, told: Told, *, method: Method, on: date, lasts_months: int | None = None
) -> Recorded:
    """Keep that supplies were fetched, and how many months they last where she knows."""
    event = _event(EventKind.SUPPLY, on, method=method)
    return await _record(person_id, replace(event, lasts_months=lasts_months), told)


async def record_method(
    person_id: int,
    told: Told,
    *,
    method: Method,
    on: date,
    rods: int | None = None,
    lasts_months: int | None = None,
) -> Recorded:
    """Keep a procedure, or supplies that were fetched, whichever the method is."""
    if method in SUPPLIES:
        return await record_supply(person_id, told, method=method, on=on, lasts_months=lasts_months)
    return await record_procedure(
        person_id, told, method=method, on=on, rods=rods, lasts_months=lasts_months
    )


async def record_day(
    person_id: int, told: Told, kind: EventKind, *, on: date, rule: str | None = None
) -> Recorded:
    """Keep an event that is a day and no more: one of `DAYS`.

    `rule` is the service an examination was or a referral came after; its own purpose allows it.
    """
    assert kind in DAYS, "the others have verbs of their own"
    return await _record(person_id, _event(kind, on, rule=rule), told)


async def record_move(
    person_id: int, told: Told, kind: EventKind, *, on: date, report_id: int
) -> Recorded:
    """Keep that she came or left for good; the report of her move is the event's lasting id."""
    return await _record(person_id, Event(str(report_id), kind, on=on), told)


async def end_pregnancy(person_id: int, told: Told, *, on: date | None = None) -> Recorded:
    """Keep that a pregnancy, or the life of the child born last, has ended; no reason is asked.

    In the same transaction everything queued and planned about pregnancy, birth, newborn and
    folic acid is cancelled, in every programme, with the tasks about it; nothing new is made.
    After a birth the mother's own checks stay. Of twins the life of each has ended.
    """
    async with in_transaction():
        current = await current_pregnancy(person_id, now=told.now)
        children = [] if current else last_born(await _events(person_id, told.now))
        if children:
            recorded = await _end_lives(person_id, children, told, on=on)
        else:
            about = str(current.episode) if current else None
            ended = _event(EventKind.PREGNANCY_ENDED, on or told.now.date(), about=about)
            recorded = await _record(person_id, ended, told)
            await recall_purposes(person_id, _ABOUT_PREGNANCY, now=told.now)
        for purpose in _ABOUT_CHILDREN:
            await recall_broadcasts_to(person_id, purpose, now=told.now)
        await _cancel_tasks(person_id, now=told.now)
        return recorded


async def _end_lives(
    person_id: int, children: Sequence[Event], told: Told, *, on: date | None
) -> Recorded:
    """Keep that children have died; return the last of it, which is what ends their birth."""
    day = on or told.now.date()
    deaths = [_event(EventKind.CHILD_DIED, day, about=child.id) for child in children]
    return [await _record(person_id, death, told) for death in deaths][-1]


async def correct_pregnancy(
    person_id: int, episode: int, told: Told, *, dating: Dating
) -> Recorded:
    """Replace every date of a pregnancy by one: the earlier ones were mistakes."""
    event = Event(id=str(episode), kind=EventKind.PREGNANCY, datings=(dating,))
    return await _record(person_id, event, told, replaces_all=True)


async def correct_event(
    person_id: int, episode: int, told: Told, *, on: date, mode: BirthMode | None = None
) -> Recorded:
    """Correct the day of any other event, or how a child came; raises NotOwed if there is none."""
    events = await _events(person_id, told.now)
    known = next((event for event in events if event.id == str(episode)), None)
    if known is None:
        raise NotOwed
    corrected = replace(known, on=on, mode=mode or known.mode)
    return await _record(person_id, corrected, told, replaces_all=True)


async def take_back(person_id: int, episode: int, told: Told) -> Changes:
    """Undo an event that was told by mistake; what it had changed is planned anew."""
    async with in_transaction():
        await execute(
            "UPDATE life_event SET superseded_by = id"
            " WHERE person_id = $1 AND episode = $2 AND superseded_by IS NULL",
            *(person_id, episode),
        )
        return await replan(person_id, now=told.now)


async def current_pregnancy(person_id: int, *, now: datetime) -> Pregnancy | None:
    """The pregnancy that goes on today, as far as we were told."""
    events = await _events(person_id, now)
    over = {event.about for event in events if event.about}
    ends = [event.on for event in events if event.kind in _CONCLUDING and event.on]
    for event in sorted(events, key=lambda event: event.lmp or date.min, reverse=True):
        lmp = event.lmp if event.kind is EventKind.PREGNANCY else None
        if lmp is None:
            continue
        is_over = event.id in over or any(on >= lmp for on in ends)
        if is_over or now.date() > lmp + LONGEST_PREGNANCY:
            return None
        return Pregnancy(int(event.id), lmp, due_date(lmp))
    return None


async def _latest(
    person_id: int, kind: EventKind, now: datetime, *, method: Method | None = None
) -> str | None:
    """The lasting id of the latest event of a kind, or None."""
    events = [
        event
        for event in await _events(person_id, now)
        if event.kind is kind and event.method is method
    ]
    latest = max(events, key=lambda event: (event.on or date.min, event.id), default=None)
    return latest.id if latest else None


async def _record(
    person_id: int, event: Event, told: Told, *, replaces_all: bool = False
) -> Recorded:
    """Check an event, write it, and plan the person anew; all of it or nothing."""
    async with in_transaction():
        await check_of_age(person_id, today=told.now.date())
        await _check_purpose(person_id, event)
        await _check(person_id, event, told)
        row = _row(person_id, event, told)
        if event.id:
            await _supersede(row, event, all_rows=replaces_all)
        await row.save(force_create=True)
        return Recorded(row.episode, await replan(person_id, now=told.now))


async def _check_purpose(person_id: int, event: Event) -> None:
    """Raise ConsentNeeded where nothing she agreed to allows an event to be kept."""
    allowing = _PURPOSES.get(event.kind, {Purpose.SERVICE})
    if event.method is Method.RECOVERY:
        allowing = {Purpose.MATERNAL}
    if event.kind not in _ENDS and not allowing & await consents.in_force_for(person_id):
        raise ConsentNeeded


async def _check(person_id: int, event: Event, told: Told) -> None:
    others = await _events(person_id, told.now)
    birth_date = await load_birth_date(person_id)
    problem = check_event(event, told.now.date(), birth_date=birth_date, others=others)
    if problem and not (told.is_confirmed and problem.may_be_confirmed):
        raise EventRefused(problem=problem.value)


async def _events(person_id: int, now: datetime) -> tuple[Event, ...]:
    assert now.tzinfo is not None, "now is aware"
    return await load_events(person_id, now.tzinfo)


def _event(
    kind: EventKind,
    on: date,
    *,
    mode: BirthMode | None = None,
    method: Method | None = None,
    about: str | None = None,
    rule: str | None = None,
) -> Event:
    return Event("", kind, on=on, mode=mode, method=method, about=about, rule=rule)


def _row(person_id: int, event: Event, told: Told) -> LifeEvent:
    row_id = new_id()
    dating = event.datings[-1] if event.datings else None
    is_by_period = dating is not None and dating.source is Source.LMP
    return LifeEvent(
        id=row_id,
        person_id=person_id,
        episode=int(event.id) if event.id else row_id,
        kind=event.kind.value,
        on_date=event.on,
        lmp_on=dating.lmp if dating and is_by_period else None,
        edd_on=dating.due_on if dating and not is_by_period else None,
        edd_source=dating.source.name.lower() if dating and not is_by_period else None,
        mode=event.mode.value if event.mode else None,
        method=event.method.value if event.method else None,
        about=int(event.about) if event.about else None,
        rule=event.rule,
        rods=event.rods,
        lasts_months=event.lasts_months,
        reported_by=told.by or person_id,
        reported_at=told.now,
    )


async def _supersede(row: LifeEvent, event: Event, *, all_rows: bool) -> None:
    """Mark the rows that a new one replaces: all of its episode, or those of the same source."""
    source = "" if all_rows else " AND coalesce(edd_source, '') = $4"
    values = () if all_rows else (row.edd_source or "",)
    await execute(
        "UPDATE life_event SET superseded_by = $1 WHERE person_id = $2 AND episode = $3"
        f" AND superseded_by IS NULL{source}",
        *(row.id, row.person_id, row.episode, *values),
    )


async def _cancel_tasks(person_id: int, *, now: datetime) -> None:
    """Take back the tasks about services that ended with a pregnancy or a child."""
    await execute(
        "UPDATE task SET state = 'cancelled', closed_at = $1 WHERE person_id = $2"
        " AND state = 'open' AND due_service_id IN (SELECT id FROM due_service"
        " WHERE person_id = $2 AND state = 'cancelled'"
        " AND topic IN ('maternal', 'folic_acid', 'child'))",
        *(now, person_id),
    )
