"""The words around broadcasts: what readers see of them, states, counts, and refusals."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from backend.domain.broadcasts import Progress, Reach, Refusal, State, text_limit
from backend.texts.services import format_day

Gettext = Callable[[str], str]
Ngettext = Callable[[str, str, int], str]
Sentence = Callable[[Gettext], str]

_MINUTE = timedelta(minutes=1)

_STATES: Mapping[State, Sentence] = {
    State.DRAFT: lambda _: _("Draft"),
    State.WAITING: lambda _: _("Waiting for a second person"),
    State.QUEUED: lambda _: _("Planned"),
    State.SENDING: lambda _: _("Being sent"),
    State.PAUSED: lambda _: _("Paused"),
    State.DONE: lambda _: _("All sent"),
    State.STOPPED: lambda _: _("Stopped"),
}
_ICONS: Mapping[State, str] = {
    State.DRAFT: "✏️",
    State.WAITING: "🕐",
    State.QUEUED: "📅",
    State.SENDING: "📤",
    State.PAUSED: "⏸",
    State.DONE: "✅",
    State.STOPPED: "⏹",
}
_GROUPS: Mapping[str, Sentence] = {
    "sent": lambda _: _("📬 Reached"),
    "failed": lambda _: _("❌ Failed"),
    "waiting": lambda _: _("⏳ Waiting"),
    "unknown": lambda _: _("❓ Perhaps arrived"),
    "cancelled": lambda _: _("🚫 Not sent"),
}

_REFUSALS: Mapping[Refusal, Sentence] = {
    Refusal.STATE: lambda _: _("This has changed meanwhile. Here is how it stands now."),
    Refusal.TEXT_MISSING: lambda _: _("Please write the words first."),
    Refusal.TOO_LONG: lambda _: _("That is too long."),
    Refusal.NO_VILLAGES: lambda _: _("Please choose at least one village."),
    Refusal.NOBODY: lambda _: _("Nobody can be reached there yet. Choose more villages."),
    Refusal.SAME_PERSON: lambda _: _("Who wrote it cannot confirm it. Ask another officer."),
    Refusal.WRONG_TIME: lambda _: _("Please choose a moment to come, within 60 days."),
    Refusal.NOTHING_FAILED: lambda _: _("There is nothing to send again."),
}


def copy_text(township: str, text: str) -> str:
    """What a reader sees: who writes, and the words."""
    return f"📢 {township}\n\n{text}"


def waiting_text(_: Gettext) -> str:
    """What an officer hears of a colleague's broadcast above 200 readers."""
    return _("📢 A notice waits for you to confirm it.")


def answered_text(_: Gettext) -> str:
    """What its writer hears when a broadcast was confirmed, given back, or is done."""
    return _("📢 There is news of your notice.")


def excerpt(text: str, *, longest: int = 40) -> str:
    """The beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest]}…"


def state_name(state: State, _: Gettext) -> str:
    """A state in the office's words, with its sign."""
    return f"{_ICONS[state]} {_STATES[state](_)}"


def state_icon(state: State) -> str:
    """The sign of a state, for a button that has room for little."""
    return _ICONS[state]


def group_name(group: str, _: Gettext) -> str:
    """A group of readers whose copies ended alike."""
    return _GROUPS[group](_)


def refusal_text(reason: str, _: Gettext) -> str:
    """Why something cannot be done with a broadcast, and what to do."""
    return _REFUSALS[Refusal(reason)](_)


def too_long_text(length: int, _: Gettext, *, has_picture: bool) -> str:
    """How much too long the words are."""
    limit = text_limit(has_picture=has_picture)
    if has_picture:
        return _("Under a picture at most {limit} signs fit; these are {length}.").format(
            limit=limit, length=length
        )
    return _("At most {limit} signs fit; these are {length}.").format(limit=limit, length=length)


def reach_text(reach: Reach, _: Gettext) -> str:
    """The reach in one line."""
    return _(
        "Meant {targets} · opted out {opted_out} · not here {unbound} · reached {reachable}"
    ).format(
        targets=f"{reach.targets:,}",
        opted_out=f"{reach.opted_out:,}",
        unbound=f"{reach.unbound:,}",
        reachable=f"{reach.reachable:,}",
    )


def progress_text(progress: Progress, _: Gettext) -> str:
    """How far it got in one line; what never happened is left out."""
    parts = [
        _("Sent {n}").format(n=f"{progress.sent:,}"),
        _("failed {n}").format(n=f"{progress.failed:,}"),
        _("waiting {n}").format(n=f"{progress.waiting:,}"),
    ]
    if progress.unknown:
        parts.append(_("perhaps arrived {n}").format(n=f"{progress.unknown:,}"))
    if progress.cancelled:
        parts.append(_("not sent {n}").format(n=f"{progress.cancelled:,}"))
    return " · ".join(parts)


def duration_text(duration: timedelta, n_: Ngettext) -> str:
    """How long sending takes, in whole minutes, at least one."""
    minutes = max(1, -(-duration // _MINUTE))
    return n_("about {n} minute", "about {n} minutes", minutes).format(n=minutes)


def moment_text(at: datetime, _: Gettext) -> str:
    """A local moment: its day and time."""
    return _("{day} {time}").format(day=format_day(at.date(), _), time=f"{at:%H:%M}")
