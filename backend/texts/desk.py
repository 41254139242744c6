"""What the desk reads of a complaint, as plain lines."""

from collections.abc import Iterable
from datetime import date

from backend.domain.complaints import Case, Category, Kind
from backend.domain.desk import Unit
from backend.texts.complaints import (
    Gettext,
    category_name,
    deadline_text,
    kind_name,
    receipt_line,
    state_name,
    unit_name,
)
from backend.texts.services import format_day


def subject_lines(
    _: Gettext, *, receipt: str, kind: Kind, category: Category | None, about: str | None
) -> list[str]:
    """What it is, in which matter, about whom."""
    lines = [receipt_line(receipt, _), kind_name(kind, _)]
    if category:
        lines[-1] = _("{kind}: {category}").format(
            kind=lines[-1], category=category_name(category, _)
        )
    lines.append(_("About: {about}").format(about=_about(about, _)))
    return lines


def case_lines(
    _: Gettext, case: Case, *, due_on: date | None, answer_by: date | None, contact: str | None
) -> list[str]:
    """Since when it is here, how it stands, its clocks, and how to reach the complainant."""
    lines = [
        _("Handed in: {day}").format(day=format_day(case.received_on, _)),
        _("It is: {state}").format(state=state_name(case.state, _)),
        deadline_text(case, due_on, answer_by, _),
        _("From: {contact}").format(contact=contact or _("no name given")),
    ]
    return [line for line in lines if line]


def reading_lines(_: Gettext, readings: Iterable[tuple[str, date]]) -> list[str]:
    """Who opened it, on which day."""
    return [
        _("Read by {holder} on {day}").format(holder=holder, day=format_day(read_on, _))
        for holder, read_on in readings
    ]


def _about(about: str | None, _: Gettext) -> str:
    if about in frozenset(Unit):
        return unit_name(Unit(about), _)
    return about or _("nobody in particular")
