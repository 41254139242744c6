"""The planner against tables written by hand: shown on exactly these days and on no other."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend.domain.calendar import Anchor
from backend.domain.events import BirthMode, EventKind, Method
from backend.domain.gestation import Dating, Source
from backend.domain.schedule import Facts, ServiceRecord, State, plan
from tests.backend.domain.lives import (
    BY_ID,
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
WANG = person(pregnancy(LMP))
LI = person(pregnancy(date(2025, 12, 31)), calendar="who2016", enrolled_on=date(2025, 12, 1))
ZHAO = person(pregnancy(LMP), birth(BORN), happened(EventKind.DISCHARGE, date(2027, 2, 10)))
CHEN = person(pregnancy(LMP), birth(BORN, mode=BirthMode.CAESAREAN))
SUN = person(birth(BORN))


@pytest.mark.parametrize(
    ("facts", "rule", "first", "last"),
    [
        (WANG, "m1", "2026-05-03", "2026-08-01"),
        (WANG, "m2", "2026-08-23", "2026-09-26"),
        (WANG, "m3", "2026-09-27", "2026-10-24"),
        (WANG, "m4", "2026-11-15", "2027-01-16"),
        (WANG, "m5", "2027-01-17", "2027-02-13"),
        (WANG, "fa5", "2026-01-01", "2026-08-01"),
        (WANG, "overdue", "2027-02-21", "2027-03-07"),
        (LI, "who_12w", "2025-12-31", "2026-03-31"),
        (LI, "who_20w", "2026-05-13", "2026-05-26"),
        (LI, "who_26w", "2026-06-24", "2026-07-07"),
        (LI, "who_30w", "2026-07-22", "2026-08-04"),
        (LI, "who_34w", "2026-08-19", "2026-09-01"),
        (LI, "who_36w", "2026-09-02", "2026-09-15"),
        (LI, "who_38w", "2026-09-16", "2026-09-29"),
        (LI, "who_40w", "2026-09-30", "2026-10-13"),
        (ZHAO, "m5", "2027-01-17", "2027-02-06"),
        (ZHAO, "m6", "2027-02-10", "2027-02-17"),
        (ZHAO, "m7", "2027-03-14", "2027-04-04"),
        (ZHAO, "k1", "2027-03-07", "2027-03-09"),
        (ZHAO, "s2", "2027-03-09", "2027-03-21"),
        (ZHAO, "s3", "2027-03-21", "2027-05-08"),
        (CHEN, "m6", "2027-02-12", "2027-02-19"),
        (CHEN, "s3", "2027-03-21", "2027-08-06"),
        (SUN, "m6", "2027-02-10", "2027-02-17"),
    ],
)
def test_a_service_is_shown_on_exactly_these_days(
    facts: Facts, rule: str, first: str, last: str
) -> None:
    length = (day(last) - day(first)).days + 1
    shown = days_shown(facts, rule, date(2025, 11, 1), date(2027, 9, 1))
    assert shown == (day(first), day(last), length)


def test_a_woman_has_one_calendar_and_never_both() -> None:
    sweep = [date(2025, 12, 31) + timedelta(n) for n in range(300)]
    for today in sweep:
        assert not any(rule in live(LI, today) for rule in ("m1", "m2", "m3", "m4", "m5"))
        assert not any(rule.startswith("who_") for rule in live(WANG, today))


@pytest.mark.parametrize(
    ("rule", "facts", "due"),
    [
        ("m7", ZHAO, "2027-03-21"),
        ("who_12w", LI, "2026-03-25"),
        ("who_20w", LI, "2026-05-20"),
        ("who_40w", LI, "2026-10-07"),
    ],
)
def test_the_best_day_is_the_one_the_source_names(rule: str, facts: Facts, due: str) -> None:
    assert [found.due_on for found in planned(facts, LMP, rule)] == [day(due)]


FOLLOW_UPS = [
    ("iud", [(1, "2026-02-28"), (3, "2026-04-30"), (6, "2026-07-31"), (12, "2027-01-31")]),
    ("implant", [(1, "2026-02-28"), (3, "2026-04-30"), (6, "2026-07-31"), (12, "2027-01-31")]),
    ("ligation", [(1, "2026-02-28"), (3, "2026-04-30")]),
    ("abortion_care", [(1, "2026-02-28"), (3, "2026-04-30"), (6, "2026-07-31")]),
]


@pytest.mark.parametrize(("rule", "expected"), FOLLOW_UPS)
def test_follow_ups_are_numbered_by_month_and_clamped_to_the_months_end(
    rule: str, expected: list[tuple[int, str]]
) -> None:
    facts = person(procedure(Method(rule), date(2026, 1, 31)))
    found = planned(facts, date(2026, 2, 1), *(each for each, _ in FOLLOW_UPS))
    assert {due.rule for due in found} == {rule}
    assert [(due.occurrence, due.due_on) for due in found] == [(n, day(on)) for n, on in expected]


def test_an_iud_is_looked_at_each_year_until_it_is_removed() -> None:
    inserted = procedure(Method.IUD, date(2026, 1, 31))
    removed = happened(EventKind.REMOVAL, date(2028, 6, 1), about="procedure")
    today = date(2028, 5, 1)
    kept = planned(person(inserted), today, "iud")
    assert [due.occurrence for due in kept if due.state.is_live] == [36]
    gone = planned(person(inserted, removed), date(2028, 6, 1), "iud")
    assert not any(due.state.is_live for due in gone)


def test_a_removal_of_another_procedure_changes_nothing() -> None:
    inserted = procedure(Method.IUD, date(2026, 1, 31))
    other = happened(EventKind.REMOVAL, date(2026, 2, 10), about="implant")
    found = planned(person(inserted, other), date(2026, 3, 1), "iud")
    assert all(due.state.is_live for due in found)


def test_a_child_is_checked_at_these_months_within_fifteen_days() -> None:
    found = planned(person(birth(date(2024, 11, 30)), enrolled_on=date(2024, 12, 1)), BORN, "k2")
    assert [due.occurrence for due in found] == [3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72]
    first = found[0]
    assert (first.opens_on, first.due_on, first.closes_on) == (
        date(2025, 2, 13),
        date(2025, 2, 28),
        date(2025, 3, 15),
    )


def test_twins_are_one_confinement() -> None:
    facts = person(birth(BORN, "first"), birth(BORN + timedelta(1), "second"))
    assert [due.episode for due in planned(facts, BORN, "m7", "k1")] == ["first", "first"]


@pytest.mark.parametrize(
    ("born", "today", "shown"),
    [
        ("1991-06-02", "2026-06-01", False),
        ("1991-06-01", "2026-06-01", True),
        ("1961-06-02", "2026-01-01", True),
        ("1960-12-31", "2026-01-01", False),
    ],
)
def test_screening_is_for_ages_35_to_64(born: str, today: str, shown: bool) -> None:
    facts = person(birth_date=day(born))
    found = planned(facts, day(today), "sc1")
    assert any(due.state is State.OPEN for due in found) is shown


def test_screening_comes_three_years_after_the_last_one() -> None:
    wu = person(birth_date=date(1980, 3, 1), records=[ServiceRecord("sc1", date(2026, 3, 9))])
    found = planned(wu, date(2028, 6, 1), "sc1")
    assert [(due.occurrence, due.opens_on) for due in found if due.state.is_live] == [
        (2, date(2029, 1, 1))
    ]


@pytest.mark.parametrize(
    ("born", "invited"),
    [
        ("2008-01-02", False),
        ("2008-01-01", True),
        ("1976-01-02", True),
        ("1976-01-01", False),
    ],
)
def test_seasonal_invitations_are_for_ages_18_to_49(born: str, invited: bool) -> None:
    found = planned(person(birth_date=day(born)), date(2026, 1, 1), "s6")
    assert any(due.state is State.OPEN for due in found) is invited


@pytest.mark.parametrize(
    ("age_from", "age_to", "born", "invited"),
    [
        (40, None, "1986-01-01", True),
        (40, None, "1986-01-02", False),
        (None, 40, "1985-01-02", True),
        (None, 40, "1985-01-01", False),
    ],
)
def test_an_age_may_be_bounded_on_one_side_only(
    age_from: int | None, age_to: int | None, born: str, invited: bool
) -> None:
    audience = replace(BY_ID["sc1"].audience, age_from=age_from, age_to=age_to)
    rule = replace(BY_ID["sc1"], audience=audience)
    found = plan(person(birth_date=day(born)), [rule], date(2026, 1, 1))
    assert any(due.state is State.OPEN for due in found) is invited
    assert plan(person(birth_date=None), [rule], date(2026, 1, 1)) == []


def test_endless_repeats_reach_four_hundred_days_ahead_and_back() -> None:
    woman = person(enrolled_on=date(2020, 1, 1), birth_date=date(1985, 1, 1))
    for rule in ("s6", "sc1"):
        for today in (date(2026, 1, 1) + timedelta(n) for n in range(366)):
            found = planned(woman, today, rule)
            assert all(due.opens_on <= today + timedelta(400) for due in found)
            assert all(due.closes_on >= today - timedelta(400) for due in found)
    seen = {
        (due.opens_on - today).days
        for today in (date(2026, 1, 1) + timedelta(n) for n in range(366))
        for due in planned(woman, today, "s6")
    }
    assert max(seen) == 400
    closed = {
        (today - due.closes_on).days
        for rule in ("s6", "sc1")
        for today in (date(2026, 1, 1) + timedelta(n) for n in range(1100))
        for due in planned(woman, today, rule)
    }
    assert max(closed) == 400


def test_a_screening_before_enrolment_is_waited_for() -> None:
    wu = person(birth_date=date(1980, 3, 1), records=[ServiceRecord("sc1", date(2024, 10, 9))])
    assert not any(due.state is State.OPEN for due in planned(wu, date(2026, 12, 31), "sc1"))
    found = planned(wu, date(2027, 1, 1), "sc1")
    assert [(due.occurrence, due.opens_on) for due in found] == [(1, date(2027, 1, 1))]


def test_a_screening_reported_as_this_one_completes_it_though_it_was_earlier() -> None:
    record = ServiceRecord("sc1", date(2025, 11, 20), "enrolment", 1)
    wu = person(birth_date=date(1980, 3, 1), records=[record])
    found = planned(wu, date(2028, 1, 1), "sc1")
    assert [(due.occurrence, due.opens_on, due.state) for due in found] == [
        (2, date(2028, 1, 1), State.OPEN)
    ]


def test_without_a_known_age_nobody_is_invited_by_age() -> None:
    assert planned(person(birth_date=None), date(2026, 6, 1), "sc1", "s6") == []


def test_a_seasonal_invitation_rests_while_pregnant_and_six_weeks_after() -> None:
    facts = person(pregnancy(LMP), birth(BORN))
    opens = [due.opens_on for due in planned(facts, date(2026, 12, 1), "s6")]
    assert opens == [
        date(2026, 1, 1),
        date(2026, 4, 1),
        date(2027, 4, 1),
        date(2027, 7, 1),
        date(2027, 10, 1),
        date(2028, 1, 1),
    ]
    during = planned(facts, date(2026, 5, 5), "s6")
    assert during[1].state is State.CANCELLED


def test_an_examination_completes_the_free_check_it_falls_into() -> None:
    wish = happened(EventKind.PLANNING, date(2026, 3, 1))
    exam = happened(EventKind.EXAM, date(2026, 4, 20))
    found = planned(person(wish, exam), date(2026, 5, 1), "s8")
    assert [due.state for due in found] == [State.DONE]


def test_an_examination_named_as_an_antenatal_visit_completes_only_that() -> None:
    exam = replace(happened(EventKind.EXAM, date(2026, 6, 20)), rule="m1")
    found = planned(person(pregnancy(LMP), exam), date(2026, 7, 1), "m1", "s6")
    assert [due.rule for due in found if due.state is State.DONE] == ["m1"]


def test_a_referral_is_asked_after_within_a_fortnight() -> None:
    facts = person(happened(EventKind.REFERRAL, date(2026, 6, 1)))
    (due,) = planned(facts, date(2026, 6, 1), "m8")
    assert (due.opens_on, due.closes_on) == (date(2026, 6, 1), date(2026, 6, 15))


def test_each_due_service_knows_its_reason() -> None:
    reasons = {due.rule: (due.why.anchor, due.why.anchor_on) for due in planned(ZHAO, BORN)}
    assert reasons["m1"] == (Anchor.LMP, LMP)
    assert reasons["fa5"] == (Anchor.LMP, LMP)
    assert reasons["m6"] == (Anchor.DISCHARGE, date(2027, 2, 10))
    assert reasons["m7"] == (Anchor.BIRTH, BORN)
    (fallback,) = planned(SUN, BORN, "m6")
    assert (fallback.why.anchor, fallback.why.anchor_on) == (Anchor.BIRTH, BORN)
    assert fallback.why.source == BY_ID["m6"].source


def test_coming_of_age_is_the_reason_where_it_came_after_enrolment() -> None:
    (young,) = planned(person(birth_date=date(1991, 6, 1)), date(2026, 6, 1), "sc1")
    assert (young.why.anchor, young.why.anchor_on) == (Anchor.OF_AGE, date(2026, 6, 1))
    older, *_ = planned(person(birth_date=date(1980, 6, 1)), date(2026, 6, 1), "sc1")
    assert older.why.anchor is Anchor.ENROLMENT


def test_only_chosen_topics_and_the_own_sex_are_planned() -> None:
    events = (pregnancy(LMP), birth(BORN))
    found = planned(person(*events, topics=["child"]), BORN)
    assert {BY_ID[due.rule].audience.topic for due in found} == {"child"}
    assert planned(person(*events, topics=[]), BORN) == []
    wish = happened(EventKind.PLANNING, date(2026, 3, 1))
    his = {due.rule for due in planned(person(wish, sex="male"), date(2026, 3, 1))}
    assert "s8" in his
    assert {BY_ID[rule].audience.sex for rule in his} == {None}


def test_an_ultrasound_moves_what_is_ahead_and_keeps_the_old_dating() -> None:
    event = pregnancy(LMP)
    ultrasound = Dating(Source.ULTRASOUND, date(2027, 2, 17))
    moved = replace(event, datings=(*event.datings, ultrasound))
    (before,) = planned(person(event), LMP, "m2")
    (after,) = planned(person(moved), LMP, "m2")
    assert after.key == before.key
    assert after.opens_on - before.opens_on == timedelta(10)


@pytest.mark.parametrize(("lmp", "version"), [("2026-12-31", 1), ("2027-01-01", 2)])
def test_of_two_versions_the_one_in_force_when_it_is_counted_from_plans(
    lmp: str, version: int
) -> None:
    (window,) = BY_ID["m2"].windows
    earlier = replace(window, opens=replace(window.opens, days=105))
    old = replace(BY_ID["m2"], effective_to=date(2026, 12, 31))
    new = replace(old, version=2, windows=(earlier,), effective_from=date(2027, 1, 1))
    new = replace(new, effective_to=date.max)
    for today in (day(lmp), day(lmp) + timedelta(110)):
        found = plan(person(pregnancy(day(lmp))), [old, new], today)
        assert [due.version for due in found] == [version]


def test_a_wish_for_a_child_brings_folic_acid_for_six_months_and_then_one_question() -> None:
    wish = happened(EventKind.PLANNING, date(2026, 3, 31))
    facts = person(wish, topics=["folic_acid"])
    sweep = (date(2026, 1, 1), date(2027, 6, 1))
    assert days_shown(facts, "fa5", *sweep) == (date(2026, 3, 31), date(2026, 9, 30), 184)
    assert days_shown(facts, "fa7", *sweep) == (date(2026, 10, 1), date(2026, 10, 14), 14)


def test_a_wish_that_came_true_runs_on_to_day_90() -> None:
    facts = person(happened(EventKind.PLANNING, date(2026, 3, 31)), pregnancy(LMP))
    (due,) = planned(facts, LMP, "fa5", "fa7")
    assert (due.rule, due.episode) == ("fa5", "planning")
    assert (due.opens_on, due.closes_on) == (date(2026, 3, 31), date(2026, 8, 1))


@pytest.mark.parametrize("days", [3, 10, 80])
def test_a_pregnancy_told_again_with_another_date_is_followed_by_folic_acid_once(days: int) -> None:
    again = pregnancy(LMP + timedelta(days), "again")
    today = LMP + timedelta(85)
    for events in ((pregnancy(LMP), again), (again, pregnancy(LMP))):
        found = planned(person(*events, topics=["folic_acid"]), today, "fa5")
        assert [due.closes_on for due in found] == [LMP + timedelta(days + 90)]


def test_a_pregnancy_after_a_loss_is_another_one_for_folic_acid() -> None:
    events = (pregnancy(LMP), ended(LMP + timedelta(40)), pregnancy(LMP + timedelta(70), "next"))
    found = planned(person(*events, topics=["folic_acid"]), LMP + timedelta(75), "fa5")
    assert [(due.episode, due.state) for due in found] == [
        ("enrolment", State.CANCELLED),
        ("next", State.OPEN),
    ]


def test_a_second_wish_takes_over_from_the_first() -> None:
    first = happened(EventKind.PLANNING, date(2026, 3, 1), "first")
    second = happened(EventKind.PLANNING, date(2026, 6, 1), "second")
    found = planned(person(first, second), date(2026, 6, 1), "fa5", "fa7", "s8")
    assert {due.episode for due in found if due.state.is_live} == {"second"}


def test_after_a_birth_folic_acid_waits_for_a_new_wish() -> None:
    events = (pregnancy(LMP), birth(BORN))
    assert "fa5" not in live(person(*events), BORN)
    assert "fa5" not in live(person(*events, enrolled_on=date(2027, 3, 1)), date(2027, 3, 1))
    wish = happened(EventKind.PLANNING, date(2028, 1, 10))
    assert "fa5" in live(person(*events, wish), date(2028, 1, 10))


def test_loss_after_enrolment_is_final_even_for_an_untold_pregnancy() -> None:
    facts = person(ended(date(2026, 2, 1)), topics=["folic_acid"])
    assert live(facts, date(2026, 1, 31)) == {"fa5", "fa6", "fa7"}
    assert live(facts, date(2026, 2, 1)) == set()
