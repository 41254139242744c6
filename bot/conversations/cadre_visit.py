"""Writing down for somebody of the grid: a visit, a service she had, and what she tells."""

from collections.abc import Awaitable
from datetime import date

from backend.actions import people, visits
from backend.actions.dialogs import Answers
from backend.actions.visits import Way
from backend.domain.access import HasOwnChat, Role, Underage
from backend.domain.consent import ConsentNeeded
from backend.domain.errors import EventRefused, NotOwed
from backend.texts.errors import explain_error
from backend.texts.services import words
from bot.buttons import Button, Screen, rows_of
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, Typed, again, enter, finish, go
from bot.membership import actor_of, staff_only
from bot.viewer import Viewer

_HAD_WITHIN_DAYS = 60
_SKIP, _MENU, _PERSON = "skip", "menu", "person"
_FACTS = ("pregnancy", "birth", "changed")
_ELSEWHERE = {"consent": "cadre_consent", "more": "cadre_more"}


def whose(answers: Answers) -> int:
    """The person it is written down for."""
    return int(answers["person"])


async def kept(viewer: Viewer, answers: Answers, keeping: Awaitable[object]) -> Move:
    """Say that what she told is kept, or why it cannot be."""
    try:
        await keeping
    except (EventRefused, ConsentNeeded, HasOwnChat, Underage) as error:
        return enter("cadre_visit", person=answers["person"], hint=explain_error(error, viewer._))
    return enter("cadre_visit", "saved", person=answers["person"])


async def ask_menu(viewer: Viewer, answers: Answers) -> Screen:
    """Ask what is to be written down; who has a chat of her own says the rest herself."""
    _ = viewer._
    person = await people.fetch_for(actor_of(viewer), whose(answers))
    buttons = [Button(_("👣 A visit or call"), "way")]
    text = _("{name}: what shall I write down?").format(name=person.name or "—")
    if person.has_chat:
        note = _("She uses this service herself. Please ask her to say the rest there.")
        return Screen(f"{text}\n{note}", rows=rows_of(buttons), is_page=True)
    buttons += [
        Button(_("✍️ Her consent"), "consent"),
        Button(_("🩺 A service she had"), "had"),
        Button(_("🤰 Pregnant"), "pregnancy"),
        Button(_("👶 Baby is born"), "birth"),
        Button(_("🗂 Other news"), "more"),
        Button(_("Something changed"), "changed"),
    ]
    return Screen(text, rows=rows_of(buttons), is_protected=True, is_page=True)


async def take_menu(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Go where it is written down."""
    value = given.value if isinstance(given, Pressed) else ""
    if value in ("way", "had"):
        return go(value)
    if value not in (*_ELSEWHERE, *_FACTS):
        return again(viewer._("Please press one of the buttons."))
    try:
        await visits.may_record(actor_of(viewer), whose(answers), now=viewer.now)
    except (HasOwnChat, Underage) as error:
        return again(explain_error(error, viewer._))
    if value in _ELSEWHERE:
        return enter(_ELSEWHERE[value], person=answers["person"])
    return enter("cadre_facts", value, person=answers["person"])


async def ask_way(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask how they were in touch today."""
    _ = viewer._
    buttons = (
        Button(_("🏠 At her home"), Way.HOME),
        Button(_("📞 By phone"), Way.CALL),
        Button(_("🏢 At the office"), Way.OFFICE),
    )
    return Screen(_("How were you in touch today?"), rows=rows_of(buttons))


async def take_way(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go on to the note."""
    if isinstance(given, Pressed) and given.value in frozenset(Way):
        return go("note", way=given.value)
    return again(viewer._("Please press one of the buttons."))


async def ask_note(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask for a short note; she may read it herself."""
    _ = viewer._
    rows = ((Button(_("Leave it out"), _SKIP),),)
    return Screen(_("A short note? She may read it herself. No results here."), rows=rows)


async def take_note(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep the visit."""
    note = given.text.strip() if isinstance(given, Typed) else None
    if not note and given != Pressed(_SKIP):
        return again(viewer._("Please type a note, or leave it out."))
    await visits.record_visit(
        actor_of(viewer), whose(answers), Way(answers["way"]), viewer.today,
        note=note, now=viewer.now,
    )  # fmt: skip
    return finish("saved")


async def ask_had(viewer: Viewer, answers: Answers) -> Screen:
    """List what she is owed."""
    _ = viewer._
    owed = await visits.owed_to(actor_of(viewer), whose(answers), now=viewer.now)
    if not owed:
        return Screen(_("Nothing is due for her. Her consent comes first."))
    buttons = [
        Button(words(view.due.rule, _, view.due.occurrence).title, str(view.due_id))
        for view in owed
        if view.is_open
    ]
    text = _("Which one did she have?") if buttons else _("Nothing is open for her today.")
    return Screen(text, rows=rows_of(buttons, width=1), is_protected=True)


async def take_had(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go on to the day."""
    if isinstance(given, Pressed) and given.value.isdecimal():
        return go("had_on", due=given.value)
    return again(viewer._("Please press one of the buttons."))


def _ask_had_on(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("On which day did she have it?")


async def take_had_on(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep the service."""
    assert isinstance(day, date), "the question offers nothing but days"
    due_id = int(answers["due"])
    try:
        await visits.record_had(actor_of(viewer), whose(answers), due_id, day, now=viewer.now)
    except (NotOwed, HasOwnChat, Underage) as error:
        return enter("cadre_visit", person=answers["person"], hint=explain_error(error, viewer._))
    return finish("saved")


async def ask_saved(viewer: Viewer, _answers: Answers) -> Screen:
    """The receipt, and the way on."""
    _ = viewer._
    buttons = (Button(_("📝 Write down more"), _MENU), Button(_("👤 Back to her"), _PERSON))
    return Screen(_("✅ Written down."), rows=(buttons,), is_page=True)


async def take_saved(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Go on with her, or back to the menu."""
    if given == Pressed(_MENU):
        return enter("cadre_visit", person=answers["person"])
    if given == Pressed(_PERSON):
        return enter("cadre_search", "person", person=answers["person"])
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


CONVERSATION = staff_only(Role.CADRE)(
    Conversation(
        "cadre_visit",
        (
            Step("menu", ask_menu, take_menu),
            Step("way", ask_way, take_way),
            Step("note", ask_note, take_note),
            Step("had", ask_had, take_had),
            date_step(
                "had_on", _ask_had_on, reach=days_around(_HAD_WITHIN_DAYS, 0), take=take_had_on
            ),
            Step("saved", ask_saved, take_saved),
        ),
    )
)
