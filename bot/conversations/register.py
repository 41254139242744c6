"""Registering oneself, after the general consent: village, name, phone, birth year, topics."""

from backend.actions import consents, people, registrations
from backend.actions.dialogs import Answers
from backend.actions.registrations import Registrant
from backend.domain.access import is_underage
from backend.domain.consent import Purpose
from backend.domain.errors import AlreadyRegistered
from bot.buttons import Button, Screen, rows_of
from bot.commands.boards import home_keys
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, go
from bot.particulars import name_step, phone_step, village_step, year_step
from bot.topics import chosen, topic_list, topic_steps
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_CHANGEABLE = ("village", "name", "phone", "year", "topics")
_ORDER = (*_CHANGEABLE, "check")


def _next(answers: Answers, step: str, **given: str) -> Move:
    """Go on to the following question, or back to the check she came from."""
    following = "check" if "checked" in answers else _ORDER[_ORDER.index(step) + 1]
    return go(following, shown="", **given)


async def take_village(viewer: Viewer, answers: Answers, code: str) -> Move:
    """Keep the village."""
    return _next(answers, "village", village=code)


async def take_name(viewer: Viewer, answers: Answers, name: str) -> Move:
    """Keep the name."""
    return _next(answers, "name", name=name)


async def take_phone(viewer: Viewer, answers: Answers, phone: str) -> Move:
    """Keep the phone, "" for none."""
    return _next(answers, "phone", phone=phone)


async def take_year(viewer: Viewer, answers: Answers, year: str) -> Move:
    """Keep the year; who is under 18 is shown to a human being, and nothing of hers is kept."""
    if year and is_underage(None, int(year), viewer.today):
        return enter("cadre_help", "young")
    return _next(answers, "year", year=year)


async def choose_topics(viewer: Viewer, answers: Answers) -> Move:
    """Keep what she chose."""
    return _next(answers, "topics")


async def ask_check(viewer: Viewer, answers: Answers) -> Screen:
    """Show everything once more, each line to be changed."""
    _ = viewer._
    none = _("not given")
    village = await people.village(answers["village"])
    lines = [
        _("Is this right?"),
        _("Village: {village}").format(village=village.name),
        _("Name: {name}").format(name=answers["name"]),
        _("Phone: {phone}").format(phone=answers["phone"] or none),
        _("Birth year: {year}").format(year=answers["year"] or none),
        _("Reminders: {topics}").format(topics=topic_list(viewer, chosen(answers)) or _("none")),
    ]
    changes = (
        Button(_("Change village"), "village"),
        Button(_("Change name"), "name"),
        Button(_("Change phone"), "phone"),
        Button(_("Change year"), "year"),
        Button(_("Change reminders"), "topics"),
    )
    agree = Button(_("✅ Right, register"), YES)
    return Screen("\n".join(lines), rows=((agree,), *rows_of(changes)))


async def take_check(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Register her with her consents in one transaction, or go back to what she would change."""
    given = meant(given)
    if given == Pressed(YES):
        return await _registered(viewer, answers)
    if isinstance(given, Pressed) and given.value in _CHANGEABLE:
        return go(given.value, checked="1", shown="")
    return again(viewer._("Press Right, register, or what you would like to change."))


async def _registered(viewer: Viewer, answers: Answers) -> Move:
    registrant = Registrant(
        village_code=answers["village"],
        name=answers["name"],
        phone=answers["phone"] or None,
        birth_year=int(answers["year"]) if answers["year"] else None,
    )
    try:
        entered = await registrations.register_self(
            viewer.chat_id, registrant, locale=viewer.words.locale, now=viewer.now
        )
    except AlreadyRegistered:
        return enter("home", hint=viewer._("You are registered already."))
    person_id = entered.person_id
    await consents.give(person_id, (Purpose.SERVICE, *chosen(answers)), now=viewer.now)
    await consents.refuse(person_id, chosen(answers, NO), now=viewer.now)
    return Move("done", answers={"number": entered.number}, forgets=True)


async def ask_done(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt with its number, and the keys for everything else."""
    _ = viewer._
    done = _("✅ Registered. Your village cadre will confirm it. Your number is {number}.")
    return Screen(done.format(number=answers["number"]), keys=home_keys(viewer), is_page=True)


async def take_done(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Anything said after the receipt ends at the menu."""
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


CONVERSATION = Conversation(
    "register",
    (
        village_step(take_village),
        name_step(take_name),
        phone_step(take_phone),
        year_step(take_year),
        *topic_steps(choose_topics),
        Step("check", ask_check, take_check),
        Step("done", ask_done, take_done),
    ),
    counted=_ORDER,
)
