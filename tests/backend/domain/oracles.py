"""Reading expected tables, and sweeping a life day by day to see what it was shown.

A life is what the `plan` command's file holds; each event counts from the day it was told: its
`told` or `recorded_on`, else the day it happened, else the last period. A correction has the id of
what it corrects. A table has a line for each stretch of days on which a service is shown: rule,
occurrence, first day, last day, and perhaps a note.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from backend.calendars.load import load
from backend.domain.rules import Rules
from backend.domain.schedule import DueService, Facts, State, plan
from scripts.plan import read_facts

Life = Mapping[str, object]
Told = Mapping[str, object]
RULES = Rules(load())
# The rules of which the tables say on which days each is shown, and on no other. A rule that is
# new has its life in `example_lives.py`; it stands here once the tables were worked out with it.
_TABLED = """
m1 m2 m3 m4 m5 m6 m7 m8 overdue early_follow_up outcome_follow_up recovery
who_12w who_20w who_26w who_30w who_34w who_36w who_38w who_40w who_41w
fa5 fa6 fa7 s2 s3 s6 s7 s8 pm1 postpartum_advice k1 k2 sc1 sc2 residence
iud iud_removed implant implant_expiry implant_removed ligation vasectomy
abortion_care pill condom menopause_iud menopause_implant
"""
WORKED_OUT = RULES.only(_TABLED.split())


def days(first: date, last: date) -> Iterator[date]:
    """Every civil day from the first to the last, both inclusive."""
    return (first + timedelta(n) for n in range((last - first).days + 1))


def events_of(life: Life) -> list[Told]:
    """The events of a life in the order of its file."""
    events = life["events"]
    assert isinstance(events, list)
    return events


def told_on(event: Told) -> date:
    """The day from which an event is known."""
    known = event.get("told") or event.get("recorded_on") or event.get("on") or event.get("lmp")
    return date.fromisoformat(str(known))


def known_on(life: Life, today: date) -> Life:
    """A life as far as it was known at the end of a day."""
    known = {
        str(event.get("id", f"event{number}")): event
        for number, event in enumerate(events_of(life), 1)
        if told_on(event) <= today
    }
    return {**life, "events": [{"id": name, **event} for name, event in known.items()]}


def facts_by_day(life: Life, first: date, last: date) -> Iterator[tuple[date, Facts]]:
    """Each day with what was known by then, read again only on days on which something was told."""
    news = {told_on(event) for event in events_of(life)}
    facts = read_facts(known_on(life, first))
    for today in days(first, last):
        if today in news:
            facts = read_facts(known_on(life, today))
        yield today, facts


def plans_by_day(
    life: Life, first: date, last: date, rules: Rules = RULES
) -> Iterator[tuple[date, list[DueService]]]:
    """The plan of each day."""
    return ((today, plan(facts, rules, today)) for today, facts in facts_by_day(life, first, last))


def shown(life: Life, first: date, last: date) -> list[str]:
    """A line for each stretch of days on which one of these services was open, in order."""
    stretches: dict[tuple[str, str, int], list[list[date]]] = {}
    for today, found in plans_by_day(life, first, last, WORKED_OUT):
        for due in found:
            if due.state is State.OPEN:
                _lengthen(stretches.setdefault(due.key, []), today)
    return sorted(
        f"{rule} {occurrence} {begun} {ended}"
        for (rule, _, occurrence), found_on in stretches.items()
        for begun, ended in found_on
    )


def _lengthen(stretches: list[list[date]], today: date) -> None:
    """Add a day to the stretch it continues, else begin a new one."""
    if stretches and stretches[-1][1] == today - timedelta(1):
        stretches[-1][1] = today
    else:
        stretches.append([today, today])


def expected(table: str) -> list[str]:
    """The lines of a table without their notes, in order."""
    return sorted(" ".join(line.split()[:4]) for line in table.splitlines() if line.strip())
