"""From a screen to the Telegram call, and from a row of the outbox to an attempt."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog
from telegram import BotCommandScopeChat, InputFile
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from backend.actions import accounts, delivery, dialogs
from backend.actions.accounts import COMMANDS_TEMPLATE, Visitor
from backend.actions.delivery import Message
from backend.actions.dialogs import DialogState
from backend.actions.gate import close_gate
from backend.actions.grouping import Grouped
from backend.actions.sending import Send
from backend.actions.unreached import UNWRITTEN
from backend.domain.delivery import TREATMENTS, Attempt, Outcome, Treatment
from backend.texts.reminders import repeated
from bot.buttons import (
    FileContent,
    Markup,
    PushPress,
    Screen,
    ScreenPress,
    inline_markup,
    keyboard_markup,
)
from bot.commands.openings import command_list
from bot.context import Desk, recall, viewer_of
from bot.outcomes import attempt_of
from bot.transport import call
from bot.viewer import Viewer

logger = structlog.get_logger(__name__)

# With the waits between them, this outlasts a restart of the database: about eight minutes.
_MOST_WRITINGS = 9

Template = Callable[[Viewer, Message], Awaitable[Screen]]


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered message; `state` is the dialog's where it is the open screen."""

    screen: Screen
    markup: Markup | None
    state: DialogState | None = None


class Courier:
    """Sends the outbox's messages: renders each at the moment of sending."""

    def __init__(self, bot: ExtBot[None], desk: Desk, templates: dict[str, Template]) -> None:
        self._bot = bot
        self._desk = desk
        self._templates = templates
        self._visitors = Grouped(_visitors)

    async def send(self, message: Message) -> Attempt:
        """Write one message and send it."""
        return await (await self.prepare(message))(message)

    async def prepare(self, message: Message) -> Send:
        """Write a message as things stand now; what is returned sends it.

        What cannot be written was not sent, and comes again a few times, as the database may have
        been away; then it fails where it is seen.
        """
        if message.template == COMMANDS_TEMPLATE:
            return self._renew_commands
        try:
            letter = await self._written(message)
        except Exception as error:
            logger.error("message_not_written", send_id=message.id, exc_info=error)
            is_last = message.tries + 1 >= _MOST_WRITINGS
            outcome = Outcome.BAD_REQUEST if is_last else Outcome.NOT_WRITTEN
            return partial(_unsent, Attempt(outcome, error=f"{UNWRITTEN}: {type(error).__name__}"))
        return partial(post_letter, self._bot, letter)

    async def _renew_commands(self, message: Message) -> Attempt:
        """Give a chat the list of commands of its roles, in its language."""
        viewer = await recall(message.chat_id, self._desk)
        assert viewer is not None, "a message goes to an account"
        commands = command_list(viewer._, viewer.visitor.roles)
        try:
            await self._bot.set_my_commands(commands, scope=BotCommandScopeChat(message.chat_id))
        except TelegramError as error:
            return attempt_of(error)
        return Attempt(Outcome.DELIVERED)

    async def _written(self, message: Message) -> Letter:
        """Render a message as it stands now: the chat's open screen, or its template's."""
        visitor = await self._visitors.add(message.chat_id)
        assert visitor is not None, "a message goes to an account"
        viewer = viewer_of(visitor, self._desk, now=self._desk.clock.local())
        if message.template == "screen":
            state = await dialogs.load(message.chat_id)
            assert state is not None, "a screen belongs to a dialog"
            return await screen_letter(self._desk, viewer, state)
        screen = await self._templates[message.template](viewer, message)
        if message.may_be_a_repeat:
            screen = replace(screen, text=repeated(viewer._, screen.text))
        return Letter(screen, inline_markup(screen.rows, PushPress, message.id))


async def post_letter(bot: ExtBot[None], letter: Letter, message: Message) -> Attempt:
    """Send a message that is rendered already: by editing the one that is to show it, if any."""
    # A message with keys below the chat cannot be edited, so it is no open screen.
    opens = letter.state is not None and not letter.screen.keys
    try:
        if letter.state and await edited(bot, letter.state, letter.screen):
            number = letter.state.message_id
        else:
            number = await post(bot, message.chat_id, letter.screen, letter.markup)
    except TelegramError as error:
        return attempt_of(error)
    return Attempt(Outcome.DELIVERED, message_id=number, is_open_screen=opens)


async def screen_letter(desk: Desk, viewer: Viewer, state: DialogState) -> Letter:
    """Render a chat's open screen."""
    screen = await desk.dialogs.screen(viewer, state)
    return Letter(screen, markup_of(screen, state.version), state)


async def _visitors(chat_ids: Sequence[int]) -> Sequence[Visitor | None]:
    found = await accounts.find_all(chat_ids)
    return [found.get(chat_id) for chat_id in chat_ids]


async def _unsent(attempt: Attempt, _message: Message) -> Attempt:
    return attempt


def markup_of(screen: Screen, version: int) -> Markup | None:
    """Return the keyboard of a chat's open screen."""
    if screen.keys:
        return keyboard_markup(screen.keys, once=not screen.is_page)
    return inline_markup(screen.rows, ScreenPress, version)


async def post(bot: ExtBot[None], chat_id: int, screen: Screen, markup: Markup | None) -> int:
    """Send a screen as a new message and return its number."""
    if screen.file or isinstance(screen.picture, FileContent):
        return await _upload(bot, chat_id, screen, markup)
    shared = {"chat_id": chat_id, "reply_markup": markup, "protect_content": screen.is_protected}
    if screen.picture:
        sent = await call(bot, "sendPhoto", photo=screen.picture, caption=screen.text, **shared)
    else:
        sent = await call(bot, "sendMessage", text=screen.text, **shared)
    number: int = sent["message_id"]
    return number


async def _upload(bot: ExtBot[None], chat_id: int, screen: Screen, markup: Markup | None) -> int:
    """Send a screen together with the content of its file or picture."""
    content = screen.file or screen.picture
    assert isinstance(content, FileContent), "there is something to upload"
    file = InputFile(content.content, filename=content.name)
    shared: dict[str, Any] = {
        "caption": screen.text,
        "protect_content": screen.is_protected,
        "api_kwargs": {"reply_markup": markup} if markup else None,
    }
    if screen.file:
        return (await bot.send_document(chat_id, file, **shared)).message_id
    return (await bot.send_photo(chat_id, file, **shared)).message_id


async def edited(bot: ExtBot[None], state: DialogState, screen: Screen) -> bool:
    """Bring the chat's open message to its newest version; False where it cannot be edited."""
    if not screen.is_text or state.message_id is None:
        return False
    try:
        await call(
            bot,
            "editMessageText",
            text=screen.text,
            chat_id=state.chat_id,
            message_id=state.message_id,
            reply_markup=inline_markup(screen.rows, ScreenPress, state.version),
        )
    except BadRequest as error:
        return "not modified" in error.message
    return True


async def redraw(bot: ExtBot[None], desk: Desk, letter: Letter) -> None:
    """Bring the chat's open message to what was rendered; as a new one where that cannot be.

    Raises TelegramError. A call whose fate is unclear is left to the look for lost screens, which
    makes it again.
    """
    state = letter.state
    assert state is not None, "it is a screen's"
    if await edited(bot, state, letter.screen):
        await dialogs.mark_shown(state)
        return
    await dialogs.show_anew(state, now=desk.clock.local())
    desk.sender.nudge()
    if state.message_id is not None:
        await put_away(bot, state.chat_id, state.message_id)


async def put_away(bot: ExtBot[None], chat_id: int, message_id: int) -> None:
    """Take the buttons off a message that is no longer the open screen."""
    try:
        await call(bot, "editMessageReplyMarkup", chat_id=chat_id, message_id=message_id)
    except BadRequest as error:
        logger.info("nothing_to_put_away", reason=error.message)


async def after_failed_call(error: TelegramError, chat_id: int, desk: Desk) -> None:
    """Do for a direct call what the outbox does for its own: shut the gate, or the chat."""
    attempt = attempt_of(error)
    now, treatment = desk.clock.local(), TREATMENTS[attempt.outcome]
    logger.warning("call_failed", outcome=attempt.outcome.value)
    if treatment in (Treatment.GATED, Treatment.HALTED):
        until, reason = delivery.shut_until(attempt, now=now)
        desk.gate.close(until, reason=reason)
        await close_gate(until, reason=reason)
    elif treatment is Treatment.UNREACHABLE:
        gone = attempt.outcome is Outcome.DEACTIVATED
        await delivery.shut_chat(chat_id, "deactivated" if gone else "blocked", now=now)
