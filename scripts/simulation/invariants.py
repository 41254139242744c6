"""The invariants of the delivery engine, held against what truly happened (`reliability.md` 1)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scripts.simulation.records import REPEATABLE, TERMINAL, Call, Intent, Records, Row

# A delivery may trail its row's end by this much: Telegram takes what was sent just in time late.
LATE_SECONDS = 300.0
# In flight is what has its intent committed; the engine promises to call so soon or to look again.
LOOK_SECONDS = 10.0
_TOKEN_GATE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that was broken, by which row if it was one, and when."""

    invariant: str
    row_id: int | None
    at: float
    what: str


class Invariants:
    """Follows every commit, call and delivery, and keeps what was broken."""

    def __init__(
        self,
        records: Records,
        *,
        time: Callable[[], float],
        tell: Callable[..., None],
        longest_pause: float,
        most_skew: float,
    ) -> None:
        self.records = records
        self.violations: list[Violation] = []
        self.activity_at = 0.0
        self._time = time
        self._tell = tell
        self._longest_pause = longest_pause
        self._skew = most_skew
        self._gate_until = 0.0
        self._gate_known_at = 0.0

    def commit(self, change: tuple[Any, ...]) -> None:
        """Take in a committed change of a table that is watched."""
        self.activity_at = self._time()
        if change[0] != "send":
            self._tell("database", None, " ".join(map(str, change)))
            if change[0] == "account":
                self._shut_chat(change[1], change[3])
            self.records.note(change)
            return
        row, before = self._take(change[1:])
        if row.state in TERMINAL and before not in TERMINAL:
            row.ended_at = self._time()
        if before in TERMINAL and row.state != before:
            self._break("I2", row, f"ended as {before} and is {row.state} again")
        if row.intent_at and row.token and row.token not in row.intents:
            row.intents[row.token] = self._intent(row)
        if before == "claimed" and row.state != "claimed":
            self._finish(row)

    def call(self, row_id: int, token: str) -> Call:
        """Take in that a process is about to call; its last look must not be long ago by now."""
        now = self._time()
        self.activity_at = now
        row = self.records.rows[row_id]
        intent = row.intents.get(token)
        if intent is None or now - intent.at > LOOK_SECONDS:
            intent = self._intent(row)
        self._check_gate(row, now, looked_at=intent.at)
        why = intent.forbidden or self.records.disturbing(row, *self._looks())
        row.call = Call(row.ambiguities, intent.until, why)
        return row.call

    def hold_up(self, call: Call, seconds: float) -> None:
        """Take in that a process stood still between its last look and its call."""
        call.until += min(seconds, self._longest_pause)

    def deliver(self, row_id: int, call: Call) -> None:
        """Take in that a message arrived."""
        now = self._time()
        self.activity_at = now
        row = self.records.rows[row_id]
        row.copies.append(now)
        self._tell("telegram", row_id, f"delivers copy {len(row.copies)}")
        copies = len(row.copies)
        allowed = 1 if row.kind in REPEATABLE else 0
        if copies > 1 + allowed:
            self._break("I3", row, f"{copies} copies")
        if copies > 1 + row.ambiguities:
            self._break("I9", row, f"{copies} copies, {row.ambiguities} ambiguities on record")
        if now > call.until + self._skew + LATE_SECONDS:
            self._break("I6", row, f"arrived {now - call.until:.0f} s after its end")
        if call.forbidden:
            self._break("I7", row, f"arrived although {call.forbidden}")

    def check_end(self) -> None:
        """Check what must hold once faults have stopped and everything had time to end."""
        found: dict[str, list[Row]] = {}
        for row in self.records.rows.values():
            found.setdefault(self._event_of(row), []).append(row)
            if row.state not in TERMINAL:
                self._break("I5", row, f"is still {row.state}")
            if row.state == "sent" and not row.copies:
                self._break("I4", row, "is sent but never arrived")
        for event, rows in found.items():
            if len(rows) > 1:
                self._break("I2", rows[1], f"{len(rows)} rows for {event}")
        for fact in sorted((self.records.facts | self._told()) - found.keys()):
            self._break("I1", None, f"no row for {fact}")
        for number in self.records.owed(self.records.day(self._time())):
            self._break("I1", None, f"due service {number} is never told of")

    def _told(self) -> set[str]:
        """What is on record as told, each to have its row."""
        dues = self.records.dues.items()
        return {_telling(number, day) for number, due in dues for day in due.told_on}

    def _event_of(self, row: Row) -> str:
        """Return the event a row stands for; every one has exactly one row."""
        if row.broadcast_id is not None:
            return f"broadcast {row.broadcast_id} to {row.person_id}"
        if row.reference.isdecimal() and int(row.reference) in self.records.dues:
            day = self.records.day(self.records.seconds(row.created_at))
            return f"row {row.id}" if row.is_missed else _telling(row.reference, day)
        return row.reference if row.reference.startswith("event:") else f"row {row.id}"

    def _shut_chat(self, chat_id: int, state: str) -> None:
        """What is queued for a chat that is shut never goes, also after it is opened again."""
        _person, before = self.records.chats.get(chat_id, (None, "unknown"))
        if state == "active" or before == "unknown" or (state == "stopped" and before != "active"):
            return
        for row in self.records.rows.values():
            if row.chat_id == chat_id and row.state not in TERMINAL and row.intent_at is None:
                row.ended_by = f"the chat was {state} meanwhile"

    def _take(self, values: tuple[Any, ...]) -> tuple[Row, str | None]:
        row = self.records.rows.get(values[0])
        if row is None:
            row = self.records.rows[values[0]] = Row(*values)
            row.is_missed = row.state == "expired"
            self._tell("database", row.id, f"queued: {row.name}, due {row.due_at}")
            return row, None
        before = row.state
        was = (row.state, row.intent_at, row.due_at, row.expires_at, row.ambiguities)
        row.take(values)
        if was != (row.state, row.intent_at, row.due_at, row.expires_at, row.ambiguities):
            intent = ", intent committed" if row.intent_at else ""
            counts = f"tries {row.tries}, ambiguities {row.ambiguities}"
            said = f"{before} -> {row.state}{intent}; {counts}, due {row.due_at}"
            self._tell("database", row.id, said)
        return row, before

    def _intent(self, row: Row) -> Intent:
        """What holds for a row now, when the intent to send it is committed or looked at anew."""
        crowding = self.records.crowding(row, self._time()) if not self._skew else None
        why = row.ended_by or self.records.forbidding(row) or crowding
        return Intent(self._time(), self.records.seconds(row.expires_at), why)

    def _looks(self) -> tuple[datetime, datetime]:
        """Return between which local moments, by its own clock, who calls now has last looked."""
        now = self.records.start + timedelta(seconds=self._time())
        earlier = timedelta(seconds=LOOK_SECONDS + self._skew)
        return now - earlier, now + timedelta(seconds=self._skew)

    def _finish(self, row: Row) -> None:
        """What a row's end says: that it arrived, or that the gate is known to be closed."""
        if row.state == "sent" and not row.copies:
            self._break("I4", row, "is sent but has not arrived")
        call = row.call
        if call is None or call.ambiguities != row.ambiguities:
            # Whoever was told that the gate is closed died before telling anybody.
            return
        if call.closes_gate_until > self._gate_until:
            self._gate_until, self._gate_known_at = call.closes_gate_until, self._time()
            self._tell("database", row.id, f"the gate is known closed until {self._gate_until:.1f}")
        call.closes_gate_until = 0.0

    def _check_gate(self, row: Row, now: float, *, looked_at: float) -> None:
        known_at = self._gate_known_at
        is_closed = known_at < now < self._gate_until - self._skew
        if is_closed and (looked_at > known_at or now - known_at > LOOK_SECONDS):
            said = f"called {self._gate_until - now:.1f} s before the gate opens"
            self._break("I8", row, said)

    def _break(self, invariant: str, row: Row | None, what: str) -> None:
        row_id = row.id if row else None
        self.violations.append(Violation(invariant, row_id, self._time(), what))
        self._tell("invariant", row_id, f"{invariant} is broken: {what}")


def _telling(number: object, day: object) -> str:
    return f"due service {number} on {day}"


def gate_after(now: float, retry_after: float | None) -> float:
    """Return until when nothing may be called after a 429, or after a refused token (None)."""
    return now + (_TOKEN_GATE_SECONDS if retry_after is None else retry_after)
