"""Coming in: by an invite, or by oneself; consent is asked before anything is stored."""

from backend.actions import consents, invites, people
from backend.actions.dialogs import Answers
from backend.actions.invites import InviteView
from backend.domain.access import Role, Underage
from backend.domain.consent import HEALTH_PURPOSES, Purpose
from backend.domain.errors import AlreadyRegistered, InviteRefused
from backend.texts.consents import privacy_notice
from bot.buttons import Button, Screen
from bot.commands.boards import home_keys
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.topics import UNASKED, chosen, topic_list, topic_steps
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_AGREE, _PRIVACY, _HOME, _REGISTER = YES, "privacy", "home", "register"


async def ask_greeting(viewer: Viewer, answers: Answers) -> Screen:
    """Say who speaks, who invites, and that taking part is voluntary."""
    if not answers.get("token"):
        return _own_way_in(viewer, await _township_name())
    try:
        view = await invites.look(answers["token"], now=viewer.now)
    except InviteRefused:
        return _invalid(viewer)
    if viewer.person_id is None:
        return _offer(viewer, _invitation(viewer, view), viewer._("✅ Agree and start"))
    if _is_new_role(viewer, view):
        return _offer(viewer, _invitation(viewer, view), viewer._("✅ Accept"))
    return _needless(viewer, view)


async def take_greeting(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Let her in once she agrees; a no is final until she comes back by herself."""
    given = meant(given)
    if given == Pressed(_AGREE):
        return await _agreed(viewer, answers)
    if given == Pressed(NO) and viewer.person_id is None:
        return finish("farewell")
    if given == Pressed(_PRIVACY):
        return go("privacy")
    if given == Pressed(_REGISTER):
        return enter("welcome")
    if given in (Pressed(_HOME), Pressed(NO)):
        return enter("home")
    return again(viewer._("Please press one of the buttons."))


async def _agreed(viewer: Viewer, answers: Answers) -> Move:
    """Redeem the invite and keep the general consent, or go on to registering oneself."""
    token = answers.get("token")
    if not token:
        return enter("register")
    try:
        redeemed = await invites.redeem(token, viewer.chat_id, now=viewer.now)
    except InviteRefused:
        return Move()
    except AlreadyRegistered:
        return enter("home", hint=viewer._("You are registered already."))
    except Underage:
        return enter("cadre_help", "young")
    await consents.give(redeemed.person_id, [Purpose.SERVICE], now=viewer.now)
    if redeemed.role is not Role.RESIDENT:
        return finish("done")
    return finish("topics", **await _answered_before(redeemed.person_id))


async def _answered_before(person_id: int) -> Answers:
    """What somebody who was here before agreed to, and what she is not asked again."""
    agreed = await consents.in_force_for(person_id)
    may_ask = {*await consents.to_ask(person_id), *agreed}
    unasked = [topic for topic in HEALTH_PURPOSES if topic not in may_ask]
    return {YES: " ".join(agreed), UNASKED: " ".join(unasked)}


async def ask_privacy(viewer: Viewer, answers: Answers) -> Screen:
    """The whole notice, before anything is agreed to."""
    _ = viewer._
    township = await _township_name() or _("the township's service office")
    notice = privacy_notice(_, township=township, phone=viewer.office.clinic_phone)
    return Screen(notice, rows=_agree_or_not(viewer, _("✅ Agree and start")), is_page=True)


async def take_privacy(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Take the answer here as on the greeting."""
    return await take_greeting(viewer, answers, given)


async def choose_topics(viewer: Viewer, answers: Answers) -> Move:
    """Keep what she agreed to and what she refused, each by itself."""
    assert viewer.person_id is not None, "the invite let her in"
    await consents.give(viewer.person_id, chosen(answers), now=viewer.now)
    await consents.refuse(viewer.person_id, chosen(answers, NO), now=viewer.now)
    return finish("done", yes=answers.get(YES, ""))


async def ask_done(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt, with the keys for everything else."""
    _ = viewer._
    lines = [_("✅ You are registered.")]
    agreed = chosen(answers)
    if agreed:
        topics = topic_list(viewer, agreed)
        lines.append(_("I will remind you of: {topics}.").format(topics=topics))
    lines.append(_("You can change or stop this at any time in Settings."))
    return Screen("\n".join(lines), keys=home_keys(viewer), is_page=True)


async def ask_farewell(viewer: Viewer, answers: Answers) -> Screen:
    """Part kindly, and say how to come back."""
    _ = viewer._
    return Screen(
        _("All right, I will not disturb you. If you change your mind, just send /start."),
        rows=((Button(_("I changed my mind"), "greeting"),),),
        is_page=True,
    )


async def take_farewell(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Whatever she writes next, the greeting comes again; nothing was kept."""
    return enter("welcome", token=answers.get("token", ""))


async def take_done(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Anything said after the receipt ends at the menu."""
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


def _own_way_in(viewer: Viewer, township: str | None) -> Screen:
    _ = viewer._
    hello = (
        _("Hello, I am the service assistant of {township}.").format(township=township)
        if township
        else _("Hello, I am the township's service assistant.")
    )
    return _offer(viewer, f"{hello}\n{_offered(viewer)}", _("✅ Agree and register"))


def _invitation(viewer: Viewer, view: InviteView) -> str:
    _ = viewer._
    hello = _("Hello, I am the service assistant of {township}.").format(
        township=view.township.name
    )
    if view.role is not Role.RESIDENT:
        return f"{hello}\n{_role_offered(viewer, view)}"
    village, cadre = view.village.name, view.cadre.name if view.cadre else None
    invited = (
        _("{cadre} of {village} invites you.").format(cadre=cadre, village=village)
        if cadre
        else _("{village} invites you.").format(village=village)
    )
    return f"{hello}\n{invited}\n{_offered(viewer)}"


def _offered(viewer: Viewer) -> str:
    _ = viewer._
    return _("I remind you of free checks and services. It is voluntary; leave whenever you like.")


def _role_offered(viewer: Viewer, view: InviteView) -> str:
    _ = viewer._
    if view.role is Role.CADRE:
        return _("You are invited to be the cadre of {village}.").format(village=view.village.name)
    return _("You are invited to work with the office here.")


def _offer(viewer: Viewer, text: str, agree: str) -> Screen:
    privacy = Button(viewer._("🔒 Privacy first"), _PRIVACY)
    ((yes, no),) = _agree_or_not(viewer, agree)
    return Screen(text, rows=((yes,), (privacy, no)), is_page=True)


def _agree_or_not(viewer: Viewer, agree: str) -> tuple[tuple[Button, Button]]:
    return ((Button(agree, _AGREE), Button(viewer._("No, thanks"), NO)),)


def _invalid(viewer: Viewer) -> Screen:
    _ = viewer._
    if viewer.person_id is not None:
        home = Button(_("Open the menu"), _HOME)
        return Screen(_("This invite is no longer valid."), rows=((home,),), is_page=True)
    return Screen(
        _("This invite is no longer valid. You can register yourself, or ask your cadre."),
        rows=((Button(_("📝 Register myself"), _REGISTER),),),
        is_page=True,
    )


def _needless(viewer: Viewer, view: InviteView) -> Screen:
    _ = viewer._
    if viewer.visitor.person_state == "waiting":
        text = _("You have registered already. Once the cadre has confirmed you, all is done.")
    elif view.person_id in (None, viewer.person_id):
        text = _("You are registered already. You do not need this invite.")
    else:
        text = _("This invite is for somebody else. You are registered already.")
    return Screen(text, rows=((Button(_("Open the menu"), _HOME),),), is_page=True)


def _is_new_role(viewer: Viewer, view: InviteView) -> bool:
    """Whether somebody who is in already is offered a role by an invite meant for her."""
    is_hers = view.person_id in (None, viewer.person_id)
    return is_hers and view.role not in viewer.visitor.roles


async def _township_name() -> str | None:
    """The township's name while there is only one."""
    named = await people.townships()
    return named[0].name if len(named) == 1 else None


CONVERSATION = Conversation(
    "welcome",
    (
        Step("greeting", ask_greeting, take_greeting),
        Step("privacy", ask_privacy, take_privacy),
        *topic_steps(choose_topics),
        Step("done", ask_done, take_done),
        Step("farewell", ask_farewell, take_farewell),
    ),
)
