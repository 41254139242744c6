"""What holds for every plan whatever the facts."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.calendar import Anchor
from backend.domain.events import BirthMode, Event, EventKind, Method
from backend.domain.gestation import Dating, Source, dated_by_lmp
from backend.domain.rules import Rules
from backend.domain.schedule import Facts, ServiceRecord, State, first_plan, plan, spread
from tests.backend.domain.lives import BY_ID, RULES, TOPICS, ended, person, pregnancy

DAYS = st.dates(date(2023, 1, 1), date(2028, 12, 31))
DATINGS = st.builds(Dating, st.sampled_from(Source), DAYS, st.none() | DAYS)
DATED_KINDS = st.sampled_from([kind for kind in EventKind if kind is not EventKind.PREGNANCY])
NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
EVENTS = st.builds(
    Event,
    NAMES,
    DATED_KINDS,
    st.none() | DAYS,
    mode=st.none() | st.sampled_from(BirthMode),
    method=st.none() | st.sampled_from(Method),
    about=st.none() | NAMES,
    recorded_on=st.none() | DAYS,
) | st.builds(
    Event,
    NAMES,
    st.just(EventKind.PREGNANCY),
    datings=st.lists(DATINGS, max_size=3).map(tuple),
    recorded_on=st.none() | DAYS,
)
RECORDS = st.builds(
    ServiceRecord,
    st.sampled_from(sorted(BY_ID)),
    DAYS,
    st.none() | NAMES,
    st.none() | st.integers(1, 12),
)
FACTS = st.builds(
    Facts,
    sex=st.sampled_from(["female", "female", "male", None]),
    birth_date=st.none() | st.dates(date(1950, 1, 1), date(2010, 12, 31)),
    enrolled_on=DAYS,
    calendar=st.sampled_from(["nbphs2017", "who2016"]),
    topics=st.frozensets(st.sampled_from(TOPICS), min_size=3),
    declined=st.frozensets(st.sampled_from([*TOPICS, "m2", "k1"]), max_size=1),
    events=st.lists(EVENTS, max_size=6, unique_by=lambda event: event.id).map(tuple),
    records=st.lists(RECORDS, max_size=4).map(tuple),
)


@given(FACTS, DAYS)
@settings(max_examples=200, deadline=None)
def test_planning_is_total_and_the_order_of_facts_and_rules_does_not_matter(
    facts: Facts, today: date
) -> None:
    once = plan(facts, RULES, today)
    assert plan(facts, RULES, today) == once
    events, records = tuple(reversed(facts.events)), tuple(reversed(facts.records))
    assert plan(replace(facts, events=events, records=records), RULES[::-1], today) == once


@given(FACTS, DAYS)
@settings(max_examples=200, deadline=None)
def test_a_first_plan_says_what_any_plan_says_of_all_that_is_worth_a_row(
    facts: Facts, today: date
) -> None:
    kept = (State.PLANNED, State.OPEN, State.DONE)
    first, whole = spread(first_plan(facts, RULES, today)), plan(facts, RULES, today)
    assert {d for d in first if d.state in kept} == {d for d in whole if d.state in kept}


@given(st.lists(st.tuples(FACTS, DAYS), min_size=2, max_size=5))
@settings(max_examples=60, deadline=None)
def test_what_is_remembered_of_other_people_and_days_changes_nobodys_plan(
    cases: list[tuple[Facts, date]],
) -> None:
    shared = Rules(RULES)
    for facts, today in (*cases, *reversed(cases)):
        assert plan(facts, shared, today) == plan(facts, RULES, today)


@given(FACTS, DAYS)
@settings(max_examples=200, deadline=None)
def test_each_due_service_is_unique_and_its_dates_are_in_order(facts: Facts, today: date) -> None:
    found = plan(facts, RULES, today)
    keys = [due.key for due in found]
    assert len(set(keys)) == len(keys)
    for due in found:
        assert due.opens_on <= due.closes_on
        assert due.closes_on >= facts.enrolled_on
        if due.state is State.OPEN:
            assert due.opens_on <= today <= due.closes_on
        if due.state is State.PLANNED:
            assert today < due.opens_on
        if due.state is State.CLOSED:
            assert due.closes_on < today


@given(FACTS, DAYS)
@settings(max_examples=100, deadline=None)
def test_what_is_owed_by_a_rule_does_not_depend_on_any_other(facts: Facts, today: date) -> None:
    whole = plan(facts, RULES, today)
    for rule_id in BY_ID:
        alone = plan(facts, [rule for rule in RULES if rule.id == rule_id], today)
        assert alone == [due for due in whole if due.rule == rule_id]


@given(FACTS, DAYS)
@settings(max_examples=200, deadline=None)
def test_the_best_day_is_inside_every_window(facts: Facts, today: date) -> None:
    assert all(due.opens_on <= due.due_on <= due.closes_on for due in plan(facts, RULES, today))


@given(FACTS, DAYS, st.integers(0, 280))
@settings(max_examples=200, deadline=None)
def test_nothing_of_a_pregnancy_outlives_its_end(facts: Facts, lmp: date, days: int) -> None:
    quiet = tuple(event for event in facts.events if event.kind is not EventKind.PREGNANCY)
    on = lmp + timedelta(days)
    told = replace(facts, events=(*quiet, pregnancy(lmp, "p"), ended(on, "x", about="p")))
    for due in plan(told, RULES, on):
        if due.state.is_live:
            assert BY_ID[due.rule].anchor is not Anchor.LMP
            assert BY_ID[due.rule].audience.topic != "folic_acid" or _wished_later(told, on)


def _wished_later(facts: Facts, on: date) -> bool:
    return any(
        event.kind is EventKind.PLANNING and event.on and event.on > on for event in facts.events
    )


@given(st.integers(-20, 20), st.integers(0, 320), st.sampled_from(["nbphs2017", "who2016"]))
@settings(max_examples=100, deadline=None)
def test_moving_the_last_period_moves_every_window_by_as_many_days(
    moved_by: int, days: int, calendar: str
) -> None:
    lmp = date(2026, 5, 3)
    event = pregnancy(lmp)
    later = replace(event, datings=(dated_by_lmp(lmp + timedelta(moved_by)),))
    today = lmp + timedelta(days)
    one = plan(person(event, topics=["maternal"], calendar=calendar), RULES, today)
    other = plan(person(later, topics=["maternal"], calendar=calendar), RULES, today)
    assert [due.key for due in one] == [due.key for due in other]
    for before, after in zip(one, other, strict=True):
        assert after.opens_on - before.opens_on == timedelta(moved_by)
        assert after.closes_on - before.closes_on == timedelta(moved_by)


@given(FACTS, DAYS)
@settings(max_examples=200, deadline=None)
def test_a_day_later_only_states_change_and_terminal_ones_stay(facts: Facts, today: date) -> None:
    before = {due.key: due for due in plan(facts, RULES, today)}
    for due in plan(facts, RULES, today + timedelta(1)):
        earlier = before.get(due.key)
        if earlier is not None and not BY_ID[due.rule].repeat:
            assert due[4:7] == earlier[4:7]
            if not earlier.state.is_live:
                assert due.state in (earlier.state, State.DONE, State.CANCELLED)
