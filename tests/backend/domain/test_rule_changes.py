"""What other rules would change, and which people show it best."""

from datetime import date, timedelta

import pytest

from backend.domain.rule_changes import (
    Candidates,
    Course,
    Effect,
    Shown,
    Stretch,
    Tally,
    day_by_day,
    differing,
    effect,
    tally,
)
from backend.domain.schedule import DueService, State
from tests.backend.domain.lives import BY_ID, day, person, planned, pregnancy

LMP = date(2026, 5, 3)
(OPEN,) = planned(person(pregnancy(LMP)), LMP + timedelta(112), "m2")
LATER = OPEN._replace(opens_on=OPEN.opens_on + timedelta(1))
OVER = OPEN._replace(state=State.CLOSED)
RENAMED = OPEN._replace(version=9)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, OPEN, Effect.APPEARS),
        (OVER, OPEN, Effect.APPEARS),
        (OPEN, LATER, Effect.MOVES),
        (OPEN, None, Effect.VANISHES),
        (OPEN, OVER, Effect.VANISHES),
        (OPEN, RENAMED, None),
        (OVER, None, None),
        (None, OVER, None),
        (None, None, None),
    ],
)
def test_an_effect_is_what_a_person_sees_of_it(
    before: DueService | None, after: DueService | None, expected: Effect | None
) -> None:
    assert effect(before, after) is expected


def test_effects_are_counted_by_kind() -> None:
    found = tally([Effect.APPEARS, None, Effect.MOVES, Effect.MOVES])
    assert found == Tally(appear=1, move=2) == Tally(1, 1) + Tally(move=1)
    assert not tally([None])


def test_rules_differ_where_one_side_says_something_else_or_nothing() -> None:
    m1, m2, m3 = BY_ID["m1"], BY_ID["m2"], BY_ID["m3"]
    assert differing((m1, m2), (m2, m1)) == frozenset()
    assert differing((m1, m2), (m2, m3)) == {"m1", "m3"}


def course(opens: str, closes: str, *reminders: str, rule: str = "m2") -> Course:
    """The first occurrence of a service, as it runs."""
    return Course(rule, 1, day(opens), day(closes), tuple(map(day, reminders)))


def test_days_that_are_alike_stand_together_and_days_that_do_not_change_are_left_out() -> None:
    found = day_by_day(
        [course("2026-09-01", "2026-09-20", "2026-09-01")],
        [course("2026-09-04", "2026-09-20", "2026-09-04")],
        first_on=day("2026-08-01"),
        last_on=day("2026-12-31"),
    )
    nothing, there, told = Shown((), ()), Shown(("m2/1",), ()), Shown(("m2/1",), ("m2/1",))
    assert found == [
        Stretch(day("2026-09-01"), day("2026-09-01"), told, nothing),
        Stretch(day("2026-09-02"), day("2026-09-03"), there, nothing),
        Stretch(day("2026-09-04"), day("2026-09-04"), there, told),
    ]


def test_only_days_within_both_ends_are_told() -> None:
    (found,) = day_by_day(
        [course("2026-07-01", "2027-09-20")],
        [],
        first_on=day("2026-08-01"),
        last_on=day("2026-08-10"),
    )
    assert (found.first_on, found.last_on) == (day("2026-08-01"), day("2026-08-10"))


def test_samples_are_the_people_whose_changes_differ_most() -> None:
    candidates = Candidates(3)
    for person_id in (9, 8, 7, 6):
        candidates.add(person_id, [("m2", Effect.MOVES)])
    candidates.add(5, [("m2", Effect.MOVES), ("m3", Effect.VANISHES)])
    candidates.add(4, [("k1", Effect.APPEARS), ("k1", Effect.APPEARS)])
    assert candidates.chosen() == [5, 4, 6]


def test_where_all_are_touched_alike_the_most_touched_are_shown() -> None:
    candidates = Candidates(2)
    candidates.add(1, [("k1", Effect.APPEARS)])
    candidates.add(2, [("k1", Effect.APPEARS)] * 3)
    candidates.add(3, [("k1", Effect.APPEARS)] * 2)
    assert candidates.chosen() == [2, 3]
