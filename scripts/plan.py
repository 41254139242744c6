"""`plan`: print one person's plan from a file, without a database.

The file holds one JSON object: sex, birth_date, enrolled_on, calendar, topics (maternal,
folic_acid, contraception, checkup, child, screening; service for a residence permit), declined,
village (a 12-digit code: the values of her region count), events and records.

An event has a kind and its day "on"; perhaps id, about (another event's id) and recorded_on:
  pregnancy        lmp, edd (edd_source lmp, art, clinician, ultrasound), conceived_on, or
                   transferred_on with embryo_days (5 unless it says otherwise); no "on" is needed
  birth            mode vaginal or caesarean
  discharge, pregnancy_ended, child_died, planning, marriage, last_period, moved_in, moved_out
  procedure        method iud, implant, ligation, vasectomy, abortion_care, recovery; of an implant
                   rods (2, 6) or lasts_months
  supply           method pill or condom; lasts_months
  removal          method, or about
  exam, referral   rule: which service it was, or after which one it came
  certificate      the day of issue of a residence permit
A record is a service that was had: rule, on, perhaps occurrence.
"""

import argparse
import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from backend.calendars.load import load
from backend.calendars.rules import rules_for
from backend.domain.calendar import Kind, Rule
from backend.domain.errors import SuixingError
from backend.domain.events import Event, Sex, read_date, read_event
from backend.domain.gestation import PREGNANCY_DAYS
from backend.domain.schedule import DueService, Facts, ServiceRecord, plan
from backend.domain.villages import is_region_code
from backend.i18n import locales, translator
from backend.texts.services import TOPICS, WORDS, explain

CALENDARS = ("nbphs2017", "who2016")


def read_facts(data: object) -> Facts:
    """The facts of one person from plain data; raises ValueError naming what is wrong."""
    person = _table(data, "the file")
    enrolled_on = read_date(person, "enrolled_on")
    if enrolled_on is None:
        raise ValueError("enrolled_on: a day such as 2026-05-03 is needed")
    return Facts(
        sex=_one_of(person, "sex", tuple(Sex)),
        birth_date=read_date(person, "birth_date"),
        enrolled_on=enrolled_on,
        calendar=_one_of(person, "calendar", CALENDARS),
        topics=frozenset(_some_of(person, "topics", TOPICS)),
        declined=frozenset(_some_of(person, "declined", (*TOPICS, *WORDS))),
        events=tuple(
            read_event(_table(item, "events"), f"event{number}")
            for number, item in enumerate(_list(person, "events"), 1)
        ),
        records=tuple(_record(_table(item, "records")) for item in _list(person, "records")),
        region=_village(person),
    )


def _village(person: Mapping[str, object]) -> str:
    """The code of the village she lives in, empty where absent."""
    code = person.get("village", "")
    if not isinstance(code, str) or not (code == "" or is_region_code(code)):
        raise ValueError("village: a code of exactly 12 digits expected")
    return code


def _table(value: object, name: str) -> Mapping[str, object]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise ValueError(f"{name}: {{...}} expected")
    return value


def _list(person: Mapping[str, object], field: str) -> Sequence[object]:
    """A JSON list, empty where absent."""
    values = person.get(field, [])
    if not isinstance(values, list):
        raise ValueError(f"{field}: a list in brackets expected")
    return values


def _some_of(person: Mapping[str, object], field: str, allowed: Collection[str]) -> Sequence[str]:
    """A list of words, each of them one of those that there are."""
    for value in _list(person, field):
        if value not in allowed:
            raise ValueError(f"{field}: {value!r} is not one of {', '.join(allowed)}")
    return [str(value) for value in _list(person, field)]


def check_pregnancies(events: Iterable[Event], today: date) -> None:
    """Raise ValueError for a pregnancy that would begin after today."""
    for event in events:
        if event.lmp and event.lmp > today:
            raise ValueError(
                f"lmp: {event.lmp} is after {today}; a last period is on that day or before it,"
                f" a due date at most {PREGNANCY_DAYS} days later"
            )


def _one_of(person: Mapping[str, object], field: str, allowed: Sequence[str]) -> str:
    """A word out of a few; the first of them where absent."""
    value = person.get(field, allowed[0])
    if value not in allowed:
        raise ValueError(f"{field}: {value!r} is not one of {', '.join(allowed)}")
    return str(value)


def _record(item: Mapping[str, object]) -> ServiceRecord:
    """A service that was had: its rule, its day, and which occurrence where that is known."""
    on, occurrence = read_date(item, "on"), item.get("occurrence")
    if on is None or "rule" not in item:
        raise ValueError("records: rule and on are needed")
    if not isinstance(occurrence, int | None):
        raise ValueError("records: occurrence is a whole number")
    return ServiceRecord(str(item["rule"]), on, occurrence=occurrence)


def as_row(due: DueService, rule: Rule, locale: str) -> dict[str, object]:
    """One due service as the command prints it."""
    return {
        "rule": due.rule,
        "occurrence": due.occurrence,
        "opens_on": due.opens_on.isoformat(),
        "due_on": due.due_on.isoformat(),
        "closes_on": due.closes_on.isoformat(),
        "state": due.state.value,
        "why": explain(due, rule, translator(locale)._).replace("\n", " "),
    }


def rows(facts: Facts, *, today: date, locale: str, override: Path | None) -> list[object]:
    """The services of a person's plan; the questions we would ask are none."""
    known = load(override=override)
    # Who names no village is taken to live where the township's own values hold.
    rules = rules_for(known, facts.region or next((r.region for r in known if r.region), ""))
    services = tuple(rule for rule in rules if rule.kind is Kind.SERVICE)
    by_id = {(rule.id, rule.version): rule for rule in services}
    return [
        as_row(due, by_id[due.rule, due.version], locale) for due in plan(facts, services, today)
    ]


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="plan",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="a JSON file with one person's facts")
    parser.add_argument("--today", type=date.fromisoformat, required=True, help="2026-05-03")
    parser.add_argument("--locale", choices=locales(), default="en", help="language of the reasons")
    parser.add_argument("--override", type=Path, help="a township's calendar values (TOML)")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; a file that cannot be used ends it with one line and exit code 2."""
    asked = _arguments(argv)
    try:
        facts = read_facts(json.loads(asked.file.read_text("utf-8")))
        check_pregnancies(facts.events, asked.today)
        found = rows(facts, today=asked.today, locale=asked.locale, override=asked.override)
    except (OSError, ValueError, SuixingError) as error:
        print(f"plan: {asked.file.name}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
