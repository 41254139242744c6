"""The one place where settings, database, Telegram, web and jobs meet: what `serve` runs."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

from telegram.error import BadRequest, InvalidToken

from backend.clock import Clock
from backend.config import Config, SettingsWrong
from backend.logs import set_up_logs
from bot.service import PARTS, running
from scripts import told


async def serve(config: Config, parts: frozenset[str]) -> None:
    """Run the parts until SIGTERM or SIGINT, or until one of them fails."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    clock = Clock(config.township_zone)
    async with running(config, clock=clock, parts=parts, stop=stop):
        await stop.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `serve [--only PARTS]`; a wrong setting ends the start with one clear line."""
    parser = argparse.ArgumentParser(prog="serve", description="Run the bot for real.")
    parser.add_argument(
        "--only", default=",".join(sorted(PARTS)), help="web, bot, jobs: any subset"
    )
    only = frozenset(parser.parse_args(arguments).only.split(","))
    if not only <= PARTS:
        parser.error(f"--only takes {', '.join(sorted(PARTS))}, separated by commas")

    def command() -> None:
        config = Config.from_env()
        set_up_logs(config.log_level, secrets=(config.telegram_token.get_secret_value(),))
        try:
            asyncio.run(serve(config, only))
        except InvalidToken as error:
            line = "TELEGRAM_TOKEN: Telegram does not know this token."
            raise SettingsWrong(lines=(line,)) from error
        except BadRequest as error:
            raise SettingsWrong(lines=(f"PUBLIC_URL: Telegram says: {error.message}",)) from error

    return told(command)


if __name__ == "__main__":
    sys.exit(main())
