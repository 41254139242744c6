"""Asking who somebody is: village, name, phone and birth year, each as one step of a conversation.

Whoever takes an answer gets it in its normal form; "" stands for what she left out.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import date

from backend.actions import people
from backend.actions.dialogs import Answers
from backend.actions.regions import village_finder
from backend.domain.access import ADULT_YEARS
from backend.domain.errors import WrongValue
from backend.domain.people import OLDEST_YEARS, Rejection, parse_name, parse_phone, tidy
from backend.domain.villages import is_region_code
from backend.texts.errors import explain_error
from bot.buttons import Button, Key, Screen, rows_of
from bot.dialogs import Given, Move, Pressed, Shared, Step, Typed, again
from bot.typed import NO, meant, read_year
from bot.viewer import Viewer

_SKIP = "skip"
_SHOWN = "shown"
_DECADE, _DECADES = 10, 8
_DECADE_PRESS = re.compile(r"d(\d{4}|)")
_YEARS_A_ROW, _DECADES_A_ROW = 5, 4
_VILLAGES_A_PAGE = 10

Take = Callable[[Viewer, Answers, str], Awaitable[Move]]


def village_step(take: Take) -> Step:
    """Ask for the village: buttons, page by page, or its name in any usual form."""

    async def take_village(viewer: Viewer, answers: Answers, given: Given) -> Move:
        if isinstance(given, Pressed) and is_region_code(given.value):
            return await take(viewer, answers, given.value)
        if isinstance(given, Pressed):
            return Move(answers={_SHOWN: given.value if given.value.isdecimal() else ""})
        try:
            found = (await village_finder()).find(getattr(given, "text", ""))
        except WrongValue as error:
            return again(_which_village(viewer, error))
        return await take(viewer, answers, found)

    return Step("village", _ask_village, take_village)


async def _ask_village(viewer: Viewer, answers: Answers) -> Screen:
    _ = viewer._
    villages = await people.villages()
    pages = max(1, -(-len(villages) // _VILLAGES_A_PAGE))
    page = int(answers.get(_SHOWN) or 0) % pages
    first = page * _VILLAGES_A_PAGE
    buttons = [
        Button(village.name, village.code) for village in villages[first : first + _VILLAGES_A_PAGE]
    ]
    turning = (Button(_("More villages ›"), str(page + 1)),) if pages > 1 else ()
    rows = rows_of(buttons) + ((turning,) if turning else ())
    return Screen(_("Which village do you live in?"), rows=rows)


def _which_village(viewer: Viewer, error: WrongValue) -> str:
    if error.reason == Rejection.VILLAGE_AMBIGUOUS:
        return viewer._("Several villages are called like this. Please press yours.")
    return viewer._("I do not know this village. Please press yours.")


def name_step(take: Take) -> Step:
    """Ask for the name, to be typed."""

    async def take_name(viewer: Viewer, answers: Answers, given: Given) -> Move:
        try:
            return await take(viewer, answers, parse_name(getattr(given, "text", "")))
        except WrongValue as error:
            return again(explain_error(error, viewer._))

    return Step("name", _ask_name, take_name)


async def _ask_name(viewer: Viewer, answers: Answers) -> Screen:
    return Screen(viewer._("What is your name? Please type it."))


def registered_step(take: Take) -> Step:
    """Ask where somebody is registered, to be typed; empty where she lives there."""

    async def take_place(viewer: Viewer, answers: Answers, given: Given) -> Move:
        if given == Pressed(_SKIP):
            return await take(viewer, answers, "")
        place = tidy(given.text) if isinstance(given, Typed) else ""
        if not place:
            return again(viewer._("Please type the place, or press the button."))
        return await take(viewer, answers, place)

    return Step("registered", _ask_registered, take_place)


async def _ask_registered(viewer: Viewer, _answers: Answers) -> Screen:
    _ = viewer._
    rows = ((Button(_("Same as where I live"), _SKIP),),)
    return Screen(
        _("Where is the household registered? Services go by where one lives."), rows=rows
    )


def phone_step(take: Take) -> Step:
    """Ask for the phone number: one press, or typed, or left out."""

    async def take_phone(viewer: Viewer, answers: Answers, given: Given) -> Move:
        if meant(given) in (Pressed(_SKIP), Pressed(NO)):
            return await take(viewer, answers, "")
        if isinstance(given, Shared) and not given.is_own:
            return again(viewer._("That is somebody else's number. Please send your own."))
        number = given.phone if isinstance(given, Shared) else getattr(given, "text", "")
        try:
            return await take(viewer, answers, parse_phone(number))
        except WrongValue:
            return again(viewer._("This is not a phone number from here. You may leave it out."))

    return Step("phone", _ask_phone, take_phone)


async def _ask_phone(viewer: Viewer, answers: Answers) -> Screen:
    _ = viewer._
    return Screen(
        _("What is your phone number? You may leave it out."),
        keys=(
            (Key(_("📱 Send my number"), asks_contact=True),),
            (Key(_("Leave it out"), value=_SKIP),),
        ),
    )


def year_step(take: Take) -> Step:
    """Ask for the birth year: a decade, then the year; or typed; or left out."""

    async def take_year(viewer: Viewer, answers: Answers, given: Given) -> Move:
        given = meant(given)
        if given in (Pressed(_SKIP), Pressed(NO)):
            return await take(viewer, answers, "")
        if isinstance(given, Pressed) and (decade := _DECADE_PRESS.fullmatch(given.value)):
            return Move(answers={_SHOWN: decade[1]})
        text = given.value if isinstance(given, Pressed) else getattr(given, "text", "")
        year = read_year(text, viewer.today)
        if year is None or viewer.today.year - year > OLDEST_YEARS:
            return again(viewer._("Please press the year, or type it, such as 1990."))
        return await take(viewer, answers, str(year))

    return Step("year", _ask_year, take_year)


async def _ask_year(viewer: Viewer, answers: Answers) -> Screen:
    _ = viewer._
    skip = Button(_("Leave it out"), _SKIP)
    decade = answers.get(_SHOWN, "")
    if not decade:
        return Screen(
            _("In which year were you born? First press the ten years, or type the year."),
            rows=(*rows_of(_decades(viewer, viewer.today), width=_DECADES_A_ROW), (skip,)),
        )
    years = [str(year) for year in range(int(decade), int(decade) + _DECADE)]
    buttons = [Button(year, year) for year in years]
    other = Button(_("Other years"), "d")
    return Screen(_("Which year?"), rows=(*rows_of(buttons, width=_YEARS_A_ROW), (other, skip)))


def _decades(viewer: Viewer, today: date) -> list[Button]:
    """The decades in which grown-ups were born."""
    newest = (today.year - ADULT_YEARS) // _DECADE * _DECADE
    oldest = newest - (_DECADES - 1) * _DECADE
    return [
        Button(viewer._("{decade}s").format(decade=decade), f"d{decade}")
        for decade in range(oldest, newest + 1, _DECADE)
    ]
