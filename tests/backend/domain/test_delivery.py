"""Every outcome of sending is decided for every class of message."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from backend.domain.delivery import (
    PRIORITIES,
    TREATMENTS,
    Attempt,
    Kind,
    Outcome,
    next_state,
)

# What a first attempt leads to, by hand: outcome, then reminder and alert, then broadcast, screen,
# complaint_answer and code; each as the next state, the tries charged, the ambiguities on record.
TABLE = """
    delivered        sent    1 0   sent    1 0
    refused          queued  1 0   queued  1 0
    connect_timeout  queued  1 0   queued  1 0
    pool_timeout     queued  1 0   queued  1 0
    read_timeout     queued  1 1   unknown 1 1
    write_timeout    queued  1 1   unknown 1 1
    server_closed    queued  1 1   unknown 1 1
    server_error     queued  1 1   unknown 1 1
    unreadable       queued  1 1   unknown 1 1
    crashed          queued  1 1   unknown 1 1
    rate_limited     queued  0 0   queued  0 0
    blocked          blocked 1 0   blocked 1 0
    deactivated      blocked 1 0   blocked 1 0
    migrated         queued  0 0   queued  0 0
    bad_request      failed  1 0   failed  1 0
    invalid_token    queued  0 0   queued  0 0
    conflict         queued  1 0   queued  1 0
    not_written      queued  1 0   queued  1 0
"""
# What the second attempt leads to where the first was unclear: no message has a third.
UNCLEAR_TWICE = ("unknown", 2, 2)
FIRST_COLUMN = ("reminder", "alert")
SECOND_COLUMN = ("broadcast", "screen", "complaint_answer", "code")
Cell = tuple[str, int, int]


def cells() -> Iterator[tuple[str, str, Cell]]:
    """Every cell of the table: the outcome, the class, and what it leads to."""
    for line in TABLE.strip().splitlines():
        outcome, *rest = line.split()
        for kinds, (state, tries, ambiguities) in (
            (FIRST_COLUMN, rest[:3]),
            (SECOND_COLUMN, rest[3:]),
        ):
            for kind in kinds:
                yield outcome, kind, (state, int(tries), int(ambiguities))


def test_the_table_has_a_cell_for_every_outcome_and_every_class() -> None:
    found = [(outcome, kind) for outcome, kind, _cell in cells()]
    assert len(found) == len(set(found)) == 18 * 6
    assert set(found) == {(outcome.value, kind.value) for outcome in Outcome for kind in Kind}
    assert set(TREATMENTS) == set(Outcome)
    assert set(PRIORITIES) == set(Kind)


@pytest.mark.parametrize(("outcome", "kind", "cell"), list(cells()))
def test_a_first_attempt_leads_where_the_table_says(outcome: str, kind: str, cell: Cell) -> None:
    attempt = Attempt(Outcome(outcome), retry_after=timedelta(seconds=7))
    decision = next_state(Kind(kind), attempt, tries=0, ambiguities=0)
    assert (decision.state.value, decision.tries, decision.ambiguities) == cell
    assert (decision.wait is None) == (cell[0] != "queued")


@pytest.mark.parametrize(("outcome", "kind", "cell"), list(cells()))
def test_after_an_unclear_attempt_a_second_unclear_one_is_the_last(
    outcome: str, kind: str, cell: Cell
) -> None:
    decision = next_state(
        Kind(kind), Attempt(Outcome(outcome), retry_after=timedelta(0)), tries=1, ambiguities=1
    )
    state, tries, ambiguities = UNCLEAR_TWICE if cell[2] else (cell[0], 1 + cell[1], 1)
    assert (decision.state.value, decision.tries, decision.ambiguities) == (
        state,
        tries,
        ambiguities,
    )


def test_a_closed_gate_and_a_moved_chat_charge_no_try() -> None:
    for outcome in (Outcome.RATE_LIMITED, Outcome.MIGRATED, Outcome.INVALID_TOKEN):
        decision = next_state(Kind.REMINDER, Attempt(outcome), tries=3, ambiguities=1)
        assert (decision.tries, decision.ambiguities) == (3, 1)


def test_waits_double_and_never_exceed_ten_minutes() -> None:
    waits = [
        next_state(Kind.REMINDER, Attempt(Outcome.REFUSED), tries=tries, ambiguities=0).wait
        for tries in range(20)
    ]
    assert waits[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert max(wait for wait in waits if wait) == timedelta(minutes=10)
