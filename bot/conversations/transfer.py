"""A pregnancy after an embryo transfer: its day and the embryo's age give the due date."""

from datetime import date

from backend.actions.dialogs import Answers
from backend.domain.gestation import Source, dated_by_transfer
from bot.buttons import Button, Screen
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, go
from bot.membership import members_only
from bot.viewer import Viewer

_LONGEST_AGO_DAYS = 300
AGES = ("3", "5")


async def take_day(_viewer: Viewer, _answers: Answers, day: date | str) -> Move:
    """Ask for the embryo's age."""
    return go("age", transferred=str(day))


async def ask_age(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask how many days old the embryo was."""
    _ = viewer._
    buttons = tuple(Button(_("Day {days}").format(days=age), age) for age in AGES)
    return Screen(_("How old was the embryo?"), rows=(buttons,), is_protected=True)


async def take_age(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Go on to check the dates."""
    if not isinstance(given, Pressed) or given.value not in AGES:
        return again(viewer._("Please press one of the buttons."))
    transferred_on = date.fromisoformat(answers["transferred"])
    due_on = dated_by_transfer(transferred_on, int(given.value)).due_on
    return enter(
        "pregnancy",
        "confirm",
        trail=("period", "due"),
        lmp="",
        edd=due_on.isoformat(),
        source=Source.ART,
    )


CONVERSATION = members_only(
    Conversation(
        "transfer",
        (
            date_step(
                "day",
                lambda viewer, _answers: viewer._("When was the transfer?"),
                reach=days_around(_LONGEST_AGO_DAYS, 0),
                take=take_day,
            ),
            Step("age", ask_age, take_age),
        ),
        counted=("day", "age"),
    )
)
