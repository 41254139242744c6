"""Consent: one answer a purpose, each separate and refusable (`domain.md` section 10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from backend.domain.errors import SuixingError


class Purpose(StrEnum):
    """What a person is asked to agree to; a health purpose is also the topic of its services."""

    SERVICE = "service"
    FOLIC_ACID = "folic_acid"
    MATERNAL = "maternal"
    CONTRACEPTION = "contraception"
    CHECKUP = "checkup"
    CHILD = "child"
    SCREENING = "screening"


HEALTH_PURPOSES = tuple(purpose for purpose in Purpose if purpose is not Purpose.SERVICE)

# The version of the words shown when asking; a new one asks again those who had agreed.
TEXT_VERSIONS = dict.fromkeys(Purpose, "1")


@dataclass(eq=False, repr=False, kw_only=True)
class ConsentNeeded(SuixingError):
    """A health purpose was answered before the general consent was given."""

    code: ClassVar[str] = "consent_needed"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one request: given or refused at a moment, perhaps withdrawn later."""

    purpose: str
    text_version: str
    given_at: datetime | None = None
    refused_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_in_force(self) -> bool:
        """True while what was given is not withdrawn."""
        return self.given_at is not None and self.withdrawn_at is None


def in_force(answers: Iterable[Answer]) -> frozenset[str]:
    """The purposes a person agrees to now; none without the general one."""
    purposes = frozenset(answer.purpose for answer in answers if answer.is_in_force)
    return purposes if Purpose.SERVICE in purposes else frozenset()


def topics(answers: Iterable[Answer]) -> frozenset[str]:
    """The topics of services a person agrees to now."""
    return in_force(answers) - {Purpose.SERVICE}


def still_to_ask(answers: Iterable[Answer]) -> tuple[Purpose, ...]:
    """The purposes that may be asked unprompted.

    Never answered, or agreed to under older words; who refused or withdrew is not asked again.
    """
    held = list(answers)
    answered = {answer.purpose for answer in held}
    outdated = {
        answer.purpose
        for answer in held
        if answer.is_in_force and answer.text_version != TEXT_VERSIONS[Purpose(answer.purpose)]
    }
    return tuple(item for item in Purpose if item not in answered or item in outdated)
