"""Words about complaints that the chat and the desk share."""

from collections.abc import Callable, Mapping
from datetime import date

from backend.domain.complaints import Case, Category, Deed, Kind, Piece, Rating, State
from backend.domain.desk import Unit
from backend.domain.receipts import grouped
from backend.texts.services import format_day

Gettext = Callable[[str], str]
Ngettext = Callable[[str, str, int], str]
Sentence = Callable[[Gettext], str]

_KINDS: Mapping[Kind, Sentence] = {
    Kind.COMPLAINT: lambda _: _("Complaint"),
    Kind.SUGGESTION: lambda _: _("Suggestion"),
    Kind.PRAISE: lambda _: _("Praise"),
}
_CATEGORIES: Mapping[Category, Sentence] = {
    Category.CHARGED: lambda _: _("Paid for a free service"),
    Category.REFUSED: lambda _: _("Service refused"),
    Category.COERCED: lambda _: _("Forced into a procedure"),
    Category.PRIVACY: lambda _: _("Privacy leaked"),
    Category.CONDUCT: lambda _: _("How staff behave"),
    Category.UNPAID: lambda _: _("Benefit not paid"),
    Category.GIRLS: lambda _: _("Slighted for having girls"),
    Category.SOLD: lambda _: _("Free supplies sold"),
    Category.OTHER: lambda _: _("Something else"),
}
_UNITS: Mapping[Unit, Sentence] = {
    Unit.VILLAGE: lambda _: _("Village cadre"),
    Unit.TOWNSHIP: lambda _: _("Township office"),
    Unit.CLINIC: lambda _: _("Health centre"),
}
_STATES: Mapping[State, Sentence] = {
    State.DRAFT: lambda _: _("Not handed in"),
    State.RECEIVED: lambda _: _("Received, being looked at"),
    State.ACCEPTED: lambda _: _("Taken up, being dealt with"),
    State.ANSWERED: lambda _: _("Answered"),
    State.REVIEW: lambda _: _("Being dealt with once more"),
    State.DECLINED: lambda _: _("Not taken up"),
    State.CLOSED: lambda _: _("Closed"),
    State.WITHDRAWN: lambda _: _("Taken back; everything was erased"),
}
_DEEDS: Mapping[Deed, Sentence] = {
    Deed.ACCEPT: lambda _: _("{day}: it is taken up."),
    Deed.EXTEND: lambda _: _("{day}: more time is needed."),
    Deed.ANSWER: lambda _: _("{day}: the answer."),
    Deed.DECLINE: lambda _: _("{day}: it is not taken up here."),
    Deed.CLOSE: lambda _: _("{day}: it is closed."),
}
_RATINGS: Mapping[Rating, Sentence] = {
    Rating.GOOD: lambda _: _("Satisfied"),
    Rating.FAIR: lambda _: _("So-so"),
    Rating.AGAIN: lambda _: _("Not satisfied, once more"),
}


def kind_name(kind: Kind, _: Gettext) -> str:
    """What somebody has to say, in two words."""
    return _KINDS[kind](_)


def category_name(category: Category, _: Gettext) -> str:
    """What a complaint is about, as it stands on a button."""
    return _CATEGORIES[category](_)


def unit_name(unit: Unit, _: Gettext) -> str:
    """Whom a complaint is about, as it stands on a button."""
    return _UNITS[unit](_)


def state_name(state: State, _: Gettext) -> str:
    """Where a complaint stands."""
    return _STATES[state](_)


def rating_name(rating: Rating, _: Gettext) -> str:
    """What somebody says of an answer, as it stands on a button."""
    return _RATINGS[rating](_)


def reply_text(deed: Deed, said_on: date, text: str, _: Gettext) -> str:
    """What the desk did on a day, and what it said with it."""
    line = _DEEDS[deed](_).format(day=format_day(said_on, _))
    return f"{line}\n{text}" if text else line


def counted(counts: Mapping[Piece, int], _: Gettext, n_: Ngettext) -> str:
    """How much was sent; what is in it is sealed."""
    said = []
    if number := counts.get(Piece.TEXT):
        said.append(n_("{n} text", "{n} texts", number).format(n=number))
    if number := counts.get(Piece.PHOTO):
        said.append(n_("{n} photo", "{n} photos", number).format(n=number))
    if number := counts.get(Piece.VOICE):
        said.append(n_("{n} voice message", "{n} voice messages", number).format(n=number))
    return _(", ").join(said) or _("nothing yet")


def deadline_text(case: Case, due_on: date | None, answer_by: date | None, _: Gettext) -> str:
    """By when she hears what, as long as a clock runs for the desk; else nothing."""
    if case.state is State.RECEIVED and due_on and answer_by:
        sentence = _("Whether it is taken up: by {notice_by}. Answer: by {answer_by}.")
        return sentence.format(notice_by=format_day(due_on, _), answer_by=format_day(answer_by, _))
    if answer_by:
        return _("Answer: by {answer_by}.").format(answer_by=format_day(answer_by, _))
    return ""


def receipt_line(receipt: str, _: Gettext) -> str:
    """The receipt, in groups that are easy to copy."""
    return _("Receipt: {receipt}").format(receipt=grouped(receipt))


def news_text(_: Gettext) -> str:
    """The push: that there is something new, and nothing of what it is."""
    return _("There is a new message for you.")


def desk_news_text(_: Gettext) -> str:
    """The push to the desk: that there is work, and nothing of what it is."""
    return _("The desk has something new or soon due. Please look at your list.")
