"""Her consent, asked in person: the cadre reads the words aloud and writes down yes or no."""

from backend.actions import consents, offers, visits
from backend.actions.dialogs import Answers
from backend.domain.access import HasOwnChat, Role, Underage
from backend.domain.consent import ConsentNeeded, Purpose
from backend.texts.consents import consent_words, purpose_name
from backend.texts.errors import explain_error
from bot.buttons import Button, Screen, rows_of
from bot.conversations.cadre_visit import whose
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.membership import actor_of, staff_only
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_OK = "ok"


async def ask_list(viewer: Viewer, answers: Answers) -> Screen:
    """List the purposes, those agreed to marked; the general one comes first."""
    _ = viewer._
    await visits.may_record(actor_of(viewer), whose(answers), now=viewer.now)
    agreed = await consents.in_force_for(whose(answers))
    topics = await offers.topics_for(whose(answers)) if Purpose.SERVICE in agreed else ()
    buttons = [
        Button(("✅ " if purpose in agreed else "⬜ ") + purpose_name(purpose, _), purpose)
        for purpose in (Purpose.SERVICE, *topics)
    ]
    text = _("She is with you? Press a line, read it to her, and press what she says.")
    rows = (*rows_of(buttons), (Button(_("✔ Done"), _OK),))
    return Screen(text, rows=rows, is_protected=True)


async def take_list(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Open a purpose's words, or end."""
    if given == Pressed(_OK):
        return enter("cadre_visit", "saved", person=answers["person"])
    if isinstance(given, Pressed) and given.value in frozenset(Purpose):
        return go("words", purpose=given.value)
    return again(viewer._("Please press one of the buttons."))


async def ask_words(viewer: Viewer, answers: Answers) -> Screen:
    """The words she hears, the same as anybody reads."""
    _ = viewer._
    said = consent_words(Purpose(answers["purpose"]), _)
    text = f"🔊 {_('Please read to her:')}\n\n{said.offer}\n{said.kept}"
    free = _("It is voluntary and can be ended at any time.")
    rows = ((Button(_("✅ She agrees"), YES), Button(_("She says no"), NO)),)
    return Screen(f"{text}\n{free}", rows=rows, is_protected=True)


async def take_words(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep what she says, with the cadre's name beside it."""
    given = meant(given)
    if given not in (Pressed(YES), Pressed(NO)):
        return again(viewer._("Please press yes or no."))
    try:
        await visits.record_consent(
            actor_of(viewer), whose(answers), Purpose(answers["purpose"]),
            is_given=given == Pressed(YES), now=viewer.now,
        )  # fmt: skip
    except (ConsentNeeded, HasOwnChat, Underage) as error:
        return again(explain_error(error, viewer._))
    return finish("list", toast=viewer._("Written down."))


CONVERSATION = staff_only(Role.CADRE)(
    Conversation(
        "cadre_consent",
        (Step("list", ask_list, take_list), Step("words", ask_words, take_words)),
    )
)
