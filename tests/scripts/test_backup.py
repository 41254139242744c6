"""`backup`: one moment of the database in one file, whatever happens meanwhile."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.store.backup import make_backup
from backend.store.backup_files import BackupUnderWay, drafted
from backend.store.database import open_database
from backend.store.sql import execute, in_transaction
from tests.builders import a_township
from tests.scripts.kept import PIECES, Kept, Offices, a_large_broadcast, content
from tests.scripts.office import Office, refusal

DATABASES = ("sqlite", "postgres")
PATIENCE = 60.0


@pytest.fixture
def offices(request: pytest.FixtureRequest, migrated_file: Path) -> Offices:
    """Offices with empty databases."""
    return Offices(request, migrated_file)


@pytest.fixture(params=DATABASES)
async def kept(request: pytest.FixtureRequest, offices: Offices, tmp_path: Path) -> Kept:
    """An empty database of each kind."""
    return await offices.open(request.param, tmp_path)


async def written_on_and_on(kept: Kept, stop: asyncio.Event) -> int:
    """Write two rows a transaction, again and again; returns how many transactions."""
    count = 0
    async with open_database(kept.url, keys_file=kept.keys):
        await a_township()
        while not stop.is_set():
            async with in_transaction():
                await execute("INSERT INTO region (code, name) VALUES ($1, 'x')", f"a{count}")
                await execute("INSERT INTO counter (name, number) VALUES ($1, 1)", f"a{count}")
            count += 1
    return count


async def test_a_backup_made_while_others_write_is_one_moment_and_sound(kept: Kept) -> None:
    async with open_database(kept.url, keys_file=kept.keys):
        await a_large_broadcast()
    stop, sizes = asyncio.Event(), []
    writing = asyncio.create_task(written_on_and_on(kept, stop))
    for number in range(2):
        file = kept.office.folder / f"{number}.backup"
        done = await asyncio.to_thread(kept.run, "backup", file)
        assert done.returncode == 0, done.stderr
        assert "密钥文件不在里面" in done.stdout
        assert content(file, "PRAGMA integrity_check") == [("ok",)]
        assert content(file, "PRAGMA foreign_key_check") == []
        regions = content(file, "SELECT count(*) FROM region WHERE code LIKE 'a%'")
        assert regions == content(file, "SELECT count(*) FROM counter WHERE name LIKE 'a%'")
        sizes.append(regions)
        assert content(file, "SELECT count(*) FROM broadcast_text") == [(PIECES,)]
        assert file.stat().st_mode & 0o777 == 0o600
    stop.set()
    assert await writing > 0
    assert sizes[0] < sizes[1], "others went on writing"


async def made(kept: Kept) -> Path:
    """A backup, made within this process."""
    file = kept.office.folder / "office.backup"
    now = datetime.now(UTC)
    await make_backup(kept.url, file, keys_file=kept.keys, now=now, tell=lambda *_: None)
    return file


async def test_the_keys_are_not_in_it(kept: Kept) -> None:
    file = await made(kept)
    held = kept.keys.read_text("utf-8")
    secrets = [part for part in held.split('"') if len(part) > 30]
    assert len(secrets) == 3
    assert all(secret.encode() not in file.read_bytes() for secret in secrets)


async def test_killed_in_the_middle_it_leaves_the_older_backup_and_can_be_made_again(
    kept: Kept,
) -> None:
    file = await made(kept)
    older = file.read_bytes()
    async with open_database(kept.url, keys_file=kept.keys):
        await a_large_broadcast()
    draft = file.with_name("office.backup.part")
    process = await kept.start("scripts.backup", str(file))
    async with asyncio.timeout(PATIENCE):
        while not (draft.exists() and draft.stat().st_size):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    process.kill()
    await process.communicate()
    assert draft.exists(), "it was killed in the middle"
    assert file.read_bytes() == older
    await made(kept)
    assert content(file, "SELECT count(*) FROM broadcast_text") == [(PIECES,)]
    assert not draft.exists()


def test_nothing_but_an_older_backup_is_overwritten(tmp_path: Path) -> None:
    office = Office(tmp_path)
    roster = office.file("roster.csv", "姓名,村\n" * 100)
    before = roster.read_bytes()
    assert "没有覆盖它" in refusal(office.run("backup", roster))
    assert roster.read_bytes() == before


async def test_two_do_not_work_on_one_file_at_once(kept: Kept) -> None:
    file = kept.office.folder / "office.backup"
    with drafted(file) as draft:
        assert draft.exists()
        with pytest.raises(BackupUnderWay):
            await made(kept)
        assert draft.exists()


def test_without_a_database_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert "还没有数据库" in refusal(office.run("backup", tmp_path / "office.backup"))
    assert list(tmp_path.iterdir()) == []
