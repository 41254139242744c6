"""`migrate`: bring the database to the newest schema; safe on a populated one."""

import asyncio
import sys

from backend.config import StoreConfig
from backend.store.database import open_database
from scripts import told


async def migrate() -> None:
    """Open the database, which migrates it."""
    config = StoreConfig.from_env()
    async with open_database(config.database_url, keys_file=config.keys_file):
        print("The database is up to date.")


if __name__ == "__main__":
    sys.exit(told(lambda: asyncio.run(migrate())))
