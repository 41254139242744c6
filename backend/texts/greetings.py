"""How a person is greeted: by surname and the hour of the day."""

from collections.abc import Callable

from backend.domain.salutation import Salutation

Gettext = Callable[[str], str]

_DAWN, _NOON, _DUSK = 5, 12, 18


def address(whom: Salutation, _: Gettext) -> str:
    """The name one greets with: 王女士, 欧阳先生; the whole name while the sex is not known."""
    if whom.sex == "female":
        return _("Ms {called}").format(called=whom.called)
    if whom.sex == "male":
        return _("Mr {called}").format(called=whom.called)
    return whom.name


def greet(whom: Salutation | None, hour: int, _: Gettext) -> str:
    """The greeting at an hour of the day (0 to 23); without a name it greets all the same."""
    if whom is None:
        return _("Hello.")
    name = address(whom, _)
    if _DAWN <= hour < _NOON:
        return _("Good morning, {name}.").format(name=name)
    if _NOON <= hour < _DUSK:
        return _("Good afternoon, {name}.").format(name=name)
    return _("Good evening, {name}.").format(name=name)
