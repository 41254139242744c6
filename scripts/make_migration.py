"""`make_migration`: write the migration that brings the tables to what the models say."""

import asyncio
import re
import sys
from pathlib import Path

from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

from backend.store import database

_DESCRIPTION = re.compile(r", 'table_description': (?:'(?:[^'\\]|\\.)*'|\"[^\"]*\")")


async def write_migrations() -> list[Path]:
    """Write the missing migrations and return their files.

    Docstrings are left out of the schema: as table comments they break the SQL when they hold
    an apostrophe.
    """
    context = await Tortoise.init(config=database.configuration("sqlite://:memory:"))
    try:
        assert context.apps is not None, "Tortoise.init reads the models"
        detector = MigrationAutodetector(context.apps, {"models": database.APP})
        paths = [Path(writer.write()) for writer in await detector.changes()]
    finally:
        await context.close_connections()
    for path in paths:
        path.write_text(_DESCRIPTION.sub("", path.read_text("utf-8")), "utf-8")
    return paths


def main() -> int:
    """Run the command."""
    for path in asyncio.run(write_migrations()):
        print(path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
