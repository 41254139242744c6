"""What the office's conversations share: its villages, a broadcast at hand, and the way on."""

from collections.abc import Awaitable, Callable

from backend.actions import broadcast_drafts, broadcasts
from backend.actions.broadcasts import BroadcastView
from backend.actions.dialogs import Answers
from backend.actions.regions import village_finder
from backend.domain.access import NotAllowed, Role
from backend.domain.broadcasts import FIRST_LANGUAGE, BroadcastRefused
from backend.domain.errors import WrongValue
from backend.i18n import locales
from backend.texts.broadcasts import refusal_text
from backend.texts.errors import explain_error
from bot.buttons import Button, Screen
from bot.dialogs import Given, Move, Pressed, Step, Typed, again, enter, go
from bot.membership import actor_of, staff_only
from bot.viewer import Viewer

DRAFT, CHANGING = "draft", "changing"


officers_only = staff_only(Role.OFFICER)


async def village_buttons(viewer: Viewer) -> list[Button]:
    """A button for each village of the office."""
    villages = await broadcast_drafts.villages_of(actor_of(viewer))
    return [Button(one.name, one.code) for one in villages]


async def take_village(viewer: Viewer, given: Given, *, then: str) -> Move:
    """Keep the village, pressed or typed, and go on to the step `then`."""
    code = given.value if isinstance(given, Pressed) else ""
    if isinstance(given, Typed):
        try:
            code = (await village_finder()).find(given.text)
        except WrongValue as error:
            return again(explain_error(error, viewer._))
    if code not in {button.value for button in await village_buttons(viewer)}:
        return again(viewer._("Please press one of the buttons."))
    return go(then, village=code)


async def broadcast_of(viewer: Viewer, answers: Answers) -> BroadcastView | None:
    """The broadcast the answers name, None for one that is gone or another township's."""
    named = answers.get(DRAFT) or answers.get("value") or answers.get("reference") or ""
    if not named.isdigit():
        return None
    try:
        return await broadcasts.fetch_for(actor_of(viewer), int(named))
    except NotAllowed:
        return None


def other_languages() -> tuple[str, ...]:
    """The languages that may be added to the first one."""
    return tuple(locale for locale in locales() if locale != FIRST_LANGUAGE)


def gone_screen(viewer: Viewer) -> Screen:
    """What is said of a broadcast that is not there any more."""
    _ = viewer._
    return Screen(
        _("This notice is not there any more."),
        rows=((Button(_("Open the menu"), "home"),),),
        is_page=True,
    )


def onward(answers: Answers, step: str) -> Move:
    """The next question of writing; what was complete before is only looked at again."""
    if CHANGING in answers:
        return to_check(int(answers[DRAFT]))
    return go(step, **answers)


def to_check(broadcast_id: int) -> Move:
    """On to looking at all of it, and sending it."""
    return enter("broadcast_send", draft=str(broadcast_id))


AskAbout = Callable[[Viewer, Answers, BroadcastView], Awaitable[Screen]]
TakeAbout = Callable[[Viewer, Answers, BroadcastView, Given], Awaitable[Move]]


def broadcast_step(name: str, ask: AskAbout, take: TakeAbout, *, takes_files: bool = False) -> Step:
    """A step about the broadcast the answers name; a refusal is said above the same question."""

    async def ask_step(viewer: Viewer, answers: Answers) -> Screen:
        view = await broadcast_of(viewer, answers)
        return await ask(viewer, answers, view) if view else gone_screen(viewer)

    async def take_step(viewer: Viewer, answers: Answers, given: Given) -> Move:
        view = await broadcast_of(viewer, answers)
        if view is None:
            return enter("home")
        try:
            return await take(viewer, answers, view, given)
        except BroadcastRefused as error:
            return again(refusal_text(error.reason, viewer._))

    return Step(name, ask_step, take_step, takes_files=takes_files)
