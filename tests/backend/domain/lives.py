"""Builders of facts and events for the planner's tests, and the rules as they are shipped."""

from collections.abc import Iterable
from datetime import date, timedelta

from backend.calendars.load import load
from backend.domain.events import BirthMode, Event, EventKind, Method
from backend.domain.gestation import dated_by_lmp
from backend.domain.schedule import DueService, Facts, ServiceRecord, State, plan

RULES = load()
BY_ID = {rule.id: rule for rule in RULES}
TOPICS = ("maternal", "folic_acid", "contraception", "checkup", "child", "screening")
ENROLLED = date(2026, 1, 1)


def day(text: str) -> date:
    """A civil day."""
    return date.fromisoformat(text)


def person(
    *events: Event,
    topics: Iterable[str] = TOPICS,
    enrolled_on: date = ENROLLED,
    birth_date: date | None = date(1996, 4, 12),
    sex: str = "female",
    calendar: str = "nbphs2017",
    declined: Iterable[str] = (),
    records: Iterable[ServiceRecord] = (),
) -> Facts:
    """A woman of 29 who enrolled on New Year's Day, unless told otherwise."""
    return Facts(
        sex=sex,
        birth_date=birth_date,
        enrolled_on=enrolled_on,
        calendar=calendar,
        topics=frozenset(topics),
        declined=frozenset(declined),
        events=events,
        records=tuple(records),
    )


def pregnancy(lmp: date, event_id: str = "pregnancy", recorded_on: date | None = None) -> Event:
    """A pregnancy dated by the last period."""
    return Event(
        event_id, EventKind.PREGNANCY, datings=(dated_by_lmp(lmp),), recorded_on=recorded_on
    )


def birth(
    on: date,
    event_id: str = "birth",
    *,
    mode: BirthMode = BirthMode.VAGINAL,
    about: str | None = None,
) -> Event:
    """A birth."""
    return Event(event_id, EventKind.BIRTH, on, mode=mode, about=about)


def ended(on: date, event_id: str = "ended", about: str | None = None) -> Event:
    """A pregnancy that ended."""
    return Event(event_id, EventKind.PREGNANCY_ENDED, on, about=about)


def happened(kind: EventKind, on: date, event_id: str = "", about: str | None = None) -> Event:
    """Any other event."""
    return Event(event_id or kind.value, kind, on, about=about)


def procedure(method: Method, on: date, event_id: str = "procedure") -> Event:
    """A procedure she chose."""
    return Event(event_id, EventKind.PROCEDURE, on, method=method)


def planned(facts: Facts, today: date, *rules: str) -> list[DueService]:
    """The plan of some rules, of all without any."""
    chosen = [BY_ID[rule] for rule in rules] or list(RULES)
    return plan(facts, chosen, today)


def live(facts: Facts, today: date) -> set[str]:
    """The rules with something planned or open."""
    return {due.rule for due in plan(facts, RULES, today) if due.state.is_live}


def days_shown(facts: Facts, rule: str, first: date, last: date) -> tuple[date, date, int] | None:
    """First and last day on which a rule is open, and on how many days it is, sweeping each day."""
    chosen = [BY_ID[rule]]
    shown = [
        on
        for on in (first + timedelta(n) for n in range((last - first).days + 1))
        if any(due.state is State.OPEN for due in plan(facts, chosen, on))
    ]
    return (shown[0], shown[-1], len(shown)) if shown else None
