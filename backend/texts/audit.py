"""What somebody reads about her own row in the audit log: who did what, and when."""

from collections.abc import Callable, Mapping
from datetime import datetime

from backend.texts.services import format_day

Gettext = Callable[[str], str]

DEEDS: Mapping[str, Callable[[Gettext], str]] = {
    "contact_opened": lambda _: _("{on} {time}: {who} opened your name and phone"),
    "name_opened": lambda _: _("{on} {time}: {who} looked at your name on the list of a notice"),
    "invite_created": lambda _: _("{on} {time}: {who} made an invite for you"),
    "registration_confirmed": lambda _: _("{on} {time}: {who} confirmed your registration"),
    "registration_refused": lambda _: _("{on} {time}: {who} did not confirm your registration"),
}


def who_did_what(_: Gettext, *, at: datetime, who: str, action: str) -> str:
    """One line of the list; `at` is in the township's zone."""
    deed = DEEDS.get(action, _other)
    return deed(_).format(on=format_day(at.date(), _), time=f"{at:%H:%M}", who=who)


def _other(_: Gettext) -> str:
    return _("{on} {time}: {who} worked on your record")
