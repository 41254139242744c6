"""Whatever the roster: every row is accounted for, and no byte of it ends in a traceback."""

import io
import tracemalloc
import zipfile
from functools import partial
from pathlib import Path
from random import Random

import pytest

from backend.domain.errors import SuixingError
from backend.domain.people import FIELDS
from backend.files.rosters import Rejected, RosterRow, read_roster
from tests.backend.files.dirty import dirty_roster, mutated
from tests.backend.files.old_workbook import xls
from tests.backend.files.sheets import FANG, HEADER, NA, TODAY, VILLAGES, read, repacked, text, xlsx

PAGE = text(("安和镇花名册",), (), HEADER, *[FANG, NA] * 12)
TEXTS = [PAGE.encode(encoding) for encoding in ("utf-8", "gb18030", "utf-16")]
WORKBOOK = xlsx(("安和镇花名册",), (), HEADER, FANG, NA, ("王丽", 13800138000, 1, 32996, "=1+1"))
PARTS = zipfile.ZipFile(io.BytesIO(WORKBOOK)).namelist()


def check_generated(seeds: range) -> None:
    """Each generated roster comes to exactly what its maker wrote down."""
    for seed in seeds:
        roster = dirty_roster(Random(seed))
        assert [_plain(row) for row in read(roster.content)] == [
            (line, wrong, () if wrong else values) for line, wrong, values in roster.expected
        ], f"seed {seed}"


def _plain(row: RosterRow | Rejected) -> tuple[int, str | None, tuple[str | None, ...]]:
    """A row as the generator notes it."""
    if isinstance(row, Rejected):
        assert row.code.startswith(row.field)
        return row.line, row.field, ()
    born = row.birth_date.isoformat() if row.birth_date else None
    values = (row.name, row.id_number, row.phone, born, row.village_code, row.household)
    return row.line, None, values


def outcome(content: bytes) -> int:
    """How many rows came out; a refusal of the whole file counts as none."""
    try:
        rows = read(content)
    except SuixingError:
        return 0
    lines = [row.line for row in rows]
    assert lines == sorted(set(lines))
    assert all(row.field in FIELDS for row in rows if isinstance(row, Rejected))
    return len(rows)


def check_mutated_texts(seeds: range) -> None:
    """Mutated texts are read or refused, and most of their rows survive."""
    survived = sum(outcome(mutated(Random(seed), TEXTS[seed % 3])) for seed in seeds)
    assert survived > 0.5 * 24 * len(seeds)


def check_mutated_workbooks(seeds: range) -> None:
    """Mutated workbooks, and workbooks with a mutated part, are read or refused."""
    for seed in seeds:
        random = Random(seed)
        if seed % 4 == 0:
            outcome(mutated(random, WORKBOOK))
        else:
            part = "xl/worksheets/sheet1.xml" if seed % 4 < 3 else random.choice(PARTS)
            outcome(repacked(WORKBOOK, part, partial(mutated, random)))


def test_every_row_of_a_generated_roster_is_taken_or_rejected_for_the_right_field() -> None:
    check_generated(range(300))


def test_mutated_texts_never_end_in_a_traceback() -> None:
    check_mutated_texts(range(1500))


def test_mutated_workbooks_never_end_in_a_traceback() -> None:
    check_mutated_workbooks(range(1500))


def test_mutated_old_workbooks_never_harm_this_process() -> None:
    original = xls([HEADER, FANG, NA])
    for seed in range(12):
        outcome(mutated(Random(seed), original))


@pytest.mark.long
def test_many_generated_rosters_and_mutations() -> None:
    check_generated(range(5_000))
    check_mutated_texts(range(100_000))
    check_mutated_workbooks(range(100_000))


def test_a_text_is_read_in_constant_memory(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text(HEADER, *[FANG, NA] * 10_000), encoding="gb18030")
    read_roster(path, VILLAGES, TODAY)
    tracemalloc.start()
    rows = sum(1 for _ in read_roster(path, VILLAGES, TODAY))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 20_000
    assert peak < 2_000_000
