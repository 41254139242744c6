"""What holds for the services of any life whenever it is lived: moved, ended, dated anew."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.calendar import Anchor, Reason, Rule
from backend.domain.events import Event, EventKind, Method
from backend.domain.gestation import Dating, Source, best_dating
from backend.domain.schedule import ServiceRecord, State, plan
from scripts.plan import read_facts
from tests.backend.domain.example_lives import EXAMPLES, HANGS_ON, moved
from tests.backend.domain.lives import (
    TOPICS,
    birth,
    ended,
    happened,
    live,
    person,
    pregnancy,
    procedure,
)
from tests.backend.domain.oracles import RULES
from tests.backend.domain.test_schedule_properties import DAYS, EVENTS

ONLY = {rule.id: RULES.only([rule.id]) for rule in RULES}
# Days after the last period, both inclusive: `domain.md` section 4.
VISITS = {"m1": (0, 90), "m2": (112, 146), "m3": (147, 174), "m4": (196, 258), "m5": (259, 286)}
CHILD_CHECKS = [3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72]
DATINGS = st.lists(
    st.builds(Dating, st.sampled_from(Source), DAYS, st.none() | DAYS), min_size=1, max_size=4
)
OF_A_BIRTH = {Anchor.LMP, Anchor.BIRTH, Anchor.DISCHARGE, Reason.DELIVERY}
OF_A_CHILD = {EventKind.PREGNANCY, EventKind.BIRTH, EventKind.DISCHARGE, EventKind.PLANNING}


def in_days(rule: Rule) -> bool:
    """True if a rule counts in days alone, and not by age."""
    marks = [mark for one in rule.windows for mark in (one.opens, one.due, one.closes)]
    return not rule.repeat and all(mark.months == 0 for mark in marks) and not rule.follows


ENDINGS = [(rule, kind) for rule in RULES for kind in sorted(rule.ends)]
DAY_RULES = sorted(rule.id for rule in RULES if in_days(rule))


@given(st.sampled_from(DAY_RULES), st.integers(-1500, 1500), st.integers(0, 320))
@settings(max_examples=200, deadline=None)
def test_a_life_some_days_later_is_shown_the_same_as_many_days_later(
    rule: str, moved_by: int, after: int
) -> None:
    step, today = timedelta(moved_by), HANGS_ON + timedelta(after)
    later = moved(EXAMPLES[rule], HANGS_ON + step)
    one = plan(read_facts(EXAMPLES[rule]), ONLY[rule], today)
    other = plan(read_facts(later), ONLY[rule], today + step)
    assert one
    assert [(due.key, due.state) for due in one] == [(due.key, due.state) for due in other]
    for before, since in zip(one, other, strict=True):
        assert [day + step for day in before[4:7]] == list(since[4:7])


@given(st.sampled_from(ENDINGS), st.integers(1, 290), st.integers(0, 400))
@settings(max_examples=300, deadline=None)
def test_nothing_is_live_once_something_ended_it(
    ending: tuple[Rule, EventKind], after: int, later: int
) -> None:
    rule, kind = ending
    facts = read_facts(EXAMPLES[rule.id])
    on = HANGS_ON + timedelta(after)
    owed = {due.key for due in plan(facts, ONLY[rule.id], on)}
    about = next((event.id for event in facts.events if event.kind.value == rule.anchor), None)
    about = about or next((event.id for event in facts.events), None)
    end = Event("end", kind, on, method=rule.audience.method, about=about)
    if kind is EventKind.PREGNANCY:
        end = pregnancy(on, "end")
    told = replace(facts, events=(*facts.events, end))
    for due in plan(told, ONLY[rule.id], on + timedelta(later)):
        assert due.key not in owed or not due.state.is_live


@given(st.sampled_from(sorted(ONLY)), st.integers(0, 400), st.integers(-3, 3))
@settings(max_examples=200, deadline=None)
def test_what_two_people_told_is_owed_once(rule: str, after: int, told_later: int) -> None:
    facts = read_facts(EXAMPLES[rule])
    on = HANGS_ON + timedelta(after)
    twice = [
        replace(event, id=name, recorded_on=recorded_on)
        for event in facts.events
        for name, recorded_on in (
            (event.id, HANGS_ON),
            (f"{event.id} again", HANGS_ON + timedelta(told_later)),
        )
    ]
    once = [replace(event, recorded_on=HANGS_ON) for event in facts.events]
    alone = plan(replace(facts, events=tuple(once)), ONLY[rule], on)
    both = plan(replace(facts, events=tuple(twice)), ONLY[rule], on)
    assert [due[4:8] for due in both if due.state.is_live] == [
        due[4:8] for due in alone if due.state.is_live
    ]


def test_what_is_about_the_one_told_twice_is_about_the_one_that_stays() -> None:
    mine = procedure(Method.IMPLANT, HANGS_ON, "mine")
    hers = replace(mine, id="hers", rods=2)
    out = happened(EventKind.REMOVAL, HANGS_ON + timedelta(40), "out", about="mine")
    assert live(person(mine, hers, topics=["contraception"]), HANGS_ON) == {
        "implant",
        "implant_expiry",
    }
    gone = person(mine, hers, out, topics=["contraception"])
    assert live(gone, HANGS_ON + timedelta(40)) == {"implant_removed"}


@given(
    st.lists(EVENTS, max_size=4, unique_by=lambda event: event.id),
    DAYS,
    st.integers(150, 300),
    st.integers(0, 40),
)
@settings(max_examples=200, deadline=None)
def test_after_a_child_died_nothing_but_her_own_checks_is_owed_in_any_programme(
    events: list[Event], lmp: date, term: int, lived: int
) -> None:
    born_on = lmp + timedelta(term)
    on = born_on + timedelta(lived)
    others = [event for event in events if event.kind not in OF_A_CHILD]
    for end, own in (
        (happened(EventKind.CHILD_DIED, on, "x", about="y"), {"m6", "m7"}),
        (ended(on, "x", about="p"), set[str]()),
    ):
        life = (pregnancy(lmp, "p"), birth(born_on, "y", about="p"), end)
        facts = person(*others, *life, topics=TOPICS, enrolled_on=lmp)
        live = [due for due in plan(facts, RULES, on) if due.state.is_live]
        assert {due.rule for due in live if due.why.anchor in OF_A_BIRTH} <= own


@given(DATINGS, DAYS)
@settings(max_examples=200, deadline=None)
def test_visits_follow_the_dating_that_counts_and_what_was_had_stays_had(
    datings: list[Dating], today: date
) -> None:
    dating = best_dating(datings)
    assert dating is not None
    record = ServiceRecord("m2", today, "p", 1)
    event = Event("p", EventKind.PREGNANCY, datings=tuple(datings))
    facts = person(event, topics=["maternal"], enrolled_on=date(2020, 1, 1), records=[record])
    found = {due.rule: due for due in plan(facts, RULES, today) if due.rule in VISITS}
    spans = {rule: (due.opens_on, due.closes_on) for rule, due in found.items()}
    assert spans == {
        rule: (dating.lmp + timedelta(first), dating.lmp + timedelta(last))
        for rule, (first, last) in VISITS.items()
    }
    assert found["m2"].state is State.DONE


def months_between(first: date, last: date) -> int:
    """Calendar months from one day's month to another's."""
    return 12 * (last.year - first.year) + last.month - first.month


@given(DAYS)
@settings(max_examples=300, deadline=None)
def test_a_child_is_checked_on_its_day_of_the_month_or_the_months_last(born_on: date) -> None:
    facts = person(birth(born_on), topics=["child"], enrolled_on=born_on)
    found = plan(facts, ONLY["k2"], born_on)
    assert [due.occurrence for due in found] == CHILD_CHECKS
    for due in found:
        assert months_between(born_on, due.due_on) == due.occurrence
        last_of_month = monthrange(due.due_on.year, due.due_on.month)[1]
        assert due.due_on.day == min(born_on.day, last_of_month)
        assert due.due_on - due.opens_on == due.closes_on - due.due_on == timedelta(15)


@given(DAYS)
@settings(max_examples=300, deadline=None)
def test_a_permit_is_endorsed_in_the_month_before_its_anniversary(issued_on: date) -> None:
    permit = happened(EventKind.CERTIFICATE, issued_on)
    facts = person(permit, topics=["service"], enrolled_on=issued_on)
    first = plan(facts, ONLY["residence"], issued_on)[0]
    assert months_between(issued_on, first.closes_on) == 12
    assert months_between(first.opens_on, first.closes_on) == 1
    assert first.closes_on.day in (issued_on.day, 28)
    month_before = monthrange(first.opens_on.year, first.opens_on.month)[1]
    assert first.opens_on.day == min(first.closes_on.day, month_before)


def test_the_properties_meet_every_kind_of_rule() -> None:
    assert {"m1", "who_20w", "m6", "m7", "k1", "s2", "s3", "iud_removed", "m8"} <= {*DAY_RULES}
    assert {kind for _, kind in ENDINGS} >= {EventKind.PREGNANCY_ENDED, EventKind.REMOVAL}
