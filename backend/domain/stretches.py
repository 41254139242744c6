"""Stretches of a life that services hang on, such as a pregnancy, and what ended them."""

from dataclasses import dataclass, field
from datetime import date

from backend.domain.calendar import Anchor, Reason
from backend.domain.events import EventKind, Method

LOSSES = (EventKind.PREGNANCY_ENDED, EventKind.CHILD_DIED)
# What a pregnancy comes to; a child's death is laid to its birth.
CONCLUSIONS = (EventKind.BIRTH, EventKind.PREGNANCY_ENDED)
# These end what began on the same day, too.
SAME_DAY = frozenset({EventKind.BIRTH, *LOSSES})


@dataclass(slots=True)
class Episode:
    """One anchor of one person: its days, and the first event of each kind that ends it.

    `told_by` and `told_on` are what a person would recognise as the reason. `about` is the episode
    its event is about, `named` a service it names; `began` is the reason and day of what ran on
    into a pregnancy; `rods` and `lasts_months` are of the product.
    """

    id: str
    on: date
    dates: dict[Anchor, date]
    told_by: Anchor | Reason
    told_on: date
    known_on: date | None = None
    caesarean: bool = False
    method: Method | None = None
    about: str | None = None
    named: str | None = None
    rods: int | None = None
    lasts_months: int | None = None
    began: tuple[Anchor | Reason, date] | None = None
    ends: dict[EventKind, date] = field(default_factory=dict)

    def end(self, kind: EventKind, on: date | None) -> None:
        """Note an event that ends this episode; the earliest of a kind counts."""
        if on is not None and on < self.ends.get(kind, date.max):
            self.ends[kind] = on

    @property
    def concluded_on(self) -> date | None:
        """The day a birth or a loss ended a pregnancy, None while it goes on."""
        return min((on for kind, on in self.ends.items() if kind in CONCLUSIONS), default=None)


@dataclass(slots=True)
class History:
    """The episodes of one person by anchor, and the spans in which she rests from invitations."""

    by_anchor: dict[Anchor, list[Episode]]
    resting: list[tuple[date, date]]
