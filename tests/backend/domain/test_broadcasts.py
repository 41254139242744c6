"""Broadcasts as values: what may follow what, what fits into a message, how long it takes."""

from datetime import date, datetime, timedelta

import pytest

from backend.domain.broadcasts import (
    Act,
    BroadcastRefused,
    Progress,
    Reach,
    State,
    check_text,
    estimate,
    is_letter_day,
    next_state,
    text_limit,
)

ALLOWED = {
    (Act.WRITE, State.DRAFT): State.DRAFT,
    (Act.ASK, State.DRAFT): State.WAITING,
    (Act.ASK, State.QUEUED): State.WAITING,
    (Act.SUBMIT, State.DRAFT): State.QUEUED,
    (Act.CONFIRM, State.WAITING): State.QUEUED,
    (Act.RETURN, State.WAITING): State.DRAFT,
    (Act.RETURN, State.QUEUED): State.DRAFT,
    (Act.BEGIN, State.QUEUED): State.SENDING,
    (Act.PAUSE, State.SENDING): State.PAUSED,
    (Act.RESUME, State.PAUSED): State.SENDING,
    (Act.STOP, State.SENDING): State.STOPPED,
    (Act.STOP, State.PAUSED): State.STOPPED,
    (Act.FINISH, State.SENDING): State.DONE,
    (Act.RETRY, State.SENDING): State.SENDING,
    (Act.RETRY, State.DONE): State.SENDING,
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
def test_every_act_in_every_state_is_decided(act: Act, state: State) -> None:
    if (act, state) in ALLOWED:
        assert next_state(act, state) is ALLOWED[act, state]
        return
    with pytest.raises(BroadcastRefused) as refused:
        next_state(act, state)
    assert refused.value.reason == "state"


def test_nothing_leads_out_of_stopped() -> None:
    assert not [act for act, state in ALLOWED if state is State.STOPPED]


@pytest.mark.parametrize(("reachable", "act"), [(0, Act.SUBMIT), (200, Act.SUBMIT), (201, Act.ASK)])
def test_above_200_a_second_person_is_asked(reachable: int, act: Act) -> None:
    assert Reach(reachable, 0, 0, reachable).submitting is act


@pytest.mark.parametrize(
    ("text", "has_picture", "fits"),
    [
        ("a" * 4000, False, True),
        ("a" * 4001, False, False),
        ("好" * 928, True, True),
        ("好" * 929, True, False),
        ("🌾" * 2000, False, True),
        ("🌾" * 2001, False, False),
        ("  " + "好" * 928 + "\n", True, True),
        ("", False, False),
        (" \n ", True, False),
    ],
)
def test_words_fit_into_one_message_as_telegram_counts_them(
    *, text: str, has_picture: bool, fits: bool
) -> None:
    if fits:
        assert check_text(text, has_picture=has_picture) == text.strip()
        return
    with pytest.raises(BroadcastRefused):
        check_text(text, has_picture=has_picture)


def test_a_caption_is_shorter_than_a_text() -> None:
    assert (text_limit(has_picture=True), text_limit(has_picture=False)) == (928, 4000)


@pytest.mark.parametrize(
    ("day", "is_it"),
    [(date(2026, 9, 25), True), (date(2027, 9, 25), True), (date(2026, 9, 24), False)],
)
def test_the_day_of_the_open_letter_is_known(day: date, *, is_it: bool) -> None:
    assert is_letter_day(day) is is_it


@pytest.mark.parametrize(
    ("reachable", "hour", "minutes", "held"),
    [
        (1_800, 9, 1, False),
        (54_000, 20, 30, False),
        (108_000, 20, 60, True),
        (30, 22, 0, True),
        (30, 7, 0, True),
        (30, 8, 0, False),
    ],
)
def test_sending_takes_a_second_for_thirty_and_rests_at_night(
    reachable: int, hour: int, minutes: int, *, held: bool
) -> None:
    told = estimate(reachable, datetime(2026, 11, 23, hour, 0))  # noqa: DTZ001
    assert told.duration // timedelta(minutes=1) == minutes
    assert told.is_held_overnight is held


def test_progress_adds_up() -> None:
    assert Progress(1, 2, 3, 4, 5).total == 15
