"""Due services as rows and as values."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from backend.actions.rulebook import rulebook
from backend.domain.calendar import Anchor, Reason, Rule
from backend.domain.schedule import DueService, State, Why
from backend.store.sql import Row, among, as_date, dialect, execute, listed, write_rows

DUE_COLUMNS = (
    "id, person_id, rule, rule_version, episode, occurrence, topic, opens_on, due_on, closes_on,"
    " state, anchor, anchor_on, remind_on, reminded_on, booked_on, done_on"
)

# That what a service `d` is about was agreed to and not turned off.
AGREED = """
    NOT EXISTS (SELECT 1 FROM topic_choice t WHERE t.person_id = d.person_id
        AND t.topic = d.topic AND t.choice <> 'on')
    AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = d.person_id
        AND c.purpose = 'service' AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL)
    AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = d.person_id
        AND c.purpose = d.topic AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL)
"""
# That a service `d` can still be had; said so that SQLite, which keeps no statistics, looks for
# the few whose day has come instead of going through all that are planned.
IS_LIVE = "d.state NOT IN ('done', 'declined', 'closed', 'cancelled')"
# That a day of reminding has come for a service `d` that is owed; and that it is agreed to, too.
HAS_COME = f"d.remind_on <= $1 AND {IS_LIVE} AND d.closes_on >= $1"
WANTED = f"{HAS_COME} AND {AGREED}"
_NEXT = {"id": "bigint", "remind_on": "date", "told_on": "date", "now": "timestamptz"}
_ADVANCE = """
    UPDATE due_service SET remind_on = given.remind_on,
        reminded_on = coalesce(given.told_on, due_service.reminded_on), updated_at = given.now
    FROM {given} WHERE due_service.id = given.id
"""
_ANCHORS: dict[str, Anchor | Reason] = {word.value: word for word in (*Anchor, *Reason)}
# A due service's id, the next day of reminding, and the day on which it was told of just now.
Next = tuple[int, date | None, date | None]


def lock_persons(alias: str) -> str:
    """The clause by which one transaction at a time writes a person's due services.

    Every writer takes persons in the order of their ids, so that none waits for another in a
    ring. SQLite has one writer anyway.
    """
    return f"FOR NO KEY UPDATE OF {alias}" if dialect() == "postgres" else ""


async def lock(person_ids: Collection[int]) -> None:
    """Let nobody else write the due services of these persons until the transaction ends."""
    if clause := lock_persons("p"):
        query = f"SELECT 1 AS one FROM person p WHERE {among('id', 1)} ORDER BY id {clause}"
        await execute(query, listed(person_ids))


async def advance(steps: Sequence[Next], *, now: datetime) -> None:
    """Write when due services are looked at next, and of some that they were told of."""
    await write_rows(_ADVANCE, _NEXT, [(*step, now) for step in steps])


def read_due(row: Row) -> DueService:
    """The planner's value of a row of `due_service`."""
    return DueService(
        rule=row["rule"],
        version=row["rule_version"],
        episode=row["episode"],
        occurrence=row["occurrence"],
        opens_on=read_day(row["opens_on"]),
        due_on=read_day(row["due_on"]),
        closes_on=read_day(row["closes_on"]),
        state=State(row["state"]),
        why=_read_why(row),
        topic=row["topic"],
    )


def rule_of(row: Row) -> Rule | None:
    """The rule by which a row was planned, None once no calendar knows it."""
    return rulebook().find(row["rule"], row["rule_version"])


def read_day(value: object) -> date:
    """A date of a column that is never empty."""
    day = as_date(value)
    assert day is not None, "the column is not nullable"
    return day


def _read_why(row: Row) -> Why:
    rule = rule_of(row)
    return Why(
        anchor=_ANCHORS[row["anchor"]],
        anchor_on=read_day(row["anchor_on"]),
        rule=row["rule"],
        version=row["rule_version"],
        source=rule.source if rule else "",
    )
