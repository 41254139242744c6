"""`restore`: a backup takes the database's place whole or not at all, with the right keys only."""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from backend.store.backup import SchemaNewer, make_backup, opened
from backend.store.backup_files import BackupDamaged, NotABackup
from backend.store.crypto import KeysMissing
from backend.store.database import apply_migrations, open_database
from backend.store.models import Broadcast, Person
from backend.store.restore import (
    DatabaseInUse,
    DatabaseNotEmpty,
    KeysForeign,
    Place,
    check_place,
    made_ready,
    put,
)
from backend.store.sql import execute
from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox, serve
from tests.builders import a_household, wang_xiuying
from tests.scripts import every_table
from tests.scripts.kept import PIECES, Kept, Offices, a_large_broadcast, refused
from tests.scripts.office import Office

DATABASES = ("sqlite", "postgres")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PATIENCE = 60.0


def quietly(_done: int, _total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def offices(request: pytest.FixtureRequest, migrated_file: Path) -> Offices:
    """Offices with empty databases."""
    return Offices(request, migrated_file)


@pytest.fixture(params=DATABASES)
async def kept(request: pytest.FixtureRequest, offices: Offices, tmp_path: Path) -> Kept:
    """A database of each kind with 王秀英, and a household."""
    made = await offices.open(request.param, tmp_path)
    async with open_database(made.url, keys_file=made.keys):
        await wang_xiuying()
        await a_household()
    return made


async def backed_up(kept: Kept) -> Path:
    file = kept.office.folder / "office.backup"
    await make_backup(kept.url, file, keys_file=kept.keys, now=NOW, tell=quietly)
    return file


async def restored(file: Path, kept: Kept, *, replaces: bool = False) -> Path | None:
    """Put a backup into a place as it is; answers where what was there is kept."""
    place = Place.of(kept.url, kept.keys, replaces=replaces, now=NOW)
    await check_place(place)
    with made_ready(file, place, quietly) as (draft, manifest):
        assert manifest.made_at == NOW
        return await put(draft, place, quietly)


async def rows(kept: Kept) -> Mapping[str, Any]:
    async with open_database(kept.url, keys_file=kept.keys):
        wang = await Person.get()
        tables = ("account", "consent", "region", "household")
        found: dict[str, Any] = {
            table: await execute(f"SELECT count(*) AS n FROM {table}") for table in tables
        }
        return {**found, "name": wang.name, "birth": wang.birth_date, "made": wang.created_at}


@pytest.mark.parametrize("way", ["sqlite to postgres", "postgres to sqlite", "back to itself"])
async def test_whatever_kind_it_came_from_it_fits_every_kind(
    offices: Offices, tmp_path: Path, way: str
) -> None:
    source_kind, _, target_kind = way.partition(" to ")
    source_kind = source_kind if target_kind in DATABASES else "postgres"
    source = await offices.open(source_kind, tmp_path)
    async with open_database(source.url, keys_file=source.keys):
        await wang_xiuying()
        await a_household()
    before, file = await rows(source), await backed_up(source)
    (tmp_path / "new").mkdir()
    kind = target_kind if target_kind in DATABASES else source_kind
    target = replace(await offices.open(kind, tmp_path / "new"), keys=source.keys)
    assert await restored(file, target) is None
    assert await rows(target) == before
    async with open_database(target.url, keys_file=target.keys):
        again = await a_household(number="0002")
        assert again.id > 1, "running numbers go on"


@pytest.mark.parametrize("source_kind", DATABASES)
@pytest.mark.parametrize("target_kind", DATABASES)
async def test_every_row_of_every_table_comes_back_and_new_ones_are_numbered_after_them(
    offices: Offices, tmp_path: Path, source_kind: str, target_kind: str
) -> None:
    source = await offices.open(source_kind, tmp_path)
    async with open_database(source.url, keys_file=source.keys):
        await every_table.fill()
        before = await every_table.rows()
    assert all(before.values())
    file = await backed_up(source)
    (tmp_path / "new").mkdir()
    target = replace(await offices.open(target_kind, tmp_path / "new"), keys=source.keys)
    await restored(file, target)
    async with open_database(target.url, keys_file=target.keys):
        assert await every_table.rows() == before
        again = await every_table.fill(number=2, first_id=None)
        for kind in every_table.TABLES:
            if kind._meta.pk.generated:
                assert again[kind._meta.db_table] > every_table.HIGHEST_ID


async def test_a_database_that_is_not_empty_is_replaced_only_on_request_and_kept(
    kept: Kept,
) -> None:
    file = await backed_up(kept)
    async with open_database(kept.url, keys_file=kept.keys):
        await execute("DELETE FROM household")
    with pytest.raises(DatabaseNotEmpty):
        await restored(file, kept)
    assert (await rows(kept))["household"] == [{"n": 0}]
    aside = await restored(file, kept, replaces=True)
    assert (await rows(kept))["household"] == [{"n": 1}]
    assert aside is not None
    assert aside.stat().st_mode & 0o777 == 0o600
    async with open_database(f"sqlite://{aside}", keys_file=kept.keys):
        assert await execute("SELECT count(*) AS n FROM household") == [{"n": 0}]
        assert (await Person.get()).name == "王秀英"
    aside.unlink()


@pytest.mark.parametrize("state", ["damaged", "gone"])
async def test_a_database_that_is_damaged_or_gone_is_the_case_it_is_made_for(
    offices: Offices, tmp_path: Path, state: str
) -> None:
    kept = await offices.open("sqlite", tmp_path)
    async with open_database(kept.url, keys_file=kept.keys):
        await wang_xiuying()
    file, database = await backed_up(kept), kept.office.database
    if state == "gone":
        database.unlink()
        assert await restored(file, kept) is None
    else:
        broken = database.read_bytes()[:4096] + b"x" * 40_000
        database.write_bytes(broken)
        with pytest.raises(DatabaseNotEmpty):
            await restored(file, kept)
        aside = await restored(file, kept, replaces=True)
        assert aside is not None
        assert aside.read_bytes() == broken, "what may still be saved is kept"
    assert (await rows(kept))["name"] == "王秀英"


async def test_a_database_in_use_is_left_alone(kept: Kept) -> None:
    file = await backed_up(kept)
    port = socket.create_server(("127.0.0.1", 0))
    sandbox = Sandbox(limits=Limits.off())
    async with serve(sandbox) as api:
        process = await kept.start(
            *("bot", "--only", "bot"),
            TELEGRAM_TOKEN=sandbox.token,
            TELEGRAM_API=api,
            PORT=str(port.getsockname()[1]),
        )
        async with asyncio.timeout(PATIENCE):
            while sandbox.calls < 3:  # noqa: ASYNC110 (another process calls)
                await asyncio.sleep(0.05)
        with pytest.raises(DatabaseInUse):
            await restored(file, kept, replaces=True)
        process.terminate()
        await process.communicate()
    port.close()
    assert await restored(file, kept, replaces=True) is not None


async def test_a_damaged_a_cut_and_a_foreign_file_change_nothing(kept: Kept) -> None:
    file = await backed_up(kept)
    whole = file.read_bytes()
    middle = len(whole) // 2
    for bad, error in (
        (whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], BackupDamaged),
        (whole[: middle + 200], NotABackup),
        (whole[:middle] + whole[middle + 100 :], BackupDamaged),
        ("姓名,村\n".encode() * 50, NotABackup),
        (b"", NotABackup),
    ):
        file.write_bytes(bad)
        with pytest.raises(error):
            await restored(file, kept, replaces=True)
    assert (await rows(kept))["name"] == "王秀英"
    file.write_bytes(whole)
    await restored(file, kept, replaces=True)


async def test_keys_that_are_missing_or_others_are_refused_before_anything_changes(
    kept: Kept, tmp_path: Path
) -> None:
    file = await backed_up(kept)
    other = Office(tmp_path / "other")
    async with open_database(f"sqlite://{other.database}"):
        pass
    with pytest.raises(KeysForeign):
        await restored(file, replace(kept, keys=other.keys), replaces=True)
    with pytest.raises(KeysMissing):
        await restored(file, replace(kept, keys=tmp_path / "nowhere"), replaces=True)
    assert (await rows(kept))["name"] == "王秀英"


async def test_a_backup_of_a_newer_version_is_refused(kept: Kept) -> None:
    newer = "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ($1, $2, $3)"
    async with open_database(kept.url, keys_file=kept.keys):
        await execute(newer, "models", "9999_from_the_future", NOW)
    try:
        if kept.url.startswith("sqlite"):
            file = await backed_up(kept)
            with pytest.raises(SchemaNewer):
                await restored(file, kept, replaces=True)
        else:
            with pytest.raises(SchemaNewer):
                await backed_up(kept)
    finally:
        async with open_database(kept.url, keys_file=kept.keys):
            await execute("DELETE FROM tortoise_migrations WHERE name LIKE '9999%'")


async def test_a_backup_of_an_older_version_is_brought_to_the_newest_schema(
    tmp_path: Path,
) -> None:
    office, file = Office(tmp_path), tmp_path / "old.backup"
    async with opened(f"sqlite://{office.database}"):
        await apply_migrations("0003_rule_publications")
        await execute("INSERT INTO region (code, name) VALUES ('330000100000', '青溪镇')")
    named = "SELECT count(*) FROM pragma_table_info('send') WHERE name = 'settled_at'"
    assert office.run("backup", file).returncode == 0
    assert office.rows(named) == [(0,)], "a backup changes nothing"
    assert office.run("restore", "--replace", file).returncode == 0
    assert office.rows(named) == [(1,)]
    assert office.rows("SELECT name FROM region") == [("青溪镇",)]


async def test_killed_at_any_moment_it_leaves_the_old_or_the_new_and_can_be_done_again(
    kept: Kept,
) -> None:
    async with open_database(kept.url, keys_file=kept.keys):
        await a_large_broadcast()
    file = await backed_up(kept)
    async with open_database(kept.url, keys_file=kept.keys):
        await execute("DELETE FROM broadcast_text")
        await execute("DELETE FROM broadcast")
    for lines, seconds in ((1, 0.0), (11, 0.2)):
        process = await kept.start("scripts.restore", "--replace", str(file))
        assert process.stderr is not None
        for _ in range(lines):
            await process.stderr.readline()
        await asyncio.sleep(seconds)
        process.kill()
        await process.communicate()
        async with open_database(kept.url, keys_file=kept.keys):
            assert await Broadcast.all().count() in (0, 1)
            pieces = await execute("SELECT count(*) AS n FROM broadcast_text")
            assert pieces[0]["n"] == PIECES * await Broadcast.all().count()
            assert (await Person.filter(state="confirmed").first()) is not None
    await restored(file, kept, replaces=True)
    async with open_database(kept.url, keys_file=kept.keys):
        assert await execute("SELECT count(*) AS n FROM broadcast_text") == [{"n": PIECES}]


def test_the_command_says_what_is_kept(tmp_path: Path) -> None:
    office = Office(tmp_path)
    file = tmp_path / "office.backup"
    assert office.run("regions", office.file("r.csv", "code,name\n330000100000,青溪镇\n"))
    assert office.run("backup", file).returncode == 0
    assert "--replace" in refused(office.run("restore", file))
    done = office.run("restore", "--replace", file)
    assert "搁置的消息：0 条" in done.stdout
    (aside,) = tmp_path.glob("office.db.before-*")
    assert str(aside) in done.stdout
    assert office.rows("SELECT action FROM audit_entry") == [("restored",)]
