"""Gestational arithmetic: due date, weeks, which dating counts (`domain.md` section 7)."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

PREGNANCY_DAYS = 280
CONCEPTION_TO_DUE_DAYS = 266
PREGNANCY = timedelta(PREGNANCY_DAYS)
ASK_BEYOND_DAYS = 301
TEXTS_END_DAYS = 294
SECOND_TRIMESTER_DAYS = 98
THIRD_TRIMESTER_DAYS = 196


class Source(StrEnum):
    """What a due date rests on."""

    LMP = "lmp"
    ART = "art"
    CLINICIAN = "clinician"
    ULTRASOUND = "ultrasound"

    # Found by its word, as what equals it is, and without a call.
    __hash__ = str.__hash__


# A member is found by its class's name at some cost, and millions are dated.
_LMP = Source.LMP

# The higher one counts; of a clinician's word and an ultrasound, the later (`domain.md` section 7).
RANKS = {Source.LMP: 1, Source.ART: 2, Source.CLINICIAN: 3, Source.ULTRASOUND: 3}


class LmpCheck(StrEnum):
    """What to do with a last period somebody entered."""

    FINE = "fine"
    FUTURE = "future"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Dating:
    """One statement about when the child is due; older ones are kept beside the one that counts."""

    source: Source
    due_on: date
    noted_on: date | None = None

    @property
    def lmp(self) -> date:
        """First day of the last period that fits this due date: EDD - 280 days."""
        return self.due_on - PREGNANCY


def dated_by_lmp(lmp: date, noted_on: date | None = None) -> Dating:
    """The dating that follows from the first day of the last period: EDD = LMP + 280 days."""
    return Dating(_LMP, lmp + PREGNANCY, noted_on)


def dated_by_conception(conceived_on: date, noted_on: date | None = None) -> Dating:
    """The dating after assisted conception: EDD = conception + 266 days."""
    return Dating(Source.ART, conceived_on + timedelta(CONCEPTION_TO_DUE_DAYS), noted_on)


def dated_by_transfer(
    transferred_on: date, embryo_days: int = 5, noted_on: date | None = None
) -> Dating:
    """The dating after an embryo transfer: EDD = transfer + 266 days - the embryo's age in days."""
    return dated_by_conception(transferred_on - timedelta(embryo_days), noted_on)


def best_dating(datings: Iterable[Dating]) -> Dating | None:
    """The dating that counts: highest source, then latest noted; their order is irrelevant."""
    return max(datings, key=_weight, default=None)


def _weight(dating: Dating) -> tuple[int, date, date, str]:
    """How much a dating counts; total, so that two people's planners agree."""
    return RANKS[dating.source], dating.noted_on or date.min, dating.due_on, dating.source


def due_date(lmp: date) -> date:
    """Expected day of delivery: LMP + 280 days."""
    return lmp + timedelta(PREGNANCY_DAYS)


def gestational_days(lmp: date, on: date) -> int:
    """Gestational age in completed days; day 0 is the first day of the last period."""
    return (on - lmp).days


def weeks_and_days(days: int) -> tuple[int, int]:
    """Completed weeks and the days beyond, as in 12+3."""
    return divmod(days, 7)


def as_weeks(days: int) -> str:
    """Gestational age the way clinics write it: `12+3`."""
    weeks, rest = weeks_and_days(days)
    return f"{weeks}+{rest}"


def trimester(days: int) -> int:
    """1 up to 13+6, 2 up to 27+6, 3 from 28+0."""
    return 1 + (days >= SECOND_TRIMESTER_DAYS) + (days >= THIRD_TRIMESTER_DAYS)


def check_lmp(lmp: date, today: date) -> LmpCheck:
    """A last period after today is refused; beyond 301 days we ask, as a birth is likely known."""
    days = gestational_days(lmp, today)
    if days < 0:
        return LmpCheck.FUTURE
    return LmpCheck.ASK if days > ASK_BEYOND_DAYS else LmpCheck.FINE


def texts_have_ended(lmp: date, today: date) -> bool:
    """True from 42+0 (day 294): no calendar text any more, only one neutral question."""
    return gestational_days(lmp, today) >= TEXTS_END_DAYS


def add_months(day: date, months: int) -> date:
    """The same day so many calendar months on, clamped to that month's last day."""
    years, index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, index + 1
    if day.day <= 28:
        return date(year, month, day.day)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def age_on(birth_date: date, on: date) -> int:
    """Completed years of age; born on 29 February, the birthday is the 28th in common years."""
    years = on.year - birth_date.year
    return years - (on < add_months(birth_date, 12 * years))
