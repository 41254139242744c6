"""Asking for one consent where it is needed: its own words, its own answer, never bundled."""

from collections.abc import Awaitable, Callable

from backend.actions import consents
from backend.actions.dialogs import Answers
from backend.domain.consent import ConsentNeeded, Purpose
from backend.texts.errors import explain_error
from bot.buttons import Button, Screen
from bot.dialogs import Given, Move, Pressed, Step, again
from bot.membership import person_of
from bot.topics import topic_text
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

After = Callable[[Viewer, Answers], Awaitable[Move]]


async def has_agreed(viewer: Viewer, *purposes: Purpose) -> bool:
    """Whether any of these consents is in force."""
    return bool(frozenset(purposes) & await consents.in_force_for(person_of(viewer)))


def consent_step(name: str, *, agreed: After, refused: After) -> Step:
    """A step that asks for the consent named by the answer `purpose` and keeps her answer.

    It then goes on with one of two moves.
    """

    async def take(viewer: Viewer, answers: Answers, given: Given) -> Move:
        purpose, given = Purpose(answers["purpose"]), meant(given)
        if given not in (Pressed(YES), Pressed(NO)):
            return again(viewer._("Please press yes or no."))
        if given == Pressed(NO):
            await consents.refuse(person_of(viewer), [purpose], now=viewer.now)
            return await refused(viewer, answers)
        try:
            await consents.give(person_of(viewer), [purpose], now=viewer.now)
        except ConsentNeeded as error:
            return again(explain_error(error, viewer._))
        return await agreed(viewer, answers)

    return Step(name, _ask, take)


async def _ask(viewer: Viewer, answers: Answers) -> Screen:
    _ = viewer._
    yes, no = Button(_("✅ Yes, I agree"), YES), Button(_("No, thanks"), NO)
    text = topic_text(viewer, Purpose(answers["purpose"]))
    return Screen(text, rows=((yes, no),), is_protected=True)
