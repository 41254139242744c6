"""Life events: reading and checking them."""

from datetime import date, timedelta

import pytest

from backend.domain.events import (
    BirthMode,
    Event,
    EventKind,
    EventProblem,
    Method,
    check_event,
    read_date,
    read_event,
)
from backend.domain.gestation import Dating, Source
from tests.backend.domain.lives import birth, happened, pregnancy

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (pregnancy(TODAY), None),
        (pregnancy(TODAY - timedelta(301)), None),
        (pregnancy(TODAY + timedelta(1)), EventProblem.LMP_IN_FUTURE),
        (pregnancy(TODAY - timedelta(302)), EventProblem.ASK_PREGNANCY_LONG),
        (Event("p", EventKind.PREGNANCY), EventProblem.MISSING_DATE),
        (happened(EventKind.REFERRAL, TODAY), None),
        (happened(EventKind.REFERRAL, TODAY + timedelta(1)), EventProblem.IN_FUTURE),
        (happened(EventKind.EXAM, date(1980, 1, 1)), EventProblem.BEFORE_OWN_BIRTH),
        (Event("d", EventKind.DISCHARGE), EventProblem.MISSING_DATE),
        (birth(date(2026, 10, 9), about="pregnancy"), None),
        (birth(date(2026, 5, 1), about="pregnancy"), EventProblem.ASK_BIRTH_EARLY),
        (birth(date(2025, 12, 1), about="pregnancy"), EventProblem.BIRTH_BEFORE_PREGNANCY),
        (birth(date(2025, 12, 1)), None),
    ],
)
def test_an_event_is_checked_where_it_is_entered(
    event: Event, problem: EventProblem | None
) -> None:
    others = (pregnancy(date(2026, 1, 1)),)
    found = check_event(event, TODAY, birth_date=date(1996, 4, 12), others=others)
    assert found is problem


def test_a_due_date_more_than_40_weeks_away_is_refused() -> None:
    dating = Dating(Source.CLINICIAN, TODAY + timedelta(281))
    event = Event("p", EventKind.PREGNANCY, datings=(dating,))
    assert check_event(event, TODAY) is EventProblem.DUE_TOO_FAR


def test_only_what_is_merely_unlikely_may_be_confirmed() -> None:
    may = {problem for problem in EventProblem if problem.may_be_confirmed}
    assert may == {EventProblem.ASK_PREGNANCY_LONG, EventProblem.ASK_BIRTH_EARLY}


def test_a_pregnancy_is_read_with_every_dating_and_the_best_one_counts() -> None:
    event = read_event(
        {"kind": "pregnancy", "lmp": "2026-05-03", "edd": "2027-02-14", "edd_source": "ultrasound"},
        "e1",
    )
    assert [dating.source for dating in event.datings] == [Source.LMP, Source.ULTRASOUND]
    assert event.lmp == date(2026, 5, 10)


def test_a_transfer_dates_a_pregnancy() -> None:
    event = read_event({"kind": "pregnancy", "transferred_on": "2026-05-22"}, "e1")
    assert event.lmp == date(2026, 5, 22) + timedelta(261 - 280)


def test_the_other_fields_are_read_as_they_are() -> None:
    event = read_event(
        {"kind": "birth", "on": "2026-10-08", "mode": "caesarean", "about": "e1", "id": "b"}, "e2"
    )
    assert (event.id, event.mode, event.about) == ("b", BirthMode.CAESAREAN, "e1")
    event = read_event({"kind": "procedure", "on": "2026-10-08", "method": "iud"}, "e3")
    assert (event.id, event.method, event.lmp) == ("e3", Method.IUD, None)


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({}, "kind: one of planning"),
        ({"kind": "birth"}, "on: the day of this birth is needed"),
        ({"kind": "pregnancy"}, "lmp: a pregnancy needs lmp, edd, conceived_on or transferred_on"),
        ({"kind": "wedding"}, "kind: 'wedding' is not one of"),
        ({"kind": "birth", "on": "8 October"}, "on: '8 October' is not a date"),
        ({"kind": "birth", "on": "0001-01-01"}, "on: '0001-01-01' is not a date"),
        ({"kind": "birth", "on": "2026-10-08", "mode": "stork"}, "mode: 'stork' is not one of"),
        ({"kind": "pregnancy", "edd": "2027-01-01", "edd_source": "aunt"}, "edd_source: 'aunt'"),
    ],
)
def test_a_mistake_names_the_field_and_what_is_allowed(item: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_event(item, "e1")


def test_an_absent_date_is_none() -> None:
    assert read_date({}, "on") is None
