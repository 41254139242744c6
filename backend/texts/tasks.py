"""The words of a cadre's work: what a task is, why, since when, and how the day stands."""

from collections.abc import Callable, Mapping
from datetime import date

from backend.domain.tasks import Answered, Counts, HelpReason, NotReached, TaskKind

Gettext = Callable[[str], str]
Ngettext = Callable[[str, str, int], str]


def counts_text(counts: Counts, _: Gettext) -> str:
    """How a grid stands, in one line; without any name or health word."""
    return _("Today {today} · overdue {overdue} · this week {done}/{week} done").format(
        today=counts.today, overdue=counts.overdue, done=counts.done, week=counts.week
    )


def digest_text(
    counts: Counts, _: Gettext, n_: Ngettext, *, missed: int = 0, stopped: int = 0
) -> str:
    """What the morning's message says, discreet enough for a lock screen.

    `missed` and `stopped` count who was not reached: no fault of anybody's.
    """
    lines = [_work_text(counts, n_)] if counts.today or not (missed or stopped) else []
    if missed:
        lines.append(missed_text(missed, n_))
    if stopped:
        lines.append(stopped_text(stopped, n_))
    return "\n".join(lines)


def missed_text(count: int, n_: Ngettext) -> str:
    """That reminders did not get through in time."""
    return n_(
        "📭 {n} person did not get a reminder. A word from you helps.",
        "📭 {n} people did not get a reminder. A word from you helps.",
        count,
    ).format(n=count)


def stopped_text(count: int, n_: Ngettext) -> str:
    """That messages to somebody have failed for days, so none are sent any more."""
    return n_(
        "📵 Messages no longer get through to {n} person. Ask after them when you pass by.",
        "📵 Messages no longer get through to {n} people. Ask after them when you pass by.",
        count,
    ).format(n=count)


def _work_text(counts: Counts, n_: Ngettext) -> str:
    if not counts.overdue:
        return n_("☀️ {n} task today.", "☀️ {n} tasks today.", counts.today).format(n=counts.today)
    said = n_(
        "☀️ {n} task today, {overdue} overdue.",
        "☀️ {n} tasks today, {overdue} overdue.",
        counts.today,
    )
    return said.format(n=counts.today, overdue=counts.overdue)


def alert_text(_: Gettext) -> str:
    """What the message about a task that cannot wait says."""
    return _("🔔 Someone needs you. Please have a look.")


_HELP: Mapping[HelpReason, Callable[[Gettext], str]] = {
    HelpReason.TRANSPORT: lambda _: _("has no transport"),
    HelpReason.TIME: lambda _: _("has no time"),
    HelpReason.PROCEDURE: lambda _: _("asks how it goes"),
    HelpReason.COMPANY: lambda _: _("wants company"),
    HelpReason.CALL: lambda _: _("asks for a call"),
    HelpReason.VISIT: lambda _: _("asks for a visit"),
    HelpReason.OTHER: lambda _: _("asks for help"),
}

_KINDS: Mapping[TaskKind, Callable[[Gettext], str]] = {
    TaskKind.HANDOVER: lambda _: _("moves; plan to hand over"),
    TaskKind.MOVE: lambda _: _("reports a move"),
    TaskKind.REGISTRATION: lambda _: _("registered, to confirm"),
    TaskKind.VISIT: lambda _: _("service due, no phone"),
}

_NOT_REACHED: Mapping[NotReached, Callable[[Gettext], str]] = {
    NotReached.NO_ANSWER: lambda _: _("No answer"),
    NotReached.NO_SUCH_NUMBER: lambda _: _("No such number"),
    NotReached.NOT_AT_HOME: lambda _: _("Not at home"),
}


def what_text(kind: TaskKind, reason: str | None, _: Gettext) -> str:
    """What a task is about, in a few words behind a name."""
    if kind is TaskKind.HELP:
        return _HELP[HelpReason(reason or HelpReason.OTHER)](_)
    return _KINDS[kind](_)


def not_reached_text(reason: NotReached, _: Gettext) -> str:
    """Why somebody was not reached, fit for a button."""
    return _NOT_REACHED[reason](_)


def since_text(day: date, today: date, _: Gettext, n_: Ngettext) -> str:
    """How long a task has been waiting."""
    days = (today - day).days
    if days <= 0:
        return _("since today")
    return n_("for {n} day", "for {n} days", days).format(n=days)


_ANSWERED: Mapping[Answered, Callable[[Gettext], str]] = {
    Answered.DONE: lambda _: _("✅ Done."),
    Answered.UNREACHABLE: lambda _: _("📵 Closed as not reached. Three tries are enough."),
    Answered.DECLINED: lambda _: _("🙅 Noted. She is not asked again; it counts against nobody."),
    Answered.MOVED: lambda _: _("🚚 The move is reported."),
    Answered.RESCHEDULED: lambda _: _("⏰ Put off."),
}


def answered_text(answer: Answered, _: Gettext, *, again_on: str | None = None) -> str:
    """What became of a task; `again_on` is the day on which it comes again, if it does."""
    if again_on:
        return _("⏰ It comes again on {on}.").format(on=again_on)
    return _ANSWERED[answer](_)
