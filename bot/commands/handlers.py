"""What each kind of update does: open a conversation, or give the open step its answer."""

from typing import Any

from telegram import ChatMember, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ExtBot,
    MessageHandler,
    filters,
)

from backend.actions import accounts, dialogs
from backend.i18n import FIRST_LOCALE, locales, translator
from bot.attached import attached_to
from bot.commands.openings import OPENINGS, command_list, opening_of
from bot.context import Context
from bot.conversations.stop import resumed
from bot.dialogs import Shared, Typed, enter
from bot.turns import answer, ask_anew, begin, press

_LONGEST_TOKEN = 64
_OPENINGS = {opening.command: opening.move for opening in OPENINGS}


async def start(update: Update, context: Context) -> None:
    """Greet: with an invite's token its own greeting, else the menu or the way in.

    Whoever had stopped everything takes it up again by it.
    """
    token = " ".join(context.args or ())[:_LONGEST_TOKEN]
    if context.viewer.visitor.state == "stopped" and not token:
        await begin(context, await resumed(context.viewer))
    elif token or context.viewer.person_id is None:
        await begin(context, enter("welcome", token=token))
    else:
        await begin(context, enter("home"))


async def open_command(update: Update, context: Context) -> None:
    """Open the conversation a command stands for."""
    message = update.effective_message
    word = (message.text or "").split(maxsplit=1)[0] if message else ""
    await begin(context, _OPENINGS[word.removeprefix("/").split("@")[0].lower()])


async def take_text(update: Update, context: Context) -> None:
    """Take typed words: a stop word or a home key opens something, the rest is an answer."""
    message = update.effective_message
    text = (message.text or "").strip() if message else ""
    opening = opening_of(text)
    if opening and not (opening.conversation == "stop" and await _is_stopping(context)):
        await begin(context, opening)
    else:
        await answer(context, Typed(text))


async def _is_stopping(context: Context) -> bool:
    """Whether she is being asked whether to stop, so that a stop word is the answer."""
    state = await dialogs.load(context.viewer.chat_id)
    return state is not None and state.name == "stop"


async def take_contact(update: Update, context: Context) -> None:
    """Take a shared phone number; a forwarded one is not the sender's own."""
    message = update.effective_message
    contact = message.contact if message else None
    if contact:
        is_own = contact.user_id == context.viewer.chat_id
        await answer(context, Shared(contact.phone_number, is_own))


async def take_other(update: Update, context: Context) -> None:
    """Give a file to the open step that asks for one, else say kindly what is understood here."""
    message = update.effective_message
    attached = context.turn.attached or (attached_to(message) if message else None)
    state = await dialogs.load(context.viewer.chat_id)
    if attached and state and context.desk.dialogs.takes_files(state):
        await answer(context, attached)
        return
    hint = context.viewer._("I can only read words and buttons. Please choose below.")
    if state and not (await context.desk.dialogs.screen(context.viewer, state)).is_page:
        await ask_anew(context, state, hint)
    else:
        await begin(context, enter("home", hint=hint))


async def take_press(update: Update, context: Context) -> None:
    """Take a press of a button."""
    if update.callback_query:
        await press(context, update.callback_query)


async def take_blocking(update: Update, context: Context) -> None:
    """Note that the chat was blocked or opened again."""
    change = update.my_chat_member
    if change is None:
        return
    viewer = context.viewer
    if change.new_chat_member.status == ChatMember.BANNED:
        await accounts.mark_blocked(viewer.chat_id, now=viewer.now)
    else:
        await accounts.came_back(viewer.chat_id, now=viewer.now)


async def note_error(_update: object, context: Context) -> None:
    """Hand the error to the turn, whose transaction it undoes."""
    if isinstance(context.error, Exception):
        context.turn.error = context.error


def handlers() -> list[BaseHandler[Any, Context, Any]]:
    """Return the handlers in the order in which they are asked."""
    return [
        CommandHandler("start", start),
        *(CommandHandler(command, open_command) for command in _OPENINGS),
        CallbackQueryHandler(take_press),
        MessageHandler(filters.CONTACT, take_contact),
        MessageHandler(filters.TEXT, take_text),
        ChatMemberHandler(take_blocking, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.ALL, take_other),
    ]


async def publish_commands(bot: ExtBot[None]) -> None:
    """Tell Telegram the commands in every language; the first locale serves all others."""
    for locale in reversed(locales()):
        say = translator(locale)._
        code = None if locale == FIRST_LOCALE else locale.split("_")[0]
        await bot.set_my_commands(command_list(say), language_code=code)
