"""The words of unsolicited messages: no name and no health word until the button is pressed."""

from collections.abc import Callable, Mapping
from datetime import date

from backend.domain.schedule import State
from backend.texts.services import format_day

Gettext = Callable[[str], str]
Ngettext = Callable[[str, str, int], str]


def reminder_text(_: Gettext, *, title: str | None = None, is_daily: bool = False) -> str:
    """What a reminder says by itself; `title` only for somebody who asked to see it at once.

    What comes every day says so, lest it look like the other reminder of that morning.
    """
    if title:
        return f"🔔 {title}"
    return _("⏰ Here is your daily reminder.") if is_daily else _("🔔 You have a new reminder.")


def registration_confirmed_text(_: Gettext) -> str:
    """What somebody who registered herself hears once her cadre has confirmed it."""
    return _("✅ Your registration is confirmed. I will tell you when something is due.")


def registration_refused_text(_: Gettext) -> str:
    """What somebody who registered herself hears when the village does not know her."""
    return _("Your registration could not be confirmed in this village. Please choose another.")


def repeated(_: Gettext, text: str) -> str:
    """A message that may have come before, saying so."""
    return _("{text}\n(You may have got this before.)").format(text=text)


def time_left(_: Gettext, n_: Ngettext, *, closes_on: date, today: date) -> str:
    """How long something can still be done, the last day included."""
    days = (closes_on - today).days
    if days == 0:
        return _("Today is the last day.")
    return n_("{n} day left.", "{n} days left.", days).format(n=days)


def until_text(_: Gettext, n_: Ngettext, *, closes_on: date, today: date) -> str:
    """Until when something can be done and how long that is, as one sentence."""
    days = (closes_on - today).days
    if days == 0:
        return _("It can be done until today.")
    until = n_(
        "It can be done until {closes}, {n} day left.",
        "It can be done until {closes}, {n} days left.",
        days,
    )
    return until.format(closes=format_day(closes_on, _), n=days)


def booked_text(_: Gettext, booked_on: date, today: date) -> str:
    """What to say of a day she booked, from the day before on in nearer words."""
    on = format_day(booked_on, _)
    days = (booked_on - today).days
    if days == 0:
        return _("📌 Your appointment is today.")
    if days == 1:
        return _("📌 Your appointment is tomorrow, {on}.").format(on=on)
    if days < 0:
        return _("📌 Your appointment was on {on}. Have you been there?").format(on=on)
    return _("📌 Your appointment is on {on}.").format(on=on)


_OVER: Mapping[State, Callable[[Gettext], str]] = {
    State.DONE: lambda _: _("✅ This is done. Nothing more to do."),
    State.DECLINED: lambda _: _("You said no to this. We do not ask again."),
    State.CLOSED: lambda _: _("The time for this is over. If you did it, tell me."),
    State.CANCELLED: lambda _: _("This is no longer needed."),
}


def over_text(state: State, _: Gettext) -> str:
    """What to say of a service that is over; raises KeyError for one that is not."""
    return _OVER[state](_)
