"""`backup FILE`: one moment of the database in one file, while the service goes on.

The keys are not in it: without them nobody can read the names, so keep `keys` too, and apart.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from backend.clock import Clock
from backend.config import StoreConfig
from backend.i18n import FIRST_LOCALE, translator
from backend.store.backup import make_backup
from backend.texts.backups import backup_made_text
from scripts import told
from scripts.showing.progress import progress


def back_up(file: Path) -> None:
    """Make the backup, with progress, and say what it lacks."""
    config = StoreConfig.from_env()
    now = Clock(config.township_zone).local()
    with progress("backup") as tell:
        made = make_backup(
            config.database_url, file, keys_file=config.keys_file, now=now, tell=tell
        )
        asyncio.run(made)
    print(backup_made_text(translator(FIRST_LOCALE)._, file=str(file), at=now))


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="backup", description=__doc__)
    parser.add_argument("file", type=Path, help="where to; an older backup there is replaced")
    file: Path = parser.parse_args().file
    return told(lambda: back_up(file))


if __name__ == "__main__":
    sys.exit(main())
