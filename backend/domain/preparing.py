"""The stretches of a life in which folic acid matters (`domain.md` section 2)."""

from collections.abc import Sequence
from datetime import date, timedelta

from backend.domain.calendar import Anchor
from backend.domain.events import Event, EventKind
from backend.domain.gestation import add_months
from backend.domain.stretches import CONCLUSIONS, SAME_DAY, Episode

ENROLMENT_ID = "enrolment"
# Folic acid ends on day 90 of a pregnancy (`domain.md` FA5).
PREPARING_DAYS = 90
# Without a pregnancy it ends after so many months: who then goes on says so (FA7).
ALONE_MONTHS = 6
_PLANNING = EventKind.PLANNING


def preparing_from(episode_id: str, on: date, told_by: Anchor, enrolled_on: date) -> Episode:
    """A stretch of folic acid told of on a day; it is followed from enrolment on."""
    return Episode(episode_id, on, {Anchor.PREPARING: max(on, enrolled_on)}, told_by, on)


def preparing(
    ordered: Sequence[Event], pregnancies: Sequence[Episode], enrolled_on: date
) -> list[Episode]:
    """Stretches of folic acid: from each wish for a child; without any, from enrolment.

    The last wish before day 90 of a pregnancy runs on into that pregnancy, unless it was over by
    then. A first pregnancy without a wish counts from enrolment while that is not over, a further
    one from its own last period. One that begins in the first 90 days of another is that one, told
    with another date.
    """
    found = wishes = [
        preparing_from(event.id, event.on, Anchor.PLANNING, enrolled_on)
        for event in ordered
        if event.kind is _PLANNING and event.on
    ]
    stretch, again_until, previous, is_first = None, date.min, date.min, True
    for pregnancy in pregnancies:
        last = pregnancy.on + timedelta(PREPARING_DAYS)
        before = [
            wish for wish in wishes if previous < wish.on <= last and not _is_over(wish, pregnancy)
        ]
        if stretch is None or pregnancy.on > again_until:
            stretch = before[-1] if before else None
        if stretch is None:
            enrolled = preparing_from(ENROLMENT_ID, enrolled_on, Anchor.ENROLMENT, enrolled_on)
            is_from_enrolment = is_first and last >= enrolled_on
            is_from_enrolment &= not _is_over(enrolled, pregnancy)
            if is_from_enrolment and not _came_between(ordered, pregnancy, enrolled_on):
                stretch = enrolled
            else:
                stretch = preparing_from(pregnancy.id, pregnancy.on, Anchor.LMP, enrolled_on)
                stretch.known_on = pregnancy.known_on
            found = [*found, stretch]
        _run_on(stretch, pregnancy)
        previous, is_first = pregnancy.concluded_on or last, is_first and last < enrolled_on
        again_until = min(previous, last)
    after_birth = any(
        event.kind in SAME_DAY and event.on and event.on < enrolled_on for event in ordered
    )
    if found or after_birth:
        return found
    return [preparing_from(ENROLMENT_ID, enrolled_on, Anchor.ENROLMENT, enrolled_on)]


def _is_over(stretch: Episode, pregnancy: Episode) -> bool:
    """True if a stretch without a pregnancy was over before one began."""
    return add_months(stretch.dates[Anchor.PREPARING], ALONE_MONTHS) < pregnancy.on


def _run_on(stretch: Episode, pregnancy: Episode) -> None:
    """Let a stretch of folic acid last into a pregnancy, and end with it."""
    stretch.dates[Anchor.LMP] = pregnancy.on
    stretch.began = stretch.began or (stretch.told_by, stretch.told_on)
    stretch.told_by, stretch.told_on = pregnancy.told_by, pregnancy.told_on
    for kind in CONCLUSIONS:
        stretch.end(kind, pregnancy.ends.get(kind))


def _came_between(ordered: Sequence[Event], pregnancy: Episode, enrolled_on: date) -> bool:
    """True if a birth or a loss lies between enrolment and a pregnancy."""
    return any(
        event.kind in CONCLUSIONS and event.on and enrolled_on <= event.on < pregnancy.on
        for event in ordered
    )
