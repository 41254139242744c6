"""A simulator for the tests of a process, over a copy of the migrated file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.simulation.database import image_of
from scripts.simulation.seeds import Simulator, simulator


@pytest.fixture(scope="session")
def empty_database(migrated_file: Path) -> bytes:
    """The bytes of a database without rows."""
    return image_of(migrated_file)


@pytest.fixture
def simulation(empty_database: bytes) -> Iterator[Simulator]:
    """A simulator, ready to run seeds."""
    with simulator(empty_database) as ready:
        yield ready
