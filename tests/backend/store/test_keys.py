"""The key file is there whole or not at all, and every process uses the same one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.store.crypto import FieldKeys, keys
from backend.store.database import open_database


def drawn(path: Path) -> bool:
    """Draw keys and write them down; False when somebody else did."""
    try:
        FieldKeys.generate().write(path)
    except FileExistsError:
        return False
    return True


def test_of_many_that_write_keys_at_once_one_does_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(drawn, [path] * 8)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["keys"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert FieldKeys.read(path) is not None


def test_keys_that_are_there_are_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    first = FieldKeys.generate()
    first.write(path)
    with pytest.raises(FileExistsError):
        FieldKeys.generate().write(path)
    assert FieldKeys.read(path) == first


async def test_a_database_that_is_opened_anew_has_the_same_keys(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'office.db'}"
    async with open_database(url):
        first = keys()
    async with open_database(url):
        assert keys() == first
