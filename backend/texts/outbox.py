"""What the operator reads about messages that wait for somebody: no name, no health word."""

from collections.abc import Callable, Mapping
from datetime import datetime

from backend.domain.delivery import Kind
from backend.domain.outbox import Advice

Gettext = Callable[[str], str]

_ADVICE: Mapping[Advice, Callable[[Gettext], str]] = {
    Advice.OVER: lambda _: _("Its time has passed: drop it."),
    Advice.UNWANTED: lambda _: _(
        "It will not go any more: the notice was stopped, or whoever it is for does not want it or"
        " cannot be written to. Drop it."
    ),
    Advice.MAY_HAVE_GONE: lambda _: _(
        "On hold since a restore, and was due before it, so it may have gone out already. Drop it"
        " if the service ran after the backup; else release it, and it says that it may be a"
        " repeat."
    ),
    Advice.NOT_YET_DUE: lambda _: _(
        "On hold since a restore, and was not due yet. Enter first what people told since the"
        " backup; then release it, and it goes when it is due."
    ),
    Advice.NOTICE: lambda _: _(
        "A notice's copy, on hold since a restore. Ask the office. If its readers have not had it,"
        " release the copies: they go at once, those of a paused notice once the office goes on"
        " with it. Else drop them."
    ),
    Advice.PROBABLY_ARRIVED: lambda _: _(
        "Tried twice, and no answer came either time. It has probably arrived. Drop it, or release"
        " it to try a third time."
    ),
    Advice.MAYBE_ARRIVED: lambda _: _(
        "No answer came, so it may have arrived. It is not repeated by itself. Drop it, or release"
        " it if a second copy does less harm than none."
    ),
    Advice.NOT_WRITTEN: lambda _: _(
        "The program could not write it, nine times. Look for its number in the log and report"
        " that. Once it is mended, release it; else drop it."
    ),
    Advice.REFUSED: lambda _: _(
        "Telegram refused it. Look for its number in the log and report that. Releasing it helps"
        " only after a change; else drop it."
    ),
}


def explain_advice(advice: Advice, _: Gettext) -> str:
    """What to do about a message, in one or two sentences."""
    return _ADVICE[advice](_)


_KINDS: Mapping[Kind, Callable[[Gettext], str]] = {
    Kind.REMINDER: lambda _: _("reminder"),
    Kind.ALERT: lambda _: _("alert"),
    Kind.BROADCAST: lambda _: _("notice"),
    Kind.SCREEN: lambda _: _("answer in a chat"),
    Kind.COMPLAINT_ANSWER: lambda _: _("answer from the desk"),
    Kind.CODE: lambda _: _("code"),
}


def nothing_waits_text(_: Gettext) -> str:
    """There is nothing to do."""
    return _("Nothing waits for you.")


def message_line(_: Gettext, *, number: int, kind: Kind, due_at: datetime) -> str:
    """One message of the list; `due_at` is in the township's zone."""
    text = _("{number}  {kind}, due {at}")
    return text.format(number=number, kind=_KINDS[kind](_), at=f"{due_at:%Y-%m-%d %H:%M}")


def more_text(_: Gettext, count: int) -> str:
    """How many messages are left out of a list."""
    return _("… and {count} more").format(count=count)


def released_text(_: Gettext, *, done: int, left: int) -> str:
    """How many messages were let go."""
    return _with_left(_, _("Released: {count}.").format(count=done), left)


def dropped_text(_: Gettext, *, done: int, left: int) -> str:
    """How many messages stay unsent."""
    return _with_left(_, _("Dropped: {count}.").format(count=done), left)


def _with_left(_: Gettext, text: str, left: int) -> str:
    if not left:
        return text
    more = _("Left as they are, as they will not go any more or do not wait: {count}.")
    return f"{text} " + more.format(count=left)
