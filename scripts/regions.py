"""`regions FILE`: add or rename the township and its villages."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from backend.actions.regions import load_regions
from backend.config import StoreConfig
from backend.store.database import open_database
from scripts import told


async def load(file: Path) -> None:
    """Load the file and print one line of counts."""
    config = StoreConfig.from_env()
    async with open_database(config.database_url, keys_file=config.keys_file):
        row_count, region_count = await load_regions(file)
    print(json.dumps({"rows": row_count, "regions": region_count}))


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="regions", description=__doc__)
    parser.add_argument("file", type=Path, help="CSV or XLSX with the columns code and name")
    arguments = parser.parse_args()
    return told(lambda: asyncio.run(load(arguments.file)))


if __name__ == "__main__":
    sys.exit(main())
