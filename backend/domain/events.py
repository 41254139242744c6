"""Life events: what a person told us, from which the planner derives what is owed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from backend.domain.gestation import (
    Dating,
    LmpCheck,
    Source,
    best_dating,
    check_lmp,
    dated_by_conception,
    dated_by_lmp,
    dated_by_transfer,
)


class EventKind(StrEnum):
    """The kinds of life event."""

    PLANNING = "planning"
    PREGNANCY = "pregnancy"
    BIRTH = "birth"
    PREGNANCY_ENDED = "pregnancy_ended"
    CHILD_DIED = "child_died"
    PROCEDURE = "procedure"
    REMOVAL = "removal"
    SUPPLY = "supply"
    DISCHARGE = "discharge"
    EXAM = "exam"
    REFERRAL = "referral"
    CERTIFICATE = "certificate"
    LAST_PERIOD = "last_period"
    MARRIAGE = "marriage"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"

    # Found by its word, as what equals it is, and without a call.
    __hash__ = str.__hash__


class Sex(StrEnum):
    """A person's sex as the roster has it."""

    FEMALE = "female"
    MALE = "male"


class BirthMode(StrEnum):
    """How a child came."""

    VAGINAL = "vaginal"
    CAESAREAN = "caesarean"


class Method(StrEnum):
    """What was chosen: a procedure, supplies, or care she asked for after an abortion or a loss."""

    IUD = "iud"
    IMPLANT = "implant"
    LIGATION = "ligation"
    VASECTOMY = "vasectomy"
    PILL = "pill"
    CONDOM = "condom"
    ABORTION_CARE = "abortion_care"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Event:
    """One life event.

    `id` never changes, also when a date is corrected. `on` is the civil day it happened (for a
    pregnancy: the day it was told, if known; its dates are the `datings`). `about` names the event
    it belongs to (a birth's pregnancy, a removal's procedure) where that is known. `recorded_on`
    is the day we learned of it: what was already past then is not owed. `rule` says of which
    service an exam was, or after which service a referral, where that is known. `rods` are an
    implant's; `lasts_months` is the life a product is labelled with, or how long supplies last.
    """

    id: str
    kind: EventKind
    on: date | None = None
    datings: tuple[Dating, ...] = ()
    mode: BirthMode | None = None
    method: Method | None = None
    about: str | None = None
    recorded_on: date | None = None
    rule: str | None = None
    rods: int | None = None
    lasts_months: int | None = None

    @property
    def dating(self) -> Dating | None:
        """The dating that counts, None of what is no pregnancy."""
        if not self.datings:
            return None
        return self.datings[0] if len(self.datings) == 1 else best_dating(self.datings)

    @property
    def lmp(self) -> date | None:
        """The last period that counts (EDD - 280 of the best dating), or None."""
        dating = self.dating
        return dating.lmp if dating else None


# What happens to somebody only once a day, unlike a birth, after which a twin may come.
ONCE_A_DAY = frozenset(
    {
        EventKind.PLANNING,
        EventKind.PREGNANCY,
        EventKind.PROCEDURE,
        EventKind.REMOVAL,
        EventKind.SUPPLY,
        EventKind.REFERRAL,
        EventKind.CERTIFICATE,
        EventKind.LAST_PERIOD,
        EventKind.MARRIAGE,
    }
)


def told_once(events: Sequence[Event]) -> Sequence[Event]:
    """Events without those that somebody else had told already, in whatever order.

    Of several of one kind, day, method and service, the one that says most of the product stays,
    then the one that was recorded first; what is about another of them is about that one.
    """
    if len(events) == 1:
        return events
    if len({(event.kind, _begun_on(event), event.method) for event in events}) == len(events):
        return events
    kept: dict[tuple[object, ...], Event] = {}
    again: dict[str, str] = {}
    for event in sorted(events, key=_told_best):
        is_once = event.kind in ONCE_A_DAY
        told = (event.kind, _begun_on(event), event.method, event.rule, event.about)
        first = kept.setdefault(told if is_once else (event.id,), event)
        if first is not event:
            again[event.id] = first.id
    return [
        replace(event, about=again.get(event.about or "", event.about)) for event in kept.values()
    ]


def _begun_on(event: Event) -> date | None:
    """The last period of a pregnancy, the day of all else."""
    return event.lmp if event.datings else event.on


def _told_best(event: Event) -> tuple[bool, date, str]:
    """Which of several statements about one event comes first."""
    says_nothing = event.rods is None and event.lasts_months is None
    return says_nothing, event.recorded_on or date.min, event.id


class EventProblem(StrEnum):
    """Why an event cannot be taken as it is; `ASK` ones may be confirmed and then taken."""

    MISSING_DATE = "missing_date"
    IN_FUTURE = "in_future"
    BEFORE_OWN_BIRTH = "before_own_birth"
    LMP_IN_FUTURE = "lmp_in_future"
    DUE_TOO_FAR = "due_too_far"
    BIRTH_BEFORE_PREGNANCY = "birth_before_pregnancy"
    ASK_PREGNANCY_LONG = "ask_pregnancy_long"
    ASK_BIRTH_EARLY = "ask_birth_early"

    @property
    def may_be_confirmed(self) -> bool:
        """True where the person only has to say that it is right."""
        return self.value.startswith("ask_")


FIRST_YEAR, LAST_YEAR = 1900, 2199
# Before 22 weeks a birth is more likely a slip of the calendar than a child at home.
EARLIEST_BIRTH_DAYS = 154
MOST_RODS, LONGEST_LIFE_MONTHS, OLDEST_EMBRYO_DAYS = 6, 240, 7


def check_event(
    event: Event, today: date, *, birth_date: date | None = None, others: Iterable[Event] = ()
) -> EventProblem | None:
    """The first problem with an event entered on `today`, or None (`domain.md` section 7)."""
    if event.kind is EventKind.PREGNANCY:
        return _check_pregnancy(event, today)
    if event.on is None:
        return EventProblem.MISSING_DATE
    if event.on > today:
        return EventProblem.IN_FUTURE
    if birth_date is not None and event.on < birth_date:
        return EventProblem.BEFORE_OWN_BIRTH
    return _check_birth(event, event.on, others) if event.kind is EventKind.BIRTH else None


def _check_pregnancy(event: Event, today: date) -> EventProblem | None:
    """A pregnancy needs a date; its period is not in the future; beyond 43 weeks we ask."""
    dating = best_dating(event.datings)
    if dating is None:
        return EventProblem.MISSING_DATE
    check = check_lmp(dating.lmp, today)
    if check is LmpCheck.FUTURE:
        by_period = dating.source is Source.LMP
        return EventProblem.LMP_IN_FUTURE if by_period else EventProblem.DUE_TOO_FAR
    return EventProblem.ASK_PREGNANCY_LONG if check is LmpCheck.ASK else None


def _check_birth(event: Event, on: date, others: Iterable[Event]) -> EventProblem | None:
    """A birth comes after the pregnancy it is said to belong to, and rarely before 22 weeks."""
    lmp = next((other.lmp for other in others if other.id == event.about), None)
    if lmp is None:
        return None
    if on < lmp:
        return EventProblem.BIRTH_BEFORE_PREGNANCY
    early = on < lmp + timedelta(EARLIEST_BIRTH_DAYS)
    return EventProblem.ASK_BIRTH_EARLY if early else None


def read_event(item: Mapping[str, object], event_id: str) -> Event:
    """An event from plain data such as one entry of the `plan` command's file.

    Raises ValueError naming the field and what is allowed.
    """
    kind = _read_choice(item, "kind", EventKind)
    if kind is None:
        raise ValueError(f"kind: one of {', '.join(EventKind)} is needed")
    recorded_on = read_date(item, "recorded_on")
    on, datings = read_date(item, "on"), _read_datings(item, recorded_on)
    if kind is EventKind.PREGNANCY and not datings:
        raise ValueError("lmp: a pregnancy needs lmp, edd, conceived_on or transferred_on")
    if kind is not EventKind.PREGNANCY and on is None:
        raise ValueError(f"on: the day of this {kind} is needed")
    return Event(
        id=str(item.get("id", event_id)),
        kind=kind,
        on=on,
        datings=datings,
        mode=_read_choice(item, "mode", BirthMode),
        method=_read_choice(item, "method", Method),
        about=_read_text(item, "about"),
        recorded_on=recorded_on,
        rule=_read_text(item, "rule"),
        rods=_read_number(item, "rods", MOST_RODS),
        lasts_months=_read_number(item, "lasts_months", LONGEST_LIFE_MONTHS),
    )


def read_date(item: Mapping[str, object], field: str) -> date | None:
    """The ISO date in a field, None where absent; raises ValueError naming the field.

    Years outside 1900-2199 are refused: no life reaches there, and date arithmetic would not.
    """
    value = item.get(field)
    if value is None:
        return None
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{field}: {value!r} is not a date such as 2026-05-03")
    return day


def _read_datings(item: Mapping[str, object], noted_on: date | None) -> tuple[Dating, ...]:
    """Every dating an entry gives: `lmp`, `edd` (with `edd_source`), and of assisted conception
    `conceived_on` or `transferred_on` (with `embryo_days`, 5 unless it says otherwise)."""
    datings = []
    if lmp := read_date(item, "lmp"):
        datings.append(dated_by_lmp(lmp, noted_on))
    if conceived_on := read_date(item, "conceived_on"):
        datings.append(dated_by_conception(conceived_on, noted_on))
    if transferred_on := read_date(item, "transferred_on"):
        embryo_days = _read_number(item, "embryo_days", OLDEST_EMBRYO_DAYS) or 5
        datings.append(dated_by_transfer(transferred_on, embryo_days, noted_on))
    if edd := read_date(item, "edd"):
        datings.append(Dating(_read_source(item), edd, noted_on))
    return tuple(datings)


def _read_source(item: Mapping[str, object]) -> Source:
    """Who gave the due date; a clinician unless it says otherwise."""
    return _read_choice(item, "edd_source", Source) or Source.CLINICIAN


Choice = TypeVar("Choice", bound=StrEnum)


def _read_choice(item: Mapping[str, object], field: str, choices: type[Choice]) -> Choice | None:
    """The member of `choices` a field names, None where absent."""
    value = item.get(field)
    if value is None:
        return None
    if value not in set(choices):
        raise ValueError(f"{field}: {value!r} is not one of {', '.join(choices)}")
    return choices(str(value))


def _read_number(item: Mapping[str, object], field: str, highest: int) -> int | None:
    """The whole number from 1 to `highest` in a field, None where absent."""
    value = item.get(field)
    if value is None or (type(value) is int and 1 <= value <= highest):
        return value
    raise ValueError(f"{field}: {value!r} is not a whole number from 1 to {highest}")


def _read_text(item: Mapping[str, object], field: str) -> str | None:
    """The text in a field, None where absent."""
    value = item.get(field)
    return None if value is None else str(value)
