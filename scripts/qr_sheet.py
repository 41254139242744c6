"""`qr_sheet FILE.html`: the printable sheet of a village, an invite card for all without a chat.

The links replace the unused ones of earlier sheets. Each lets one person in: the file is made
readable to its owner only, and is best removed once it is printed.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from babel.dates import format_date

from backend.actions import invites, people
from backend.actions.invites import PersonInvite
from backend.actions.regions import check_region
from backend.clock import Clock
from backend.config import StoreConfig
from backend.domain.people import mask_name
from backend.files.qr_sheets import CardWords, QrCard, qr_sheets
from backend.i18n import FIRST_LOCALE, locales, translator
from backend.store.database import open_database
from backend.texts.qr_sheets import qr_words
from bot.deep_links import deep_link
from scripts import told
from scripts.linking.bot_name import find_bot_name


async def make_sheet(village_code: str, file: Path, *, locale: str, is_masked: bool) -> int:
    """Write the sheet and return how many cards it has; without any, the file is left alone.

    Raises RegionUnknown and VillageNeeded, and OSError before any link is made.
    """
    config = StoreConfig.from_env()
    bot_name = await find_bot_name(config)
    async with open_database(config.database_url, keys_file=config.keys_file):
        await check_region(village_code, is_village=True)
        now = Clock(config.township_zone).local()
        with _replaced(file) as page:
            made = await invites.for_village(village_code, now=now, life=config.invite_life)
            village = (await people.village(village_code)).name
            cards = [_card(one, village, bot_name, is_masked=is_masked) for one in made]
            if cards:
                words = await _words(village_code, now + config.invite_life, locale)
                page.write(qr_sheets(cards, words))
    return len(cards)


@contextmanager
def _replaced(file: Path) -> Iterator[TextIO]:
    """Open a page for its owner only; it takes the file's place if something was written."""
    page = file.with_name(f"{file.name}.new")
    page.unlink(missing_ok=True)
    descriptor = os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            yield stream
        if page.stat().st_size:
            page.replace(file)
    finally:
        page.unlink(missing_ok=True)


def _card(invite: PersonInvite, village: str, bot_name: str, *, is_masked: bool) -> QrCard:
    name = invite.name or ""
    return QrCard(
        name=mask_name(name) if is_masked and name else name,
        village=f"{village} · {invite.household}" if invite.household else village,
        link=deep_link(bot_name, invite.token),
    )


async def _words(village_code: str, until: datetime, locale: str) -> CardWords:
    township = (await people.township_of(village_code)).name
    last_day = format_date(until, "long", locale=locale)
    words = qr_words(translator(locale)._, township=township, valid_until=last_day)
    return CardWords(
        lang=locale.replace("_", "-"), title=words.title, steps=words.steps, note=words.note
    )


def main() -> int:
    """Run the command; the last line counts the cards."""
    parser = argparse.ArgumentParser(prog="qr_sheet", description=__doc__)
    parser.add_argument("--region", required=True, help="12-digit code of the village")
    parser.add_argument("--masked", action="store_true", help="only the names' first characters")
    parser.add_argument("--locale", choices=locales(), default=FIRST_LOCALE)
    parser.add_argument("file", type=Path, help="the page to write, such as village.html")
    given = parser.parse_args()

    def command() -> None:
        made = make_sheet(given.region, given.file, locale=given.locale, is_masked=given.masked)
        print(json.dumps({"cards": asyncio.run(made)}))

    return told(command)


if __name__ == "__main__":
    sys.exit(main())
