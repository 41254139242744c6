"""Inviting a village's cadre: village, name, then a link with its QR code to hand over."""

from collections.abc import Callable

from backend.actions import cadre_invites
from backend.actions.cadre_invites import CadreInvite
from backend.actions.dialogs import Answers
from backend.domain.errors import InviteRefused, WrongValue
from backend.files.qr_pictures import qr_png
from backend.texts.errors import explain_error
from backend.texts.services import format_day
from bot.buttons import Button, FileContent, Screen, rows_of
from bot.deep_links import deep_link
from bot.dialogs import Conversation, Given, Move, Pressed, Step, Typed, again, enter, finish, go
from bot.membership import actor_of
from bot.offices import officers_only, take_village, village_buttons
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_LIST, _ANOTHER = "list", "another"
_STATES: dict[str, Callable[[Callable[[str], str]], str]] = {
    "waiting": lambda _: _("⏳ not used yet"),
    "used": lambda _: _("✅ came in"),
    "revoked": lambda _: _("🚫 taken back"),
    "expired": lambda _: _("⌛ too old"),
}


async def ask_village(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask for which village."""
    _ = viewer._
    rows = rows_of(await village_buttons(viewer))
    listed = Button(_("📋 Invites so far"), _LIST)
    return Screen(_("Invite a cadre for which village?"), rows=(*rows, (listed,)))


async def take_village_next(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Keep the village, or show the invites so far."""
    return go(_LIST) if given == Pressed(_LIST) else await take_village(viewer, given, then="name")


async def ask_name(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask for the cadre's name."""
    return Screen(viewer._("What is the cadre's name?"))


async def take_name(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Make the invite."""
    if not isinstance(given, Typed):
        return again(viewer._("Please write the name."))
    officer, now = actor_of(viewer), viewer.now
    try:
        token = await cadre_invites.invite_cadre(officer, answers["village"], given.text, now=now)
    except WrongValue as error:
        return again(explain_error(error, viewer._))
    return finish("made", token=token, name=given.text.strip())


async def ask_made(viewer: Viewer, answers: Answers) -> Screen:
    """Show the link and its QR code, to be handed over."""
    _ = viewer._
    link = deep_link(viewer.office.bot_name, answers["token"])
    text = _("✅ Show or send this to {name}. It works once, for 90 days.\n{link}").format(
        name=answers["name"], link=link
    )
    buttons = (Button(_("🤝 Invite another"), _ANOTHER), Button(_("📋 Invites so far"), _LIST))
    picture = FileContent("invite.png", qr_png(link))
    return Screen(text, rows=(buttons,), picture=picture, is_page=True)


async def take_made(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Invite another, or look at the list."""
    if given == Pressed(_ANOTHER):
        return enter("invite_cadre")
    if given == Pressed(_LIST):
        return finish(_LIST)
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


async def ask_list(viewer: Viewer, _answers: Answers) -> Screen:
    """Show what became of the invites; one not used yet can be taken back."""
    _ = viewer._
    invites = await cadre_invites.list_for(actor_of(viewer), now=viewer.now)
    another = (Button(_("🤝 Invite another"), _ANOTHER),)
    if not invites:
        return Screen(_("No cadre has been invited yet."), rows=(another,), is_page=True)
    lines = [_("📋 Invites so far. Press one to take it back.")]
    lines += [f"{_named(one)} · {_STATES[one.state](_)}" for one in invites]
    waiting = [Button(_named(one), str(one.invite_id)) for one in invites if _is_open(one)]
    return Screen("\n".join(lines), rows=(*rows_of(waiting, width=1), another), is_page=True)


async def take_list(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Open an unused invite, or make another."""
    if given == Pressed(_ANOTHER):
        return enter("invite_cadre")
    if isinstance(given, Pressed) and given.value.isdigit():
        return go("revoke", invite=given.value)
    return again(viewer._("Please press one of the buttons."))


async def ask_revoke(viewer: Viewer, answers: Answers) -> Screen:
    """Ask once before an invite is taken back."""
    _ = viewer._
    invite = await cadre_invites.fetch_for(actor_of(viewer), int(answers["invite"]), now=viewer.now)
    on = format_day(invite.expires_at.astimezone(viewer.now.tzinfo).date(), _)
    text = _("{who}: the link works until {on}. Take it back?").format(who=_named(invite), on=on)
    return Screen(text, rows=((Button(_("🚫 Take it back"), YES), Button(_("Leave it"), NO)),))


async def take_revoke(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Make the link worthless, or leave it."""
    _ = viewer._
    answer = meant(given)
    if answer == Pressed(NO):
        return go(_LIST)
    if answer != Pressed(YES):
        return again(_("Please press one of the buttons."))
    try:
        await cadre_invites.revoke(actor_of(viewer), int(answers["invite"]), now=viewer.now)
    except InviteRefused:
        return go(_LIST, hint=_("This has changed meanwhile. Here is how it stands now."))
    return go(_LIST, hint=_("Taken back. The link no longer works."))


def _named(invite: CadreInvite) -> str:
    return f"{invite.name or '—'} · {invite.village.name}"


def _is_open(invite: CadreInvite) -> bool:
    return invite.state == "waiting"


CONVERSATION = officers_only(
    Conversation(
        "invite_cadre",
        (
            Step("village", ask_village, take_village_next),
            Step("name", ask_name, take_name),
            Step("made", ask_made, take_made),
            Step(_LIST, ask_list, take_list),
            Step("revoke", ask_revoke, take_revoke),
        ),
        counted=("village", "name"),
    )
)
