"""Having everything deleted: asked once, seven days to change one's mind, undone with one press."""

from backend.actions import mydata
from backend.actions.dialogs import Answers
from backend.texts.services import format_day
from bot.buttons import Button, Screen
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish
from bot.membership import members_only, person_of
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_KEEP, _EXPORT = "keep", "export"


async def ask_erase(viewer: Viewer, _answers: Answers) -> Screen:
    """Say what deleting means, and ask once; who has asked already sees the day."""
    _ = viewer._
    day = await mydata.erasure_day(person_of(viewer))
    if day:
        text = _("Everything of yours will be deleted on {on}. All messages are stopped.")
        return Screen(
            text.format(on=format_day(day, _)),
            rows=((Button(_("Keep my data"), _KEEP),),),
            is_page=True,
        )
    return Screen(
        _("Delete everything? Messages stop at once; for 7 days you can change your mind."),
        rows=(
            (Button(_("🗑 Delete all"), YES), Button(_("Do not delete"), NO)),
            (Button(_("📤 Take a copy first"), _EXPORT),),
        ),
        is_page=True,
    )


async def take_erase(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Stop everything now and delete it in seven days, or keep it after all."""
    person_id, given = person_of(viewer), meant(given)
    is_asked = await mydata.erasure_day(person_id) is not None
    if is_asked and given in (Pressed(_KEEP), Pressed(NO)):
        await mydata.keep_after_all(person_id, now=viewer.now)
        return enter("home", hint=viewer._("✅ Your data is kept. I will remind you again."))
    if given == Pressed(YES) and not is_asked:
        await mydata.request_erasure(person_id, now=viewer.now)
        return finish("ask")
    if given == Pressed(NO):
        return enter("home", hint=viewer._("All right, everything stays as it is."))
    if given == Pressed(_EXPORT):
        return enter("privacy", "export", trail=("menu",))
    return again(viewer._("Please press one of the buttons."))


CONVERSATION = members_only(Conversation("erase", (Step("ask", ask_erase, take_erase),)))
