"""For whom a broadcast is: its villages and the language of its readers, with the reach beside."""

from backend.actions import broadcast_drafts
from backend.actions.broadcasts import BroadcastView
from backend.actions.dialogs import Answers
from backend.domain.broadcasts import FIRST_LANGUAGE, Refusal
from backend.i18n import language_name
from backend.texts.broadcasts import reach_text, refusal_text
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Given, Move, Pressed, again
from bot.membership import actor_of
from bot.offices import broadcast_step, onward, other_languages, to_check
from bot.viewer import Viewer

_ALL, _DONE = "all", "done"


async def ask_villages(viewer: Viewer, _answers: Answers, view: BroadcastView) -> Screen:
    """Ask for which villages it is, with the reach as it stands."""
    _ = viewer._
    officer = actor_of(viewer)
    counted = await broadcast_drafts.reach(officer, view.broadcast_id, now=viewer.now)
    buttons = [
        Button(("✅ " if one.code in view.village_codes else "⬜ ") + one.name, one.code)
        for one in await broadcast_drafts.villages_of(officer)
    ]
    text = _("For which villages? Press one to choose it or not.")
    last = (Button(_("All or none"), _ALL), Button(_("✔ Done"), _DONE))
    return Screen(f"{text}\n{reach_text(counted, _)}", rows=(*rows_of(buttons), last))


async def take_villages(
    viewer: Viewer, answers: Answers, view: BroadcastView, given: Given
) -> Move:
    """Choose a village or not, all of them or none, or go on."""
    officer, chosen = actor_of(viewer), set(view.village_codes)
    offered = {one.code for one in await broadcast_drafts.villages_of(officer)}
    value = given.value if isinstance(given, Pressed) else ""
    if value == _DONE:
        if not chosen:
            return again(refusal_text(Refusal.NO_VILLAGES, viewer._))
        return onward(answers, "readers")
    if value == _ALL:
        chosen = set() if chosen == offered else offered
    elif value in offered:
        chosen ^= {value}
    else:
        return again(viewer._("Please press the villages, then Done."))
    await broadcast_drafts.choose_villages(officer, view.broadcast_id, chosen)
    return Move()


async def ask_readers(viewer: Viewer, _answers: Answers, view: BroadcastView) -> Screen:
    """Ask whether it is for everybody or for those of one language."""
    _ = viewer._
    counted = await broadcast_drafts.reach(actor_of(viewer), view.broadcast_id, now=viewer.now)
    buttons = [
        Button(_("Only {language}").format(language=language_name(locale)), locale)
        for locale in (FIRST_LANGUAGE, *other_languages())
    ]
    text = f"{_('Who shall read it?')}\n{reach_text(counted, _)}"
    return Screen(text, rows=((Button(_("👥 Everybody"), _ALL),), *rows_of(buttons)))


async def take_readers(viewer: Viewer, answers: Answers, view: BroadcastView, given: Given) -> Move:
    """Keep who is to read it, and go on to looking at it."""
    value = given.value if isinstance(given, Pressed) else ""
    if value not in (_ALL, FIRST_LANGUAGE, *other_languages()):
        return again(viewer._("Please press one of the buttons."))
    locale = None if value == _ALL else value
    await broadcast_drafts.choose_locale(actor_of(viewer), view.broadcast_id, locale)
    return to_check(view.broadcast_id)


READER_STEPS = (
    broadcast_step("villages", ask_villages, take_villages),
    broadcast_step("readers", ask_readers, take_readers),
)
