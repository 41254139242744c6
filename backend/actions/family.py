"""What a person told of her family, at a glance: what goes on now, and what may be told next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.actions.events import SUPPLIES, Pregnancy, current_pregnancy
from backend.actions.facts import load_events
from backend.domain.episodes import last_born
from backend.domain.events import Event, EventKind, Method
from backend.store.models import Person

# The last of a child's checks is in its seventh year.
_YOUNG_CHILD = timedelta(days=7 * 366)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure or supplies with what follows, by its lasting id."""

    episode: int
    method: Method
    on: date


@dataclass(frozen=True, slots=True)
class FamilyView:
    """A pregnancy that goes on, the youngest child in the age of checks, procedures followed up."""

    sex: str | None
    pregnancy: Pregnancy | None
    child_born_on: date | None
    procedures: tuple[Procedure, ...]


async def look(person_id: int, *, now: datetime) -> FamilyView:
    """How things stand today, as far as she told; losses leave no trace here."""
    assert now.tzinfo is not None, "now is aware"
    person = await Person.get(id=person_id)
    told = await load_events(person_id, now.tzinfo)
    return FamilyView(
        sex=person.sex,
        pregnancy=await current_pregnancy(person_id, now=now),
        child_born_on=_youngest(told, now.date()),
        procedures=_followed_up(told),
    )


def _youngest(told: tuple[Event, ...], today: date) -> date | None:
    """The latest birth of a child that still has checks before it."""
    born_on = max((event.on for event in last_born(told) if event.on), default=None)
    return None if born_on is None or today - born_on > _YOUNG_CHILD else born_on


def _followed_up(told: tuple[Event, ...]) -> tuple[Procedure, ...]:
    """The procedures whose end nobody told, and of supplies the latest."""
    removed = {event.about for event in told if event.kind is EventKind.REMOVAL}
    chosen = [
        Procedure(int(event.id), event.method, event.on)
        for event in told
        if event.kind in (EventKind.PROCEDURE, EventKind.SUPPLY)
        and event.method
        and event.on
        and event.id not in removed
    ]
    latest = {item.method: item for item in sorted(chosen, key=lambda item: item.on)}
    return tuple(
        item for item in chosen if item.method not in SUPPLIES or latest[item.method] is item
    )
