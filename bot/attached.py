"""Files that people send: told apart, fetched, and photos drawn anew on their way in."""

import asyncio
from dataclasses import replace

import structlog
from telegram import Message
from telegram.error import TelegramError
from telegram.ext import ExtBot

from backend.files.photos import PhotoUnreadable, redraw_photo
from bot.dialogs import Attached

logger = structlog.get_logger(__name__)

PHOTO, VOICE, DOCUMENT = "photo", "voice", "document"


def attached_to(message: Message) -> Attached | None:
    """Return the photo (in its largest size), voice or document of a message, if it has one."""
    caption = message.caption or ""
    if message.photo:
        return Attached(PHOTO, message.photo[-1].file_id, caption)
    if message.voice:
        return Attached(VOICE, message.voice.file_id, caption)
    return Attached(DOCUMENT, message.document.file_id, caption) if message.document else None


async def fetch(bot: ExtBot[None], message: Message) -> Attached | None:
    """Return the file with its content, or without where it cannot be had or is no picture.

    A picture that was sent as a document comes back as a photo.
    """
    given = attached_to(message)
    if given is None:
        return None
    if message.document and (message.document.mime_type or "").startswith("image/"):
        given = replace(given, kind=PHOTO)
    try:
        file = await bot.get_file(given.file_id)
        content = bytes(await file.download_as_bytearray())
        if given.kind == PHOTO:
            content = await asyncio.to_thread(redraw_photo, content)
    except (TelegramError, PhotoUnreadable) as error:
        logger.warning("file_not_fetched", error=type(error).__name__)
        return given
    return replace(given, content=content)
