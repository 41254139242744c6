"""Which rules hang on an episode, and which of a rule's windows is the one for it."""

from datetime import date

from backend.domain.calendar import Anchor, Rule, When, Window
from backend.domain.episodes import Episode


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
        if {window.opens.anchor, window.due.anchor, window.closes.anchor} <= known.keys():
            return window
    return None


def last_opening(rule: Rule, episode: Episode) -> date | None:
    """The last day, inclusive, on which a window of this rule may open; None without end."""
    known = (mark for mark in rule.until if mark.anchor in episode.dates)
    return next((mark.day(episode.dates[mark.anchor]) for mark in known), None)


def _holds(when: When, episode: Episode) -> bool:
    """True if an episode meets the condition of a window."""
    match when:
        case When.CAESAREAN:
            return episode.caesarean
        case When.NOT_PREGNANT:
            return Anchor.LMP not in episode.dates
        case When.TWO_RODS:
            return episode.rods == 2
        case When.SIX_RODS:
            return episode.rods == 6
    return True
