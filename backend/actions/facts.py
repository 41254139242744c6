"""What the planner may know of persons, loaded for many at once in a fixed number of queries."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, tzinfo
from operator import itemgetter

from backend.domain.events import BirthMode, Event, EventKind, Method
from backend.domain.gestation import Dating, Source, dated_by_lmp
from backend.domain.schedule import Facts, ServiceRecord
from backend.store.sql import Row, among, as_date, execute, listed

_MID_YEAR = (7, 1)
_REPORTED = itemgetter("reported_at", "id")

_PERSONS = "SELECT id, sex, birth_date, birth_year, enrolled_on, calendar, village_code FROM person"
_EVENTS = (
    "SELECT id, person_id, episode, kind, on_date, lmp_on, edd_on, edd_source, mode, method,"
    " about, rule, rods, lasts_months, reported_at, superseded_by FROM life_event"
)
_RECORDS = "SELECT person_id, rule, episode, occurrence, given_on FROM service_record"
_CHOICES = "SELECT person_id, topic AS word FROM topic_choice"
_CONSENTS = "SELECT person_id, purpose AS word FROM consent"


async def load_facts(person_ids: Collection[int], zone: tzinfo) -> dict[int, Facts]:
    """Facts by person, for those who are enrolled; `zone` turns moments into civil days.

    Topics are the purposes consented to, none without the general one. An unknown sex counts as
    female, since the topics are what she asked for herself; of a birth year alone the middle is
    taken.
    """
    persons = await _rows(_PERSONS, "id", person_ids)
    events = _by_person(await _rows(_EVENTS, "person_id", person_ids))
    records = _by_person(await _rows(_RECORDS, "person_id", person_ids))
    declined = _words(await _rows(_CHOICES, "person_id", person_ids, "choice = 'declined'"))
    consents = _words(
        await _rows(
            _CONSENTS, "person_id", person_ids, "given_at IS NOT NULL AND withdrawn_at IS NULL"
        )
    )
    return {
        (person_id := row["id"]): Facts(
            sex=row["sex"] or "female",
            birth_date=_birth_date(row),
            enrolled_on=enrolled_on,
            calendar=row["calendar"],
            topics=_topics(consents.get(person_id, ())),
            declined=frozenset(declined.get(person_id, ())),
            events=read_events(events.get(person_id, ()), zone),
            records=tuple(map(_record, records.get(person_id, ()))),
            region=row["village_code"],
        )
        for row in persons
        if (enrolled_on := as_date(row["enrolled_on"]))
    }


async def load_events(person_id: int, zone: tzinfo) -> tuple[Event, ...]:
    """The life events of one person as they stand after corrections."""
    return read_events(await _rows(_EVENTS, "person_id", [person_id]), zone)


async def load_birth_date(person_id: int) -> date | None:
    """The birthday of one person; of a birth year alone the middle; None where neither is known."""
    rows = await _rows(_PERSONS, "id", [person_id])
    return _birth_date(rows[0]) if rows else None


def read_events(rows: Collection[Row], zone: tzinfo) -> tuple[Event, ...]:
    """Life events from their rows; several rows in force of one episode date one pregnancy.

    An episode none of whose rows is in force any more was taken back.
    """
    if not rows:
        return ()
    episodes: dict[int, list[Row]] = {}
    for row in sorted(rows, key=_REPORTED):
        episodes.setdefault(row["episode"], []).append(row)
    return tuple(
        event for episode, chain in episodes.items() if (event := _event(episode, chain, zone))
    )


async def _rows(
    select: str, column: str, person_ids: Collection[int], condition: str = "TRUE"
) -> list[Row]:
    query = f"{select} WHERE {among(column, 1)} AND {condition}"
    return await execute(query, listed(person_ids))


def _by_person(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["person_id"], []).append(row)
    return found


def _words(rows: Iterable[Row]) -> dict[int, list[str]]:
    """The words in the column of that name, by person."""
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row["person_id"], []).append(row["word"])
    return found


def _topics(purposes: Collection[str]) -> frozenset[str]:
    return frozenset(purposes if "service" in purposes else ())


def _birth_date(row: Row) -> date | None:
    if row["birth_date"] is None and row["birth_year"] is not None:
        return date(row["birth_year"], *_MID_YEAR)
    return as_date(row["birth_date"])


def _record(row: Row) -> ServiceRecord:
    given_on = as_date(row["given_on"])
    assert given_on is not None, "the column is not nullable"
    return ServiceRecord(row["rule"], given_on, row["episode"], row["occurrence"])


def _event(episode: int, chain: list[Row], zone: tzinfo) -> Event | None:
    standing = [row for row in chain if row["superseded_by"] is None]
    if not standing:
        return None
    newest = standing[-1]
    return Event(
        id=str(episode),
        kind=EventKind(newest["kind"]),
        on=as_date(newest["on_date"]),
        datings=tuple(dating for row in standing if (dating := _dating(row, zone))),
        mode=BirthMode(newest["mode"]) if newest["mode"] else None,
        method=Method(newest["method"]) if newest["method"] else None,
        about=str(newest["about"]) if newest["about"] else None,
        recorded_on=_day(chain[0]["reported_at"], zone),
        rule=newest["rule"],
        rods=newest["rods"],
        lasts_months=newest["lasts_months"],
    )


def _dating(row: Row, zone: tzinfo) -> Dating | None:
    noted_on = _day(row["reported_at"], zone)
    if lmp := as_date(row["lmp_on"]):
        return dated_by_lmp(lmp, noted_on)
    edd = as_date(row["edd_on"])
    return Dating(Source[row["edd_source"].upper()], edd, noted_on) if edd else None


def _day(moment: object, zone: tzinfo) -> date:
    reported_at = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
    return reported_at.astimezone(zone).date()
