"""What belongs to what: births and losses to pregnancies, discharges to births, to the very day."""

from datetime import date, timedelta

import pytest

from backend.domain.calendar import Anchor
from backend.domain.episodes import trace
from backend.domain.events import Event, EventKind, Method
from backend.domain.stretches import Episode, History
from tests.backend.domain.lives import birth, ended, happened, pregnancy, procedure

LMP = date(2026, 5, 3)
BORN = date(2027, 2, 7)
ENROLLED = date(2026, 1, 1)


def history(*events: Event) -> History:
    """The history of a woman who enrolled on New Year's Day."""
    return trace(events, ENROLLED)


def only(found: History, anchor: Anchor) -> Episode:
    """The one episode of an anchor."""
    (episode,) = found.by_anchor[anchor]
    return episode


@pytest.mark.parametrize(("days", "belongs"), [(-1, False), (0, True), (330, True), (331, False)])
@pytest.mark.parametrize("kind", [EventKind.BIRTH, EventKind.PREGNANCY_ENDED])
def test_a_birth_or_a_loss_belongs_to_a_pregnancy_of_at_most_330_days(
    kind: EventKind, days: int, belongs: bool
) -> None:
    found = history(pregnancy(LMP), happened(kind, LMP + timedelta(days)))
    assert (kind in only(found, Anchor.LMP).ends) is belongs


@pytest.mark.parametrize(("days", "count"), [(0, 1), (7, 1), (8, 2)])
def test_births_within_a_week_are_twins(days: int, count: int) -> None:
    found = history(birth(BORN, "a"), birth(BORN + timedelta(days), "b"))
    assert len(found.by_anchor[Anchor.BIRTH]) == count


@pytest.mark.parametrize(
    ("days", "is_that_birth"), [(-1, False), (0, True), (90, True), (91, False)]
)
def test_a_loss_within_90_days_of_a_birth_is_that_births(days: int, is_that_birth: bool) -> None:
    found = history(birth(BORN), ended(BORN + timedelta(days)))
    assert (EventKind.PREGNANCY_ENDED in only(found, Anchor.BIRTH).ends) is is_that_birth


def test_a_loss_soon_after_a_birth_is_the_next_pregnancys_if_one_was_told() -> None:
    found = history(birth(BORN), pregnancy(BORN + timedelta(30)), ended(BORN + timedelta(80)))
    assert EventKind.PREGNANCY_ENDED not in only(found, Anchor.BIRTH).ends
    assert EventKind.PREGNANCY_ENDED in only(found, Anchor.LMP).ends


@pytest.mark.parametrize(("days", "is_that_loss"), [(1, True), (14, True), (15, False)])
def test_a_birth_within_a_fortnight_of_a_loss_is_that_loss(days: int, is_that_loss: bool) -> None:
    found = history(pregnancy(LMP), ended(BORN), birth(BORN + timedelta(days)))
    assert (EventKind.PREGNANCY_ENDED in only(found, Anchor.BIRTH).ends) is is_that_loss


@pytest.mark.parametrize(("days", "belongs"), [(-1, False), (0, True), (60, True), (61, False)])
def test_a_discharge_belongs_to_a_birth_of_the_last_60_days(days: int, belongs: bool) -> None:
    found = history(birth(BORN), happened(EventKind.DISCHARGE, BORN + timedelta(days)))
    births = found.by_anchor[Anchor.BIRTH]
    assert (Anchor.DISCHARGE in births[0].dates) is belongs
    assert len(births) == (1 if belongs else 2)


def test_a_discharge_belongs_to_the_birth_it_names() -> None:
    elder, younger = birth(date(2025, 1, 1), "elder"), birth(BORN, "younger")
    discharge = happened(EventKind.DISCHARGE, BORN, about="elder")
    first, second = history(elder, younger, discharge).by_anchor[Anchor.BIRTH]
    assert (first.dates.get(Anchor.DISCHARGE), second.dates.get(Anchor.DISCHARGE)) == (BORN, None)


@pytest.mark.parametrize(("days", "count"), [(-1, 1), (0, 0), (60, 0), (61, 1)])
def test_a_discharge_within_60_days_of_a_loss_is_no_birth(days: int, count: int) -> None:
    found = history(ended(LMP), happened(EventKind.DISCHARGE, LMP + timedelta(days)))
    assert len(found.by_anchor[Anchor.BIRTH]) == count


@pytest.mark.parametrize(("days", "runs_on"), [(90, True), (91, False)])
def test_a_wish_runs_on_into_a_pregnancy_until_day_90(days: int, runs_on: bool) -> None:
    wish = happened(EventKind.PLANNING, LMP + timedelta(days))
    stretches = history(wish, pregnancy(LMP)).by_anchor[Anchor.PREPARING]
    with_pregnancy = [episode.id for episode in stretches if Anchor.LMP in episode.dates]
    assert with_pregnancy == (["planning"] if runs_on else ["enrolment"])


def test_a_wish_before_a_loss_does_not_carry_over_to_the_next_pregnancy() -> None:
    wish = happened(EventKind.PLANNING, date(2026, 1, 5))
    first, second = pregnancy(date(2026, 2, 1), "first"), pregnancy(date(2026, 9, 1), "second")
    stretches = history(wish, first, ended(date(2026, 4, 1)), second).by_anchor[Anchor.PREPARING]
    pregnancies = {episode.id: episode.dates[Anchor.LMP] for episode in stretches}
    assert pregnancies == {"planning": date(2026, 2, 1), "second": date(2026, 9, 1)}


def test_invitations_rest_from_the_last_period_until_six_weeks_after_the_end() -> None:
    assert history(pregnancy(LMP)).resting == [(LMP, LMP + timedelta(336))]
    assert history(pregnancy(LMP), ended(BORN)).resting == [(LMP, BORN + timedelta(42))]
    assert history(birth(BORN)).resting == [(BORN, BORN + timedelta(42))]


@pytest.mark.parametrize(
    ("later", "ends"),
    [
        (procedure(Method.IUD, LMP, "second"), False),
        (procedure(Method.IUD, LMP + timedelta(1), "second"), True),
        (procedure(Method.IMPLANT, LMP + timedelta(1), "second"), False),
        (Event("r", EventKind.REMOVAL, LMP + timedelta(1), method=Method.IUD), True),
        (Event("r", EventKind.REMOVAL, LMP + timedelta(1), method=Method.IMPLANT), False),
        (Event("r", EventKind.REMOVAL, LMP + timedelta(1)), True),
    ],
)
def test_a_procedure_ends_with_a_later_one_of_its_kind_or_its_removal(
    later: Event, ends: bool
) -> None:
    first = history(procedure(Method.IUD, LMP), later).by_anchor[Anchor.PROCEDURE][0]
    assert bool(first.ends) is ends


def test_the_earliest_event_of_a_kind_ends_an_episode() -> None:
    later, earlier = pregnancy(date(2027, 9, 1), "later"), pregnancy(date(2027, 6, 1), "earlier")
    found = history(happened(EventKind.PLANNING, LMP), later, earlier)
    assert only(found, Anchor.PLANNING).ends[EventKind.PREGNANCY] == date(2027, 6, 1)


@pytest.mark.parametrize("lmp", [date(2025, 12, 20), LMP])
def test_only_one_pregnancy_counts_from_enrolment_even_when_entered_twice(lmp: date) -> None:
    stretches = history(pregnancy(lmp, "one"), pregnancy(lmp, "two")).by_anchor[Anchor.PREPARING]
    assert [episode.id for episode in stretches] == ["enrolment"]


def test_a_pregnancy_past_day_90_at_enrolment_leaves_enrolment_to_the_next() -> None:
    early, late = pregnancy(date(2025, 9, 1), "early"), pregnancy(LMP, "late")
    stretches = history(early, late).by_anchor[Anchor.PREPARING]
    assert [episode.id for episode in stretches] == ["early", "enrolment"]


def test_a_pregnancy_after_an_untold_one_counts_from_its_own_last_period() -> None:
    stretches = history(ended(date(2026, 2, 1)), pregnancy(LMP)).by_anchor[Anchor.PREPARING]
    assert [episode.id for episode in stretches] == ["pregnancy"]
