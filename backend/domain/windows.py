"""Which rules hang on an episode, and which of a rule's windows is the one for it."""

from collections.abc import Callable
from datetime import date

from backend.domain.calendar import Anchor, Rule, When, Window
from backend.domain.stretches import Episode

_ALWAYS = When.ALWAYS


def hangs_on(rule: Rule, episode: Episode) -> bool:
    """True if a rule is for events of this method, and that name such a service or none."""
    audience = rule.audience
    if audience.method is not episode.method:
        return False
    return episode.named in audience.named if audience.named else episode.named is None


def window_for(rule: Rule, episode: Episode) -> Window | None:
    """The first of a rule's windows that fits an episode and whose anchors it knows."""
    known = episode.dates
    if rule.follows and Anchor.EXAM not in known:
        return None
    for window in rule.windows:
        if not _holds(window.when, episode):
            continue
        if all(mark.anchor in known for mark in (window.closes, window.due, window.opens)):
            return window
    return None


def last_opening(rule: Rule, episode: Episode) -> date | None:
    """The last day, inclusive, on which a window of this rule may open; None without end."""
    known = (mark for mark in rule.until if mark.anchor in episode.dates)
    return next((mark.day(episode.dates[mark.anchor]) for mark in known), None)


_HOLDS: dict[When, Callable[[Episode], bool]] = {
    When.CAESAREAN: lambda episode: episode.caesarean,
    When.NOT_PREGNANT: lambda episode: Anchor.LMP not in episode.dates,
    When.TWO_RODS: lambda episode: episode.rods == 2,
    When.SIX_RODS: lambda episode: episode.rods == 6,
}


def _holds(when: When, episode: Episode) -> bool:
    """True if an episode meets the condition of a window."""
    return when is _ALWAYS or _HOLDS[when](episode)
