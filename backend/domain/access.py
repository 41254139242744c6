"""Who may do what to whose row: the one decision behind every door."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from backend.domain.errors import SuixingError
from backend.domain.gestation import age_on

ADULT_YEARS = 18
_TOWNSHIP_DIGITS = 9


class Role(StrEnum):
    """The roles a person may hold."""

    RESIDENT = "resident"
    CADRE = "cadre"
    OFFICER = "officer"
    DESK = "desk"
    AUDITOR = "auditor"


class Act(StrEnum):
    """What somebody may want to do with a person's row; `work` is to work on tasks about her."""

    VIEW = "view"
    OPEN_CONTACT = "open_contact"
    CHANGE = "change"
    CONFIRM = "confirm"
    INVITE = "invite"
    ERASE = "erase"
    EXPORT = "export"
    WORK = "work"


@dataclass(eq=False, repr=False, kw_only=True)
class NotAllowed(SuixingError):
    """The door stays shut; says the same whether or not the row exists."""

    code: ClassVar[str] = "not_allowed"


@dataclass(eq=False, repr=False, kw_only=True)
class Underage(SuixingError):
    """A person under 18 is not served by the chat but by a human being."""

    code: ClassVar[str] = "underage"


@dataclass(eq=False, repr=False, kw_only=True)
class HasOwnChat(SuixingError):
    """A cadre wanted to write down what a person with a chat of her own says herself."""

    code: ClassVar[str] = "has_own_chat"


@dataclass(frozen=True, slots=True)
class Held:
    """A role held for a region: a village, or a township (its code ends in 000)."""

    role: Role
    region_code: str

    def covers(self, village_code: str) -> bool:
        """Whether a village is the region or lies in it."""
        if self.region_code.endswith("000"):
            return village_code.startswith(self.region_code[:_TOWNSHIP_DIGITS])
        return village_code == self.region_code


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to act: a person and the roles held."""

    person_id: int
    held: tuple[Held, ...] = ()

    def holds(self, role: Role, village_code: str) -> bool:
        """Whether the actor holds a role for a village."""
        return any(held.role is role and held.covers(village_code) for held in self.held)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose row it is: the person, the village, and the cadre of the household if assigned."""

    person_id: int
    village_code: str
    cadre_id: int | None = None


_HERSELF = frozenset({Act.VIEW, Act.OPEN_CONTACT, Act.CHANGE, Act.ERASE, Act.EXPORT})
_CADRE = frozenset({Act.VIEW, Act.OPEN_CONTACT, Act.CHANGE, Act.CONFIRM, Act.INVITE, Act.WORK})
_OFFICER = _CADRE


def may(actor: Actor, act: Act, subject: Subject) -> bool:
    """Whether `actor` may do `act` to the row of `subject`.

    A cadre acts on her own grid: the households assigned to her, and in her village those that
    are assigned to nobody. An officer acts in her township. A desk and an auditor see no person.
    Nobody works on a task about herself.
    """
    if actor.person_id == subject.person_id:
        return act in _HERSELF
    if actor.holds(Role.OFFICER, subject.village_code):
        return act in _OFFICER
    if not actor.holds(Role.CADRE, subject.village_code):
        return False
    return subject.cadre_id in (None, actor.person_id) and act in _CADRE


def is_underage(birth_date: date | None, birth_year: int | None, today: date) -> bool:
    """Whether a person is surely under 18: by her birthday, else by the year alone."""
    if birth_date is not None:
        return age_on(birth_date, today) < ADULT_YEARS
    return birth_year is not None and today.year - birth_year < ADULT_YEARS
