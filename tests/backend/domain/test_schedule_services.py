"""The services beside pregnancy and birth: each shown on exactly its days, odd cases first."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend.domain.calendar import Anchor, Rule
from backend.domain.events import Event, EventKind, Method
from backend.domain.schedule import Facts, ServiceRecord, State, plan
from tests.backend.domain.lives import (
    BY_ID,
    RULES,
    TOPICS,
    birth,
    day,
    days_shown,
    ended,
    happened,
    live,
    person,
    planned,
    pregnancy,
    procedure,
)

LMP = date(2026, 5, 3)
BORN = date(2027, 2, 7)
EXAMINED = happened(EventKind.EXAM, date(2026, 3, 2))
LEAP_DAY = date(2024, 2, 29)


def implant(on: date, *, rods: int | None = None, lasts: int | None = None) -> Event:
    """An implant of so many rods, or labelled to last so many months."""
    return replace(procedure(Method.IMPLANT, on), rods=rods, lasts_months=lasts)


def removal(method: Method | None, on: date, about: str | None = None) -> Event:
    """Something that was taken out."""
    return Event("removal", EventKind.REMOVAL, on, method=method, about=about)


def supply(method: Method, on: date, lasts: int | None = None, event_id: str = "supply") -> Event:
    """Supplies for so many months."""
    return Event(event_id, EventKind.SUPPLY, on, method=method, lasts_months=lasts)


def resident(*events: Event) -> Facts:
    """Somebody who agreed to nothing but to take part."""
    return person(*events, topics=["service"], enrolled_on=LEAP_DAY)


@pytest.mark.parametrize(
    ("facts", "rule", "first", "last"),
    [
        (person(pregnancy(LMP), EXAMINED), "early_follow_up", "2026-03-02", "2026-07-26"),
        (person(birth(BORN), EXAMINED), "outcome_follow_up", "2027-02-07", "2027-03-21"),
        (person(birth(BORN)), "postpartum_advice", "2027-02-28", "2027-03-08"),
        (person(pregnancy(LMP), calendar="who2016"), "who_41w", "2027-02-14", "2027-02-20"),
        (person(happened(EventKind.MARRIAGE, LMP)), "pm1", "2026-05-03", "2026-08-03"),
        (person(procedure(Method.RECOVERY, LMP)), "recovery", "2026-05-10", "2026-05-17"),
        (person(removal(Method.IUD, LMP)), "iud_removed", "2026-06-02", "2026-07-02"),
        (person(removal(Method.IMPLANT, LMP)), "implant_removed", "2026-08-01", "2026-10-30"),
        (
            person(procedure(Method.VASECTOMY, date(2026, 11, 30)), sex="male"),
            "vasectomy",
            "2027-02-13",
            "2027-04-30",
        ),
    ],
)
def test_a_service_is_shown_on_exactly_these_days(
    facts: Facts, rule: str, first: str, last: str
) -> None:
    shown = days_shown(facts, rule, date(2026, 1, 1), date(2027, 9, 1))
    assert shown == (day(first), day(last), (day(last) - day(first)).days + 1)


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        (implant(LEAP_DAY, rods=2), [(date(2028, 1, 29), date(2028, 2, 29), date(2028, 3, 29))]),
        (implant(LEAP_DAY, rods=6), [(date(2029, 1, 29), date(2029, 2, 28), date(2029, 3, 29))]),
        (implant(LEAP_DAY, lasts=36), [(date(2027, 1, 28), date(2027, 2, 28), date(2027, 3, 28))]),
        (
            implant(date(2024, 8, 31), rods=1, lasts=30),
            [(date(2027, 1, 28), date(2027, 2, 28), date(2027, 3, 28))],
        ),
        (implant(LEAP_DAY), []),
    ],
)
def test_an_implant_ends_by_its_rods_else_by_its_label(
    product: Event, expected: list[tuple[date, date, date]]
) -> None:
    facts = person(product, enrolled_on=LEAP_DAY)
    found = planned(facts, date(2026, 1, 1), "implant_expiry")
    assert [(due.opens_on, due.due_on, due.closes_on) for due in found] == expected


def test_a_labelled_life_is_the_reason_where_it_counts() -> None:
    (due,) = planned(person(implant(LMP, lasts=36)), LMP, "implant_expiry")
    assert (due.why.anchor, due.why.anchor_on) == (Anchor.EXPIRY, date(2029, 5, 3))


def test_what_is_put_in_the_day_the_old_one_is_taken_out_is_followed_up_once() -> None:
    exchanged = person(removal(Method.IUD, LMP), procedure(Method.IUD, LMP))
    shown = live(exchanged, LMP + timedelta(30))
    assert "iud" in shown
    assert "iud_removed" not in shown
    changed = person(removal(Method.IUD, LMP), procedure(Method.IMPLANT, LMP))
    assert {"implant", "iud_removed"} <= live(changed, LMP + timedelta(30))


def test_a_removal_that_names_only_its_procedure_is_of_that_method() -> None:
    facts = person(
        procedure(Method.IUD, date(2026, 2, 1), "mine"), removal(None, LMP, about="mine")
    )
    found = planned(facts, LMP, "iud_removed", "implant_removed")
    assert [due.rule for due in found] == ["iud_removed"]


def test_a_pregnancy_ends_the_check_after_a_removal() -> None:
    wish = person(removal(Method.IUD, LMP), pregnancy(LMP + timedelta(20)))
    assert "iud_removed" not in live(wish, LMP + timedelta(40))


def test_the_follow_ups_of_a_pregnancy_are_for_those_examined_in_the_year_before() -> None:
    for examined_on, is_asked in (
        (date(2025, 5, 2), False),
        (date(2025, 5, 3), True),
        (LMP, True),
        (LMP + timedelta(1), False),
    ):
        exam = happened(EventKind.EXAM, examined_on)
        facts = person(pregnancy(LMP), exam, enrolled_on=date(2025, 1, 1))
        found = planned(facts, LMP + timedelta(30), "early_follow_up")
        assert [due.opens_on for due in found] == ([examined_on] if is_asked else [])
    recorded = ServiceRecord("s8", date(2026, 3, 2), "wish", 1)
    assert planned(person(pregnancy(LMP), records=[recorded]), LMP, "early_follow_up")
    other = replace(EXAMINED, rule="s6")
    assert planned(person(pregnancy(LMP), other), LMP, "early_follow_up") == []


def test_a_loss_ends_every_follow_up_and_only_her_own_wish_starts_one() -> None:
    lost_on = date(2026, 7, 1)
    facts = person(pregnancy(LMP), EXAMINED, ended(lost_on))
    assert not {"early_follow_up", "outcome_follow_up", "recovery", "fa6"} & live(facts, lost_on)
    child = person(birth(BORN), EXAMINED, happened(EventKind.CHILD_DIED, BORN + timedelta(3)))
    quiet = {"outcome_follow_up", "postpartum_advice", "k1", "k2", "s2", "s3"}
    assert not quiet & live(child, BORN + timedelta(3))
    asked = person(pregnancy(LMP), ended(lost_on), procedure(Method.RECOVERY, lost_on))
    assert "recovery" in live(asked, lost_on)


@pytest.mark.parametrize(
    ("had_on", "occurrence", "next_on"),
    [
        # Fetched before the window: counted on from then, as occurrence 1 is owed no more before.
        (date(2026, 3, 10), None, date(2026, 4, 10)),
        (date(2026, 3, 25), 1, date(2026, 4, 25)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 4, 1), 1, date(2026, 5, 1)),
        (date(2026, 4, 15), 1, date(2026, 5, 15)),
    ],
)
@pytest.mark.parametrize("is_named", [False, True])
def test_a_refill_within_its_window_completes_it_also_before_its_day(
    had_on: date, occurrence: int | None, next_on: date, is_named: bool
) -> None:
    record = ServiceRecord("pill", had_on)
    if is_named and occurrence:
        record = replace(record, episode="supply", occurrence=occurrence)
    facts = person(supply(Method.PILL, date(2026, 3, 1)), records=[record])
    found = planned(facts, date(2026, 4, 16), "pill")
    done = [due.occurrence for due in found if due.state is State.DONE]
    assert done == ([occurrence] if occurrence else [])
    assert next(due.due_on for due in found if due.state is not State.DONE) == next_on


@pytest.mark.parametrize(
    ("lmp", "opens_on", "episode"),
    [
        (date(2026, 7, 1), date(2026, 1, 1), "enrolment"),
        (date(2026, 7, 2), date(2026, 7, 2), "pregnancy"),
        (date(2026, 9, 9), date(2026, 9, 9), "pregnancy"),
    ],
)
def test_folic_acid_that_was_over_begins_anew_with_a_pregnancy(
    lmp: date, opens_on: date, episode: str
) -> None:
    wish = happened(EventKind.PLANNING, date(2026, 1, 1), "enrolment")
    for events in ((pregnancy(lmp),), (wish, pregnancy(lmp))):
        *_, due = planned(person(*events), lmp, "fa5")
        assert (due.opens_on, due.closes_on) == (opens_on, lmp + timedelta(90))
        assert due.episode == episode


def test_folic_acid_is_fetched_each_month_until_the_pregnancy_is_three_months_old() -> None:
    wish = happened(EventKind.PLANNING, date(2026, 1, 31))
    alone = planned(person(wish, topics=["folic_acid"]), date(2026, 2, 1), "fa6")
    assert [due.occurrence for due in alone] == [1, 2, 3, 4, 5]
    assert [due.due_on for due in alone][:3] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    pregnant = planned(person(wish, pregnancy(LMP)), date(2026, 2, 1), "fa6")
    assert [due.occurrence for due in pregnant] == [1, 2, 3, 4, 5]
    later = planned(person(wish, pregnancy(date(2026, 7, 20))), date(2026, 8, 1), "fa6")
    assert [due.occurrence for due in later] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert later[-1].opens_on <= date(2026, 7, 20) + timedelta(75)


@pytest.mark.parametrize(
    ("fetched", "days"),
    [
        (supply(Method.PILL, date(2026, 1, 31)), ["2026-02-28", "2026-03-28", "2026-04-28"]),
        (supply(Method.PILL, date(2026, 1, 31), 2), ["2026-03-31", "2026-05-31", "2026-07-31"]),
        (supply(Method.CONDOM, date(2026, 1, 31)), ["2026-04-30", "2026-07-30", "2026-10-30"]),
    ],
)
def test_supplies_are_fetched_again_when_they_run_out(fetched: Event, days: list[str]) -> None:
    rule = str(fetched.method)
    found = planned(person(fetched), date(2026, 2, 1), rule)
    assert [due.due_on for due in found][:3] == [day(on) for on in days]


def test_a_refill_fetched_late_counts_from_that_day_and_ends_with_a_new_supply() -> None:
    first = supply(Method.PILL, date(2026, 1, 31), 3)
    late = ServiceRecord("pill", date(2026, 5, 9), "supply", 1)
    found = planned(person(first, records=[late]), date(2026, 5, 10), "pill")
    assert [due.due_on for due in found][:2] == [date(2026, 4, 30), date(2026, 8, 9)]
    again = supply(Method.PILL, date(2026, 6, 1), 1, "more")
    condoms = supply(Method.CONDOM, date(2026, 6, 1), 1, "other")
    for other, is_over in ((again, True), (condoms, False)):
        found = planned(person(first, other), date(2026, 6, 1), "pill")
        of_first = [due for due in found if due.episode == "supply" and due.state.is_live]
        assert bool(of_first) is not is_over


def test_at_the_last_period_advice_is_only_for_what_is_in_place() -> None:
    iud = procedure(Method.IUD, date(2020, 1, 1), "iud")
    rods = procedure(Method.IMPLANT, date(2025, 1, 1), "rods")
    period = happened(EventKind.LAST_PERIOD, date(2026, 2, 28))
    both = planned(person(iud, rods, period), LMP, "menopause_iud", "menopause_implant")
    assert {due.rule: (due.opens_on, due.closes_on) for due in both} == {
        "menopause_iud": (date(2026, 2, 28), date(2027, 2, 28)),
        "menopause_implant": (date(2026, 8, 28), date(2027, 2, 28)),
    }
    out_before = removal(Method.IUD, date(2026, 2, 28))
    found = planned(person(iud, period, out_before), LMP, "menopause_iud")
    assert found == []
    out_after = removal(Method.IUD, date(2026, 4, 1))
    (over,) = planned(person(iud, rods, period, out_after), LMP, "menopause_iud")
    assert over.state is State.CANCELLED
    (kept,) = planned(person(iud, rods, period, out_after), LMP, "menopause_implant")
    assert kept.state is State.PLANNED
    another = happened(EventKind.LAST_PERIOD, date(2026, 4, 2), "another")
    found = planned(person(iud, period, another), LMP, "menopause_iud")
    assert [due.episode for due in found if due.state.is_live] == ["another"]


@pytest.mark.parametrize(
    ("had", "invited_again"),
    [("2026-01-01", "2029-01-01"), ("2026-06-30", "2029-01-01")],
)
def test_who_was_screened_skips_two_calendar_years(had: str, invited_again: str) -> None:
    wu = person(birth_date=date(1980, 3, 1), records=[ServiceRecord("sc1", day(had))])
    for today, is_open in ((day(invited_again) - timedelta(1), False), (day(invited_again), True)):
        found = planned(wu, today, "sc1")
        assert any(due.state is State.OPEN for due in found) is is_open


def test_a_township_that_tests_for_hpv_waits_five_years() -> None:
    screening = BY_ID["sc1"]
    assert screening.repeat is not None
    rule = replace(screening, repeat=replace(screening.repeat, every_months=60))
    wu = person(birth_date=date(1980, 3, 1), records=[ServiceRecord("sc1", date(2026, 5, 3))])
    found = plan(wu, [rule], date(2030, 12, 31))
    assert [due.opens_on for due in found if due.state.is_live] == [date(2031, 1, 1)]


@pytest.mark.parametrize(("named", "rule"), [(None, "m8"), ("sc1", "sc2"), ("s6", "s7")])
def test_a_referral_is_followed_up_once_where_it_came_from(named: str | None, rule: str) -> None:
    referral = replace(happened(EventKind.REFERRAL, LMP), rule=named)
    found = planned(person(referral), LMP, "m8", "s7", "sc2")
    assert [(due.rule, due.opens_on, due.closes_on) for due in found] == [
        (rule, LMP, LMP + timedelta(14))
    ]


def test_a_residence_permit_is_endorsed_each_year_in_the_month_before() -> None:
    issued = happened(EventKind.CERTIFICATE, LEAP_DAY)
    facts = resident(issued)
    found = planned(facts, date(2026, 1, 1), "residence")
    assert [(due.occurrence, due.opens_on, due.closes_on) for due in found] == [
        (12, date(2025, 1, 28), date(2025, 2, 28)),
        (24, date(2026, 1, 28), date(2026, 2, 28)),
        (36, date(2027, 1, 28), date(2027, 2, 28)),
    ]
    renewed = happened(EventKind.CERTIFICATE, date(2026, 2, 10), "renewed")
    found = planned(resident(issued, renewed), date(2026, 2, 20), "residence")
    assert {due.episode for due in found if due.state.is_live} == {"renewed"}
    gone = happened(EventKind.MOVED_OUT, date(2026, 1, 15))
    found = planned(resident(issued, gone), date(2026, 1, 15), "residence")
    assert not any(due.state.is_live for due in found)
    assert planned(person(issued), date(2026, 1, 1), "residence") == []


def test_a_mans_calendar_holds_only_what_is_for_him() -> None:
    events = (
        happened(EventKind.MARRIAGE, LMP),
        procedure(Method.VASECTOMY, LMP),
        supply(Method.CONDOM, LMP, 1),
        birth(BORN),
    )
    rules = {due.rule for due in plan(person(*events, sex="male"), RULES, LMP)}
    assert rules == {"pm1", "vasectomy", "condom", "k1", "k2"}
    assert {"vasectomy", "m7"} & {due.rule for due in planned(person(*events), LMP)} == {"m7"}


def test_two_pregnancies_within_a_year_have_their_own_follow_ups() -> None:
    second = pregnancy(date(2026, 9, 1), "second")
    facts = person(EXAMINED, pregnancy(date(2026, 4, 1), "first"), ended(date(2026, 6, 1)), second)
    found = planned(facts, date(2026, 10, 1), "early_follow_up", "m1")
    states = {(due.rule, due.episode): due.state for due in found}
    assert states == {
        ("early_follow_up", "first"): State.CANCELLED,
        ("early_follow_up", "second"): State.OPEN,
        ("m1", "first"): State.CANCELLED,
        ("m1", "second"): State.OPEN,
    }


def test_twins_and_a_birth_before_a_planned_visit_give_one_outcome_follow_up() -> None:
    early = LMP + timedelta(230)
    twins = (birth(early, "one"), birth(early + timedelta(1), "two"))
    facts = person(EXAMINED, pregnancy(LMP), *twins)
    found = planned(facts, early, "outcome_follow_up")
    assert [due.episode for due in found] == ["one"]
    assert "m4" not in live(facts, early)


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.repeat], ids=lambda r: r.id)
def test_every_service_is_declined_with_its_topic(rule: Rule) -> None:
    everything = person(
        EXAMINED,
        happened(EventKind.PLANNING, date(2026, 3, 1)),
        pregnancy(LMP),
        birth(BORN),
        happened(EventKind.CERTIFICATE, LMP),
        topics=(*TOPICS, "service"),
        declined=(*TOPICS, "service"),
    )
    assert not any(due.state.is_live for due in plan(everything, [rule], BORN))


def test_a_rule_counted_from_leaving_hospital_alone_needs_no_birth() -> None:
    shipped = BY_ID["m6"]
    visit = replace(shipped, windows=shipped.windows[:1])
    assert visit.windows[0].anchors == {Anchor.DISCHARGE}
    (due,) = plan(person(happened(EventKind.DISCHARGE, BORN)), [visit], BORN)
    assert (due.opens_on, due.closes_on) == (BORN, BORN + timedelta(7))
