"""Asking for a day: a month grid, quick buttons, and typed dates, as one step of a conversation."""

from calendar import monthcalendar
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backend.actions.dialogs import Answers
from backend.domain.gestation import add_months
from backend.texts.services import format_day
from bot.buttons import Button, Screen
from bot.dialogs import Given, Move, Pressed, Step, Typed, again
from bot.typed_dates import is_forgotten, is_lunar, read_day, read_month
from bot.viewer import Viewer

FORGOTTEN = "forgotten"
_NOTHING = Button("·", "-")
_ONE_DAY = timedelta(days=1)
_MONTHS_A_ROW = 3

Question = Callable[[Viewer, Answers], str]
Reach = Callable[[Viewer, Answers], tuple[date, date]]
Take = Callable[[Viewer, Answers, date | str], Awaitable[Move]]
Extras = Callable[[Viewer], tuple[Button, ...]]
Reads = Callable[[str, date], date | None]


def days_around(before: int, after: int) -> Reach:
    """The reach from `before` days ago to `after` days ahead, both inclusive."""

    def reach(viewer: Viewer, _answers: Answers) -> tuple[date, date]:
        return viewer.today - timedelta(before), viewer.today + timedelta(after)

    return reach


def forgettable(viewer: Viewer) -> tuple[Button, ...]:
    """The extra button of a question whose day may be forgotten; `take` gets FORGOTTEN."""
    return (Button(viewer._("I don't remember"), FORGOTTEN),)


def month_value(day: date) -> str:
    """The month of a day as an answer keeps it: 2026-05."""
    return f"{day.year}-{day.month:02}"


@dataclass(frozen=True, slots=True)
class _DateQuestion:
    """One question for a day; which month is shown is kept among the answers."""

    name: str
    words: Question
    reach: Reach
    answered: Take
    extras: Extras | None
    reads: Reads | None

    @property
    def shown(self) -> str:
        """The answer that holds the month (2026-05) or the year (2026) on view."""
        return f"{self.name}.shown"

    async def ask(self, viewer: Viewer, answers: Answers) -> Screen:
        """Show the month on view, or the months of a year."""
        reach = self.reach(viewer, answers)
        shown = answers.get(self.shown) or month_value(min(max(viewer.today, reach[0]), reach[1]))
        rows = (
            _month_rows(viewer, date.fromisoformat(f"{shown}-01"), reach)
            if "-" in shown
            else _year_rows(viewer, int(shown), reach)
        )
        rows += _quick_row(viewer, reach)
        if self.extras:
            rows += tuple((button,) for button in self.extras(viewer))
        return Screen(self.words(viewer, answers), rows=rows, is_protected=True)

    async def take(self, viewer: Viewer, answers: Answers, given: Given) -> Move:
        """Turn a leaf, take a day, or say what is expected."""
        if isinstance(given, Pressed):
            return await self._take_press(viewer, answers, given.value)
        if isinstance(given, Typed):
            return await self._take_text(viewer, answers, given.text)
        return again(_expected(viewer))

    async def _take_press(self, viewer: Viewer, answers: Answers, value: str) -> Move:
        if any(value == extra.value for extra in self._extras(viewer)):
            return await self.answered(viewer, answers, value)
        if value.startswith("m"):
            return Move(answers={self.shown: value[1:]})
        if value.startswith("d"):
            return await self._take_day(viewer, answers, date.fromisoformat(value[1:]))
        return Move()

    async def _take_text(self, viewer: Viewer, answers: Answers, text: str) -> Move:
        first, last = self.reach(viewer, answers)
        day = read_day(text, viewer.today, first, last)
        day = day or (self.reads(text, viewer.today) if self.reads else None)
        if day:
            return await self._take_day(viewer, answers, day)
        month = read_month(text, viewer.today, first, last)
        if month:
            hint = viewer._("And which day?")
            return Move(answers={self.shown: month_value(month)}, hint=hint)
        if is_forgotten(text) and any(extra.value == FORGOTTEN for extra in self._extras(viewer)):
            return await self.answered(viewer, answers, FORGOTTEN)
        if is_lunar(text):
            return again(viewer._("I cannot read the lunar calendar. Please write the solar date."))
        return again(_expected(viewer))

    def _extras(self, viewer: Viewer) -> tuple[Button, ...]:
        return self.extras(viewer) if self.extras else ()

    async def _take_day(self, viewer: Viewer, answers: Answers, day: date) -> Move:
        first, last = self.reach(viewer, answers)
        if first <= day <= last:
            return await self.answered(viewer, answers, day)
        _ = viewer._
        if day > last == viewer.today:
            return again(_("This day has not come yet. Please choose another."))
        return again(
            _("Please choose a day between {first} and {last}.").format(
                first=format_day(first, _), last=format_day(last, _)
            )
        )


def date_step(
    name: str,
    question: Question,
    *,
    reach: Reach,
    take: Take,
    extras: Extras | None = None,
    reads: Reads | None = None,
) -> Step:
    """A step that asks for a day within `reach`, both ends inclusive.

    `take` gets the day, or the value of the pressed one of `extras`, such as FORGOTTEN. `reads`
    finds the day in words that name none, given what was typed and today.
    """
    asked = _DateQuestion(name, question, reach=reach, answered=take, extras=extras, reads=reads)
    return Step(name, asked.ask, asked.take)


def _expected(viewer: Viewer) -> str:
    _ = viewer._
    return _("Please pick a day, or write it like {example}.").format(
        example=format_day(viewer.today, _)
    )


def month_grid(
    viewer: Viewer, month: date, *, reach: tuple[date, date], cell: Callable[[date], Button]
) -> tuple[tuple[Button, ...], ...]:
    """A month as rows: its name between two arrows, the weekdays, and a `cell` for each day.

    Days out of `reach` are empty, weeks without a day in it are left out; the arrows lead to the
    months that have days in it.
    """
    _ = viewer._
    title = _("{month.year}-{month.month:02}").format(month=month)
    before, after = month - _ONE_DAY, add_months(month, 1)
    head = (
        _arrow("‹", month_value(before), is_open=before >= reach[0]),
        Button(title, f"m{month.year}"),
        _arrow("›", month_value(after), is_open=after <= reach[1]),
    )
    names = (_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su"))
    weekdays = tuple(replace(_NOTHING, text=name) for name in names)
    weeks = (
        tuple(_cell(month, number, reach=reach, cell=cell) for number in week)
        for week in monthcalendar(month.year, month.month)
    )
    return (head, weekdays, *(week for week in weeks if set(week) != {_NOTHING}))


def _cell(
    month: date, number: int, *, reach: tuple[date, date], cell: Callable[[date], Button]
) -> Button:
    day = month.replace(day=number) if number else None
    return cell(day) if day and reach[0] <= day <= reach[1] else _NOTHING


def _month_rows(
    viewer: Viewer, month: date, reach: tuple[date, date]
) -> tuple[tuple[Button, ...], ...]:
    """A month with its days to press, today in brackets."""

    def cell(day: date) -> Button:
        return Button(f"[{day.day}]" if day == viewer.today else str(day.day), f"d{day}")

    return month_grid(viewer, month, reach=reach, cell=cell)


def _year_rows(
    viewer: Viewer, year: int, reach: tuple[date, date]
) -> tuple[tuple[Button, ...], ...]:
    """A year between two arrows, and its months to press."""
    head = (
        _arrow("‹", str(year - 1), is_open=year > reach[0].year),
        replace(_NOTHING, text=viewer._("Year {year}").format(year=year)),
        _arrow("›", str(year + 1), is_open=year < reach[1].year),
    )
    months = [_month_button(viewer, date(year, number, 1), reach=reach) for number in range(1, 13)]
    laid = [tuple(months[at : at + _MONTHS_A_ROW]) for at in range(0, 12, _MONTHS_A_ROW)]
    return (head, *laid)


def _month_button(viewer: Viewer, month: date, *, reach: tuple[date, date]) -> Button:
    if not reach[0].replace(day=1) <= month <= reach[1]:
        return _NOTHING
    label = viewer._("{month.year}-{month.month:02}").format(month=month)
    return Button(label, f"m{month_value(month)}")


def _quick_row(viewer: Viewer, reach: tuple[date, date]) -> tuple[tuple[Button, ...], ...]:
    _ = viewer._
    near = ((-1, _("Yesterday")), (0, _("Today")), (1, _("Tomorrow")))
    days = [(viewer.today + timedelta(step), label) for step, label in near]
    buttons = [Button(label, f"d{day}") for day, label in days if reach[0] <= day <= reach[1]]
    return (tuple(buttons),) if buttons else ()


def _arrow(sign: str, shown: str, *, is_open: bool) -> Button:
    return Button(sign, f"m{shown}") if is_open else _NOTHING
