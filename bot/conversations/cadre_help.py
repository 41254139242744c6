"""Asking the village's cadre for help; also the way to a human being for whoever is not in."""

from backend.actions import people, reminders
from backend.actions.dialogs import Answers
from backend.domain.tasks import HelpReason
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish
from bot.membership import person_of
from bot.viewer import Viewer

_PLACES = ("schedule", "services", "home")


async def ask_need(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask what she needs, and name the cadre who will get in touch."""
    _ = viewer._
    if viewer.person_id is None:
        return _for_strangers(viewer)
    buttons = (
        Button(_("📞 Please call me"), HelpReason.CALL),
        Button(_("🏠 Please visit me"), HelpReason.VISIT),
        Button(_("🚌 No transport"), HelpReason.TRANSPORT),
        Button(_("🤝 Come with me"), HelpReason.COMPANY),
        Button(_("❓ How does it go?"), HelpReason.PROCEDURE),
        Button(_("Something else"), HelpReason.OTHER),
    )
    what = (
        _("What do you need? Your village cadre will get in touch.")
        if await people.cadre_of(person_of(viewer))
        else _("What do you need? The township office will get in touch.")
    )
    return Screen(
        f"{what}\n{await _contact(viewer)}".strip(),
        rows=rows_of(buttons),
        is_page=True,
    )


async def take_need(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Open a task for the cadre, once a day."""
    if given == Pressed("register"):
        return enter("welcome")
    if viewer.person_id is None:
        return enter("home")
    if not isinstance(given, Pressed) or given.value not in frozenset(HelpReason):
        return again(viewer._("Please press what you need. In an emergency, call 120 now."))
    is_new = await reminders.ask_help(viewer.person_id, HelpReason(given.value), now=viewer.now)
    return finish("asked", new="1" if is_new else "")


async def ask_asked(viewer: Viewer, answers: Answers) -> Screen:
    """Say who knows: the cadre, or the office for a cadre herself and a village without one."""
    _ = viewer._
    if await people.cadre_of(person_of(viewer)) is None:
        done = _("✅ The township office knows and will get in touch with you.")
    elif answers.get("new"):
        done = _("✅ I have told your village cadre, who will get in touch with you.")
    else:
        done = _("✅ Your village cadre knows already and will get in touch.")
    buttons = (Button(_("📅 My schedule"), "schedule"), Button(_("🎁 Services for me"), "services"))
    return Screen(f"{done}\n{await _contact(viewer)}".strip(), rows=(buttons,), is_page=True)


async def take_asked(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go where she likes to go next."""
    if isinstance(given, Pressed) and given.value in _PLACES:
        return enter(given.value)
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


async def ask_young(viewer: Viewer, _answers: Answers) -> Screen:
    """Hand somebody under 18 to a human being, kindly."""
    _ = viewer._
    text = _("Under 18, a person helps you instead of me. Please ask your cadre with your parents.")
    return Screen(f"{text}\n{_clinic(viewer)}".strip(), is_page=True)


async def take_young(viewer: Viewer, _answers: Answers, _given: Given) -> Move:
    """Whatever is said next, the beginning is shown."""
    return enter("home")


def _for_strangers(viewer: Viewer) -> Screen:
    _ = viewer._
    text = _("Once you are registered, your cadre can help you. Or go to the village office.")
    return Screen(
        f"{text}\n{_clinic(viewer)}".strip(),
        rows=((Button(_("📝 Register myself"), "register"),),),
        is_page=True,
    )


async def _contact(viewer: Viewer) -> str:
    """Whom to call directly: the cadre if known, else the clinic."""
    cadre = await people.cadre_of(person_of(viewer))
    if cadre and cadre.phone:
        return viewer._("📞 {name}: {phone}").format(name=cadre.name, phone=cadre.phone)
    return _clinic(viewer)


def _clinic(viewer: Viewer) -> str:
    phone = viewer.office.clinic_phone
    return viewer._("📞 Health centre: {phone}").format(phone=phone) if phone else ""


CONVERSATION = Conversation(
    "cadre_help",
    (
        Step("need", ask_need, take_need),
        Step("asked", ask_asked, take_asked),
        Step("young", ask_young, take_young),
    ),
)
