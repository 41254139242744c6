"""What truly stands in the database and truly arrived, kept beside the engine and apart from it.

Triggers tell of every committed change; what may go to whom is decided here anew, without SQL.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

_ROW = (
    "id, kind, chat_id, person_id, purpose, is_self_set, broadcast_id, reference, expires_at,"
    " state, token, intent_at, tries, ambiguities, due_at, created_at"
)
TERMINAL = frozenset({"sent", "blocked", "failed", "unknown", "expired", "cancelled"})
REACHES_STOPPED = frozenset({"screen", "code", "complaint_answer"})
GONE = frozenset({"sent", "unknown"})
UNASKED = frozenset({"reminder", "broadcast"})
REPEATABLE = frozenset({"reminder", "alert"})


def _news_of(columns: str) -> str:
    return ", ".join(f"new.{column.strip()}" for column in columns.split(","))


def _triggers(table: str, columns: str) -> list[str]:
    told = f"BEGIN SELECT note('{table}', {_news_of(columns)}); END"
    return [
        f"{table}_{event.lower()} AFTER {event} ON {table} {told}" for event in ("INSERT", "UPDATE")
    ]


TRIGGERS = [
    *_triggers("send", _ROW),
    *_triggers("account", "tg_id, person_id, state"),
    *_triggers("consent", "id, person_id, purpose, given_at, withdrawn_at"),
    *_triggers("topic_choice", "person_id, topic, choice"),
    *_triggers("broadcast", "id, state"),
    *_triggers("effect", "nonce"),
]
# Only where a due run tells of them.
TRIGGERS_OF_DUES = _triggers(
    "due_service", "id, person_id, topic, closes_on, remind_on, reminded_on"
)


@dataclass(frozen=True, slots=True)
class Intent:
    """A committed intent: when, the row's end in virtual seconds, and why it may not go if so."""

    at: float
    until: float
    forbidden: str | None


@dataclass(slots=True)
class Due:
    """A service as last committed, its days as ISO dates, and the days on which it was told of."""

    person_id: int
    topic: str
    closes_on: str
    remind_on: str | None
    told_on: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Call:
    """One call to Telegram about a row, which had so many ambiguities on record before.

    It must arrive by `until`, and must not if it is `forbidden`.
    """

    ambiguities: int
    until: float
    forbidden: str | None
    closes_gate_until: float = 0.0


@dataclass(slots=True)
class Row:
    """A row of the outbox as last committed, and what came of it out there."""

    id: int
    kind: str
    chat_id: int
    person_id: int | None
    purpose: str | None
    is_self_set: bool
    broadcast_id: int | None
    reference: str
    expires_at: str
    state: str
    token: str | None
    intent_at: str | None
    tries: int
    ambiguities: int
    due_at: str
    created_at: str
    is_missed: bool = False
    intents: dict[str, Intent] = field(default_factory=dict)
    ended_at: float = 0.0
    ended_by: str | None = None
    call: Call | None = None
    copies: list[float] = field(default_factory=list)

    def take(self, values: tuple[Any, ...]) -> None:
        """Take over what was committed."""
        (self.id, self.kind, self.chat_id, self.person_id, self.purpose, self.is_self_set) = values[
            :6
        ]
        (self.broadcast_id, self.reference, self.expires_at, self.state, self.token) = values[6:11]
        (self.intent_at, self.tries, self.ambiguities, self.due_at) = values[11:15]

    @property
    def is_unasked(self) -> bool:
        """Whether nobody asked for this message to come now."""
        return self.kind in UNASKED and not self.is_self_set

    @property
    def name(self) -> str:
        """Return what the story calls it."""
        return f"{self.kind} {self.id} ({self.reference})"


class Records:
    """Everything committed that decides whether a message may go."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self.rows: dict[int, Row] = {}
        self.chats: dict[int, tuple[int | None, str]] = {}
        self.consents: dict[int, tuple[int, str, bool]] = {}
        self.declined: set[int] = set()
        self.broadcasts: dict[int, str] = {}
        self.facts: set[str] = set()
        self.dues: dict[int, Due] = {}
        self.quiet: dict[int, tuple[int, int]] = {}

    def note(self, change: tuple[Any, ...]) -> None:
        """Take over a committed change of any table but the outbox."""
        match change:
            case ("account", chat_id, person_id, state):
                self.chats[chat_id] = (person_id, state)
            case ("consent", number, person_id, purpose, given_at, withdrawn_at):
                in_force = given_at is not None and withdrawn_at is None
                self.consents[number] = (person_id, purpose, in_force)
            case ("topic_choice", person_id, "news", choice):
                (self.declined.discard if choice == "on" else self.declined.add)(person_id)
            case ("broadcast", number, state):
                self.broadcasts[number] = state
            case ("effect", nonce):
                self.facts.add(nonce)
            case ("due_service", number, *about, reminded_on):
                due = self.dues.setdefault(number, Due(*about))
                due.remind_on = about[-1]
                due.told_on |= {reminded_on} if reminded_on else set()

    def seconds(self, text: str) -> float:
        """Return a stored time as virtual seconds."""
        return (datetime.fromisoformat(text) - self.start).total_seconds()

    def forbidding(self, row: Row) -> str | None:
        """Return what is committed that forbids a message to go, or None where nothing does."""
        _person, state = self.chats.get(row.chat_id, (None, "unknown"))
        if state != "active" and not (state == "stopped" and row.kind in REACHES_STOPPED):
            return f"the chat is {state}"
        if row.purpose and not self.agrees(row.person_id, row.purpose):
            return f"the consent to {row.purpose} is withdrawn"
        if row.broadcast_id is not None:
            if self.broadcasts[row.broadcast_id] != "sending":
                return f"the broadcast is {self.broadcasts[row.broadcast_id]}"
            if row.person_id in self.declined:
                return "she wants no news"
        return None

    def owed(self, today: date) -> list[int]:
        """Return the services that are to be told of today at the latest, to who wants to hear."""
        return [number for number, due in self.dues.items() if self._is_owed(due, str(today))]

    def _is_owed(self, due: Due, today: str) -> bool:
        has_come = due.remind_on is not None and due.remind_on <= today <= due.closes_on
        is_agreed = all(self.agrees(due.person_id, one) for one in ("service", due.topic))
        return has_come and is_agreed and (due.person_id, "active") in self.chats.values()

    def crowding(self, row: Row, now: float) -> str | None:
        """Return that a person has, or is getting, another unsolicited message today."""
        today = self.day(now)
        for other in self.rows.values():
            is_hers = other.person_id == row.person_id and other.is_unasked and other is not row
            is_today = other.state in GONE and self.day(other.ended_at) == today
            is_coming = other.state == "claimed" and other.intent_at
            if row.is_unasked and is_hers and (is_today or is_coming):
                return f"{other.name} is today's message to her"
        return None

    def day(self, at: float) -> date:
        """Return the local day of a virtual moment."""
        return (self.start + timedelta(seconds=at)).date()

    def disturbing(self, row: Row, first: datetime, last: datetime) -> str | None:
        """Return that a message comes in her quiet hours, if it does at both local moments."""
        quiet = [self.is_quiet(row.person_id, moment) for moment in (first, last)]
        return "these are her quiet hours" if row.is_unasked and all(quiet) else None

    def agrees(self, person_id: int | None, purpose: str) -> bool:
        """Whether a person's consent is in force."""
        return (person_id, purpose, True) in self.consents.values()

    def is_quiet(self, person_id: int | None, local: datetime) -> bool:
        """Whether a local moment is in a person's quiet hours."""
        if person_id not in self.quiet:
            return False
        first, last = self.quiet[person_id]
        minute = local.hour * 60 + local.minute
        return first <= minute < last if first <= last else minute >= first or minute < last
