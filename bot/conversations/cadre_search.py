"""Finding a person of one's own grid by name, pinyin or phone; masked until opened."""

from backend.actions import people, search, tasks
from backend.actions.dialogs import Answers
from backend.actions.search import Hit
from backend.domain.access import Role
from bot.buttons import Button, Screen, rows_of
from bot.conversations.cadre_tasks import task_line
from bot.dialogs import Conversation, Given, Move, Pressed, Step, Typed, again, enter, go
from bot.membership import actor_of, staff_only
from bot.viewer import Viewer

_AGAIN = "again"
_LONGEST = 40


async def ask_words(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask for any part of a name, pinyin, or the end of a phone number."""
    _ = viewer._
    return Screen(_("🔍 Whom? Type a name, pinyin, or the last 4 digits of the phone."))


async def take_words(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Look for it."""
    if not isinstance(given, Typed) or not given.text.strip():
        return again(viewer._("Please type a name, pinyin, or 4 digits."))
    return go("found", words=given.text.strip()[:_LONGEST])


async def ask_found(viewer: Viewer, answers: Answers) -> Screen:
    """List who fits best; what tells people apart beside the masked name."""
    _ = viewer._
    found = await search.find_people(actor_of(viewer), answers["words"])
    other = (Button(_("🔍 Look again"), _AGAIN),)
    if not found.hits:
        return Screen(_("Nobody in your grid fits."), rows=(other,), is_page=True)
    text = _("These fit best. Type more if she is not here.") if found.has_more else _("Who is it?")
    buttons = [Button(_label(viewer, hit), str(hit.person_id)) for hit in found.hits]
    rows = (*rows_of(buttons, width=1), other)
    return Screen(text, rows=rows, is_protected=True, is_page=True)


def _label(viewer: Viewer, hit: Hit) -> str:
    year = viewer._("born {year}").format(year=hit.birth_year) if hit.birth_year else ""
    home = f"🏠{hit.household}" if hit.household else ""
    return " · ".join(part for part in (hit.name or "—", home, year) if part)


async def take_found(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Open somebody, or look for other words."""
    if given == Pressed(_AGAIN):
        return enter("cadre_search")
    if isinstance(given, Typed) and given.text.strip():
        return Move(answers={"words": given.text.strip()[:_LONGEST]})
    if isinstance(given, Pressed) and given.value.isdecimal():
        return go("person", person=given.value, contact="")
    return again(viewer._("Please press one of the buttons."))


async def ask_person(viewer: Viewer, answers: Answers) -> Screen:
    """Show a person, masked, with the tasks about her and what may be done."""
    _ = viewer._
    actor, person_id = actor_of(viewer), int(answers["person"])
    person = await people.fetch_for(actor, person_id)
    held = await tasks.open_tasks_of(actor, person_id, now=viewer.now)
    chat = _("📱 Uses this service herself.") if person.has_chat else _("No chat of her own.")
    shown = answers.get("contact") or f"{person.name or '—'} {person.phone or ''}"
    lines = [f"👤 {shown.strip()}", f"{person.village.name} · {chat}"]
    if person.registered_place:
        lines.append(_("Registered at: {place}").format(place=person.registered_place))
    lines += [task_line(viewer, task) for task in held]
    buttons = [
        Button(_("📞 Show name, number"), "contact"),
        Button(_("📝 Write down"), "visit"),
        Button(_("🚚 Has moved"), "move"),
        Button(_("🔍 Look again"), _AGAIN),
    ]
    return Screen("\n".join(lines), rows=rows_of(buttons), is_protected=True, is_page=True)


async def take_person(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Open her number, which is noted where she can read it, or write something down."""
    person_id = answers["person"]
    if given == Pressed("contact"):
        opened = await people.open_contact(actor_of(viewer), int(person_id), now=viewer.now)
        none = viewer._("no number")
        return Move(answers={"contact": f"{opened.name or '—'} {opened.phone or none}"})
    if given == Pressed("visit"):
        return enter("cadre_visit", person=person_id)
    if given == Pressed("move"):
        return enter("move", person=person_id)
    if given == Pressed(_AGAIN):
        return enter("cadre_search")
    return again(viewer._("Please press one of the buttons."))


CONVERSATION = staff_only(Role.CADRE)(
    Conversation(
        "cadre_search",
        (
            Step("words", ask_words, take_words),
            Step("found", ask_found, take_found),
            Step("person", ask_person, take_person),
        ),
    )
)
