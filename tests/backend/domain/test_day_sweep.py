"""Three years, day by day, of a life for every rule: what happens to its rows and reminders."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pytest

from backend.domain.calendar import First, Rule
from backend.domain.reminders import next_reminder_on, reminder_days
from backend.domain.schedule import DueService, State
from tests.backend.domain.example_lives import EXAMPLES, HANGS_ON, moved
from tests.backend.domain.oracles import RULES, days, plans_by_day

LEAP_DAY = date(2028, 2, 29)
ANCHORS = (HANGS_ON, LEAP_DAY)
ONLY = {rule.id: RULES.only([rule.id]) for rule in RULES}
YEARS = timedelta(3 * 365 + 1)
RANK = {State.PLANNED: 0, State.OPEN: 1}
Key = tuple[str, str, int]
Plans = list[tuple[date, list[DueService]]]


def three_years(rule: str, anchor_on: date) -> Plans:
    """The plan of one rule on each day from the one before its life begins to hang on something."""
    life = moved(EXAMPLES[rule], anchor_on)
    first = anchor_on - timedelta(1)
    return list(plans_by_day(life, first, first + YEARS, ONLY[rule]))


@pytest.fixture(scope="module", params=sorted(ONLY))
def swept(request: pytest.FixtureRequest) -> tuple[str, list[Plans]]:
    """A rule and its plans, swept once from each of the anchors."""
    return request.param, [three_years(request.param, anchor_on) for anchor_on in ANCHORS]


def test_it_opens_and_its_rows_only_go_forward_each_once(swept: tuple[str, list[Plans]]) -> None:
    rule, sweeps = swept
    for plans in sweeps:
        ever_open = False
        before: Mapping[Key, State] = {}
        for today, found in plans:
            now = {due.key: due.state for due in found}
            assert len(now) == len(found), f"{rule} twice on {today}"
            for key, state in now.items():
                earlier = before.get(key, State.PLANNED)
                assert RANK.get(earlier, 2) <= RANK.get(state, 2), f"{key} back on {today}"
                assert earlier.is_live or state is earlier, f"{key} changed on {today}"
            ever_open = ever_open or State.OPEN in now.values()
            before = {**before, **now}
        assert ever_open, f"{rule} never opens"


def test_each_row_is_open_from_its_first_day_to_its_last(swept: tuple[str, list[Plans]]) -> None:
    _, sweeps = swept
    for plans in sweeps:
        open_on: dict[Key, list[date]] = {}
        latest = {due.key: due for _, found in plans for due in found if due.state is State.OPEN}
        for today, due in open_rows(plans):
            open_on.setdefault(due.key, []).append(today)
        for key, shown_on in open_on.items():
            due = latest[key]
            assert due.opens_on <= due.due_on <= due.closes_on
            assert shown_on[0] >= due.opens_on
            assert shown_on == list(days(shown_on[0], min(due.closes_on, plans[-1][0])))


def open_rows(plans: Plans) -> Iterator[tuple[date, DueService]]:
    """Each row with each day on which it is open."""
    return ((day, due) for day, found in plans for due in found if due.state is State.OPEN)


def reminded(plans: Plans, rule: Rule) -> dict[Key, list[date]]:
    """The days on which each row is reminded of, as of what was known each day."""
    since: dict[Key, date] = {}
    told: dict[Key, list[date]] = {}
    for today, due in ((today, due) for today, found in plans for due in found):
        known_on = since.setdefault(due.key, today)
        had = told.get(due.key, [])
        if next_reminder_on(due, rule, had[-1] if had else None, since=known_on) == today:
            assert due.state is State.OPEN
            assert today in reminder_days(due, rule, since=known_on)
            told[due.key] = [*had, today]
    return told


def test_reminders_come_while_it_can_be_had_and_none_twice(swept: tuple[str, list[Plans]]) -> None:
    name, sweeps = swept
    (rule,) = ONLY[name]
    for plans in sweeps:
        told = reminded(plans, rule)
        assert told, f"{name} never reminds"
        if rule.reminding.first is not First.DAILY:
            assert max(map(len, told.values())) <= 2
