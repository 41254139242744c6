"""Whether a row of the outbox may go at a moment: one condition for claim, intent and count."""

from collections.abc import Collection
from datetime import datetime, timedelta

from backend.actions.budget import is_its_turn
from backend.domain.broadcasts import State
from backend.domain.delivery import AWAITED, UNSOLICITED
from backend.domain.quiet_hours import at_minute

SCREEN_TEMPLATE = "screen"
_ONE_DAY = timedelta(days=1)
_AWAITED = ", ".join(f"'{kind}'" for kind in AWAITED)
_UNSOLICITED = ", ".join(f"'{kind}'" for kind in UNSOLICITED)

IS_NEWEST = f"""({{row}}.template <> '{SCREEN_TEMPLATE}' OR EXISTS (
    SELECT 1 FROM dialog d WHERE d.chat_id = {{row}}.chat_id AND d.shown_version < d.version
    AND CAST(d.version AS TEXT) = {{row}}.reference))"""


def is_wanted(*, notices: Collection[State] = (State.SENDING,)) -> str:
    """Return the condition for a row `s` (account `a`) to go at all, whatever the hour.

    The chat can be written to and the purpose is still consented to. A broadcast's copy goes while
    its broadcast is in one of the states `notices`, to who still wants news.
    """
    states = ", ".join(f"'{state}'" for state in notices)
    return f"""
        (a.state = 'active'
            OR (a.state = 'stopped' AND s.kind IN ({_AWAITED})))
        AND (s.purpose IS NULL OR EXISTS (
            SELECT 1 FROM consent c WHERE c.person_id = s.person_id AND c.purpose = s.purpose
            AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL))
        AND {IS_NEWEST.format(row="s")}
        AND (s.broadcast_id IS NULL OR (
            EXISTS (SELECT 1 FROM broadcast b WHERE b.id = s.broadcast_id AND b.state IN ({states}))
            AND NOT EXISTS (SELECT 1 FROM topic_choice t WHERE t.person_id = s.person_id
                AND t.topic = 'news' AND t.choice <> 'on')))"""


def may_go(minute: str, *, day: tuple[str, str]) -> str:
    """Return the condition for a row `s` (account `a`, person `p`) to go at that local minute.

    It is wanted, and the reader is not in quiet hours and has had no other unsolicited message in
    the local `day` [first, last); what she set herself, and answers to her, are not held back.
    """
    return f"""
        {is_wanted()}
        AND (s.kind NOT IN ({_UNSOLICITED}) OR s.is_self_set OR p.id IS NULL
            OR CASE WHEN p.quiet_from_minute > p.quiet_to_minute
                THEN {minute} >= p.quiet_to_minute AND {minute} < p.quiet_from_minute
                ELSE {minute} < p.quiet_from_minute OR {minute} >= p.quiet_to_minute END)
        AND {is_its_turn(first=day[0], last=day[1])}"""


def minute_of(now: datetime) -> int:
    """Return the minute of the local day."""
    return now.hour * 60 + now.minute


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """Return the first moment of the local day, and of the next."""
    today = now.date()
    return at_minute(today, 0, now.tzinfo), at_minute(today + _ONE_DAY, 0, now.tzinfo)
