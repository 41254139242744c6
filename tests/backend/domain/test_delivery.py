"""Every outcome of sending is decided for every class of message."""

from datetime import timedelta

import pytest

from backend.domain.delivery import (
    PRIORITIES,
    TREATMENTS,
    Attempt,
    Kind,
    Outcome,
    State,
    allowed_ambiguities,
    next_state,
)

UNCLEAR = {
    Outcome.READ_TIMEOUT,
    Outcome.WRITE_TIMEOUT,
    Outcome.SERVER_CLOSED,
    Outcome.SERVER_ERROR,
    Outcome.UNREADABLE,
    Outcome.CRASHED,
}
TRIED_AGAIN = {
    Outcome.REFUSED,
    Outcome.CONNECT_TIMEOUT,
    Outcome.POOL_TIMEOUT,
    Outcome.RATE_LIMITED,
    Outcome.MIGRATED,
    Outcome.INVALID_TOKEN,
    Outcome.CONFLICT,
    Outcome.NOT_WRITTEN,
}
FINAL = {
    Outcome.DELIVERED: State.SENT,
    Outcome.BLOCKED: State.BLOCKED,
    Outcome.DEACTIVATED: State.BLOCKED,
    Outcome.BAD_REQUEST: State.FAILED,
}


def test_every_outcome_and_every_class_is_decided() -> None:
    assert set(TREATMENTS) == set(Outcome) == UNCLEAR | TRIED_AGAIN | set(FINAL)
    assert set(PRIORITIES) == set(Kind)
    assert len(Outcome) == 18


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("outcome", Outcome)
def test_a_first_attempt_leads_where_the_table_says(kind: Kind, outcome: Outcome) -> None:
    attempt = Attempt(outcome, retry_after=timedelta(seconds=7))
    decision = next_state(kind, attempt, tries=0, ambiguities=0)
    if outcome in FINAL:
        assert decision.state is FINAL[outcome]
    elif outcome in TRIED_AGAIN:
        assert decision.state is State.QUEUED
        assert decision.ambiguities == 0
    else:
        again = kind in (Kind.REMINDER, Kind.ALERT)
        assert decision.state is (State.QUEUED if again else State.UNKNOWN)
        assert decision.ambiguities == 1


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("outcome", sorted(UNCLEAR))
def test_no_message_survives_more_unclear_outcomes_than_it_may(
    kind: Kind, outcome: Outcome
) -> None:
    spent = allowed_ambiguities(kind)
    decision = next_state(kind, Attempt(outcome), tries=spent, ambiguities=spent)
    assert decision.state is State.UNKNOWN


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
