"""What other rules would change for a person: services that appear, move or vanish."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from backend.domain.calendar import Rule
from backend.domain.schedule import DueService


class Effect(StrEnum):
    """What becomes of a service that can still be had."""

    APPEARS = "appears"
    MOVES = "moves"
    VANISHES = "vanishes"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many services appear, move and vanish."""

    appear: int = 0
    move: int = 0
    vanish: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.appear + other.appear, self.move + other.move, self.vanish + other.vanish)

    def __bool__(self) -> bool:
        return bool(self.appear or self.move or self.vanish)


def effect(before: DueService | None, after: DueService | None) -> Effect | None:
    """What a person sees of a service that was `before` and is `after`; None if nothing.

    One that is over (done, declined, closed, cancelled) or not owed is not there to be had.
    """
    was = before if before and before.state.is_live else None
    will_be = after if after and after.state.is_live else None
    if was and will_be:
        return Effect.MOVES if was[4:7] != will_be[4:7] else None
    if was:
        return Effect.VANISHES
    return Effect.APPEARS if will_be else None


def tally(effects: Iterable[Effect | None]) -> Tally:
    """Count effects; None is nothing."""
    counted = list(effects)
    return Tally(
        counted.count(Effect.APPEARS), counted.count(Effect.MOVES), counted.count(Effect.VANISHES)
    )


def differing(before: Iterable[Rule], after: Iterable[Rule]) -> frozenset[str]:
    """The ids of the rules that are not the same in both, those of one side only among them."""
    old, new = set(before), set(after)
    return frozenset(rule.id for rule in old ^ new)
