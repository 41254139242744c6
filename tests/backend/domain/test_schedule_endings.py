"""What completes, declines, closes and ends a due service; losses above all."""

from datetime import date, timedelta

import pytest

from backend.domain.events import Event, EventKind, Method
from backend.domain.schedule import ServiceRecord, State, plan
from tests.backend.domain.lives import (
    RULES,
    birth,
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
# What may go on after a loss: nothing of pregnancy, birth, newborn or folic acid.
UNTOUCHED = {"s6", "sc1"}


@pytest.mark.parametrize(
    ("days", "state"),
    [(-1, State.PLANNED), (0, State.OPEN), (34, State.OPEN), (35, State.CLOSED)],
)
def test_a_window_is_planned_then_open_then_quietly_closed(days: int, state: State) -> None:
    (due,) = planned(person(pregnancy(LMP)), date(2026, 8, 23) + timedelta(days), "m2")
    assert due.state is state


@pytest.mark.parametrize(
    ("had_on", "state"),
    [
        (date(2026, 8, 22), State.CLOSED),
        (date(2026, 8, 23), State.DONE),
        (date(2026, 9, 26), State.DONE),
        (date(2026, 9, 27), State.CLOSED),
    ],
)
def test_a_record_inside_the_window_completes_it_also_when_reported_late(
    had_on: date, state: State
) -> None:
    facts = person(pregnancy(LMP), records=[ServiceRecord("m2", had_on)])
    (due,) = planned(facts, date(2026, 12, 1), "m2")
    assert due.state is state


def test_a_record_of_tomorrow_completes_nothing_today() -> None:
    facts = person(pregnancy(LMP), records=[ServiceRecord("m2", date(2026, 9, 2))])
    assert [due.state for due in planned(facts, date(2026, 9, 1), "m2")] == [State.OPEN]
    assert [due.state for due in planned(facts, date(2026, 9, 2), "m2")] == [State.DONE]


def test_a_done_service_stays_done_when_the_last_period_is_corrected() -> None:
    record = ServiceRecord("m2", date(2026, 8, 24), "pregnancy", 1)
    facts = person(pregnancy(LMP + timedelta(20)), records=[record])
    (due,) = planned(facts, date(2026, 9, 1), "m2")
    assert due.state is State.DONE


def test_a_record_completes_only_its_own_occurrence() -> None:
    record = ServiceRecord("iud", date(2026, 5, 2))
    facts = person(procedure(Method.IUD, date(2026, 1, 31)), records=[record])
    found = planned(facts, date(2026, 5, 3), "iud")
    assert [due.occurrence for due in found if due.state is State.DONE] == [3]


@pytest.mark.parametrize("declined", ["maternal", "m2"])
def test_declining_a_topic_or_one_service_is_final(declined: str) -> None:
    facts = person(pregnancy(LMP), declined=[declined])
    for days in range(320):
        (due,) = planned(facts, LMP + timedelta(days), "m2")
        assert due.state is State.DECLINED
    assert "fa5" in live(facts, LMP)


def test_what_had_closed_before_enrolment_creates_nothing() -> None:
    facts = person(pregnancy(LMP), enrolled_on=date(2026, 9, 27))
    assert {due.rule for due in plan(facts, RULES, date(2026, 9, 27))} >= {"m3", "m4", "m5"}
    assert not {"m1", "m2", "fa5"} & {due.rule for due in plan(facts, RULES, date(2026, 9, 27))}


def test_a_window_that_closes_on_the_day_of_enrolment_or_telling_is_still_owed() -> None:
    closes = date(2026, 8, 1)
    enrolled_then = person(pregnancy(LMP), enrolled_on=closes)
    told_then = person(pregnancy(LMP, recorded_on=closes))
    for facts in (enrolled_then, told_then):
        assert [due.state for due in planned(facts, closes, "m1")] == [State.OPEN]


def test_what_had_closed_before_the_pregnancy_was_told_creates_nothing() -> None:
    told = pregnancy(LMP, recorded_on=date(2026, 9, 27))
    assert [due.rule for due in planned(person(told), LMP, "m1", "m2", "m3")] == ["m3"]


def test_a_pregnancy_that_ended_before_enrolment_creates_nothing() -> None:
    facts = person(
        pregnancy(LMP), ended(date(2026, 7, 1)), enrolled_on=date(2026, 7, 2), topics=["maternal"]
    )
    assert plan(facts, RULES, date(2026, 7, 2)) == []


@pytest.mark.parametrize("weeks", range(0, 42, 3))
def test_a_loss_ends_everything_of_pregnancy_birth_newborn_and_folic_acid(weeks: int) -> None:
    on = LMP + timedelta(7 * weeks)
    wish = happened(EventKind.PLANNING, date(2026, 4, 1))
    facts = person(wish, pregnancy(LMP), ended(on))
    if weeks:
        assert live(facts, on - timedelta(1)) - UNTOUCHED
    for days in range(0, 500, 7):
        assert live(facts, on + timedelta(days)) <= UNTOUCHED


@pytest.mark.parametrize(
    ("kind", "stays"),
    [(EventKind.PREGNANCY_ENDED, set[str]()), (EventKind.CHILD_DIED, {"m6", "m7"})],
)
@pytest.mark.parametrize("with_pregnancy", [True, False])
def test_losing_a_child_soon_after_birth_leaves_a_mother_who_told_a_death_her_own_checks(
    kind: EventKind, stays: set[str], with_pregnancy: bool
) -> None:
    told = (pregnancy(LMP),) if with_pregnancy else ()
    discharge = happened(EventKind.DISCHARGE, BORN + timedelta(2))
    loss = happened(kind, BORN + timedelta(3))
    facts = person(*told, birth(BORN), discharge, loss)
    assert {"m6", "m7", "k1", "k2"} <= live(facts, BORN + timedelta(2))
    assert live(facts, BORN + timedelta(3)) - UNTOUCHED == stays
    for days in range(3, 500, 7):
        assert live(facts, BORN + timedelta(days)) <= UNTOUCHED | stays


@pytest.mark.parametrize("between", [-2, 0, 2])
def test_a_stillbirth_told_as_birth_and_as_loss_brings_nothing(between: int) -> None:
    facts = person(pregnancy(LMP), birth(BORN), ended(BORN + timedelta(between)))
    for days in range(2, 400, 5):
        assert live(facts, BORN + timedelta(days)) <= UNTOUCHED


def test_leaving_hospital_after_a_loss_brings_no_visit() -> None:
    facts = person(
        pregnancy(LMP),
        ended(date(2026, 9, 1)),
        happened(EventKind.DISCHARGE, date(2026, 9, 3)),
    )
    assert live(facts, date(2026, 9, 3)) <= UNTOUCHED


def test_a_loss_leaves_the_elder_child_alone() -> None:
    elder = birth(date(2025, 3, 1), "elder")
    facts = person(elder, pregnancy(LMP), ended(date(2026, 8, 1)))
    assert "k2" in live(facts, date(2026, 8, 2))


def test_a_child_that_died_is_the_one_that_is_named() -> None:
    elder, younger = birth(date(2024, 3, 1), "elder"), birth(date(2026, 3, 1), "younger")
    died = happened(EventKind.CHILD_DIED, date(2026, 4, 1), about="elder")
    found = planned(person(elder, younger, died), date(2026, 4, 2), "k2")
    assert {due.episode for due in found if due.state.is_live} == {"younger"}


def test_the_twin_that_lives_keeps_its_checks_until_it_has_died_too() -> None:
    twins = birth(BORN, "a"), birth(BORN + timedelta(1), "b")
    first = happened(EventKind.CHILD_DIED, BORN + timedelta(3), "x", about="b")
    second = happened(EventKind.CHILD_DIED, BORN + timedelta(5), "y", about="a")
    both = {"k1", "k2", "m6", "m7", "s2", "s3", "postpartum_advice"}
    for events, left in (((*twins, first), both), ((*twins, first, second), {"m6", "m7"})):
        assert live(person(*events), BORN + timedelta(5)) - UNTOUCHED == left
        assert live(person(*events[::-1]), BORN + timedelta(5)) - UNTOUCHED == left


def test_a_twin_told_after_the_other_one_died_is_followed() -> None:
    died = happened(EventKind.CHILD_DIED, BORN + timedelta(3), about="a")
    late = birth(BORN, "c")
    assert "k1" not in live(person(birth(BORN, "a"), died), BORN + timedelta(4))
    assert "k1" in live(person(birth(BORN, "a"), died, late), BORN + timedelta(4))


def test_a_death_that_names_no_child_is_of_every_child_of_the_latest_birth() -> None:
    elder = birth(date(2025, 3, 1), "elder")
    twins = birth(BORN, "a"), birth(BORN, "b")
    died = happened(EventKind.CHILD_DIED, BORN + timedelta(3))
    found = planned(person(elder, *twins, died), BORN + timedelta(4), "k1", "k2")
    assert {due.episode for due in found if due.state.is_live} == {"elder"}


def test_two_pregnancies_within_a_year_do_not_collide() -> None:
    first, second = pregnancy(date(2026, 1, 10), "first"), pregnancy(date(2026, 7, 20), "second")
    facts = person(first, ended(date(2026, 3, 20)), second)
    found = planned(facts, date(2026, 8, 1), "m1", "m2")
    states = {(due.rule, due.episode): due.state for due in found}
    assert states == {
        ("m1", "first"): State.CANCELLED,
        ("m2", "first"): State.CANCELLED,
        ("m1", "second"): State.OPEN,
        ("m2", "second"): State.PLANNED,
    }


def test_a_loss_names_its_pregnancy_where_the_days_would_mislead() -> None:
    first, second = pregnancy(date(2026, 1, 10), "first"), pregnancy(date(2026, 7, 20), "second")
    facts = person(first, second, ended(date(2026, 8, 1), about="first"))
    assert "m1" in live(facts, date(2026, 8, 2))
    assert "m1" not in live(person(first, second, ended(date(2026, 8, 1))), date(2026, 8, 2))


def test_a_pregnancy_entered_twice_is_planned_once() -> None:
    facts = person(pregnancy(LMP, "one"), pregnancy(LMP + timedelta(5), "two"))
    found = planned(facts, date(2026, 9, 1), "m2")
    assert [due.episode for due in found if due.state.is_live] == ["two"]


def test_a_birth_ends_what_was_left_of_the_pregnancy() -> None:
    facts = person(pregnancy(LMP), birth(date(2027, 1, 10)))
    states = {due.rule: due.state for due in planned(facts, date(2027, 1, 10), "m3", "m4", "m5")}
    assert states == {"m3": State.CLOSED, "m4": State.CANCELLED, "m5": State.CANCELLED}


def test_a_birth_of_an_untold_pregnancy_leaves_an_old_one_alone() -> None:
    facts = person(pregnancy(date(2026, 1, 10)), birth(date(2028, 1, 1)))
    (due,) = planned(facts, date(2026, 5, 10), "m2")
    assert due.state is State.OPEN
    assert "m7" in live(facts, date(2028, 1, 1))


@pytest.mark.parametrize(
    "later",
    [
        pregnancy(date(2027, 3, 20), "next"),
        procedure(Method.IUD, date(2027, 3, 30)),
    ],
)
def test_talk_about_contraception_ends_with_a_choice_or_a_pregnancy(later: Event) -> None:
    facts = person(birth(BORN), later)
    assert "s3" not in live(facts, date(2027, 4, 1))
    assert "m7" in live(facts, date(2027, 4, 1))
    assert "s3" in live(person(birth(BORN)), date(2027, 4, 1))


@pytest.mark.parametrize(
    "later",
    [
        pregnancy(date(2026, 4, 20), "next"),
        happened(EventKind.PLANNING, date(2026, 4, 20)),
        happened(EventKind.REMOVAL, date(2026, 4, 20)),
    ],
)
def test_follow_up_of_an_iud_ends_with_removal_a_wish_or_a_pregnancy(later: Event) -> None:
    inserted = procedure(Method.IUD, date(2026, 1, 31))
    assert "iud" not in live(person(inserted, later), date(2026, 4, 21))
    assert "iud" in live(person(inserted), date(2026, 4, 21))


def test_a_check_before_pregnancy_is_over_once_she_is_pregnant() -> None:
    wish = happened(EventKind.PLANNING, date(2026, 3, 1))
    assert "s8" in live(person(wish), date(2026, 6, 1))
    assert "s8" not in live(person(wish, pregnancy(LMP)), date(2026, 6, 1))


def test_nothing_leads_to_care_after_an_abortion_but_her_own_word() -> None:
    facts = person(pregnancy(LMP), ended(date(2026, 7, 1)))
    found = [due.rule for due in plan(facts, RULES, date(2026, 7, 1))]
    assert "abortion_care" not in found
    asked = person(
        pregnancy(LMP), ended(date(2026, 7, 1)), procedure(Method.ABORTION_CARE, date(2026, 7, 2))
    )
    assert "abortion_care" in live(asked, date(2026, 7, 2))
