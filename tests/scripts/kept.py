"""An office whose database is of either kind, for commands that copy all of it."""

import shutil
import sqlite3
from asyncio.subprocess import Process
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.store.crypto import FieldKeys
from backend.store.database import open_database
from backend.store.models import BroadcastText
from backend.store.sql import execute
from tests.builders import sun_li
from tests.conftest import empty_server
from tests.scripts.office import Done, Office

PIECE = "今天下午卫生院免费测血压。" * 2_000
PIECES = 300


@dataclass
class Kept:
    """An office with a database of some kind, as its operator sees it."""

    office: Office
    url: str
    keys: Path

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a command."""
        return {"DATABASE_URL": self.url, "KEYS_FILE": str(self.keys)}

    async def start(self, module: str, *arguments: str, **settings: str) -> Process:
        """Start a command and leave it running."""
        return await self.office.start(module, *arguments, log=None, **self.settings, **settings)

    def run(self, name: str, *arguments: str | Path) -> Done:
        """Run a command to its end."""
        return self.office.run(name, *arguments, **self.settings)


@dataclass
class Offices:
    """Offices in folders, with a database of some kind and nothing in it."""

    request: pytest.FixtureRequest
    migrated_file: Path

    async def open(self, kind: str, folder: Path) -> Kept:
        """An office in this folder."""
        office = Office(folder)
        if kind == "sqlite":
            shutil.copy(self.migrated_file, office.database)
            FieldKeys.generate().write(office.keys)
            return Kept(office, f"sqlite://{office.database}", office.keys)
        server: Path = self.request.getfixturevalue("postgres_folder")
        kept = Kept(office, (server / "address").read_text(), server / "keys")
        async with open_database(kept.url, keys_file=kept.keys):
            await empty_server()
        return kept


async def a_large_broadcast() -> None:
    """Some megabytes, so that copying them takes a moment."""
    officer = await sun_li()
    await execute(
        "INSERT INTO broadcast (id, region_code, state, written_by, created_at)"
        " VALUES (1, '330000100000', 'draft', $1, CURRENT_TIMESTAMP)",
        officer.person_id,
    )
    pieces = (
        BroadcastText(broadcast_id=1, locale=f"x{number}", text=f"{number}{PIECE}")
        for number in range(PIECES)
    )
    await BroadcastText.bulk_create(pieces, batch_size=100)


def content(file: Path, query: str) -> list[tuple[object, ...]]:
    """What a backup answers to a question."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as base:
        return base.execute(query).fetchall()


def refused(done: Done) -> str:
    """The last line of a command that could not do what it was asked."""
    assert done.returncode == 2, done.stdout
    return done.stderr.splitlines()[-1]
