"""Links into the bot: what an invite's token becomes on a phone, and the bot's name in them."""

from telegram.ext import ExtBot

from bot.transport import requests


def deep_link(bot_name: str, token: str) -> str:
    """Return the link that opens the bot and hands it `token` when Start is pressed."""
    return f"https://t.me/{bot_name.removeprefix('@')}?start={token}"


async def ask_bot_name(token: str, api: str) -> str:
    """Ask the Bot API server at `api` what the bot of `token` is called.

    Raises the TelegramError that kept it from answering, InvalidToken among them.
    """
    polling, calling = requests()
    bot: ExtBot[None] = ExtBot(
        token, base_url=f"{api}/bot", get_updates_request=polling, request=calling
    )
    async with bot:
        return bot.username
