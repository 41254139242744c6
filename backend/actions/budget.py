"""One unsolicited message a day to a person, whoever wrote it: what counts, as conditions of SQL.

What she set herself does not count, nor a cadre's digest. Source: design, sending 6.
"""

from backend.domain.delivery import UNSOLICITED, Kind

DIGEST_TEMPLATE = "digest"
_COUNTED = ", ".join(f"'{kind}'" for kind in UNSOLICITED)
_ON_ITS_WAY = "('queued', 'claimed')"
_GONE = "('sent', 'unknown')"


def is_unsolicited(row: str) -> str:
    """Whether a row of the outbox counts."""
    return (
        f"({row}.kind IN ({_COUNTED}) AND NOT {row}.is_self_set"
        f" AND {row}.template <> '{DIGEST_TEMPLATE}')"
    )


def has_reminder(person: str, *, first: str, last: str) -> str:
    """Whether a person's day [first, last) is used up for another reminder.

    A broadcast that has not gone yet does not use it up: it gives way.
    """
    return f"""EXISTS (SELECT 1 FROM send o WHERE o.person_id = {person} AND {is_unsolicited("o")}
        AND (o.kind <> '{Kind.BROADCAST}' OR o.state <> 'queued') AND {_within(first, last)})"""


def has_message(person: str, *, first: str, last: str) -> str:
    """Whether a person's day [first, last) is used up for a broadcast."""
    return f"""EXISTS (SELECT 1 FROM send o WHERE o.person_id = {person} AND {is_unsolicited("o")}
        AND {_within(first, last)})"""


def is_its_turn(*, first: str, last: str) -> str:
    """Whether no other message takes a row `s`'s place in its person's day [first, last).

    That is one that went today or is on its way; among those claimed the most urgent goes. A
    broadcast gives way to a reminder that is still to come today.
    """
    return f"""(NOT {is_unsolicited("s")} OR s.person_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM send o WHERE o.person_id = s.person_id AND o.id <> s.id
        AND {is_unsolicited("o")} AND (
            (o.state IN {_GONE} AND coalesce(o.finished_at, o.due_at) >= {first})
            OR (o.state = 'claimed' AND (o.intent_at IS NOT NULL OR o.priority < s.priority
                OR (o.priority = s.priority AND o.id < s.id)))
            OR (o.state = 'queued' AND o.ambiguities > 0 AND o.due_at >= {first})
            OR (s.kind = '{Kind.BROADCAST}' AND o.kind <> '{Kind.BROADCAST}'
                AND o.state = 'queued' AND o.due_at < {last}))))"""


def _within(first: str, last: str) -> str:
    """Whether `o` went, or is to go, in [first, last)."""
    went_at = "coalesce(o.finished_at, o.due_at)"
    return f"""((o.state IN {_ON_ITS_WAY} AND o.due_at >= {first} AND o.due_at < {last})
        OR (o.state IN {_GONE} AND {went_at} >= {first} AND {went_at} < {last}))"""
