"""What the planner may know of persons, loaded for many at once in a fixed number of queries."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from backend.domain.events import BirthMode, Event, EventKind, Method
from backend.domain.gestation import Dating, Source, dated_by_lmp
from backend.domain.schedule import Facts, ServiceRecord
from backend.store.sql import among, as_date, dialect, listed, read

_MID_YEAR = (7, 1)

_PERSONS = "SELECT id, sex, birth_date, birth_year, enrolled_on, calendar, village_code FROM person"
# Whose each row is comes first.
_EVENTS = (
    "SELECT person_id, episode, superseded_by, reported_at, id, kind, on_date, lmp_on, edd_on,"
    " edd_source, mode, method, about, rule, rods, lasts_months FROM life_event"
)
_EPISODE, _SUPERSEDED_BY, _REPORTED_AT, _LMP_ON, _EDD_ON = 1, 2, 3, 7, 8
_REPORTED = itemgetter(_REPORTED_AT, 4)
_RECORDS = "SELECT person_id, rule, given_on, episode, occurrence FROM service_record"
_CHOICES = "SELECT person_id, topic FROM topic_choice"
# What each agreed to as one text, as there are few of those and many consents.
_CONSENTS = {
    "sqlite": "SELECT person_id, group_concat(purpose) FROM consent",
    "postgres": "SELECT person_id, string_agg(purpose, ',' ORDER BY purpose) FROM consent",
}
_GIVEN = "given_at IS NOT NULL AND withdrawn_at IS NULL GROUP BY person_id"
_TOPICS_KEPT = 1_024

# Looked up, as millions are read.
_KINDS = {kind.value: kind for kind in EventKind}
_METHODS = {method.value: method for method in Method}

_Values = Sequence[Any]


class FactRows(NamedTuple):
    """What the database tells of some persons, before it is facts; equal if it told the same."""

    persons: Sequence[_Values]
    events: Sequence[_Values]
    records: Sequence[_Values]
    declined: Sequence[_Values]
    consents: Sequence[_Values]


async def load_facts(person_ids: Collection[int], zone: tzinfo) -> dict[int, Facts]:
    """Facts by person, for those who are enrolled; see `facts_of`."""
    return dict(facts_of(await read_facts(person_ids), zone))


async def read_facts(person_ids: Collection[int]) -> FactRows:
    """The rows of some persons, in a fixed number of queries."""
    return FactRows(
        persons=await _rows(_PERSONS, "id", person_ids),
        events=await _rows(_EVENTS, "person_id", person_ids),
        records=await _rows(_RECORDS, "person_id", person_ids),
        declined=await _rows(_CHOICES, "person_id", person_ids, "choice = 'declined'"),
        consents=await _rows(_CONSENTS[dialect()], "person_id", person_ids, _GIVEN),
    )


def facts_of(rows: FactRows, zone: tzinfo) -> Iterator[tuple[int, Facts]]:
    """The persons who are enrolled with their facts; `zone` turns moments into civil days.

    Topics are the purposes consented to, none without the general one. An unknown sex counts as
    female, since the topics are what she asked for herself; of a birth year alone the middle is
    taken.
    """
    events, records = _by_person(rows.events), _by_person(rows.records)
    declined, consents = _words(rows.declined), _texts(rows.consents)
    for person_id, sex, born_on, born_in, enrolled, calendar, region in rows.persons:
        enrolled_on = as_date(enrolled)
        if enrolled_on is None:
            continue
        yield (
            person_id,
            Facts(
                sex=sex or "female",
                birth_date=_birth_date(born_on, born_in),
                enrolled_on=enrolled_on,
                calendar=calendar,
                topics=_topics(consents.get(person_id, "")),
                declined=frozenset(declined.get(person_id, ())),
                events=_events(events.get(person_id, ()), zone),
                records=tuple(map(_record, records.get(person_id, ()))),
                region=region,
            ),
        )


async def load_events(person_id: int, zone: tzinfo) -> tuple[Event, ...]:
    """The life events of one person as they stand after corrections."""
    return _events(await _rows(_EVENTS, "person_id", [person_id]), zone)


async def load_birth_date(person_id: int) -> date | None:
    """The birthday of one person; of a birth year alone the middle; None where neither is known."""
    rows = await _rows(_PERSONS, "id", [person_id])
    return _birth_date(*rows[0][2:4]) if rows else None


def _events(rows: Collection[_Values], zone: tzinfo) -> tuple[Event, ...]:
    """Life events from their rows; several rows in force of one episode date one pregnancy.

    An episode none of whose rows is in force any more was taken back.
    """
    if not rows:
        return ()
    episodes: dict[int, list[_Values]] = {}
    for row in sorted(rows, key=_REPORTED) if len(rows) > 1 else rows:
        episodes.setdefault(row[_EPISODE], []).append(row)
    return tuple(
        event for episode, chain in episodes.items() if (event := _event(episode, chain, zone))
    )


async def _rows(
    select: str, column: str, person_ids: Collection[int], condition: str = "TRUE"
) -> Sequence[_Values]:
    query = f"{select} WHERE {among(column, 1)} AND {condition}"
    return await read(query, listed(person_ids))


def _by_person(rows: Iterable[_Values]) -> dict[int, list[_Values]]:
    found: dict[int, list[_Values]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _words(rows: Iterable[_Values]) -> dict[int, list[str]]:
    """The words that follow whose they are, by person."""
    found: dict[int, list[str]] = {}
    for person_id, word in rows:
        found.setdefault(person_id, []).append(word)
    return found


def _texts(rows: Iterable[_Values]) -> dict[int, str]:
    """The one text that follows whose it is, by person."""
    return {row[0]: row[1] for row in rows}


@lru_cache(_TOPICS_KEPT)
def _topics(purposes: str) -> frozenset[str]:
    topics = frozenset(purposes.split(","))
    return topics if "service" in topics else frozenset()


def _birth_date(born_on: object, born_in: int | None) -> date | None:
    if born_on is None and born_in is not None:
        return date(born_in, *_MID_YEAR)
    return as_date(born_on)


def _record(row: _Values) -> ServiceRecord:
    _, rule, given_on, episode, occurrence = row
    on = as_date(given_on)
    assert on is not None, "the column is not nullable"
    return ServiceRecord(rule, on, episode, occurrence)


def _event(episode: int, chain: list[_Values], zone: tzinfo) -> Event | None:
    standing = [row for row in chain if row[_SUPERSEDED_BY] is None]
    if not standing:
        return None
    kind, on_date, _, _, _, mode, method, about, rule, rods, lasts_months = standing[-1][5:]
    return Event(
        id=str(episode),
        kind=_KINDS[kind],
        on=as_date(on_date),
        datings=tuple([_dating(row, zone) for row in standing if row[_LMP_ON] or row[_EDD_ON]]),
        mode=BirthMode(mode) if mode else None,
        method=_METHODS[method] if method else None,
        about=str(about) if about else None,
        recorded_on=_day(chain[0][_REPORTED_AT], zone),
        rule=rule,
        rods=rods,
        lasts_months=lasts_months,
    )


def _dating(row: _Values, zone: tzinfo) -> Dating:
    noted_on = _day(row[_REPORTED_AT], zone)
    if lmp := as_date(row[_LMP_ON]):
        return dated_by_lmp(lmp, noted_on)
    edd = as_date(row[_EDD_ON])
    assert edd is not None, "either day is there"
    return Dating(Source[row[_EDD_ON + 1].upper()], edd, noted_on)


def _day(moment: object, zone: tzinfo) -> date:
    reported_at = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
    return reported_at.astimezone(zone).date()
