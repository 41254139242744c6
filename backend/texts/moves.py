"""The words of moves: numbers, states, who moves, how long, and to whom a plan is handed over."""

from collections.abc import Callable, Mapping

from backend.domain.moves import Direction, HandoverState, MoveState, Stay

Gettext = Callable[[str], str]
Ngettext = Callable[[str, str, int], str]


def number_text(number: int) -> str:
    """A report's number as it is told, such as M-0087."""
    return f"M-{number:04}"


def move_news_text(_: Gettext) -> str:
    """What the message says once her report was taken up."""
    return _("🔔 There is news for you.")


STAYS: Mapping[Stay, Callable[[Gettext], str]] = {
    Stay.UNDER_A_MONTH: lambda _: _("Under 1 month"),
    Stay.UNDER_HALF_A_YEAR: lambda _: _("1 to 6 months"),
    Stay.HALF_A_YEAR_ON: lambda _: _("6 months or more"),
    Stay.SETTLED: lambda _: _("For good"),
    Stay.UNKNOWN: lambda _: _("Not sure"),
}

_DIRECTIONS: Mapping[Direction, Callable[[Gettext], str]] = {
    Direction.OUT: lambda _: _("Moving away to {to_place}"),
    Direction.IN: lambda _: _("Moved here from {from_place}"),
    Direction.WITHIN: lambda _: _("Moving within the village: {to_place}"),
}

_STATES: Mapping[MoveState, Callable[[Gettext], str]] = {
    MoveState.REPORTED: lambda _: _("Reported. Your cadre will look at it."),
    MoveState.RECEIVED: lambda _: _("Your cadre has taken it up."),
    MoveState.CLOSED: lambda _: _("Settled."),
    MoveState.WITHDRAWN: lambda _: _("Taken back."),
}

_HANDOVERS: Mapping[HandoverState, Callable[[Gettext], str]] = {
    HandoverState.DRAFT: lambda _: _("Handover to {recipient}: not agreed to yet."),
    HandoverState.CONSENTED: lambda _: _("Handover to {recipient}: agreed to, to be sent."),
    HandoverState.SENT: lambda _: _("Handover to {recipient}: sent, no answer yet."),
    HandoverState.ACCEPTED: lambda _: _("Handover to {recipient}: accepted."),
    HandoverState.DECLINED: lambda _: _("Handover to {recipient}: not accepted."),
    HandoverState.EXPIRED: lambda _: _("Handover to {recipient}: no answer in time."),
    HandoverState.CLOSED: lambda _: _("Handover to {recipient}: ended."),
}


def stay_text(stay: Stay, _: Gettext) -> str:
    """How long somebody expects to stay, fit for a button."""
    return STAYS[stay](_)


def direction_text(
    direction: Direction, _: Gettext, *, from_place: str | None, to_place: str | None
) -> str:
    """Which way somebody moves, with the other place."""
    unknown = _("not said")
    return _DIRECTIONS[direction](_).format(
        from_place=from_place or unknown, to_place=to_place or unknown
    )


def state_text(state: MoveState, _: Gettext) -> str:
    """Where a report stands."""
    return _STATES[state](_)


def handover_text(state: HandoverState, recipient: str, _: Gettext) -> str:
    """Where a handover stands, and with whom."""
    return _HANDOVERS[state](_).format(recipient=recipient)


def who_text(_: Gettext, n_: Ngettext, *, with_spouse: bool, child_count: int) -> str:
    """Who moves along."""
    children = n_("{n} child", "{n} children", child_count).format(n=child_count)
    if with_spouse and child_count:
        return _("With spouse and {children}").format(children=children)
    if child_count:
        return _("With {children}").format(children=children)
    return _("With spouse") if with_spouse else _("Alone")


def recipient_name(place: str, _: Gettext, *, is_here: bool) -> str:
    """Who would get her plan: the cadre of a village of this township, or the office elsewhere."""
    if is_here:
        return _("the village cadre of {place}").format(place=place)
    return _("the health service of {place}").format(place=place)
