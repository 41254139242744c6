"""What is asked about a method somebody chose: which one, since when, and how long it lasts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from backend.actions.dialogs import Answers
from backend.actions.events import SUPPLIES
from backend.domain.events import Method
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Given, Move, Pressed, Step, again
from bot.viewer import Viewer

LASTING = (Method.IMPLANT, *SUPPLIES)
_HIS = (Method.VASECTOMY, Method.CONDOM)
_HERS = (
    Method.IUD,
    Method.IMPLANT,
    Method.LIGATION,
    Method.PILL,
    Method.CONDOM,
    Method.ABORTION_CARE,
)
_RODS, _MONTHS, _UNKNOWN = "rods", "months", "unknown"


@dataclass(frozen=True, slots=True)
class Lasts:
    """What is known of how long it lasts: an implant's rods, or whole months."""

    rods: int | None = None
    months: int | None = None


UNKNOWN = Lasts()


def method_names(viewer: Viewer) -> dict[Method, str]:
    """What each method is called on a button."""
    _ = viewer._
    return {
        Method.IUD: _("IUD"),
        Method.IMPLANT: _("Implant"),
        Method.LIGATION: _("Ligation"),
        Method.VASECTOMY: _("Vasectomy"),
        Method.PILL: _("Free pills"),
        Method.CONDOM: _("Free condoms"),
        Method.ABORTION_CARE: _("Care after an abortion"),
        Method.RECOVERY: _("Asking how you are"),
    }


def method_buttons(viewer: Viewer, sex: str | None) -> list[Button]:
    """A button for each method somebody of this sex may have chosen."""
    names = method_names(viewer)
    return [Button(names[method], method) for method in (_HIS if sex == "male" else _HERS)]


def day_question(viewer: Viewer, method: Method) -> str:
    """The question for the day of it."""
    _ = viewer._
    return _("When did you fetch them?") if method in SUPPLIES else _("When was it done?")


async def _ask_lasts(viewer: Viewer, answers: Answers) -> Screen:
    """Ask how long it lasts, as that says when it is due for a change."""
    _, n_ = viewer._, viewer.n_
    unknown = Button(_("Don't know"), _UNKNOWN)
    if answers["method"] == Method.IMPLANT:
        buttons = [Button(n_("{n} rod", "{n} rods", n).format(n=n), f"{_RODS}{n}") for n in (2, 6)]
        buttons += [
            Button(_("Lasts {years} years").format(years=years), f"{_MONTHS}{12 * years}")
            for years in (3, 5)
        ]
        text = _("Which implant is it? It stands on the card you were given.")
        return Screen(text, rows=rows_of([*buttons, unknown]), is_protected=True)
    buttons = [
        Button(n_("{n} month", "{n} months", n).format(n=n), f"{_MONTHS}{n}") for n in (1, 3, 6)
    ]
    text = _("For how long will they last you?")
    return Screen(text, rows=rows_of([*buttons, unknown]), is_protected=True)


Keep = Callable[[Viewer, Answers, date, Lasts], Awaitable[Move]]


def lasts_step(keep: Keep) -> Step:
    """The question for how long it lasts, after which `keep` keeps what began on the day `on`."""

    async def take_lasts(viewer: Viewer, answers: Answers, given: Given) -> Move:
        lasts = _lasts_of(given)
        if lasts is None:
            return again(viewer._("Please press one of the buttons."))
        return await keep(viewer, answers, date.fromisoformat(answers["on"]), lasts)

    return Step("lasts", _ask_lasts, take_lasts)


def _lasts_of(given: Given) -> Lasts | None:
    value = given.value if isinstance(given, Pressed) else ""
    if value.startswith(_RODS):
        return Lasts(rods=int(value.removeprefix(_RODS)))
    if value.startswith(_MONTHS):
        return Lasts(months=int(value.removeprefix(_MONTHS)))
    return UNKNOWN if value == _UNKNOWN else None
