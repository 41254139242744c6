"""What a person reads about a service, and what recurs in it: where it is and what to bring."""

from collections.abc import Callable
from typing import NamedTuple

Gettext = Callable[[str], str]


class Words(NamedTuple):
    """What a person reads about a service; the title fits a button."""

    title: str
    what: str
    bring: str
    where: str


def centre(_: Gettext) -> str:
    """Where most checks are."""
    return _("At the township health centre.")


def clinic(_: Gettext) -> str:
    """What every village has, too."""
    return _("At your village clinic or the township health centre.")


def chosen_place(_: Gettext) -> str:
    """Where a procedure was done."""
    return _("Where you had it done, or at the township health centre.")


def id_card(_: Gettext) -> str:
    """What every office asks for."""
    return _("Your ID card.")


def handbook(_: Gettext) -> str:
    """What a pregnant woman brings."""
    return _("Your ID card and the mother and child handbook.")


def results(_: Gettext) -> str:
    """What a doctor likes to see."""
    return _("Your ID card and earlier results, if you have them.")


def child_book(_: Gettext) -> str:
    """What is brought for a child."""
    return _("The mother and child handbook and the vaccination booklet.")


def nothing(_: Gettext) -> str:
    """Where nothing is needed."""
    return _("Nothing.")
