"""Polling: fetch, take in, and only then confirm, so that a kill loses nothing."""

import asyncio
from collections.abc import Callable

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.turns import Turns

logger = structlog.get_logger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
_LONG_POLL_SECONDS = 25
_LONGEST_WAIT_SECONDS = 30.0
_END_SECONDS = 3.0


async def poll(
    bot: ExtBot[None], turns: Turns, stop: asyncio.Event, *, note_rival: Callable[[bool], None]
) -> None:
    """Take updates until `stop` is set; confirm a batch once all of it is stored.

    `note_rival` is told whether another program takes this bot's updates: it is tried again, as
    that one may be gone by then. Raises InvalidToken, as nothing can be done then.
    """
    offset, wait, is_free = 0, 1.0, False
    while not stop.is_set():
        try:
            is_free = is_free or await bot.delete_webhook()
            updates = await _until_stopped(bot, offset, stop)
        except InvalidToken:
            raise
        except TelegramError as error:
            if isinstance(error, Conflict):
                logger.error("another_polls", again_in=wait)
                note_rival(True)
                # It may be a webhook that was set meanwhile.
                is_free = False
            else:
                logger.warning("polling_failed", error=type(error).__name__)
            await pause(stop, wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
            continue
        note_rival(False)
        if await _taken(updates, turns):
            offset, wait = _after(updates, offset, is_stopping=stop.is_set()), 1.0
        else:
            await pause(stop, wait)
    if offset:
        await _confirm(bot, offset)


def _after(updates: tuple[Update, ...], offset: int, *, is_stopping: bool) -> int:
    """The offset of the next call, which confirms what was taken in.

    Once there was nothing new all is confirmed, and the next number may be any: after a quiet
    week Telegram begins anew with a random one, perhaps a lower one.
    """
    if updates:
        return updates[-1].update_id + 1
    return offset if is_stopping else 0


async def _confirm(bot: ExtBot[None], offset: int) -> None:
    """Confirm what was taken in; where that fails it comes again and is recognised."""
    try:
        await bot.get_updates(offset, 1, 0, read_timeout=_END_SECONDS, connect_timeout=_END_SECONDS)
    except TelegramError as error:
        logger.warning("last_batch_not_confirmed", error=type(error).__name__)


async def _until_stopped(bot: ExtBot[None], offset: int, stop: asyncio.Event) -> tuple[Update, ...]:
    """Return the next updates, or none as soon as `stop` is set."""
    fetching = asyncio.ensure_future(
        bot.get_updates(offset=offset, timeout=_LONG_POLL_SECONDS, allowed_updates=ALLOWED_UPDATES)
    )
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((fetching, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not fetching.done():
        fetching.cancel()
        return ()
    return fetching.result()


async def _taken(updates: tuple[Update, ...], turns: Turns) -> bool:
    """Take a batch in; False when any of it could not be stored, so that all of it comes again."""
    taken = await asyncio.gather(
        *(turns.take(update) for update in updates), return_exceptions=True
    )
    for outcome in taken:
        if isinstance(outcome, Exception):
            logger.error("update_not_stored", exc_info=outcome)
        elif isinstance(outcome, BaseException):
            raise outcome
    return not any(taken)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait for `seconds`, or only until `stop` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
