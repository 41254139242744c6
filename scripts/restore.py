"""`restore FILE`: put a backup in the database's place; nothing goes out by itself afterwards.

The service must be stopped, and the keys must be those of the backup.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from backend.actions.restored import Held, hold_back
from backend.clock import Clock
from backend.config import StoreConfig
from backend.i18n import FIRST_LOCALE, translator
from backend.jobs import JOBS
from backend.store.database import open_database
from backend.store.restore import Place, check_place, made_ready, put
from backend.texts.backups import restored_text
from scripts import told
from scripts.showing.progress import progress


async def restore(file: Path, *, replaces: bool, tell: Callable[[int, int], None]) -> str:
    """Restore, and return what to tell the operator."""
    config = StoreConfig.from_env()
    clock = Clock(config.township_zone)
    place = Place.of(config.database_url, config.keys_file, replaces=replaces, now=clock.now())
    await check_place(place)
    with made_ready(file, place, tell) as (draft, manifest):
        held = await _held_back(draft, place, clock.local(), made_at=manifest.made_at)
        kept = await put(draft, place, tell)
    return restored_text(
        translator(FIRST_LOCALE)._,
        at=manifest.made_at.astimezone(config.township_zone),
        messages=held.messages,
        paused=held.paused,
        returned=held.returned,
        kept=str(kept) if kept else None,
    )


async def _held_back(draft: Path, place: Place, now: datetime, *, made_at: datetime) -> Held:
    """Bring the draft to the newest schema and hold all that would go."""
    url = f"sqlite://{draft}"

    async def catch_up(moment: datetime) -> None:
        for job in JOBS:
            await job.action(moment, url)

    async with open_database(url, keys_file=place.keys_at):
        return await hold_back(catch_up, made_at=made_at, now=now)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="restore", description=__doc__)
    parser.add_argument("file", type=Path, help="a file that `backup` made")
    parser.add_argument(
        "--replace", action="store_true", help="also if the database is not empty; it is kept"
    )
    given = parser.parse_args()

    def command() -> None:
        with progress("restore") as tell:
            said = asyncio.run(restore(given.file, replaces=given.replace, tell=tell))
        print(said)

    return told(command)


if __name__ == "__main__":
    sys.exit(main())
