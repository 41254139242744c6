"""An unmodified python-telegram-bot at work in the sandbox, by polling and by webhook."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
)
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.sandbox import Fault, Sandbox

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


async def test_a_bot_with_a_webhook_holds_the_same_conversation(sandbox: Sandbox, app: App) -> None:
    async def take(request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "secret-1"
        await app.process_update(Update.de_json(await request.json(), app.bot))
        return web.Response()

    server = web.Application()
    server.add_routes([web.post("/hook", take)])
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await app.bot.set_webhook(url, secret_token="secret-1", allowed_updates=Update.ALL_TYPES)
    await converse(sandbox)
    assert (await app.bot.get_webhook_info()).url == url
    await app.bot.delete_webhook()
    await runner.cleanup()


async def test_everything_a_bot_sets_up_at_its_start_is_understood(
    sandbox: Sandbox, ptb: Bot
) -> None:
    mei = sandbox.open_phone()
    mei.start()
    await ptb.set_my_commands([BotCommand("help", "Help")], scope=BotCommandScopeChat(mei.id))
    await ptb.set_my_name("随行", language_code="zh")
    await ptb.set_my_short_description("Walking alongside")
    await ptb.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await ptb.get_my_name("zh")).name == "随行"
    assert (await ptb.get_chat(mei.id)).first_name == mei.person.first_name
    keys = ReplyKeyboardMarkup([[KeyboardButton("Number", request_contact=True)]])
    await ptb.send_message(mei.id, "<b>Hi</b>", parse_mode="HTML", reply_markup=keys)
    assert mei.screen.content["entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    assert mei.keyboard == [["Number"]]
    assert sandbox.breaches == []


async def test_refusals_become_the_exceptions_of_the_library(sandbox: Sandbox, ptb: Bot) -> None:
    mei = sandbox.open_phone()
    with pytest.raises(BadRequest, match="Chat not found"):
        await ptb.send_message(mei.id, "Hi")
    mei.start()
    mei.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(mei.id, "Hi")
    mei.unblock()
    faults = [
        (Fault(status=429, retry_after=3), RetryAfter),
        (Fault(status=400, migrate_to_chat_id=-100), ChatMigrated),
        (Fault(html=True), NetworkError),
        (Fault(drop=True), NetworkError),
        (Fault(status=409, description="Conflict: x"), Conflict),
        (Fault(status=401), InvalidToken),
    ]
    for fault, expected in faults:
        sandbox.faults.add(fault)
        with pytest.raises(expected):
            await ptb.send_message(mei.id, "Hi")
