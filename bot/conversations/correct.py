"""Putting right what is written of oneself: name, phone, village, place of registration."""

from backend.actions import corrections, registrations
from backend.actions.dialogs import Answers
from bot.buttons import Button, Screen
from bot.commands.boards import home_keys
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.membership import members_only, person_of
from bot.particulars import name_step, phone_step, registered_step, village_step
from bot.viewer import Viewer

_FIELDS = ("name", "phone", "village", "registered")


async def ask_what(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask what is to be put right."""
    _ = viewer._
    return Screen(
        _("What is not right?"),
        rows=(
            (Button(_("Change name"), "name"), Button(_("Change phone"), "phone")),
            (Button(_("Change village"), "village"), Button(_("Registered at"), "registered")),
        ),
    )


async def take_what(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Ask for it; the village of somebody confirmed is changed by the cadre."""
    if not isinstance(given, Pressed) or given.value not in _FIELDS:
        return again(viewer._("Please press one of the buttons."))
    if given.value == "village" and viewer.visitor.person_state != "waiting":
        hint = viewer._("Your village is changed by the cadre. Shall the cadre get in touch?")
        return enter("cadre_help", hint=hint)
    return go(given.value)


async def take_name(viewer: Viewer, _answers: Answers, name: str) -> Move:
    """Keep the name."""
    await corrections.correct_name(person_of(viewer), name, now=viewer.now)
    return finish("done")


async def take_phone(viewer: Viewer, _answers: Answers, phone: str) -> Move:
    """Keep the phone, or none."""
    await corrections.correct_phone(person_of(viewer), phone or None, now=viewer.now)
    return finish("done")


async def take_registered(viewer: Viewer, _answers: Answers, place: str) -> Move:
    """Keep where she is registered."""
    await corrections.correct_registered(person_of(viewer), place or None, now=viewer.now)
    return finish("done")


async def take_village(viewer: Viewer, _answers: Answers, code: str) -> Move:
    """Ask the cadre of the other village to confirm her."""
    if viewer.visitor.person_state != "waiting":
        return enter("cadre_help")
    await registrations.move_registration(person_of(viewer), code, now=viewer.now)
    return finish("done")


async def ask_done(viewer: Viewer, _answers: Answers) -> Screen:
    """Say that it is put right, with the keys for everything else."""
    return Screen(viewer._("✅ It is put right."), keys=home_keys(viewer), is_page=True)


async def take_done(viewer: Viewer, _answers: Answers, _given: Given) -> Move:
    """Anything said after the receipt ends at the menu."""
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


CONVERSATION = members_only(
    Conversation(
        "correct",
        (
            Step("what", ask_what, take_what),
            name_step(take_name),
            phone_step(take_phone),
            village_step(take_village),
            registered_step(take_registered),
            Step("done", ask_done, take_done),
        ),
    )
)
