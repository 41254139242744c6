"""Rules that were written down are the same when they are read again."""

from pathlib import Path

import pytest

from backend.calendars.load import load, read_entries, read_file
from backend.calendars.published import read_rules, write_entries
from backend.domain.errors import CalendarMistake

TOWNSHIP = """
region = "610822103000"
[rules.m7]
version = 2
effective_from = 2027-01-01
windows = [{ opens = "birth+40d", due = "birth+42d", closes = "birth+50d" }]
[rules.s6]
enabled = false
"""


def test_every_rule_is_read_as_it_was_written_down(tmp_path: Path) -> None:
    path = tmp_path / "township.toml"
    path.write_text(TOWNSHIP, encoding="utf-8")
    text = write_entries(read_entries(read_file(path)))
    assert read_rules(text) == load(override=path)
    assert '"2027-01-01"' in text


def test_what_a_later_program_wrote_and_this_one_does_not_know_is_refused() -> None:
    text = write_entries(read_entries()).replace('"topic"', '"theme"', 1)
    with pytest.raises(CalendarMistake, match="the rules as published"):
        read_rules(text)
