"""An unmodified python-telegram-bot at work in the sandbox, by polling and by webhook."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.sandbox import Sandbox

App = Application[Any, Any, Any, Any, Any, Any]
BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


async def greet(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(f"Hello {' '.join(context.args or [])}", reply_markup=BUTTON)


async def agree(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Noted")
    await query.edit_message_text("Thank you")


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(f"You said {update.message.text}")


@pytest.fixture
async def app(sandbox: Sandbox, base_url: str) -> AsyncIterator[App]:
    built = (
        ApplicationBuilder()
        .token(sandbox.token)
        .base_url(f"{base_url}/bot")
        .base_file_url(f"{base_url}/file/bot")
        .build()
    )
    built.add_handler(CommandHandler("start", greet))
    built.add_handler(CallbackQueryHandler(agree))
    built.add_handler(MessageHandler(filters.TEXT, echo))
    async with built:
        await built.start()
        yield built
        await built.stop()


async def converse(sandbox: Sandbox) -> None:
    """Start with a payload, press a button, say something."""
    mei = sandbox.open_phone(first_name="Mei", start_payload="invite-1")
    mei.start()
    assert (await mei.answer()).text == "Hello invite-1"
    mei.press("Yes")
    assert (await mei.until("Thank you")).labels == []
    assert mei.toast == "Noted"
    mei.say("good morning")
    await mei.until("You said good morning")
    assert sandbox.breaches == []


async def test_a_bot_that_polls_holds_a_conversation(sandbox: Sandbox, app: App) -> None:
    assert app.updater is not None
    await app.updater.start_polling()
    await converse(sandbox)
    await app.updater.stop()
