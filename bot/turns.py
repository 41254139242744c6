"""One update, one turn: one transaction, then the calls that show what came of it.

Updates of one chat are taken one after another, those of different chats side by side.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from weakref import WeakValueDictionary

import structlog
from telegram import CallbackQuery, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from backend.actions import delivery, dialogs, inbox
from backend.actions.dialogs import DialogState
from bot.attached import attached_to, fetch
from bot.buttons import OpenPress, PushPress, ScreenPress, unpack
from bot.context import Context, Desk, Turn, Walk, meet, recall
from bot.dialogs import Attached, Given, Move, Pressed, enter
from bot.pushes import opened_by
from bot.send import Letter, after_failed_call, post_letter, put_away, redraw, screen_letter
from bot.transport import call

logger = structlog.get_logger(__name__)

_WIPED = "~wiped"
_MOST_WIPED = 100
_MOST_RACES = 5


class Turns:
    """Takes updates in, each exactly once, in order within a chat."""

    def __init__(self, walk: Walk, desk: Desk) -> None:
        self._walk = walk
        self._desk = desk
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._showing: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._newest: WeakValueDictionary[int, Turn] = WeakValueDictionary()
        self._calls: set[asyncio.Task[None]] = set()

    async def take(self, update: Update) -> None:
        """Take one update in; it is safely stored, with all its effects, when this returns.

        Raises whatever kept it from being stored; it may then be handed in again.
        """
        user, chat = update.effective_user, update.effective_chat
        if user is None or chat is None or chat.type != chat.PRIVATE:
            return
        lock = self._locks.setdefault(user.id, asyncio.Lock())
        async with lock:
            turn = await self._stored(update, user.id, user.language_code)
        if turn is None:
            return
        if not turn.answers and not turn.after:
            return
        self._newest[user.id] = turn
        task = asyncio.create_task(self._show(turn))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def settle(self) -> None:
        """Wait until the calls of all turns taken so far are made."""
        while self._calls:
            await asyncio.gather(*self._calls)

    async def _fetched(self, update: Update, chat_id: int) -> Attached | None:
        """Fetch a file for a step that needs it, before the transaction: no network inside one."""
        message = update.effective_message
        state = await dialogs.load(chat_id) if message and attached_to(message) else None
        if message is None or state is None or not self._desk.dialogs.fetches_files(state):
            return None
        return await fetch(self._walk.bot, message)

    async def _stored(self, update: Update, user_id: int, language: str | None) -> Turn | None:
        """Return the turn, or None for an update that cannot be answered, ever."""
        try:
            attached = await self._fetched(update, user_id)
            return await self._attempt_anew(update, user_id, language, attached=attached)
        except Exception as error:
            logger.error("update_failed", update_id=update.update_id, exc_info=error)
        try:
            return await self._apologise(update, user_id, language)
        except Exception as error:
            if inbox.may_pass(error):
                raise
            # It would come again and again, and hold up everybody else's.
            logger.error("update_given_up", update_id=update.update_id, exc_info=error)
            async with inbox.take_in(update.update_id, now=self._desk.clock.local()):
                return None

    async def _attempt_anew(
        self, update: Update, user_id: int, language: str | None, *, attached: Attached | None
    ) -> Turn:
        """Attempt a turn as often as another process was quicker in the same chat."""
        for _ in range(_MOST_RACES):
            try:
                return await self._attempt(update, user_id, language, attached=attached)
            except DialogMoved:
                logger.info("another_was_quicker", update_id=update.update_id)
        return await self._attempt(update, user_id, language, attached=attached)

    async def _attempt(
        self, update: Update, user_id: int, language: str | None, *, attached: Attached | None
    ) -> Turn:
        now = self._desk.clock.local()
        async with inbox.take_in(update.update_id, now=now) as is_new:
            turn = Turn(update, await meet(user_id, language, self._desk), attached)
            if not is_new:
                await show_open_screen(turn, self._walk.bot, self._desk)
                return turn
            self._desk.turns[update.update_id] = turn
            try:
                await self._walk.process_update(update)
            finally:
                del self._desk.turns[update.update_id]
            if turn.error:
                raise turn.error
        return turn

    async def _apologise(self, update: Update, user_id: int, language: str | None) -> Turn:
        """Take in an update whose effects could not be had, and say so.

        Where it has been taken in meanwhile, by another process, there is nothing to be sorry for.
        """
        now = self._desk.clock.local()
        async with inbox.take_in(update.update_id, now=now) as is_new:
            viewer = await meet(user_id, language, self._desk)
            turn = Turn(update, viewer)
            if not is_new:
                await show_open_screen(turn, self._walk.bot, self._desk)
                return turn
            hint = viewer._("Something went wrong here. What you did before is kept. Try again.")
            state = await dialogs.load(viewer.chat_id)
            home = self._desk.dialogs.begin(state, viewer.chat_id, Move(hint=hint))
            await dialogs.save(home, now=now)
            await _send_now(turn, self._walk.bot, self._desk, home)
        return turn

    async def _show(self, turn: Turn) -> None:
        """Make a turn's calls, those of one chat in order, so that the newest screen stays.

        A screen that another has followed meanwhile is not sent any more. Behind a shut gate the
        calls are left to the look for lost screens.
        """
        chat_id = turn.viewer.chat_id
        async with self._showing.setdefault(chat_id, asyncio.Lock()):
            await self._desk.gate.look()
            for message, send in turn.answers:
                await self._desk.sender.answer(
                    message, send, is_wanted=lambda: self._newest.get(chat_id) is turn
                )
            for one in turn.after:
                await self._call(turn, one)

    async def _call(self, turn: Turn, one: Callable[[], Awaitable[None]]) -> None:
        try:
            await self._desk.pace.slot(is_answer=True)
            if not self._desk.gate.is_closed(self._desk.clock.now()):
                await one()
        except TelegramError as error:
            await after_failed_call(error, turn.viewer.chat_id, self._desk)
        except Exception as error:
            # What it was to show is found again by the look for lost screens.
            logger.error("call_broke", update_id=turn.update.update_id, exc_info=error)


async def begin(context: Context, move: Move) -> None:
    """Open a conversation in a new message, whatever was open before."""
    state = await dialogs.load(context.viewer.chat_id)
    begun = context.desk.dialogs.begin(state, context.viewer.chat_id, move)
    await _show_anew(context, begun, before=state)


async def ask_anew(context: Context, state: DialogState, hint: str) -> None:
    """Ask the open step's question once more in a new message; what was answered stays."""
    await _show_anew(context, state.moved(hint=hint), before=state)


async def answer(context: Context, given: Given) -> None:
    """Give what was typed or shared to the open step; its answer comes as a new message."""
    state = await dialogs.load(context.viewer.chat_id)
    if state is None:
        await begin(context, Move())
        return
    moved, move = await context.desk.dialogs.take(context.viewer, state, given)
    if move.wipes and state.message_id is not None:
        # With her message gone, the open screen is the newest thing in the chat again.
        await _edit(context, _wiped(context, state, moved), state.message_id)
    else:
        shown = _wiped(context, state, moved) if move.wipes else moved
        await _show_anew(context, shown, before=state)


async def press(context: Context, query: CallbackQuery) -> None:
    """Take a press of a button; a double tap or an old button shows the newest screen instead."""
    pressed = unpack(query.data)
    state = await dialogs.load(context.viewer.chat_id)
    message_id = query.message.message_id if query.message else None
    if isinstance(pressed, PushPress):
        await _press_push(context, pressed, state, message_id)
    elif isinstance(pressed, ScreenPress) and state and pressed.version == state.version:
        moved, move = await context.desk.dialogs.take(context.viewer, state, Pressed(pressed.value))
        moved = _wiped(context, state, moved) if move.wipes else moved
        await _edit(context, moved, message_id, toast=move.toast)
    elif isinstance(pressed, OpenPress) and context.desk.dialogs.has(pressed.opens):
        conversation, _dot, step = pressed.opens.partition(".")
        move = enter(conversation, step or None, value=pressed.value)
        begun = context.desk.dialogs.begin(state, context.viewer.chat_id, move)
        if pressed.keeps_message:
            _answer_query(context.turn, context.bot, None)
            await _show_anew(context, begun, before=state)
        else:
            await _edit(context, begun, message_id)
    else:
        await _press_old(context, state, message_id)


def _wiped(context: Context, state: DialogState, moved: DialogState) -> DialogState:
    """After the commit, delete her message from the chat, and those of this conversation before it.

    Their numbers stay with the answers: what a kill or a shut gate kept from being deleted is
    deleted by the next step.
    """
    chat_id, message = context.viewer.chat_id, context.turn.update.message
    numbers = state.answers.get(_WIPED, "").split() + ([str(message.message_id)] if message else [])
    numbers = numbers[-_MOST_WIPED:]

    async def delete() -> None:
        await context.bot.delete_messages(chat_id, [int(number) for number in numbers])

    if numbers:
        context.turn.after.append(delete)
    return replace(moved, answers=moved.answers | {_WIPED: " ".join(numbers)})


async def _press_push(
    context: Context, pressed: PushPress, state: DialogState | None, message_id: int | None
) -> None:
    """Open what a message of the outbox announced, once, in that very message."""
    viewer = context.viewer
    row = await delivery.find(pressed.send_id, chat_id=viewer.chat_id)
    nonce = f"send:{pressed.send_id}"
    if row is None or not await inbox.have_effect(nonce, now=viewer.now):
        await _press_old(context, state, message_id)
        return
    move = await opened_by(viewer, row)
    begun = context.desk.dialogs.begin(state, viewer.chat_id, move)
    await _edit(context, begun, message_id)


async def _press_old(context: Context, state: DialogState | None, message_id: int | None) -> None:
    """Show the newest screen: in place after a double tap, else as a new message."""
    if state is None:
        await begin(context, Move())
    elif state.message_id == message_id:
        await show_open_screen(context.turn, context.bot, context.desk)
        return
    else:
        await _show_anew(context, state.moved(), before=state)
    old = context.viewer._("This one is out of date. Here is the newest.")
    _answer_query(context.turn, context.bot, old)


async def _edit(
    context: Context, state: DialogState, message_id: int | None, *, toast: str | None = None
) -> None:
    """Store the state and, once that is committed, edit the pressed message to show it."""
    state = state.shown_in(message_id)
    await _store(context, state)
    _answer_query(context.turn, context.bot, toast)
    await _redraw(context.turn, context.bot, context.desk, state)


async def show_open_screen(turn: Turn, bot: ExtBot[None], desk: Desk) -> None:
    """After the commit, answer the press and bring the open message up to date."""
    _answer_query(turn, bot, None)
    state = await dialogs.load(turn.viewer.chat_id)
    if state:
        await _redraw(turn, bot, desk, state)


async def _redraw(turn: Turn, bot: ExtBot[None], desk: Desk, state: DialogState) -> None:
    letter = await _rendered(desk, state)
    turn.after.append(partial(redraw, bot, desk, letter))


async def _send_now(turn: Turn, bot: ExtBot[None], desk: Desk, state: DialogState) -> None:
    """Render the open screen, and send it in a new message right after the commit."""
    letter = await _rendered(desk, state)
    sender, now = desk.sender, turn.viewer.now
    message = await dialogs.show_now(state, owner_id=sender.owner_id, now=now)
    if message:
        turn.answers.append((message, partial(post_letter, bot, letter)))


async def _rendered(desk: Desk, state: DialogState) -> Letter:
    """Render the open screen for the one who reads it as this turn has left her."""
    viewer = await recall(state.chat_id, desk)
    assert viewer is not None, "she has just written"
    return await screen_letter(desk, viewer, state)


def _answer_query(turn: Turn, bot: ExtBot[None], toast: str | None) -> None:
    query = turn.update.callback_query
    if query is None:
        return

    async def stop_waiting() -> None:
        try:
            await call(bot, "answerCallbackQuery", callback_query_id=query.id, text=toast)
        except BadRequest as error:
            # Telegram stops waiting after a while; the spinner is gone by then anyway.
            logger.info("query_too_old", reason=error.message)

    turn.after.append(stop_waiting)


async def _show_anew(context: Context, state: DialogState, *, before: DialogState | None) -> None:
    """Store the state, show it in a new message, and take the buttons off the one before."""
    await _store(context, state.shown_in(None))
    await _send_now(context.turn, context.bot, context.desk, state.shown_in(None))
    if state.message_id is not None and before and not context.desk.dialogs.stays(before):
        context.turn.after.append(
            partial(put_away, context.bot, context.viewer.chat_id, state.message_id)
        )


async def _store(context: Context, state: DialogState) -> None:
    if not await dialogs.save(state, now=context.viewer.now):
        raise DialogMoved


class DialogMoved(Exception):
    """The chat's row was moved on by another process within this very turn."""
