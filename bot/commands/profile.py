"""What Telegram shows of the bot before anybody has written to it, in every language."""

from telegram.ext import ExtBot

from backend.i18n import FIRST_LOCALE, locales, translator


async def publish_profile(bot: ExtBot[None]) -> None:
    """Tell Telegram what the bot can do; the first locale serves all other languages."""
    for locale in reversed(locales()):
        _ = translator(locale)._
        code = None if locale == FIRST_LOCALE else locale.split("_")[0]
        details = _(
            "I remind you of free check-ups and services of your township. Taking part is"
            " voluntary, and you can leave at any time. Press Start to begin."
        )
        about = _("Reminders of free check-ups and services of your township.")
        await bot.set_my_description(details, language_code=code)
        await bot.set_my_short_description(about, language_code=code)
