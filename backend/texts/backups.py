"""What the operator reads after a backup and after a restore."""

from collections.abc import Callable
from datetime import datetime

Gettext = Callable[[str], str]


def backup_made_text(_: Gettext, *, file: str, at: datetime) -> str:
    """Where the backup is and what it lacks; `at` is in the township's zone."""
    return _(
        "{file}: the database as it was at {at}, checked. It holds health data: keep it private.\n"
        "The key file is not in it. Keep that too, in another place: without it nobody can read"
        " names, phones and ID numbers."
    ).format(file=file, at=f"{at:%Y-%m-%d %H:%M}")


def restored_text(
    _: Gettext, *, at: datetime, messages: int, paused: int, returned: int, kept: str | None
) -> str:
    """What is there now, what is lost and what to do; `at` is in the township's zone.

    `messages` are on hold; `paused` and `returned` count notices, `kept` names the file with what
    was there before.
    """
    text = _(
        "The database is that of {at} again. Whatever came after is lost: also what people took"
        " back, stopped or told about since. Enter it again before anything else.\n"
        "Messages on hold: {messages}. `outbox` says what to do about each.\n"
        "Notices paused: {paused}; given back to their writers: {returned}."
    ).format(at=f"{at:%Y-%m-%d %H:%M}", messages=messages, paused=paused, returned=returned)
    if kept is None:
        return text
    return f"{text}\n" + _("What was there before is kept as {file}.").format(file=kept)
