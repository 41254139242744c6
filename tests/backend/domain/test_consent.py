"""What is agreed to, and what may still be asked."""

from datetime import UTC, datetime

import pytest

from backend.domain.consent import Answer, Purpose, in_force, still_to_ask, topics

THEN = datetime(2026, 9, 1, tzinfo=UTC)
LATER = datetime(2026, 10, 1, tzinfo=UTC)


def given(purpose: Purpose, version: str = "1") -> Answer:
    return Answer(purpose, version, given_at=THEN)


def withdrawn(purpose: Purpose) -> Answer:
    return Answer(purpose, "1", given_at=THEN, withdrawn_at=LATER)


def refused(purpose: Purpose) -> Answer:
    return Answer(purpose, "1", refused_at=THEN)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], set()),
        ([given(Purpose.MATERNAL)], set()),
        ([given(Purpose.SERVICE)], set()),
        ([given(Purpose.SERVICE), given(Purpose.MATERNAL)], {"maternal"}),
        ([withdrawn(Purpose.SERVICE), given(Purpose.MATERNAL)], set()),
        ([given(Purpose.SERVICE), refused(Purpose.MATERNAL)], set()),
        ([given(Purpose.SERVICE), refused(Purpose.CHILD), given(Purpose.CHILD)], {"child"}),
    ],
)
def test_topics_need_the_general_consent_and_their_own(
    answers: list[Answer], expected: set[str]
) -> None:
    assert topics(answers) == expected


def test_who_refused_or_withdrew_is_not_asked_again_but_new_words_are_shown() -> None:
    answers = [
        given(Purpose.SERVICE),
        given(Purpose.MATERNAL, version="0"),
        refused(Purpose.CHILD),
        withdrawn(Purpose.SCREENING),
    ]
    assert in_force(answers) == {"service", "maternal"}
    assert still_to_ask(answers) == (
        Purpose.FOLIC_ACID,
        Purpose.MATERNAL,
        Purpose.CONTRACEPTION,
        Purpose.CHECKUP,
    )
