"""What the township offers, topic by topic, to somebody of this sex and calendar."""

from dataclasses import dataclass

from backend.actions.rulebook import rulebook
from backend.domain.calendar import EVERYONE, Kind, Rule
from backend.domain.consent import HEALTH_PURPOSES, Purpose
from backend.store.models import Person


@dataclass(frozen=True, slots=True)
class Service:
    """A service of a topic: its rule, and the first occurrence, by which it is named."""

    rule: str
    occurrence: int
    repeats: bool


async def topics_for(person_id: int | None) -> tuple[Purpose, ...]:
    """The topics with a service for this person; all of them while her sex is not known."""
    person = await Person.get(id=person_id) if person_id is not None else None
    rules = rulebook().at(person.village_code) if person else rulebook().rules
    sex = person.sex if person else None
    offered = {rule.audience.topic for rule in rules if _is_for(rule, sex)}
    return tuple(topic for topic in HEALTH_PURPOSES if topic in offered)


async def services_of(topic: Purpose, person_id: int) -> tuple[Service, ...]:
    """The services of a topic for this person, those of her own calendar first.

    Follow-ups after a procedure are left out, as nobody is offered a procedure here, and so are
    those after another service or a referral.
    """
    person = await Person.get(id=person_id)
    return tuple(
        Service(rule.id, _first_occurrence(rule), rule.repeat is not None)
        for rule in sorted(
            rulebook().at(person.village_code), key=lambda rule: rule.calendar == EVERYONE
        )
        if rule.audience.topic == topic
        and rule.audience.method is None
        and not (rule.follows or rule.audience.named)
        and rule.kind is Kind.SERVICE
        and rule.calendar in (EVERYONE, person.calendar)
        and _is_for(rule, person.sex)
    )


def _is_for(rule: Rule, sex: str | None) -> bool:
    return sex is None or rule.audience.sex in (None, sex)


def _first_occurrence(rule: Rule) -> int:
    return next((number for number, _ in rule.repeat.occurrences()), 1) if rule.repeat else 1
