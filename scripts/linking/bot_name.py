"""The bot's user name, from the settings or from Telegram itself."""

from telegram.error import InvalidToken, TelegramError

from backend.config import Config, SettingsWrong, StoreConfig
from bot.deep_links import ask_bot_name


async def find_bot_name(config: StoreConfig) -> str:
    """Return BOT_NAME, or ask Telegram; raises SettingsWrong with one line when neither helps."""
    if config.bot_name:
        return config.bot_name.removeprefix("@")
    try:
        asking = Config.from_env()
    except SettingsWrong as error:
        said = f"BOT_NAME: needed for a link, as Telegram cannot be asked ({error.lines[0]})"
        raise SettingsWrong(lines=(said,)) from error
    try:
        return await ask_bot_name(asking.telegram_token.get_secret_value(), asking.telegram_api)
    except InvalidToken as error:
        line = "TELEGRAM_TOKEN: Telegram does not know this token."
        raise SettingsWrong(lines=(line,)) from error
    except TelegramError as error:
        line = "BOT_NAME: needed for a link, as Telegram did not answer."
        raise SettingsWrong(lines=(line,)) from error
