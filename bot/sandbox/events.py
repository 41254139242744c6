"""What happens in the chats, told to whoever watches: the page, and the phones of a test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: its kind, whose phone shows it (None: everybody's), and details."""

    kind: str
    person_id: int | None = None
    details: dict[str, Any] = field(default_factory=dict)


Listener = Callable[[Event], None]


@dataclass(slots=True)
class Events:
    """Passes each event to those who listen to all, and to those who listen to one person."""

    _everything: list[Listener] = field(default_factory=list)
    _by_person: dict[int, list[Listener]] = field(default_factory=dict)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of everything; returns how to stop."""
        self._everything.append(listener)
        return lambda: self._everything.remove(listener)

    def listen_to(self, person_id: int, listener: Listener) -> None:
        """Hear of one person's chat."""
        self._by_person.setdefault(person_id, []).append(listener)

    def tell(self, kind: str, person_id: int | None = None, **details: Any) -> None:
        """Pass an event on."""
        listeners = self._by_person.get(person_id, ()) if person_id is not None else ()
        if not listeners and not self._everything:
            return
        event = Event(kind, person_id, details)
        for listener in (*listeners, *self._everything):
            listener(event)
