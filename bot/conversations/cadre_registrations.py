"""Who registered herself: the cadre, or where there is none the office, looks and answers."""

from backend.actions import people, registrations
from backend.actions.dialogs import Answers
from backend.actions.registrations import Waiting
from backend.domain.access import Role
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.membership import actor_of, staff_only
from bot.viewer import Viewer

_A_PAGE = 6
_NEXT, _MORE = "next", "more"


async def ask_list(viewer: Viewer, answers: Answers) -> Screen:
    """List who waits, the oldest first."""
    _ = viewer._
    held = await registrations.waiting_in(actor_of(viewer), now=viewer.now)
    if not held:
        return Screen(_("📝 Nobody waits to be confirmed."), is_page=True)
    first = int(answers.get("from", "0")) % len(held)
    count = viewer.n_("📝 {n} person waits.", "📝 {n} people wait.", len(held))
    buttons = [
        Button(f"{one.number} {one.name or '—'}", str(one.person_id))
        for one in held[first : first + _A_PAGE]
    ]
    more = (Button(_("More ›"), _MORE),) if len(held) > _A_PAGE else ()
    rows = rows_of(buttons) + ((more,) if more else ())
    return Screen(count.format(n=len(held)), rows=rows, is_page=True)


async def take_list(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Open one of them, or the next page."""
    if given == Pressed(_MORE):
        return Move(answers={"from": str(int(answers.get("from", "0")) + _A_PAGE)})
    if isinstance(given, Pressed) and given.value.isdecimal():
        return go("one", person=given.value, contact="")
    return again(viewer._("Please press one of the buttons."))


async def ask_one(viewer: Viewer, answers: Answers) -> Screen:
    """Show who it is, masked until opened, and ask whether she is of this village."""
    _ = viewer._
    one = await registrations.waiting(actor_of(viewer), int(answers["person"]), now=viewer.now)
    contact = answers.get("contact") or _who(viewer, one)
    lines = [f"{one.number}\n👤 {contact}", await _question(viewer, one)]
    if one.is_on_roster:
        lines.insert(1, _("📇 The roster has somebody with this name and phone."))
    buttons = (
        Button(_("✅ Confirm"), "confirm"),
        Button(_("🚫 Not of my village"), "refuse"),
        Button(_("📞 Show name, number"), "contact"),
    )
    return Screen("\n".join(lines), rows=rows_of(buttons), is_protected=True, is_page=True)


async def _question(viewer: Viewer, one: Waiting) -> str:
    """Whether she lives there; an officer has several villages, so it is named."""
    _ = viewer._
    if Role.OFFICER not in viewer.visitor.roles:
        return _("Is she of your village?")
    person = await people.fetch_for(actor_of(viewer), one.person_id)
    return _("Does she live in {village}?").format(village=person.village.name)


def _who(viewer: Viewer, one: Waiting) -> str:
    year = viewer._("born {year}").format(year=one.birth_year) if one.birth_year else ""
    return " · ".join(part for part in (one.name or "—", one.phone, year) if part)


async def take_one(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Confirm her or turn her to another village; either is told her at once."""
    actor, person_id = actor_of(viewer), int(answers["person"])
    if given == Pressed("contact"):
        opened = await people.open_contact(actor, person_id, now=viewer.now)
        none = viewer._("no number")
        return Move(answers={"contact": f"{opened.name or '—'} {opened.phone or none}"})
    if given == Pressed("confirm"):
        await registrations.confirm(actor, person_id, now=viewer.now)
        return finish("settled", said="confirmed")
    if given == Pressed("refuse"):
        await registrations.turn_away(actor, person_id, now=viewer.now)
        return finish("settled", said="refused")
    return again(viewer._("Please press one of the buttons."))


async def ask_settled(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt, and whoever comes next."""
    _ = viewer._
    text = (
        _("✅ Confirmed. I have told her.")
        if answers.get("said") == "confirmed"
        else _("Noted. I have asked her to choose her village again.")
    )
    return Screen(text, rows=((Button(_("Next one ›"), _NEXT),),), is_page=True)


async def take_settled(_viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go on to the next, or back to the menu."""
    return enter("cadre_registrations") if given == Pressed(_NEXT) else enter("home")


CONVERSATION = staff_only(Role.CADRE, Role.OFFICER)(
    Conversation(
        "cadre_registrations",
        (
            Step("list", ask_list, take_list),
            Step("one", ask_one, take_one),
            Step("settled", ask_settled, take_settled),
        ),
    )
)
